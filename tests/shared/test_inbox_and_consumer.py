"""Consuming on the local transport: each event counts once and in order; a failing one waits, a hopeless one
dies."""

from __future__ import annotations

import contextlib
import json
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from shared import clock
from shared.errors import GiveUp, Refusal, TryLater
from shared.ids import new_id
from shared.messaging.inbox import RETRY_SECONDS
from shared.storage import StoreUnavailable
from shared.storage.lease import LeaseLost
from tests.shared.conftest import ON_FILES


def fail_on(harness: Any, colours: set[str], error: Exception) -> None:
    """The handler fails for these colours, after it had its effect."""

    def stumble(event: Any) -> None:
        if event.data["colour"] in colours:
            raise error

    harness.after_effect = stumble


def test_an_event_that_was_published_is_handled_once_with_its_sealed_values(harness: Any) -> None:
    harness.change("green")

    harness.settle()

    [effect] = harness.Effect.select()
    assert (effect.colour, effect.owner) == ("green", "Noor")
    assert "Noor" not in harness.publisher.outbox.after(0, 1)[0][1]


def test_the_same_event_received_again_counts_once(harness: Any) -> None:
    harness.change("green")
    harness.blink("red")
    harness.settle()

    harness.read_again()
    harness.settle()

    assert harness.effects() == ["green", "red"]


def test_events_about_one_subject_count_in_the_order_in_which_they_were_published(harness: Any) -> None:
    lamp_id = new_id()
    published = [f"colour {n}" for n in range(450)]  # more than two batches
    for colour in published:
        harness.blink(colour, lamp_id)

    harness.settle()

    assert harness.effects() == published


def test_an_older_state_that_comes_late_is_skipped_and_a_fact_never_is(harness: Any) -> None:
    lamp_id = new_id()
    harness.change("new", lamp_id)
    harness.settle()
    newest = harness.events()[0].data

    for counter in (1, 0):
        data = {**newest, "colour": "old", "version": [1, counter]}
        harness.publish_raw_as(harness.changed.type, f"lamp/{lamp_id}", json.dumps(data))
    harness.blink("a fact", lamp_id)
    harness.settle()

    assert harness.effects() == ["new", "a fact"]
    assert harness.dead() == []


def test_the_names_of_a_state_share_one_version_and_the_newest_decides_whatever_its_name(harness: Any) -> None:
    lamp_id = new_id()
    harness.change("first", lamp_id)
    harness.paint("second", lamp_id)
    harness.change("third", lamp_id)
    harness.settle()
    first, second, third = harness.events()

    for older in (first, second):
        data = json.dumps(older.data | {"colour": "again"})
        harness.publish_raw_as(older.type, older.subject, data)
    harness.settle()

    assert [event.data["version"] for event in (first, second, third)] == [[1, 1], [1, 2], [1, 3]]
    assert harness.effects() == ["first", "second", "third"]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_in_whatever_order_the_names_of_a_state_come_the_newest_is_what_stays(
    harness: Any, order: tuple[int, ...]
) -> None:
    lamp_id = new_id()
    for publish, colour in ((harness.change, "first"), (harness.paint, "second"), (harness.change, "newest")):
        publish(colour, lamp_id)
    harness.settle()
    published = harness.events()
    with harness.subscriber.transaction():
        harness.Effect.delete().execute()
        harness.subscriber.inbox.InboxVersion.delete().execute()

    for number in (*order, *order):
        event = published[number]
        harness.publish_raw_as(event.type, event.subject, json.dumps(event.data))
    harness.settle()

    effects = harness.effects()
    assert effects[-1] == "newest"
    assert len(effects) == len(set(effects))


def test_a_state_from_a_store_that_was_restored_is_newer_whatever_its_counter(harness: Any) -> None:
    lamp_id = new_id()
    for colour in ("one", "two", "three"):
        harness.change(colour, lamp_id)
    harness.settle()

    data = {**harness.events()[0].data, "colour": "after the restore", "version": [2, 1]}
    harness.publish_raw_as(harness.changed.type, f"lamp/{lamp_id}", json.dumps(data))
    harness.settle()

    assert harness.effects()[-1] == "after the restore"


