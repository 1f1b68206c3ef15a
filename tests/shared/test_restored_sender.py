"""A sender whose store was put back from a copy: what it says now decides, and nothing of it is missed."""

from __future__ import annotations

import json
from typing import Any

from shared.ids import new_id
from tests.support.raw_events import put


def put_back_to(street: Any, seq: int) -> None:
    """As a copy of the sender's store would be that was made when it had said so many events."""
    outbox = street.sender.outbox
    with street.sender.transaction():
        outbox.Outbox.delete().where(outbox.Outbox.seq > seq).execute()
        outbox.OutboxHead.update(sent=seq).execute()
        outbox.OutboxVersion.update(counter=1).execute()


def test_its_older_state_decides_over_a_newer_one_that_only_the_hearer_remembers(street: Any) -> None:
    lamp_id = new_id()
    for colour in ("green", "red", "blue"):
        street.change(colour, lamp_id)
        street.settle()

    put_back_to(street, 1)
    street.sender.outbox.raise_epoch(0)
    street.settle()

    assert street.effects() == ["green", "red", "blue", "green"]
    assert street.Effect.get_by_id(4).owner == "Noor"
    assert street.consumer_service.inbox.position("sender") == (2, 2)


def test_what_it_says_next_is_heard_although_its_number_was_used_before(street: Any) -> None:
    for colour in ("one", "two", "three"):
        street.blink(colour)
    street.settle()

    put_back_to(street, 1)
    street.sender.outbox.raise_epoch(0)
    street.blink("after")
    street.settle()

    assert street.effects() == ["one", "two", "three", "after"]


def test_only_the_newest_state_of_each_subject_is_said_again_and_no_fact(street: Any) -> None:
    one, other = new_id(), new_id()
    for colour, lamp_id in (("red", one), ("blue", one), ("green", other)):
        street.change(colour, lamp_id)
    street.blink("a fact", one)
    street.settle()

    street.sender.outbox.raise_epoch(0)
    street.settle()

    assert street.effects() == ["red", "blue", "green", "a fact", "blue", "green"]
    assert [event.data["version"] for event in street.events()[4:]] == [[2, 3], [2, 2]]


def test_an_epoch_is_higher_than_its_own_and_than_any_that_was_ever_seen(street: Any) -> None:
    outbox = street.sender.outbox

    raised = [outbox.raise_epoch(above) for above in (0, 7, 3)]

    assert raised == [2, 8, 9]
    assert outbox.head() == (9, 0)


def test_an_event_that_was_emptied_since_is_not_said_again(street: Any) -> None:
    outbox = street.sender.outbox
    with street.sender.transaction():
        put(outbox, street.changed.type, f"lamp/{new_id()}", json.dumps({"erased": True}), is_state=True)

    outbox.raise_epoch(0)
    street.settle()

    assert len(street.events()) == 1
