"""Forgetting: rows go, events are redacted everywhere, late ones do nothing, and nothing is left in the files."""

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

FORGET = "nl.houvast.publisher.erasure_requested.v1"


class _Forget(Schema):
    lamp_id = fields.String(required=True)


@pytest.fixture
def erasing(harness: Any) -> Any:
    """Two services in which the subscriber erases a lamp when the publisher asks it to."""

    def forget(event: ReceivedEvent) -> None:
        harness.subscriber.erasures.erase(event.data["lamp_id"], new_id(), personal_data(harness))

    harness.subscriptions.on(FORGET, _Forget, bypasses_ordering=True)(forget)
    return harness


def personal_data(harness: Any) -> PersonalData:
    return PersonalData(tables=[harness.Effect], columns=frozenset({"lamp_id"}), nouns=("lamp",))


def published_data(harness: Any) -> PersonalData:
    return PersonalData(tables=[harness.Lamp], columns=frozenset({"lamp_id"}), nouns=("lamp",))


def ask(harness: Any, lamp_id: str) -> None:
    harness.publish_raw_as(FORGET, f"lamp/{lamp_id}", json.dumps({"lamp_id": lamp_id}))


def erase_at_publisher(harness: Any, lamp_id: str) -> None:
    with harness.publisher.transaction():
        harness.publisher.erasures.erase(lamp_id, new_id(), published_data(harness))


def fail_on(harness: Any, colour: str, error: Exception) -> None:
    def stumble(event: Any) -> None:
        if event.data["colour"] == colour:
            raise error

    harness.after_effect = stumble


def test_what_was_kept_of_it_goes_and_of_others_stays(erasing: Any) -> None:
    lamp_id = new_id()
    erasing.change("green", lamp_id)
    erasing.change("red")
    erasing.settle()

    ask(erasing, lamp_id)
    erasing.settle()

    assert erasing.effects() == ["red"]


def test_an_event_that_comes_late_counts_as_handled_and_does_nothing(erasing: Any) -> None:
    lamp_id = new_id()
    ask(erasing, lamp_id)
    erasing.settle()

    erasing.change("green", lamp_id)
    erasing.publish_raw_as(
        erasing.blinked.type, f"lamp/{new_id()}", json.dumps({"lamp_id": lamp_id, "colour": "red"})
    )
    erasing.settle()

    assert erasing.effects() == []
    assert (erasing.waiting(), erasing.dead()) == (0, [])
    assert erasing.subscriber.inbox.Inbox.select().count() == 3


def test_it_does_not_wait_behind_an_event_that_keeps_failing_and_ends_it(erasing: Any) -> None:
    lamp_id = new_id()
    fail_on(erasing, "green", TryLater("not yet"))
    erasing.blink("green", lamp_id)
    erasing.settle()
    assert erasing.waiting() == 1
    erasing.postpone_retries()

    ask(erasing, lamp_id)
    erasing.settle()
    [waiting] = erasing.subscriber.inbox.InboxRetry.select()
    erasing.make_retries_due()
    erasing.settle()

    assert envelope.read(waiting.event).is_redacted
    assert (erasing.effects(), erasing.waiting(), erasing.dead()) == ([], 0, [])


def test_an_event_about_something_else_that_waits_loses_what_it_says_of_it(erasing: Any) -> None:
    lamp_id, another = new_id(), new_id()
    fail_on(erasing, "green", TryLater("not yet"))
    erasing.publish_raw_as(
        erasing.blinked.type, f"lamp/{another}", json.dumps({"lamp_id": lamp_id, "colour": "green"})
    )
    erasing.settle()
    assert erasing.waiting() == 1

    ask(erasing, lamp_id)
    erasing.settle()

    kept = [*erasing.subscriber.inbox.InboxRetry.select(), *erasing.subscriber.inbox.DeadLetter.select()]
    assert [lamp_id in row.event for row in kept] == [False] * len(kept)


def test_a_dead_letter_keeps_its_subject_and_loses_its_data(erasing: Any) -> None:
    lamp_id = new_id()
    fail_on(erasing, "green", GiveUp("never"))
    published = erasing.change("green", lamp_id)
    erasing.settle()

    ask(erasing, lamp_id)
    erasing.settle()
    [dead] = erasing.dead()

    event = envelope.read(dead.event)
    assert (event.id, event.subject, event.data) == (published, f"lamp/{lamp_id}", {"erased": True})
    erasing.subscriber.inbox.replay(dead.id, "mended")
    erasing.make_retries_due()
    erasing.settle()
    assert (erasing.effects(), len(erasing.dead()), erasing.waiting()) == ([], 1, 0)


def test_its_events_stay_in_the_log_redacted_and_others_stay_whole(erasing: Any) -> None:
    lamp_id = new_id()
    published = [erasing.change("green", lamp_id), erasing.blink("red", lamp_id), erasing.blink("blue")]
    erasing.relay.step()

    erase_at_publisher(erasing, lamp_id)
    events = erasing.events()

    assert [event.id for event in events] == published
    assert [event.sequence for event in events] == [1, 2, 3]
    assert [event.is_redacted for event in events] == [True, True, False]