def test_a_publisher_whose_store_was_restored_is_read_again_and_what_was_handled_counts_once(harness: Any) -> None:
    harness.blink("one")
    harness.settle()

    harness.publisher.outbox.raise_epoch(0)
    harness.blink("two")
    harness.settle()

    assert harness.effects() == ["one", "two"]
    assert harness.subscriber.inbox.position("publisher") == (2, 2)


GOOD = '"lamp_id": "01990000-0000-7000-8000-000000000001", "colour": "green"'


@pytest.mark.parametrize(
    "data",
    [
        '{"lamp_id": "that is none", "colour": "green"}',
        '{"colour": "green"}',
        "[]",
        "null",
        '"a text"',
        '{"lamp_id": ',
        f'{{{GOOD}, "personal": {{"subscriber": "bm9uZQ=="}}}}',
        f'{{{GOOD}, "personal": {{"subscriber": "not base64"}}}}',
        f'{{{GOOD}, "personal": {{"subscriber": 7}}}}',
        f'{{{GOOD}, "version": 7}}',
        f'{{{GOOD}, "version": [1, "x"]}}',
        f'{{{GOOD}, "version": [1, 2, 3]}}',
        f'{{{GOOD}, "version": [1, 1e999]}}',
    ],
)
def test_a_broken_event_is_kept_dead_at_once_and_the_next_is_handled(harness: Any, data: str) -> None:
    harness.blink("before")
    harness.publish_raw(data)
    harness.blink("after")

    harness.settle()

    assert harness.effects() == ["before", "after"]
    [dead] = harness.dead()
    assert "that is none" not in dead.reason
    assert harness.waiting() == 0


def raw_event(harness: Any, text: str) -> None:
    """The log of the publisher, as its reader gets it, has this for its first event."""

    class Forged:
        is_local = True

        def head(self) -> tuple[int, int]:
            return 1, 1

        def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
            return [(1, text)]

    harness.consumer._feeds = {"publisher": Forged()}
    harness.consumer.step()


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("id", 7), ("id", None), ("id", "7"), ("type", 7), ("source", []), ("subject", 7), ("subject", "lamp/\0"),
     ("subject", "lamp/\ud800"), ("subject", "l" * 101), ("sequence", {}),
     ("sequence", float("inf")), ("traceparent", 7),
     ("traceparent", "\0"), ("data", "a text"), ("specversion", "2.0")],
)  # fmt: skip
def test_an_event_with_an_attribute_that_is_none_is_kept_dead_and_stops_nobody(
    harness: Any, attribute: str, value: Any
) -> None:
    event = json.loads(published_text(harness))

    raw_event(harness, json.dumps({**event, attribute: value}))

    [dead] = harness.dead()
    assert dead.reason.startswith("unreadable")
    assert harness.subscriber.inbox.position("publisher") == (1, 1)


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "no event", "[" * 100_000])
def test_what_is_no_event_at_all_is_kept_as_far_as_a_store_can_and_stops_nobody(harness: Any, text: str) -> None:
    raw_event(harness, text)

    assert len(harness.dead()) == 1
    assert harness.subscriber.inbox.position("publisher") == (1, 1)


def test_an_event_of_another_publisher_than_its_source_is_kept_dead(harness: Any) -> None:
    raw_event(harness, published_text(harness).replace("houvast:publisher", "houvast:somebody"))

    assert harness.effects() == []
    assert [dead.reason for dead in harness.dead()] == ["an event from another publisher than its source"]


def published_text(harness: Any) -> str:
    """One good event as it travels."""
    harness.blink("green")
    harness.relay.step()
    text: str = harness.publisher.outbox.after(0, 1)[0][1]
    return text


def test_an_event_of_a_type_without_a_subscription_is_skipped(harness: Any) -> None:
    harness.publish_raw_as("nl.houvast.publisher.lamp_sold.v1", f"lamp/{new_id()}", "{}")
    harness.blink("green")

    harness.settle()

    assert harness.effects() == ["green"]
    assert harness.dead() == []


def test_a_batch_with_one_that_fails_is_handled_one_by_one_and_each_other_counts_once(harness: Any) -> None:
    fail_on(harness, {"colour 7"}, ValueError("with a name in it"))
    for n in range(20):
        harness.blink(f"colour {n}")

    harness.settle()

    assert harness.effects() == [f"colour {n}" for n in range(20) if n != 7]
    assert harness.waiting() == 1
    assert harness.subscriber.inbox.Inbox.select().count() == 20
    [waiting] = harness.subscriber.inbox.InboxRetry.select()
    assert waiting.error.startswith("ValueError at ")
    assert "with a name in it" not in waiting.error


