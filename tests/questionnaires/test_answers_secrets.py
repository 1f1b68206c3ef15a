"""Answers stay sealed: not in the store's bytes, not in an event, not in a log line, not in another row."""

import logging
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from services.questionnaires.models import Answer
from services.questionnaires.models import service as questionnaires
from services.questionnaires.queries.questionnaires import QUESTIONNAIRES
from services.questionnaires.rules.questionnaires import Scale, parse_questionnaire
from shared import log
from shared.errors import GiveUp

FOLDER = Path(__file__).parents[2] / "services" / "questionnaires" / "data" / "questionnaires"
CANARY = 918273641


@pytest.fixture
def canary(monkeypatch):
    """A list whose answers can be found wherever they leak."""
    own = parse_questionnaire(tomllib.loads((FOLDER / "even_kijken.v1.toml").read_text(encoding="utf-8")))
    scale = Scale(CANARY, CANARY + 1, ("kanarie laag", "kanarie hoog"), CANARY + 1, CANARY)
    monkeypatch.setitem(QUESTIONNAIRES, ("canary", 1), replace(own, key="canary", scale=scale))
    return "canary"


def fill_in(harness, measurement_id, values):
    person = harness.visitor()
    page = person.open(harness.link(measurement_id) + "/uitspraken")
    for value in values:
        page = person.choose(page, value)
    return page


def test_an_answer_is_in_no_byte_of_the_store_in_no_event_and_in_no_log_line(harness, canary, capsys):
    log.configure("test", level=logging.DEBUG)
    measurement_id = harness.asked(canary)

    fill_in(harness, measurement_id, [CANARY, CANARY + 1, None, CANARY, CANARY + 1, CANARY])

    assert set(harness.given(measurement_id).values()) == {str(CANARY), str(CANARY + 1), "-"}
    output = capsys.readouterr()
    leaked = (str(CANARY), str(CANARY + 1), "kanarie")
    assert "command_committed" in output.err
    assert not [word for word in leaked if word in output.err + output.out]
    for name, _, data in harness.events():
        assert not [word for word in leaked if word in str(data)], name
    for file in harness.settings.stores.iterdir():
        held = file.read_bytes()
        assert not [word for word in leaked if word.encode() in held], file.name


def test_what_is_plain_in_the_store_is_the_same_whatever_was_answered(harness):
    harness.organisation(permitted_questionnaires=["even_kijken"])
    harness.group(questionnaires=["even_kijken"])
    high, low, skipped = harness.member(), harness.member(), harness.member()

    fill_in(harness, high, [5] * 6)
    fill_in(harness, low, [1] * 6)
    fill_in(harness, skipped, [None] * 6)

    def shape(measurement_id):
        rows = Answer.select().where(Answer.measurement == measurement_id).order_by(Answer.item_key)
        return [(row.item_key, row.organisation_id, len(bytes(row.value))) for row in rows]

    assert shape(high) == shape(low) == shape(skipped)


def test_a_sealed_answer_that_is_moved_to_another_row_does_not_open(harness):
    measurement_id = harness.asked()
    fill_in(harness, measurement_id, [5, 1])
    first, second = Answer.select().order_by(Answer.item_key)

    Answer.update(value=first.value).where(Answer.id == second.id).execute()

    with pytest.raises(GiveUp):
        harness.given(measurement_id)
    with pytest.raises(GiveUp):
        questionnaires.encryption.open(first.value, "answer.remark", first.id)


def test_no_event_tells_how_far_somebody_is_or_which_list_it_was(harness):
    measurement_id = harness.asked("nel_kort")
    page = fill_in(harness, measurement_id, [4, 2])
    person = harness.visitor()
    person.submit(person.open(harness.link(measurement_id)), r".*/afronden")

    fields = {name: set(data) for name, _, data in harness.events()}

    assert page.status == 200
    assert fields == {
        "measurement_opened": {"measurement_id", "participant_id", "group_id", "organisation_id", "expires_at"},
        "measurement_completed": {"measurement_id", "participant_id", "organisation_id"},
    }


def test_the_keys_of_requests_hold_nothing_of_an_answer(harness):
    measurement_id = harness.asked()
    fill_in(harness, measurement_id, [5, 1, None])

    seen = list(questionnaires.commands.IdempotencyKey.select().dicts())

    assert {row["command"] for row in seen} == {"open_measurement"}
