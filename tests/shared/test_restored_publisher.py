"""A publisher whose store was restored from a copy: what it publishes now decides, and nothing of it is missed."""

from __future__ import annotations

import json
from typing import Any

from shared.ids import new_id
from tests.support.raw_events import put


def put_back_to(harness: Any, seq: int) -> None:
    """As a copy of the publisher's store would be that was made when it had published so many events."""
    outbox = harness.publisher.outbox
    with harness.publisher.transaction():
        outbox.Outbox.delete().where(outbox.Outbox.seq > seq).execute()
        outbox.OutboxHead.update(sent=seq).execute()
        outbox.OutboxVersion.update(counter=1).execute()


def test_its_older_state_decides_over_a_newer_one_that_only_the_subscriber_remembers(harness: Any) -> None:
    lamp_id = new_id()
    for colour in ("green", "red", "blue"):
        harness.change(colour, lamp_id)
        harness.settle()

    put_back_to(harness, 1)
    harness.publisher.outbox.raise_epoch(0)
    harness.settle()

    assert harness.effects() == ["green", "red", "blue", "green"]
    assert harness.Effect.get_by_id(4).owner == "Noor"
    assert harness.subscriber.inbox.position("publisher") == (2, 2)


def test_what_it_publishes_next_is_consumed_although_its_number_was_used_before(harness: Any) -> None:
    for colour in ("one", "two", "three"):
        harness.blink(colour)
    harness.settle()

    put_back_to(harness, 1)
    harness.publisher.outbox.raise_epoch(0)
    harness.blink("after")
    harness.settle()

    assert harness.effects() == ["one", "two", "three", "after"]


def test_only_the_newest_state_of_each_subject_is_published_again_and_no_fact(harness: Any) -> None:
    lamp, other = new_id(), new_id()
    for colour, lamp_id in (("red", lamp), ("blue", lamp), ("green", other)):
        harness.change(colour, lamp_id)
    harness.blink("a fact", lamp)
    harness.settle()

    harness.publisher.outbox.raise_epoch(0)
    harness.settle()

    assert harness.effects() == ["red", "blue", "green", "a fact", "blue", "green"]
    assert [event.data["version"] for event in harness.events()[4:]] == [[2, 3], [2, 2]]


def test_of_a_state_with_several_names_only_the_newest_is_published_again(harness: Any) -> None:
    lamp_id = new_id()
    harness.change("red", lamp_id)
    harness.paint("blue", lamp_id)
    harness.settle()

    harness.publisher.outbox.raise_epoch(0)
    harness.settle()

    again = harness.events()[2:]
    assert [(event.type, event.data["version"]) for event in again] == [(harness.painted.type, [2, 3])]
    assert harness.effects() == ["red", "blue", "blue"]


def test_an_epoch_is_higher_than_its_own_and_than_any_that_was_ever_seen(harness: Any) -> None:
    outbox = harness.publisher.outbox

    raised = [outbox.raise_epoch(above) for above in (0, 7, 3)]

    assert raised == [2, 8, 9]
    assert outbox.head() == (9, 0)


def test_an_event_that_was_redacted_since_is_not_published_again(harness: Any) -> None:
    outbox = harness.publisher.outbox
    with harness.publisher.transaction():
        put(outbox, harness.changed.type, f"lamp/{new_id()}", json.dumps({"erased": True}), is_state=True)

    outbox.raise_epoch(0)
    harness.settle()

    assert len(harness.events()) == 1
