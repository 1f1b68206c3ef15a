"""Publishing: an event exists exactly when its change does, and its number follows on the one before."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import pytest

from shared.ids import new_id
from shared.storage import StoreUnavailable
from shared.storage.lease import LeaseLost
from tests.shared.conftest import ON_FILES


def numbers(harness: Any) -> list[int]:
    """The numbers of the events in the log, in its order."""
    return [event.sequence for event in harness.events()]


def lamps(harness: Any) -> list[str]:
    return [row.colour for row in harness.Lamp.select().order_by(harness.Lamp.id)]


def test_what_is_published_is_stored_with_its_change(harness: Any) -> None:
    event_id = harness.blink("green")

    harness.relay.step()

    [event] = harness.events()
    assert (event.id, event.type, event.service) == (event_id, "nl.houvast.publisher.lamp_blinked.v1", "publisher")
    assert event.data["colour"] == "green"
    assert lamps(harness) == ["green"]


def test_what_is_published_has_its_number_at_once_and_it_stays(harness: Any) -> None:
    harness.blink("green")

    before = numbers(harness)
    while harness.relay.step():
        pass

    assert before == numbers(harness) == [1]


def test_what_was_rolled_back_leaves_no_gap_in_the_numbers(harness: Any) -> None:
    harness.blink("green")

    with contextlib.suppress(KeyError), harness.publisher.transaction():
        harness.blink("red")
        raise KeyError
    harness.blink("blue")

    assert numbers(harness) == [1, 2]


def test_what_is_not_serialized_cannot_publish(harness: Any) -> None:
    with pytest.raises(AssertionError), harness.publisher.transaction(serialized=False):
        harness.blink("green")

    assert harness.events() == []


def test_a_transaction_that_is_rolled_back_publishes_nothing_changes_nothing_and_wakes_nobody(
    harness: Any,
) -> None:
    rung = []
    harness.publisher.outbox.on_commit = lambda: rung.append("ring")

    def change_of_mind() -> None:
        with harness.publisher.transaction():
            harness.blink("green")
            raise KeyError("changed its mind")

    with pytest.raises(KeyError):
        change_of_mind()

    assert harness.relay.step() is False
    assert (harness.events(), lamps(harness), rung) == ([], [], [])


def test_the_relay_is_woken_once_after_the_commit_however_much_was_published(harness: Any) -> None:
    rung = []
    harness.publisher.outbox.on_commit = lambda: rung.append(harness.publisher.database.in_transaction)

    with harness.publisher.transaction():
        for colour in ("green", "red", "blue"):
            harness.blink(colour)

    assert rung == [False]


def test_outside_a_transaction_nothing_can_be_published(harness: Any) -> None:
    with pytest.raises(AssertionError):
        harness.publisher.publish(harness.blinked, new_id(), {"lamp_id": new_id(), "colour": "green"})

    assert harness.relay.step() is False


@pytest.mark.parametrize(
    ("data", "personal"),
    [
        ({"colour": "green"}, {"subscriber": {"owner": "Noor"}}),
        ({"lamp_id": "that is none", "colour": "green"}, {"subscriber": {"owner": "Noor"}}),
        ({"lamp_id": new_id(), "colour": "green"}, None),
        ({"lamp_id": new_id(), "colour": "green"}, {"subscriber": {"owner": "Noor", "address": "here"}}),
        ({"lamp_id": new_id(), "colour": "green"}, {"somebody": {"owner": "Noor"}}),
    ],
)
def test_what_is_published_wrongly_stops_the_whole_command(harness: Any, data: Any, personal: Any) -> None:
    def publish_wrongly() -> None:
        with harness.publisher.transaction():
            harness.Lamp.create(lamp_id=new_id(), colour="green")
            harness.publisher.publish(harness.changed, new_id(), data, personal)

    with pytest.raises(ValueError):
        publish_wrongly()

    assert (lamps(harness), harness.relay.step()) == ([], False)


def test_a_transaction_inside_another_is_part_of_it(harness: Any) -> None:
    with harness.publisher.transaction():
        harness.blink("outer")
        with harness.publisher.transaction():
            harness.blink("inner")

    harness.relay.step()

    assert [event.data["colour"] for event in harness.events()] == ["outer", "inner"]


def test_when_the_outer_transaction_fails_the_inner_one_is_undone_with_it(harness: Any) -> None:
    def fail_after_the_inner_one() -> None:
        with harness.publisher.transaction():
            with harness.publisher.transaction():
                harness.blink("inner")
            raise KeyError("the outer one")

    with pytest.raises(KeyError):
        fail_after_the_inner_one()

    assert (lamps(harness), harness.relay.step()) == ([], False)


def test_a_part_that_fails_alone_is_undone_with_what_it_published_and_the_rest_is_kept(harness: Any) -> None:
    with harness.publisher.transaction():
        harness.change("outer")
        with contextlib.suppress(KeyError), harness.publisher.transaction():
            harness.change("inner")
            raise KeyError("the inner one")
        harness.change("after")

    harness.relay.step()

    assert lamps(harness) == ["outer", "after"]
    assert [event.data["colour"] for event in harness.events()] == ["outer", "after"]


def test_after_a_failed_transaction_the_next_one_works(harness: Any) -> None:
    with pytest.raises(ValueError), harness.publisher.transaction():
        harness.publisher.publish(harness.blinked, new_id(), {"colour": "green"})

    harness.blink("red")

    harness.relay.step()
    assert numbers(harness) == [1]


def test_the_version_of_a_state_rises_by_one_for_each_subject_apart(harness: Any) -> None:
    lamp, other = new_id(), new_id()
    for lamp_id in (lamp, other, lamp, lamp):
        harness.change("green", lamp_id)
    harness.blink("red", lamp)

    harness.relay.step()

    assert [event.version for event in harness.events()] == [(1, 1), (1, 1), (1, 2), (1, 3), None]


def test_a_state_that_was_rolled_back_leaves_no_gap_in_the_versions(harness: Any) -> None:
    lamp_id = new_id()
    harness.change("green", lamp_id)

    def change_of_mind() -> None:
        with harness.publisher.transaction():
            harness.change("red", lamp_id)
            raise KeyError

    with pytest.raises(KeyError):
        change_of_mind()
    harness.change("blue", lamp_id)

    harness.relay.step()
    assert [event.version for event in harness.events()] == [(1, 1), (1, 2)]


def test_numbers_have_no_gap_and_follow_the_order_of_commit_over_many_threads_at_once(harness: Any) -> None:
    threads, each = 8, 40
    done = threading.Event()
    trouble: list[BaseException] = []

    def change_of_mind(lamp_id: str) -> None:
        with contextlib.suppress(KeyError), harness.publisher.transaction():
            harness.blink("never", lamp_id)
            raise KeyError

    def publish_many(thread: int) -> None:
        lamp_id = new_id()
        try:
            for n in range(each):
                if n % 7 == 3:
                    change_of_mind(lamp_id)
                harness.blink(f"{thread}.{n}", lamp_id)
        except BaseException as error:
            trouble.append(error)
        finally:
            harness.publisher.database.close()

    def relay_meanwhile() -> None:
        try:
            while not done.is_set():
                harness.relay.step()
        except BaseException as error:
            trouble.append(error)
        finally:
            harness.publisher.database.close()

    relaying = threading.Thread(target=relay_meanwhile)
    publishing = [threading.Thread(target=publish_many, args=(n,)) for n in range(threads)]
    for thread in (relaying, *publishing):
        thread.start()
    for thread in publishing:
        thread.join()
    done.set()
    relaying.join()
    harness.settle()

    assert trouble == []
    assert numbers(harness) == list(range(1, threads * each + 1))
    for thread in range(threads):
        mine = [colour for colour in harness.effects() if colour.startswith(f"{thread}.")]
        assert mine == [f"{thread}.{n}" for n in range(each)]
    assert len(harness.effects()) == threads * each


def test_only_one_of_two_relays_works(harness: Any) -> None:
    second = harness.new_relay()
    while harness.relay.step():
        pass
    harness.consumer.step()
    harness.blink("green")

    worked = [second.step(), harness.relay.step(), second.step()]

    assert worked == [False, True, False]


@pytest.mark.parametrize("pair", ["rabbitmq-sqlite", "rabbitmq-postgresql"], indirect=True)
def test_a_relay_that_lost_its_lease_without_noticing_stores_nothing(harness: Any) -> None:
    harness.blink("red")
    while harness.publisher.outbox.sent() == 0:
        harness.settle()
    harness.expire_lease(harness.publisher, "relay")
    second = harness.new_relay()
    assert second._lease.hold()
    harness.blink("green")
    harness.relay._mark_at = 0.0

    with pytest.raises(LeaseLost):
        harness.relay.step()
    before = harness.publisher.outbox.sent()
    while second.step():
        pass
    harness.settle()

    assert (before, harness.publisher.outbox.sent()) == (1, 2)
    assert harness.effects() == ["red", "green"]


@pytest.mark.parametrize("pair", ["rabbitmq-sqlite", "rabbitmq-postgresql"], indirect=True)
def test_what_was_handed_over_by_a_relay_that_crashed_before_it_stored_that_counts_once(harness: Any) -> None:
    harness.blink("red")
    while harness.publisher.outbox.sent() == 0:
        harness.settle()
    harness.relay._mark_at = float("inf")
    harness.blink("green")
    harness.relay.step()  # and lets go of it
    while len(harness.effects()) < 2:
        harness.consumer.step()
    before = harness.publisher.outbox.sent()

    harness.expire_lease(harness.publisher, "relay")
    second = harness.new_relay()
    while harness.publisher.outbox.sent() < 2:
        second.step()
    harness.blink("blue")
    while len(harness.effects()) < 3:
        second.step()
        harness.consumer.step()

    assert before == 1
    assert harness.effects() == ["red", "green", "blue"]


def test_a_lease_that_goes_to_another_never_comes_back_with_an_old_token(harness: Any) -> None:
    lease, other = (harness.publisher.leases.lease("lamp", 10) for _ in range(2))
    tokens = []

    for holder in (lease, other, lease, other):
        assert holder.hold()
        with harness.publisher.transaction():
            holder.check()
        tokens.append(holder._token)
        harness.expire_lease(harness.publisher, "lamp")
        holder._renew_at = 0.0

    assert tokens == sorted(set(tokens))


def test_more_than_fits_in_one_batch_is_handled_whole_and_without_gaps(harness: Any) -> None:
    with harness.publisher.transaction():
        for n in range(1100):
            harness.publisher.publish(harness.blinked, new_id(), {"lamp_id": new_id(), "colour": str(n)})

    harness.settle()
    harness.settle()

    assert harness.relay.step() is False
    assert numbers(harness) == list(range(1, 1101))
    assert harness.effects() == [str(n) for n in range(1100)]
    assert harness.publisher.outbox.head() == (1, 1100)


def publish_until_full(harness: Any) -> int:
    """How many were accepted, one transaction each, before the store was full."""
    for accepted in range(1000):
        try:
            harness.blink(f"{accepted} " + "x" * 400)
        except StoreUnavailable:
            return accepted
    raise AssertionError("the store never fills up")


@ON_FILES
def test_a_full_disk_refuses_whole_commands_keeps_what_was_accepted_and_goes_on_when_there_is_room(
    harness: Any,
) -> None:
    harness.blink("before")
    harness.relay.step()
    harness.relay.close()
    harness.fill_up(harness.publisher)
    accepted = publish_until_full(harness)

    assert 0 < accepted < 1000
    assert len(lamps(harness)) == accepted + 1
    assert harness.publisher.outbox.Outbox.select().count() == accepted + 1

    harness.make_room(harness.publisher)
    harness.blink("after")
    harness.settle()
    assert numbers(harness) == list(range(1, accepted + 3))
    assert [colour.rstrip("x") for colour in harness.effects()] == [
        colour.rstrip("x") for colour in lamps(harness)
    ]


@ON_FILES
def test_a_full_disk_in_the_middle_of_a_transaction_writes_nothing_half(harness: Any) -> None:
    harness.fill_up(harness.publisher)

    def publish_much() -> None:
        with harness.publisher.transaction():
            for n in range(1000):
                harness.blink(f"{n} " + "x" * 400)

    with pytest.raises(StoreUnavailable):
        publish_much()

    assert (lamps(harness), harness.publisher.outbox.Outbox.select().count()) == ([], 0)


@ON_FILES
def test_a_full_disk_that_was_swallowed_inside_still_refuses_the_whole(harness: Any) -> None:
    harness.fill_up(harness.publisher)

    def swallow() -> None:
        with harness.publisher.transaction():
            harness.blink("first")
            with contextlib.suppress(Exception), harness.publisher.transaction():
                for n in range(1000):
                    harness.blink(f"{n} " + "x" * 400)

    with pytest.raises(StoreUnavailable):
        swallow()

    assert (lamps(harness), harness.publisher.outbox.Outbox.select().count()) == ([], 0)
    harness.make_room(harness.publisher)
    harness.blink("after")
    assert lamps(harness) == ["after"]
