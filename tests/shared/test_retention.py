"""Events are kept for ninety days: then facts and replaced states go, and nothing that counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from shared.ids import first_id, is_id, moment_of, new_id
from shared.messaging import envelope, retention

LATER = timedelta(days=91)


@pytest.fixture
def after_months(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on it is three months later by the time of the machine; what is said from then on is new."""
    wall = clock.wall

    def pass_by() -> None:
        monkeypatch.setattr(clock, "wall", lambda: wall() + LATER)
        monkeypatch.setattr("shared.messaging.outbox.new_id", _id_of_then)

    return pass_by


def _id_of_then() -> str:
    return first_id(clock.wall())[:18] + new_id()[18:]


def tidy(service: Any) -> None:
    while service.run_housekeeping():
        pass


def colours(street: Any) -> list[str]:
    return [event.data["colour"] for event in street.events()]


def test_an_id_tells_when_it_was_made() -> None:
    before = clock.wall()
    fresh = new_id()

    assert first_id(before) <= fresh < first_id(before + timedelta(seconds=60))
    assert is_id(first_id(before))
    assert abs((moment_of(fresh) or before) - before) < timedelta(seconds=60)
    assert moment_of("9b2f0a52-6a1e-4f6c-9a55-0b8f6f7a3c11") is None
    assert moment_of("no id") is None


def test_old_facts_and_replaced_states_go_and_the_newest_state_of_each_subject_stays(
    street: Any, after_months: Callable[[], None]
) -> None:
    lamp = new_id()
    street.change("replaced", lamp)
    street.blink("a fact")
    street.change("newest", lamp)
    street.change("of another")
    street.blink("the last")
    street.settle()

    after_months()
    tidy(street.sender)

    assert colours(street) == ["newest", "of another", "the last"]
    assert street.sender.outbox.head() == (1, 5)


def test_before_its_time_nothing_goes(street: Any) -> None:
    lamp = new_id()
    for colour in ("one", "two"):
        street.change(colour, lamp)
        street.blink(colour)
    street.settle()

    tidy(street.sender)
    tidy(street.consumer_service)

    assert len(street.events()) == 4
    assert street.consumer_service.inbox.Inbox.select().count() == 4


def test_what_has_no_number_yet_stays(street: Any, after_months: Callable[[], None]) -> None:
    street.blink("not numbered")

    after_months()
    tidy(street.sender)
    street.settle()

    assert colours(street) == ["not numbered"]


def test_more_than_fits_in_one_step_goes_too(
    street: Any, after_months: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    for n in range(10):
        street.blink(f"colour {n}")
    street.change("state")
    street.settle()

    after_months()
    street.blink("young")
    street.settle()
    tidy(street.sender)
    tidy(street.consumer_service)

    assert colours(street) == ["state", "young"]
    assert [row.event_id for row in street.consumer_service.inbox.Inbox.select()] == [street.events()[-1].id]


def test_it_is_done_once_a_day(street: Any, after_months: Callable[[], None]) -> None:
    street.blink("old")
    street.blink("last")
    street.settle()
    tidy(street.sender)  # today

    after_months()
    assert street.sender.run_housekeeping() is True
    tidy(street.sender)

    assert street.sender.run_housekeeping() is False
    assert colours(street) == ["last"]


def test_a_consumer_that_reads_a_pruned_log_is_level_and_does_nothing_twice(
    street: Any, after_months: Callable[[], None]
) -> None:
    lamp = new_id()
    street.change("state", lamp)
    street.blink("fact")
    street.blink("the last")
    street.settle()
    event = street.effects()

    after_months()
    tidy(street.sender)
    tidy(street.consumer_service)
    street.forget_the_place()
    street.settle()

    assert street.consumer_service.inbox.position("sender") == street.sender.outbox.head()
    assert street.effects() == event
    assert (street.waiting(), street.dead()) == (0, [])


def test_a_new_consumer_builds_itself_from_what_was_kept(street: Any, after_months: Callable[[], None]) -> None:
    lamp = new_id()
    street.change("replaced", lamp)
    street.blink("an old fact")
    street.change("newest", lamp)
    while street.relay.step():
        pass

    after_months()
    street.blink("a young fact", lamp)
    while street.relay.step():
        pass
    tidy(street.sender)
    street.settle()

    assert street.effects() == ["newest", "a young fact"]
    assert street.consumer_service.inbox.position("sender") == (1, 4)


def test_a_sender_put_back_to_an_older_day_makes_no_old_fact_count_twice(
    street: Any, after_months: Callable[[], None]
) -> None:
    street.blink("months ago")
    street.settle()
    log = street.sender.outbox

    after_months()
    tidy(street.consumer_service)
    log.raise_epoch(1)  # its log holds the old fact, as the backup did
    street.settle()

    assert street.effects() == ["months ago"]
    assert street.consumer_service.inbox.position("sender") == log.head()


def test_an_old_event_that_waits_for_a_person_stays_and_can_be_tried_again(
    street: Any, after_months: Callable[[], None]
) -> None:
    street.post('{"lamp_id": "that is none", "colour": "green"}')
    street.settle()
    [dead] = street.dead()
    with street.consumer_service.transaction():
        text = json.loads(dead.event)
        text["data"] = {"lamp_id": new_id(), "colour": "mended"}
        dead.event = json.dumps(text)
        dead.save()

    after_months()
    tidy(street.consumer_service)
    street.consumer_service.inbox.replay(dead.id, "it is whole now")
    street.settle()

    assert street.effects() == ["mended"]


def test_a_dead_letter_that_was_tried_again_long_ago_goes(street: Any, after_months: Callable[[], None]) -> None:
    street.post('{"lamp_id": ')
    street.settle()
    [dead] = street.dead()
    street.consumer_service.inbox.replay(dead.id, "to see")
    street.settle()

    after_months()
    tidy(street.consumer_service)

    [left] = street.dead()
    assert left.replayed_at is None


def test_an_event_that_worked_after_all_was_heard_when_it_worked(street: Any) -> None:
    from shared.errors import TryLater

    def refuse(_heard: Any) -> None:
        raise TryLater("not yet")

    street.in_the_way = refuse
    street.blink("red")
    street.settle()
    came_in = street.consumer_service.inbox.Inbox.get().handled_at

    street.in_the_way = lambda _heard: None
    street.let_time_pass()
    street.settle()

    assert street.consumer_service.inbox.Inbox.get().handled_at > came_in
    assert street.effects() == ["red"]


def test_what_is_said_because_of_an_event_carries_its_trace(street: Any) -> None:
    import structlog

    from shared.messaging import tracing

    seen: list[tuple[str | None, str | None]] = []
    street.in_the_way = lambda _heard: seen.append((tracing.event_id(), tracing.traceparent()))
    trace = f"00-{'a' * 32}-{'b' * 16}-01"

    with structlog.contextvars.bound_contextvars(traceparent=trace):
        event_id = street.blink("green")
    street.settle()

    assert seen == [(event_id, trace)]
    assert tracing.event_id() is None
    assert envelope.read(street.sender.outbox.after(0, 1)[0][1]).traceparent == trace
