"""Saying: an event exists exactly when its change does, and its number follows on the one before."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import pytest

from shared.ids import new_id
from shared.storage import StoreUnavailable
from shared.storage.lease import LeaseLost
from tests.shared.conftest import ON_FILES


def numbers(street: Any) -> list[int]:
    """The numbers of the events that can be heard, in the order of the log."""
    return [event.sequence for event in street.events()]


def lamps(street: Any) -> list[str]:
    return [row.colour for row in street.Lamp.select().order_by(street.Lamp.id)]


def test_what_is_said_is_kept_with_the_change_it_speaks_of(street: Any) -> None:
    event_id = street.blink("green")

    street.relay.step()

    [event] = street.events()
    assert (event.id, event.type, event.service) == (event_id, "nl.houvast.sender.lamp_blinked.v1", "sender")
    assert event.data["colour"] == "green"
    assert lamps(street) == ["green"]


def test_what_is_said_has_its_number_at_once_and_it_stays(street: Any) -> None:
    street.blink("green")

    before = numbers(street)
    while street.relay.step():
        pass

    assert before == numbers(street) == [1]


def test_what_was_taken_back_leaves_no_hole_in_the_numbers(street: Any) -> None:
    street.blink("green")

    with contextlib.suppress(KeyError), street.sender.transaction():
        street.blink("red")
        raise KeyError
    street.blink("blue")

    assert numbers(street) == [1, 2]


def test_what_does_not_take_its_turn_cannot_say_anything(street: Any) -> None:
    with pytest.raises(AssertionError), street.sender.transaction(serialized=False):
        street.blink("green")

    assert street.events() == []


def test_a_transaction_that_is_rolled_back_says_nothing_changes_nothing_and_wakes_nobody(street: Any) -> None:
    rung = []
    street.sender.outbox.on_commit = lambda: rung.append("ring")

    def change_of_mind() -> None:
        with street.sender.transaction():
            street.blink("green")
            raise KeyError("changed its mind")

    with pytest.raises(KeyError):
        change_of_mind()

    assert street.relay.step() is False
    assert (street.events(), lamps(street), rung) == ([], [], [])


def test_the_relay_is_woken_once_after_the_commit_however_much_was_said(street: Any) -> None:
    rung = []
    street.sender.outbox.on_commit = lambda: rung.append(street.sender.database.in_transaction)

    with street.sender.transaction():
        for colour in ("green", "red", "blue"):
            street.blink(colour)

    assert rung == [False]


def test_outside_a_transaction_nothing_can_be_said(street: Any) -> None:
    with pytest.raises(AssertionError):
        street.sender.publish(street.blinked, new_id(), {"lamp_id": new_id(), "colour": "green"})

    assert street.relay.step() is False


@pytest.mark.parametrize(
    ("data", "personal"),
    [
        ({"colour": "green"}, {"hearer": {"owner": "Noor"}}),
        ({"lamp_id": "that is none", "colour": "green"}, {"hearer": {"owner": "Noor"}}),
        ({"lamp_id": new_id(), "colour": "green"}, None),
        ({"lamp_id": new_id(), "colour": "green"}, {"hearer": {"owner": "Noor", "address": "here"}}),
        ({"lamp_id": new_id(), "colour": "green"}, {"somebody": {"owner": "Noor"}}),
    ],
)
def test_what_is_said_wrongly_stops_the_whole_command(street: Any, data: Any, personal: Any) -> None:
    def say_wrongly() -> None:
        with street.sender.transaction():
            street.Lamp.create(lamp_id=new_id(), colour="green")
            street.sender.publish(street.changed, new_id(), data, personal)

    with pytest.raises(ValueError):
        say_wrongly()

    assert (lamps(street), street.relay.step()) == ([], False)


def test_a_transaction_inside_another_is_part_of_it(street: Any) -> None:
    with street.sender.transaction():
        street.blink("outer")
        with street.sender.transaction():
            street.blink("inner")

    street.relay.step()

    assert [event.data["colour"] for event in street.events()] == ["outer", "inner"]


def test_when_the_outer_transaction_fails_the_inner_one_is_undone_with_it(street: Any) -> None:
    def fail_after_the_inner_one() -> None:
        with street.sender.transaction():
            with street.sender.transaction():
                street.blink("inner")
            raise KeyError("the outer one")

    with pytest.raises(KeyError):
        fail_after_the_inner_one()

    assert (lamps(street), street.relay.step()) == ([], False)


def test_a_part_that_fails_alone_is_undone_with_what_it_said_and_the_rest_is_kept(street: Any) -> None:
    with street.sender.transaction():
        street.change("outer")
        with contextlib.suppress(KeyError), street.sender.transaction():
            street.change("inner")
            raise KeyError("the inner one")
        street.change("after")

    street.relay.step()

    assert lamps(street) == ["outer", "after"]
    assert [event.data["colour"] for event in street.events()] == ["outer", "after"]


def test_after_a_failed_transaction_the_next_one_works(street: Any) -> None:
    with pytest.raises(ValueError), street.sender.transaction():
        street.sender.publish(street.blinked, new_id(), {"colour": "green"})

    street.blink("red")

    street.relay.step()
    assert numbers(street) == [1]


def test_the_version_of_a_state_rises_by_one_for_each_subject_apart(street: Any) -> None:
    one, other = new_id(), new_id()
    for lamp_id in (one, other, one, one):
        street.change("green", lamp_id)
    street.blink("red", one)

    street.relay.step()

    assert [event.version for event in street.events()] == [(1, 1), (1, 1), (1, 2), (1, 3), None]


def test_a_state_that_was_rolled_back_leaves_no_hole_in_the_versions(street: Any) -> None:
    lamp_id = new_id()
    street.change("green", lamp_id)

    def change_of_mind() -> None:
        with street.sender.transaction():
            street.change("red", lamp_id)
            raise KeyError

    with pytest.raises(KeyError):
        change_of_mind()
    street.change("blue", lamp_id)

    street.relay.step()
    assert [event.version for event in street.events()] == [(1, 1), (1, 2)]


def test_numbers_have_no_gap_and_follow_the_order_of_commit_over_many_threads_at_once(street: Any) -> None:
    threads, each = 8, 40
    done = threading.Event()
    trouble: list[BaseException] = []

    def change_of_mind(lamp_id: str) -> None:
        with contextlib.suppress(KeyError), street.sender.transaction():
            street.blink("never", lamp_id)
            raise KeyError

    def say_many(thread: int) -> None:
        lamp_id = new_id()
        try:
            for n in range(each):
                if n % 7 == 3:
                    change_of_mind(lamp_id)
                street.blink(f"{thread}.{n}", lamp_id)
        except BaseException as error:
            trouble.append(error)
        finally:
            street.sender.database.close()

    def relay_meanwhile() -> None:
        try:
            while not done.is_set():
                street.relay.step()
        except BaseException as error:
            trouble.append(error)
        finally:
            street.sender.database.close()

    relaying = threading.Thread(target=relay_meanwhile)
    saying = [threading.Thread(target=say_many, args=(n,)) for n in range(threads)]
    for one in (relaying, *saying):
        one.start()
    for one in saying:
        one.join()
    done.set()
    relaying.join()
    street.settle()

    assert trouble == []
    assert numbers(street) == list(range(1, threads * each + 1))
    for thread in range(threads):
        mine = [colour for colour in street.effects() if colour.startswith(f"{thread}.")]
        assert mine == [f"{thread}.{n}" for n in range(each)]
    assert len(street.effects()) == threads * each


def test_only_one_of_two_relays_works(street: Any) -> None:
    second = street.new_relay()
    while street.relay.step():
        pass
    street.consumer.step()
    street.blink("green")

    worked = [second.step(), street.relay.step(), second.step()]

    assert worked == [False, True, False]


@pytest.mark.parametrize("pair", ["rabbitmq-sqlite", "rabbitmq-postgresql"], indirect=True)
def test_a_relay_that_lost_its_lease_without_noticing_writes_down_nothing(street: Any) -> None:
    street.blink("red")
    while street.sender.outbox.sent() == 0:
        street.settle()
    street.lapse(street.sender, "relay")
    second = street.new_relay()
    assert second._lease.hold()
    street.blink("green")
    street.relay._mark_at = 0.0

    with pytest.raises(LeaseLost):
        street.relay.step()
    before = street.sender.outbox.sent()
    while second.step():
        pass
    street.settle()

    assert (before, street.sender.outbox.sent()) == (1, 2)
    assert street.effects() == ["red", "green"]


@pytest.mark.parametrize("pair", ["rabbitmq-sqlite", "rabbitmq-postgresql"], indirect=True)
def test_what_was_handed_over_by_a_relay_that_fell_before_it_wrote_that_down_counts_once(street: Any) -> None:
    street.blink("red")
    while street.sender.outbox.sent() == 0:
        street.settle()
    street.relay._mark_at = float("inf")
    street.blink("green")
    street.relay.step()  # and is heard of no more
    while len(street.effects()) < 2:
        street.consumer.step()
    before = street.sender.outbox.sent()

    street.lapse(street.sender, "relay")
    second = street.new_relay()
    while street.sender.outbox.sent() < 2:
        second.step()
    street.blink("blue")
    while len(street.effects()) < 3:
        second.step()
        street.consumer.step()

    assert before == 1
    assert street.effects() == ["red", "green", "blue"]


def test_a_lease_that_goes_to_another_never_comes_back_with_an_old_token(street: Any) -> None:
    lease, other = (street.sender.leases.lease("lamp", 10) for _ in range(2))
    tokens = []

    for holder in (lease, other, lease, other):
        assert holder.hold()
        with street.sender.transaction():
            holder.check()
        tokens.append(holder._token)
        street.lapse(street.sender, "lamp")
        holder._renew_at = street.sender.leases.Lease.get().expires_at

    assert tokens == sorted(set(tokens))


def test_more_than_fits_in_one_round_is_heard_whole_and_without_gaps(street: Any) -> None:
    with street.sender.transaction():
        for n in range(1100):
            street.sender.publish(street.blinked, new_id(), {"lamp_id": new_id(), "colour": str(n)})

    street.settle()
    street.settle()

    assert street.relay.step() is False
    assert numbers(street) == list(range(1, 1101))
    assert street.effects() == [str(n) for n in range(1100)]
    assert street.sender.outbox.head() == (1, 1100)


def say_until_full(street: Any) -> int:
    """How many were accepted, one transaction each, before the store was full."""
    for accepted in range(1000):
        try:
            street.blink(f"{accepted} " + "x" * 400)
        except StoreUnavailable:
            return accepted
    raise AssertionError("the store never fills up")


@ON_FILES
def test_a_full_disk_refuses_whole_commands_keeps_what_was_accepted_and_goes_on_when_there_is_room(
    street: Any,
) -> None:
    street.blink("before")
    street.relay.step()
    street.relay.close()
    street.fill_up(street.sender)
    accepted = say_until_full(street)

    assert 0 < accepted < 1000
    assert len(lamps(street)) == accepted + 1
    assert street.sender.outbox.Outbox.select().count() == accepted + 1

    street.make_room(street.sender)
    street.blink("after")
    street.settle()
    assert numbers(street) == list(range(1, accepted + 3))
    assert [colour.rstrip("x") for colour in street.effects()] == [colour.rstrip("x") for colour in lamps(street)]


@ON_FILES
def test_a_full_disk_in_the_middle_of_a_transaction_writes_nothing_half(street: Any) -> None:
    street.fill_up(street.sender)

    def say_much() -> None:
        with street.sender.transaction():
            for n in range(1000):
                street.blink(f"{n} " + "x" * 400)

    with pytest.raises(StoreUnavailable):
        say_much()

    assert (lamps(street), street.sender.outbox.Outbox.select().count()) == ([], 0)


@ON_FILES
def test_a_full_disk_that_was_swallowed_inside_still_refuses_the_whole(street: Any) -> None:
    street.fill_up(street.sender)

    def swallow() -> None:
        with street.sender.transaction():
            street.blink("first")
            with contextlib.suppress(Exception), street.sender.transaction():
                for n in range(1000):
                    street.blink(f"{n} " + "x" * 400)

    with pytest.raises(StoreUnavailable):
        swallow()

    assert (lamps(street), street.sender.outbox.Outbox.select().count()) == ([], 0)
    street.make_room(street.sender)
    street.blink("after")
    assert lamps(street) == ["after"]