@pytest.mark.parametrize("hopeless", [GiveUp("never"), Refusal("no_such_lamp")])
def test_a_hopeless_event_is_kept_dead_at_once_without_its_effect(harness: Any, hopeless: Exception) -> None:
    fail_on(harness, {"red"}, hopeless)
    for colour in ("green", "red", "blue"):
        harness.blink(colour)

    harness.settle()

    assert harness.effects() == ["green", "blue"]
    assert [dead.reason for dead in harness.dead()] in (["never"], ["refused: no_such_lamp"])
    assert harness.waiting() == 0


def test_an_event_that_comes_too_early_waits_and_those_about_its_subject_wait_behind_it(harness: Any) -> None:
    early, other = new_id(), new_id()
    fail_on(harness, {"first"}, TryLater("the state it needs has not come"))
    harness.blink("first", early)
    harness.blink("elsewhere", other)
    harness.blink("second", early)
    harness.change("third", early)
    harness.settle()
    harness.make_retries_due()
    harness.settle()
    assert harness.effects() == ["elsewhere"]
    assert harness.waiting() == 3

    fail_on(harness, set(), TryLater(""))
    for _ in range(3):
        harness.make_retries_due()
        harness.settle()

    assert harness.effects() == ["elsewhere", "first", "second", "third"]
    assert harness.waiting() == 0
    assert harness.dead() == []


def test_what_comes_while_an_earlier_one_waits_is_put_behind_it_in_order(harness: Any) -> None:
    lamp_id = new_id()
    fail_on(harness, {"first"}, TryLater("not yet"))
    harness.blink("first", lamp_id)
    harness.settle()
    for colour in ("second", "third"):
        harness.blink(colour, lamp_id)
        harness.settle()

    fail_on(harness, set(), TryLater(""))
    for _ in range(3):
        harness.make_retries_due()
        harness.settle()

    assert harness.effects() == ["first", "second", "third"]


def test_each_try_waits_longer_than_the_one_before(harness: Any) -> None:
    fail_on(harness, {"red"}, TryLater("not yet"))
    harness.blink("red")
    harness.settle()
    attempts = []

    for _ in range(4):
        row = harness.subscriber.inbox.InboxRetry.get()
        attempts.append(row.attempt)
        harness.make_retries_due()
        harness.settle()

    assert attempts == [0, 1, 2, 3]
    assert list(RETRY_SECONDS) == sorted(RETRY_SECONDS)
    assert harness.subscriber.inbox.next_retry_at() is not None


def test_an_event_that_was_tried_to_the_end_dies_and_those_behind_it_go_on(harness: Any) -> None:
    lamp_id = new_id()
    exhaust(harness, lamp_id)

    assert [dead.reason for dead in harness.dead()] == ["not yet"]
    assert harness.effects() == ["second"]
    assert harness.waiting() == 0


def exhaust(harness: Any, lamp_id: str) -> None:
    """The first event about this lamp was tried to the end; a second one waited behind it."""
    fail_on(harness, {"first"}, TryLater("not yet"))
    harness.blink("first", lamp_id)
    harness.blink("second", lamp_id)
    harness.settle()
    for _ in range(len(RETRY_SECONDS) + 1):
        harness.make_retries_due()
        harness.settle()


def test_a_dead_letter_can_be_tried_again_with_a_reason_and_counts_once(harness: Any) -> None:
    exhaust(harness, new_id())
    fail_on(harness, set(), TryLater(""))
    [dead] = harness.dead()

    first = harness.subscriber.inbox.replay(dead.id, "the lamp is known now")
    harness.settle()
    again = harness.subscriber.inbox.replay(dead.id, "once more")
    harness.settle()

    assert (first, again) == (True, False)
    assert harness.effects() == ["second", "first"]
    [dead] = harness.dead()
    assert dead.replay_reason == "the lamp is known now"
    assert dead.replayed_at is not None


def test_a_dead_letter_that_cannot_be_read_dies_again_when_it_is_tried_again(harness: Any) -> None:
    harness.publish_raw('{"lamp_id": ')
    harness.settle()
    [dead] = harness.dead()

    harness.subscriber.inbox.replay(dead.id, "to see")
    harness.settle()
    harness.blink("green")
    harness.settle()

    assert len(harness.dead()) == 2
    assert harness.waiting() == 0
    assert harness.effects() == ["green"]