def test_a_consumer_that_comes_after_its_events_were_redacted_goes_on(erasing: Any) -> None:
    lamp_id = new_id()
    erasing.change("green", lamp_id)
    erase_at_publisher(erasing, lamp_id)
    erasing.blink("red")

    erasing.settle()

    assert erasing.effects() == ["red"]
    assert (erasing.waiting(), erasing.dead()) == (0, [])


def test_a_restored_store_publishes_nothing_again_of_what_was_erased(erasing: Any) -> None:
    lamp_id = new_id()
    erasing.change("green", lamp_id)
    erasing.change("red")
    erase_at_publisher(erasing, lamp_id)

    erasing.publisher.outbox.raise_epoch(0)
    erasing.settle()

    assert erasing.effects() == ["red", "red"]


def test_the_answer_to_a_request_is_wiped_and_the_request_still_counts_once(erasing: Any) -> None:
    service, lamp_id, request_id, done = erasing.publisher, new_id(), new_id(), []

    @service.command
    def light(actor: Any, *, request_id: str) -> str:
        done.append(request_id)
        return lamp_id

    light(PUBLIC, request_id=request_id)
    erase_at_publisher(erasing, lamp_id)

    assert light(PUBLIC, request_id=request_id) is None
    assert done == [request_id]


def test_doing_it_again_is_doing_it_once_and_asks_for_the_answer_anew(erasing: Any) -> None:
    lamp_id, erasures, answered = new_id(), erasing.publisher.erasures, list[str]()
    erasing.change("green", lamp_id)

    for _ in range(2):
        erase_at_publisher(erasing, lamp_id)
        assert erasures.complete(lambda _: True, lambda person, _organisation: answered.append(person))
        assert not erasures.complete(lambda _: True, lambda person, _organisation: answered.append(person))

    assert answered == [lamp_id, lamp_id]
    assert erasures.Erased.select().count() == 1


def test_it_is_not_complete_while_something_outside_still_keeps_it(erasing: Any) -> None:
    lamp_id, erasures, answered = new_id(), erasing.publisher.erasures, list[str]()
    erase_at_publisher(erasing, lamp_id)

    assert not erasures.complete(lambda _: False, lambda person, _: answered.append(person))
    assert erasures.complete(lambda _: True, lambda person, _: answered.append(person))

    assert answered == [lamp_id]


@ON_FILES
def test_nothing_of_it_is_left_in_the_files_not_on_a_free_page_and_not_in_the_log(erasing: Any) -> None:
    lamp_id, files = new_id(), list(erasing.folder.glob("publisher.sqlite3*"))
    for number in range(300):
        erasing.change(f"kingfisher {number}", lamp_id if number % 3 else None)
    erasing.publisher.database.proxy.execute_sql("PRAGMA wal_checkpoint(PASSIVE)")
    assert b"kingfisher 100" in b"".join(path.read_bytes() for path in files)

    erase_at_publisher(erasing, lamp_id)
    assert erasing.publisher.erasures.complete(lambda _: True, lambda _person, _organisation: None)

    left = b"".join(path.read_bytes() for path in erasing.folder.glob("publisher.sqlite3*"))
    assert b"kingfisher 100" not in left
    assert b"kingfisher 99" in left


def test_while_somebody_still_reads_an_older_state_it_is_not_complete(erasing: Any) -> None:
    lamp_id, erasures, answered = new_id(), erasing.publisher.erasures, list[str]()
    erasing.change("green", lamp_id)
    place = erasing.settings("publisher").database
    reader = sqlite3.connect(erasing.folder / "publisher.sqlite3") if place is None else psycopg.connect(place)
    if place is None:
        reader.execute("BEGIN")
    else:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    reader.execute("SELECT COUNT(*) FROM outbox").fetchall()

    erase_at_publisher(erasing, lamp_id)
    assert not erasures.complete(lambda _: True, lambda person, _organisation: answered.append(person))
    assert answered == []
    reader.rollback()  # a closed connection lives on in PostgreSQL for a moment; its transaction must be over
    reader.close()

    assert erasures.complete(lambda _: True, lambda person, _organisation: answered.append(person))


def test_a_text_that_is_no_event_keeps_nothing() -> None:
    assert json.loads(envelope.redacted("{half an event of Noor")) == {"erased": True}


def test_counts_of_what_went_add_up_by_year(erasing: Any) -> None:
    erasures, organisation_id = erasing.publisher.erasures, new_id()

    with erasing.publisher.transaction():
        erasures.count(organisation_id, "lamps", [2025, 2026, 2026])
        erasures.count(organisation_id, "lamps", [2026])

    rows = erasures.ErasedCount.select().order_by(erasures.ErasedCount.year)
    assert [(row.year, row.count) for row in rows] == [(2025, 1), (2026, 3)]


def test_an_inbox_by_itself_skips_nobody(harness: Any) -> None:
    alone = Inbox(harness.subscriber.database, harness.subscriber.encryption)

    assert alone.find_erased([]) == set()
