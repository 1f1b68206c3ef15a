"""What an operator can do with events: see which nobody could handle, have them tried again, read a log."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

import pytest

from deploy.local.installation import claim
from deploy.local.ports import free_port
from deploy.local.servers import Servers, remember
from services.intake.models import service as intake
from services.meetings.models import service as meetings
from shared.ids import new_id
from tests.journeys.operating import houvast, tree
from tests.support.inline_installation import open_installation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SECRET = "Noor"
MENDED = ("--reason", "de vragenlijst is er nu")


@pytest.fixture
def troubled(data_folder: Path) -> Path:
    """With three events that intake could not handle: two that it can now, and one that nobody ever can."""
    with open_installation(data_folder):
        for _, text in meetings.outbox.after(0, 2):
            event = json.loads(text)
            with intake.transaction():
                intake.inbox.dead_letter("meetings", event["id"], event["subject"], text, "no such thing")
        with intake.transaction():
            intake.inbox.dead_letter(
                "?", new_id(), "", f'{{"call_name": "{SECRET}"', "unreadable: JSONDecodeError"
            )
    return data_folder


def dead(data: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(houvast(data, "dead-letters", "--json").stdout)
    return found


def audit(data: Path) -> list[Any]:
    with open_installation(data):
        table = intake.audit.AuditEntry
        return list(table.select().where(table.about_kind == "dead_letter").dicts())


def test_dead_letters_are_shown_with_why_and_never_with_what_is_in_them(troubled: Path) -> None:
    read, told = houvast(troubled, "dead-letters"), dead(troubled)

    assert read.returncode == 0
    assert SECRET not in read.stdout + json.dumps(told)
    assert "no such thing" in read.stdout
    assert [one["service"] for one in told] == ["intake"] * 3
    assert [one["type"].rpartition(".houvast.")[2] for one in told[:2]] == ["meetings.organisation_changed.v1"] * 2
    assert told[0]["subject"].startswith("organisation/")
    assert (told[2]["source"], told[2]["type"], told[2]["reason"]) == ("?", "?", "unreadable: JSONDecodeError")
    assert set(told[0]) == {"service", "id", "source", "type", "subject", "reason", "dead_lettered_at", "event_id"}


def test_without_dead_letters_it_says_so(files: Path) -> None:
    told = houvast(files, "dead-letters")

    assert told.returncode == 0
    assert "geen brieven" in told.stdout
    assert dead(files) == []


def test_a_replayed_event_is_tried_again_and_the_reason_and_who_asked_are_kept(troubled: Path) -> None:
    first = dead(troubled)[0]

    told = houvast(troubled, "replay", "--service", "intake", "--id", str(first["id"]), *MENDED)
    with open_installation(troubled) as installation:
        installation.settle()
        waiting = intake.inbox.InboxRetry.select().count()

    assert told.returncode == 0, told.stderr
    assert first["id"] not in [one["id"] for one in dead(troubled)]
    assert waiting == 0
    [line] = audit(troubled)
    assert (line["event"], line["about_id"], line["purpose"]) == ("change", first["event_id"], MENDED[1])
    assert (line["actor_id"], line["actor_kind"]) == (f"operator:{getpass.getuser()}", "operator")


def test_an_event_that_fails_again_is_dead_again_with_its_new_reason(troubled: Path) -> None:
    hopeless = dead(troubled)[2]["id"]

    houvast(troubled, "replay", "--service", "intake", "--id", str(hopeless), *MENDED)
    with open_installation(troubled) as installation:
        installation.settle()

    [again] = [one for one in dead(troubled) if one["source"] == "?"]
    assert again["id"] != hopeless
    assert again["reason"].startswith("unreadable")


def test_all_of_a_service_are_replayed_at_once_also_while_it_runs(troubled: Path) -> None:
    with claim(troubled):
        told = houvast(troubled, "replay", "--service", "intake", "--all", *MENDED)

    assert told.returncode == 0, told.stderr
    assert dead(troubled) == []
    assert len(audit(troubled)) == 3


def test_a_dry_run_says_what_it_would_replay_and_changes_nothing(troubled: Path) -> None:
    before = dead(troubled)

    told = houvast(troubled, "replay", "--service", "intake", "--all", *MENDED, "--dry-run")

    assert told.returncode == 0
    assert "geprobeerd zouden worden: 3" in told.stderr
    assert dead(troubled) == before
    assert audit(troubled) == []


def test_a_number_that_no_dead_letter_has_is_refused_whole(troubled: Path) -> None:
    before = dead(troubled)

    told = houvast(troubled, "replay", "--service", "intake", "--id", str(before[0]["id"]), "--id", "99", *MENDED)

    assert told.returncode == 1
    assert "99" in told.stderr
    assert dead(troubled) == before


@pytest.mark.parametrize(
    "words",
    [
        ("--service", "intake", *MENDED),
        ("--service", "intake", "--all", "--id", "1", *MENDED),
        ("--service", "intake", "--all"),
        ("--service", "intake", "--all", "--reason", "  "),
        ("--service", "intake", "--all", "--reason", "x" * 201),
        ("--service", "nobody", "--all", *MENDED),
        ("--all", *MENDED),
    ],
)
def test_a_replay_that_does_not_say_what_and_why_is_not_done(files: Path, words: tuple[str, ...]) -> None:
    told = houvast(files, "replay", *words)

    assert told.returncode == 2
    assert audit(files) == []


def test_a_log_shows_which_events_there_are_and_not_what_is_in_them(data_folder: Path) -> None:
    told = houvast(data_folder, "feed", "--service", "intake", "--limit", "3")

    assert told.returncode == 0, told.stderr
    with open_installation(data_folder):
        last = [json.loads(text) for _, text in intake.outbox.after(intake.outbox.head()[1] - 3, 10)]
    assert len(told.stdout.splitlines()) == 3
    for line, event in zip(told.stdout.splitlines(), last, strict=True):
        assert line.split() == [str(int(event["sequence"])), event["time"], event["type"], event["subject"]]


def test_a_program_reads_on_in_a_log_from_a_number(files: Path) -> None:
    first = json.loads(
        houvast(files, "feed", "--service", "intake", "--after", "0", "--limit", "5", "--json").stdout
    )
    beyond = json.loads(
        houvast(files, "feed", "--service", "intake", "--after", str(first["head"]), "--json").stdout
    )

    assert [one["number"] for one in first["events"]] == [1, 2, 3, 4, 5]
    assert first["epoch"] == 1
    assert all(set(one) == {"number", "id", "type", "subject", "time"} for one in first["events"])
    assert beyond["events"] == []


def test_with_their_data_sealed_values_stay_sealed(files: Path) -> None:
    told = houvast(files, "feed", "--service", "intake", "--after", "0", "--data-too", "--json")

    [event] = [one for one in json.loads(told.stdout)["events"] if "contact_changed" in one["type"]][:1]
    assert set(event["data"]["personal"]) == {"notifications"}
    assert "example.org" not in told.stdout
    assert "Lente" not in told.stdout


@pytest.mark.parametrize(
    "words",
    [("dead-letters",), ("feed", "--service", "intake"), ("replay", "--service", "intake", "--all", *MENDED)],
    ids=["dead-letters", "feed", "replay"],
)
def test_a_folder_without_an_installation_is_refused_and_stays_away(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    told = houvast(tmp_path / "nowhere", *words)

    assert told.returncode == 2
    assert "staat geen Houvast" in told.stderr
    assert not (tmp_path / "nowhere").exists()


def test_when_the_database_server_is_away_it_says_so(files: Path) -> None:
    remember(files, Servers(f"postgresql://postgres@127.0.0.1:{free_port()}/houvast"))

    told = [houvast(files, "dead-letters"), houvast(files, "backup", "--to", str(files.parent / "copies"))]

    assert [one.returncode for one in told] == [1, 1]
    assert "geeft nu geen antwoord" in told[0].stderr
    assert "geen reservekopie gemaakt" in told[1].stderr


def test_looking_changes_nothing_of_what_is_there(files: Path) -> None:
    before = tree(files)

    for words in (("dead-letters",), ("feed", "--service", "meetings"), ("doctor",)):
        houvast(files, *words)

    assert tree(files) == before
