"""Forgetting: rows go, events are emptied everywhere, late ones do nothing, and nothing is left in the files."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import psycopg
import pytest
from marshmallow import Schema, fields

from shared.errors import GiveUp, TryLater
from shared.ids import new_id
from shared.messaging import envelope
from shared.messaging.inbox import Inbox
from shared.messaging.subscriptions import ReceivedEvent
from shared.security.actor import PUBLIC
from shared.security.erasure import PersonalData
from tests.shared.conftest import ON_FILES

FORGET = "nl.houvast.sender.erasure_requested.v1"


class _Forget(Schema):
    lamp_id = fields.String(required=True)


@pytest.fixture
def forgetting(street: Any) -> Any:
    """A street on which the hearer forgets a lamp when the sender says so."""

    def forget(event: ReceivedEvent) -> None:
        street.consumer_service.erasures.erase(event.data["lamp_id"], new_id(), personal_data(street))

    street.subscriptions.on(FORGET, _Forget, bypasses_ordering=True)(forget)
    return street


def personal_data(street: Any) -> PersonalData:
    return PersonalData(tables=[street.Effect], columns=frozenset({"lamp_id"}), nouns=("lamp",))


def said_by(street: Any) -> PersonalData:
    return PersonalData(tables=[street.Lamp], columns=frozenset({"lamp_id"}), nouns=("lamp",))


def ask(street: Any, lamp_id: str) -> None:
    street.post_as(FORGET, f"lamp/{lamp_id}", json.dumps({"lamp_id": lamp_id}))


def forget_at_sender(street: Any, lamp_id: str) -> None:
    with street.sender.transaction():
        street.sender.erasures.erase(lamp_id, new_id(), said_by(street))


def fail_on(street: Any, colour: str, error: Exception) -> None:
    def stumble(event: Any) -> None:
        if event.data["colour"] == colour:
            raise error

    street.in_the_way = stumble


def test_what_was_kept_of_it_goes_and_of_others_stays(forgetting: Any) -> None:
    lamp_id = new_id()
    forgetting.change("green", lamp_id)
    forgetting.change("red")
    forgetting.settle()

    ask(forgetting, lamp_id)
    forgetting.settle()

    assert forgetting.effects() == ["red"]


def test_an_event_that_comes_late_counts_as_heard_and_does_nothing(forgetting: Any) -> None:
    lamp_id = new_id()
    ask(forgetting, lamp_id)
    forgetting.settle()

    forgetting.change("green", lamp_id)
    forgetting.post_as(
        forgetting.blinked.type, f"lamp/{new_id()}", json.dumps({"lamp_id": lamp_id, "colour": "red"})
    )
    forgetting.settle()

    assert forgetting.effects() == []
    assert (forgetting.waiting(), forgetting.dead()) == (0, [])
    assert forgetting.consumer_service.inbox.Inbox.select().count() == 3


def test_it_does_not_wait_behind_an_event_that_keeps_failing_and_ends_it(forgetting: Any) -> None:
    lamp_id = new_id()
    fail_on(forgetting, "green", TryLater("not yet"))
    forgetting.blink("green", lamp_id)
    forgetting.settle()
    assert forgetting.waiting() == 1

    ask(forgetting, lamp_id)
    forgetting.settle()
    [waiting] = forgetting.consumer_service.inbox.InboxRetry.select()
    forgetting.let_time_pass()
    forgetting.settle()

    assert envelope.read(waiting.event).is_redacted
    assert (forgetting.effects(), forgetting.waiting(), forgetting.dead()) == ([], 0, [])


def test_a_dead_letter_keeps_what_it_was_about_and_loses_what_it_said(forgetting: Any) -> None:
    lamp_id = new_id()
    fail_on(forgetting, "green", GiveUp("never"))
    said = forgetting.change("green", lamp_id)
    forgetting.settle()

    ask(forgetting, lamp_id)
    forgetting.settle()
    [dead] = forgetting.dead()

    event = envelope.read(dead.event)
    assert (event.id, event.subject, event.data) == (said, f"lamp/{lamp_id}", {"erased": True})
    forgetting.consumer_service.inbox.replay(dead.id, "mended")
    forgetting.let_time_pass()
    forgetting.settle()
    assert (forgetting.effects(), len(forgetting.dead()), forgetting.waiting()) == ([], 1, 0)


def test_its_events_stay_in_the_log_emptied_and_others_stay_whole(forgetting: Any) -> None:
    lamp_id = new_id()
    said = [forgetting.change("green", lamp_id), forgetting.blink("red", lamp_id), forgetting.blink("blue")]
    forgetting.relay.step()

    forget_at_sender(forgetting, lamp_id)
    events = forgetting.events()

    assert [event.id for event in events] == said
    assert [event.sequence for event in events] == [1, 2, 3]
    assert [event.is_redacted for event in events] == [True, True, False]


def test_whoever_hears_of_it_only_after_its_events_were_emptied_goes_on(forgetting: Any) -> None:
    lamp_id = new_id()
    forgetting.change("green", lamp_id)
    forget_at_sender(forgetting, lamp_id)
    forgetting.blink("red")

    forgetting.settle()

    assert forgetting.effects() == ["red"]
    assert (forgetting.waiting(), forgetting.dead()) == (0, [])


def test_a_store_put_back_says_nothing_again_of_what_was_forgotten(forgetting: Any) -> None:
    lamp_id = new_id()
    forgetting.change("green", lamp_id)
    forgetting.change("red")
    forget_at_sender(forgetting, lamp_id)

    forgetting.sender.outbox.raise_epoch(0)
    forgetting.settle()

    assert forgetting.effects() == ["red", "red"]


def test_the_answer_to_a_request_is_wiped_and_the_request_still_counts_once(forgetting: Any) -> None:
    service, lamp_id, request_id, done = forgetting.sender, new_id(), new_id(), []

    @service.command
    def light(actor: Any, *, request_id: str) -> str:
        done.append(request_id)
        return lamp_id

    light(PUBLIC, request_id=request_id)
    forget_at_sender(forgetting, lamp_id)

    assert light(PUBLIC, request_id=request_id) is None
    assert done == [request_id]


def test_doing_it_again_is_doing_it_once_and_asks_for_the_answer_anew(forgetting: Any) -> None:
    lamp_id, erasing, answered = new_id(), forgetting.sender.erasures, list[str]()
    forgetting.change("green", lamp_id)

    for _ in range(2):
        forget_at_sender(forgetting, lamp_id)
        assert erasing.complete(lambda _: True, lambda person, _organisation: answered.append(person))
        assert not erasing.complete(lambda _: True, lambda person, _organisation: answered.append(person))

    assert answered == [lamp_id, lamp_id]
    assert erasing.Erased.select().count() == 1


def test_it_is_not_said_to_be_done_while_something_outside_still_keeps_it(forgetting: Any) -> None:
    lamp_id, erasing, answered = new_id(), forgetting.sender.erasures, list[str]()
    forget_at_sender(forgetting, lamp_id)

    assert not erasing.complete(lambda _: False, lambda person, _: answered.append(person))
    assert erasing.complete(lambda _: True, lambda person, _: answered.append(person))

    assert answered == [lamp_id]


@ON_FILES
def test_nothing_of_it_is_left_in_the_files_not_on_a_free_page_and_not_in_the_log(forgetting: Any) -> None:
    lamp_id, files = new_id(), list(forgetting.folder.glob("sender.sqlite3*"))
    for number in range(300):
        forgetting.change(f"kingfisher {number}", lamp_id if number % 3 else None)
    forgetting.sender.database.proxy.execute_sql("PRAGMA wal_checkpoint(PASSIVE)")
    assert b"kingfisher 100" in b"".join(path.read_bytes() for path in files)

    forget_at_sender(forgetting, lamp_id)
    assert forgetting.sender.erasures.complete(lambda _: True, lambda _person, _organisation: None)

    left = b"".join(path.read_bytes() for path in forgetting.folder.glob("sender.sqlite3*"))
    assert b"kingfisher 100" not in left
    assert b"kingfisher 99" in left


def test_while_somebody_still_reads_an_older_state_it_is_not_said_to_be_done(forgetting: Any) -> None:
    lamp_id, erasing, answered = new_id(), forgetting.sender.erasures, list[str]()
    forgetting.change("green", lamp_id)
    place = forgetting.settings("sender").database
    reader = sqlite3.connect(forgetting.folder / "sender.sqlite3") if place is None else psycopg.connect(place)
    if place is None:
        reader.execute("BEGIN")
    else:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    reader.execute("SELECT COUNT(*) FROM outbox").fetchall()

    forget_at_sender(forgetting, lamp_id)
    assert not erasing.complete(lambda _: True, lambda person, _organisation: answered.append(person))
    assert answered == []
    reader.close()

    assert erasing.complete(lambda _: True, lambda person, _organisation: answered.append(person))


def test_a_text_that_is_no_event_keeps_nothing() -> None:
    assert json.loads(envelope.redacted("{half an event of Noor")) == {"erased": True}


def test_counts_of_what_went_add_up_by_year(forgetting: Any) -> None:
    erasing, organisation_id = forgetting.sender.erasures, new_id()

    with forgetting.sender.transaction():
        erasing.count(organisation_id, "lamps", [2025, 2026, 2026])
        erasing.count(organisation_id, "lamps", [2026])

    rows = erasing.ErasedCount.select().order_by(erasing.ErasedCount.year)
    assert [(row.year, row.count) for row in rows] == [(2025, 1), (2026, 3)]


def test_an_inbox_by_itself_passes_over_nobody(street: Any) -> None:
    alone = Inbox(street.consumer_service.database, street.consumer_service.encryption)

    assert alone.find_erased([]) == set()