def test_only_one_of_two_consumers_works(harness: Any) -> None:
    second = harness.new_consumer()
    harness.consumer.step()
    harness.blink("green")
    harness.relay.step()

    worked = [second.step(), harness.consumer.step(), second.step()]

    assert worked == [False, True, False]
    assert harness.effects() == ["green"]


def test_a_consumer_that_lost_its_lease_without_noticing_writes_nothing(harness: Any) -> None:
    harness.consumer.step()
    harness.expire_lease(harness.subscriber, "consumer")
    second = harness.new_consumer()
    assert second.step() is False  # holds the lease from now on; nothing to consume yet
    harness.blink("green")
    harness.relay.step()

    with pytest.raises(LeaseLost):
        harness.consumer.step()
    assert harness.effects() == []
    assert harness.subscriber.inbox.Inbox.select().count() == 0

    assert second.step()
    assert harness.effects() == ["green"]


def test_a_consumer_that_loses_its_lease_writes_nothing_of_an_event_that_waited_either(harness: Any) -> None:
    fail_on(harness, {"red"}, TryLater("not yet"))
    harness.blink("red")
    harness.settle()
    harness.expire_lease(harness.subscriber, "consumer")
    harness.new_consumer().step()
    fail_on(harness, set(), TryLater(""))
    harness.make_retries_due()

    with pytest.raises(LeaseLost):
        harness.consumer.step()

    assert harness.effects() == []
    assert harness.waiting() == 1


def test_a_lease_that_was_given_back_is_taken_at_once(harness: Any) -> None:
    harness.consumer.step()
    harness.blink("green")
    harness.relay.step()

    harness.consumer.close()

    assert harness.new_consumer().step()
    assert harness.effects() == ["green"]


@ON_FILES
def test_a_full_disk_writes_nothing_half_and_nothing_is_lost_when_there_is_room_again(harness: Any) -> None:
    for n in range(150):
        harness.blink(f"colour {n} " + "x" * 200)
    harness.relay.step()
    harness.consumer.close()
    harness.fill_up(harness.subscriber)

    with pytest.raises(StoreUnavailable):
        harness.consumer.step()
    assert harness.effects() == []
    assert harness.subscriber.inbox.Inbox.select().count() == 0
    assert harness.subscriber.inbox.position("publisher") == (0, 0)

    harness.make_room(harness.subscriber)
    harness.settle()
    assert [colour.rstrip("x ") for colour in harness.effects()] == [f"colour {n}" for n in range(150)]
    assert (harness.waiting(), harness.dead()) == (0, [])


def test_a_handler_that_catches_a_refusal_goes_on_without_what_was_refused(harness: Any) -> None:
    def expect_a_refusal(event: Any) -> None:
        with contextlib.suppress(Refusal), harness.subscriber.transaction():
            harness.Effect.create(lamp_id=str(event.data["lamp_id"]), colour="half")
            raise Refusal("no_such_lamp")

    harness.after_effect = expect_a_refusal
    harness.blink("green")

    harness.settle()

    assert harness.effects() == ["green"]
    assert (harness.waiting(), harness.dead()) == (0, [])


def test_an_event_that_was_put_off_by_a_clock_that_was_wrong_is_tried_again_at_once(harness: Any) -> None:
    fail_on(harness, {"red"}, TryLater("not yet"))
    harness.blink("red")
    harness.settle()
    fail_on(harness, set(), TryLater("not yet"))
    with harness.subscriber.transaction():
        harness.subscriber.inbox.InboxRetry.update(next_at=clock.wall() + timedelta(hours=1)).execute()

    harness.settle()

    assert harness.effects() == ["red"]


def test_an_event_that_waits_for_its_time_is_not_hurried(harness: Any) -> None:
    fail_on(harness, {"red"}, TryLater("not yet"))
    harness.blink("red")
    harness.settle()
    fail_on(harness, set(), TryLater("not yet"))
    with harness.subscriber.transaction():
        soon = clock.wall() + timedelta(seconds=RETRY_SECONDS[-1])
        harness.subscriber.inbox.InboxRetry.update(next_at=soon, attempt=len(RETRY_SECONDS) - 1).execute()

    harness.settle()

    assert harness.effects() == []
