"""Hearing on the local transport: each event counts once and in order; a failing one waits, a hopeless one
dies."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest

from shared.errors import GiveUp, Refusal, TryLater
from shared.ids import new_id
from shared.messaging.inbox import RETRY_SECONDS
from shared.storage import StoreUnavailable
from shared.storage.lease import LeaseLost
from tests.shared.conftest import ON_FILES


def fail_on(street: Any, colours: set[str], error: Exception) -> None:
    """The handler fails for these colours, after it had its effect."""

    def stumble(event: Any) -> None:
        if event.data["colour"] in colours:
            raise error

    street.in_the_way = stumble


def test_an_event_that_was_said_is_heard_once_with_its_sealed_values(street: Any) -> None:
    street.change("green")

    street.settle()

    [effect] = street.Effect.select()
    assert (effect.colour, effect.owner) == ("green", "Noor")
    assert "Noor" not in street.sender.outbox.after(0, 1)[0][1]


def test_the_same_event_heard_again_counts_once(street: Any) -> None:
    street.change("green")
    street.blink("red")
    street.settle()

    street.forget_the_place()
    street.settle()

    assert street.effects() == ["green", "red"]


def test_events_about_one_subject_count_in_the_order_in_which_they_were_said(street: Any) -> None:
    lamp_id = new_id()
    said = [f"colour {n}" for n in range(450)]  # more than two batches
    for colour in said:
        street.blink(colour, lamp_id)

    street.settle()

    assert street.effects() == said


def test_an_older_state_that_comes_late_is_skipped_and_a_fact_never_is(street: Any) -> None:
    lamp_id = new_id()
    street.change("new", lamp_id)
    street.settle()
    newest = street.events()[0].data

    for counter in (1, 0):
        data = {**newest, "colour": "old", "version": [1, counter]}
        street.post_as(street.changed.type, f"lamp/{lamp_id}", json.dumps(data))
    street.blink("a fact", lamp_id)
    street.settle()

    assert street.effects() == ["new", "a fact"]
    assert street.dead() == []


def test_a_state_from_a_store_that_was_restored_is_newer_whatever_its_counter(street: Any) -> None:
    lamp_id = new_id()
    for colour in ("one", "two", "three"):
        street.change(colour, lamp_id)
    street.settle()

    data = {**street.events()[0].data, "colour": "after the restore", "version": [2, 1]}
    street.post_as(street.changed.type, f"lamp/{lamp_id}", json.dumps(data))
    street.settle()

    assert street.effects()[-1] == "after the restore"


def test_a_sender_whose_store_was_restored_is_read_again_and_what_was_heard_counts_once(street: Any) -> None:
    street.blink("one")
    street.settle()

    street.sender.outbox.raise_epoch(0)
    street.blink("two")
    street.settle()

    assert street.effects() == ["one", "two"]
    assert street.consumer_service.inbox.position("sender") == (2, 2)


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
        f'{{{GOOD}, "personal": {{"hearer": "bm9uZQ=="}}}}',
        f'{{{GOOD}, "personal": {{"hearer": "not base64"}}}}',
        f'{{{GOOD}, "personal": {{"hearer": 7}}}}',
        f'{{{GOOD}, "version": 7}}',
        f'{{{GOOD}, "version": [1, "x"]}}',
        f'{{{GOOD}, "version": [1, 2, 3]}}',
        f'{{{GOOD}, "version": [1, 1e999]}}',
    ],
)
def test_a_broken_event_is_kept_dead_at_once_and_the_next_is_heard(street: Any, data: str) -> None:
    street.blink("before")
    street.post(data)
    street.blink("after")

    street.settle()

    assert street.effects() == ["before", "after"]
    [dead] = street.dead()
    assert "that is none" not in dead.reason
    assert street.waiting() == 0


def from_elsewhere(street: Any, text: str) -> None:
    """The log of the sender, as its reader gets it, has this for its first event."""

    class Forged:
        is_at_hand = True

        def head(self) -> tuple[int, int]:
            return 1, 1

        def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
            return [(1, text)]

    street.consumer._feeds = {"sender": Forged()}
    street.consumer.step()


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("id", 7), ("id", None), ("id", "7"), ("type", 7), ("source", []), ("subject", 7), ("subject", "lamp/\0"),
     ("subject", "lamp/\ud800"), ("subject", "l" * 101), ("sequence", {}),
     ("sequence", float("inf")), ("traceparent", 7),
     ("traceparent", "\0"), ("data", "a text"), ("specversion", "2.0")],
)  # fmt: skip
def test_an_event_with_an_attribute_that_is_none_is_kept_dead_and_stops_nobody(
    street: Any, attribute: str, value: Any
) -> None:
    event = json.loads(street_event(street))

    from_elsewhere(street, json.dumps({**event, attribute: value}))

    [dead] = street.dead()
    assert dead.reason.startswith("unreadable")
    assert street.consumer_service.inbox.position("sender") == (1, 1)


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "no event", "[" * 100_000])
def test_what_is_no_event_at_all_is_kept_as_far_as_a_store_can_and_stops_nobody(street: Any, text: str) -> None:
    from_elsewhere(street, text)

    assert len(street.dead()) == 1
    assert street.consumer_service.inbox.position("sender") == (1, 1)


def test_an_event_of_another_than_who_sent_it_is_kept_dead(street: Any) -> None:
    from_elsewhere(street, street_event(street).replace("houvast:sender", "houvast:somebody"))

    assert street.effects() == []
    assert [dead.reason for dead in street.dead()] == ["an event from another than who sent it"]


def street_event(street: Any) -> str:
    """One good event as it travels."""
    street.blink("green")
    street.relay.step()
    text: str = street.sender.outbox.after(0, 1)[0][1]
    return text


def test_an_event_of_a_kind_that_nobody_here_hears_is_passed_over(street: Any) -> None:
    street.post_as("nl.houvast.sender.lamp_sold.v1", f"lamp/{new_id()}", "{}")
    street.blink("green")

    street.settle()

    assert street.effects() == ["green"]
    assert street.dead() == []


def test_a_batch_with_one_that_fails_is_redone_one_by_one_and_each_other_counts_once(street: Any) -> None:
    fail_on(street, {"colour 7"}, ValueError("with a name in it"))
    for n in range(20):
        street.blink(f"colour {n}")

    street.settle()

    assert street.effects() == [f"colour {n}" for n in range(20) if n != 7]
    assert street.waiting() == 1
    assert street.consumer_service.inbox.Inbox.select().count() == 20
    [waiting] = street.consumer_service.inbox.InboxRetry.select()
    assert waiting.error.startswith("ValueError at ")
    assert "with a name in it" not in waiting.error


@pytest.mark.parametrize("hopeless", [GiveUp("never"), Refusal("no_such_lamp")])
def test_a_hopeless_event_is_kept_dead_at_once_without_its_effect(street: Any, hopeless: Exception) -> None:
    fail_on(street, {"red"}, hopeless)
    for colour in ("green", "red", "blue"):
        street.blink(colour)

    street.settle()

    assert street.effects() == ["green", "blue"]
    assert [dead.reason for dead in street.dead()] in (["never"], ["refused: no_such_lamp"])
    assert street.waiting() == 0


def test_an_event_that_comes_too_early_waits_and_those_about_its_subject_wait_behind_it(street: Any) -> None:
    early, other = new_id(), new_id()
    fail_on(street, {"first"}, TryLater("the state it needs has not come"))
    street.blink("first", early)
    street.blink("elsewhere", other)
    street.blink("second", early)
    street.change("third", early)
    street.settle()
    street.let_time_pass()
    street.settle()
    assert street.effects() == ["elsewhere"]
    assert street.waiting() == 3

    fail_on(street, set(), TryLater(""))
    for _ in range(3):
        street.let_time_pass()
        street.settle()

    assert street.effects() == ["elsewhere", "first", "second", "third"]
    assert street.waiting() == 0
    assert street.dead() == []


def test_what_comes_while_an_earlier_one_waits_is_put_behind_it_in_order(street: Any) -> None:
    lamp_id = new_id()
    fail_on(street, {"first"}, TryLater("not yet"))
    street.blink("first", lamp_id)
    street.settle()
    for colour in ("second", "third"):
        street.blink(colour, lamp_id)
        street.settle()

    fail_on(street, set(), TryLater(""))
    for _ in range(3):
        street.let_time_pass()
        street.settle()

    assert street.effects() == ["first", "second", "third"]


def test_each_try_waits_longer_than_the_one_before(street: Any) -> None:
    fail_on(street, {"red"}, TryLater("not yet"))
    street.blink("red")
    street.settle()
    attempts = []

    for _ in range(4):
        row = street.consumer_service.inbox.InboxRetry.get()
        attempts.append(row.attempt)
        street.let_time_pass()
        street.settle()

    assert attempts == [0, 1, 2, 3]
    assert list(RETRY_SECONDS) == sorted(RETRY_SECONDS)
    assert street.consumer_service.inbox.next_retry_at() is not None


def test_an_event_that_was_tried_to_the_end_dies_and_those_behind_it_go_on(street: Any) -> None:
    lamp_id = new_id()
    exhaust(street, lamp_id)

    assert [dead.reason for dead in street.dead()] == ["not yet"]
    assert street.effects() == ["second"]
    assert street.waiting() == 0


def exhaust(street: Any, lamp_id: str) -> None:
    """The first event about this lamp was tried to the end; a second one waited behind it."""
    fail_on(street, {"first"}, TryLater("not yet"))
    street.blink("first", lamp_id)
    street.blink("second", lamp_id)
    street.settle()
    for _ in range(len(RETRY_SECONDS) + 1):
        street.let_time_pass()
        street.settle()


def test_a_dead_letter_can_be_tried_again_with_a_reason_and_counts_once(street: Any) -> None:
    exhaust(street, new_id())
    fail_on(street, set(), TryLater(""))
    [dead] = street.dead()

    first = street.consumer_service.inbox.replay(dead.id, "the lamp is known now")
    street.settle()
    again = street.consumer_service.inbox.replay(dead.id, "once more")
    street.settle()

    assert (first, again) == (True, False)
    assert street.effects() == ["second", "first"]
    [dead] = street.dead()
    assert dead.replay_reason == "the lamp is known now"
    assert dead.replayed_at is not None


def test_a_dead_letter_that_cannot_be_read_dies_again_when_it_is_tried_again(street: Any) -> None:
    street.post('{"lamp_id": ')
    street.settle()
    [dead] = street.dead()

    street.consumer_service.inbox.replay(dead.id, "to see")
    street.settle()
    street.blink("green")
    street.settle()

    assert len(street.dead()) == 2
    assert street.waiting() == 0
    assert street.effects() == ["green"]


def test_only_one_of_two_consumers_works(street: Any) -> None:
    second = street.new_consumer()
    street.consumer.step()
    street.blink("green")
    street.relay.step()

    worked = [second.step(), street.consumer.step(), second.step()]

    assert worked == [False, True, False]
    assert street.effects() == ["green"]


def test_a_consumer_that_lost_its_lease_without_noticing_writes_nothing(street: Any) -> None:
    street.consumer.step()
    street.lapse(street.consumer_service, "consumer")
    second = street.new_consumer()
    assert second.step() is False  # holds the lease from now on; nothing to hear yet
    street.blink("green")
    street.relay.step()

    with pytest.raises(LeaseLost):
        street.consumer.step()
    assert street.effects() == []
    assert street.consumer_service.inbox.Inbox.select().count() == 0

    assert second.step()
    assert street.effects() == ["green"]


def test_a_consumer_that_loses_its_lease_writes_nothing_of_an_event_that_waited_either(street: Any) -> None:
    fail_on(street, {"red"}, TryLater("not yet"))
    street.blink("red")
    street.settle()
    street.lapse(street.consumer_service, "consumer")
    street.new_consumer().step()
    fail_on(street, set(), TryLater(""))
    street.let_time_pass()

    with pytest.raises(LeaseLost):
        street.consumer.step()

    assert street.effects() == []
    assert street.waiting() == 1


def test_a_lease_that_was_given_back_is_taken_at_once(street: Any) -> None:
    street.consumer.step()
    street.blink("green")
    street.relay.step()

    street.consumer.close()

    assert street.new_consumer().step()
    assert street.effects() == ["green"]


@ON_FILES
def test_a_full_disk_writes_nothing_half_and_nothing_is_lost_when_there_is_room_again(street: Any) -> None:
    for n in range(150):
        street.blink(f"colour {n} " + "x" * 200)
    street.relay.step()
    street.consumer.close()
    street.fill_up(street.consumer_service)

    with pytest.raises(StoreUnavailable):
        street.consumer.step()
    assert street.effects() == []
    assert street.consumer_service.inbox.Inbox.select().count() == 0
    assert street.consumer_service.inbox.position("sender") == (0, 0)

    street.make_room(street.consumer_service)
    street.settle()
    assert [colour.rstrip("x ") for colour in street.effects()] == [f"colour {n}" for n in range(150)]
    assert (street.waiting(), street.dead()) == (0, [])


def test_a_handler_that_catches_a_refusal_goes_on_without_what_was_refused(street: Any) -> None:
    def expect_a_refusal(event: Any) -> None:
        with contextlib.suppress(Refusal), street.consumer_service.transaction():
            street.Effect.create(lamp_id=str(event.data["lamp_id"]), colour="half")
            raise Refusal("no_such_lamp")

    street.in_the_way = expect_a_refusal
    street.blink("green")

    street.settle()

    assert street.effects() == ["green"]
    assert (street.waiting(), street.dead()) == (0, [])
