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
    """From the call on it is three months later by the time of the machine; events from then on are new."""
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


def colours(harness: Any) -> list[str]:
    return [event.data["colour"] for event in harness.events()]


def test_an_id_tells_when_it_was_made() -> None:
    before = clock.wall()
    fresh = new_id()

    assert first_id(before) <= fresh < first_id(before + timedelta(seconds=60))
    assert is_id(first_id(before))
    assert abs((moment_of(fresh) or before) - before) < timedelta(seconds=60)
    assert moment_of("9b2f0a52-6a1e-4f6c-9a55-0b8f6f7a3c11") is None
    assert moment_of("no id") is None


def test_old_facts_and_replaced_states_go_and_the_newest_state_of_each_subject_stays(
    harness: Any, after_months: Callable[[], None]
) -> None:
    lamp = new_id()
    harness.change("replaced", lamp)
    harness.blink("a fact")
    harness.change("newest", lamp)
    harness.change("of another")
    harness.blink("the last")
    harness.settle()

    after_months()
    tidy(harness.publisher)

    assert colours(harness) == ["newest", "of another", "the last"]
    assert harness.publisher.outbox.head() == (1, 5)


def test_of_a_state_with_several_names_only_the_newest_stays_whatever_its_name(
    harness: Any, after_months: Callable[[], None]
) -> None:
    first, other = new_id(), new_id()
    harness.change("replaced", first)
    harness.paint("newest", first)
    harness.paint("replaced", other)
    harness.change("newest of another", other)
    harness.blink("the last")
    harness.settle()

    after_months()
    tidy(harness.publisher)

    assert colours(harness) == ["newest", "newest of another", "the last"]


def test_before_its_time_nothing_goes(harness: Any) -> None:
    lamp = new_id()
    for colour in ("one", "two"):
        harness.change(colour, lamp)
        harness.blink(colour)
    harness.settle()

    tidy(harness.publisher)
    tidy(harness.subscriber)

    assert len(harness.events()) == 4
    assert harness.subscriber.inbox.Inbox.select().count() == 4


def test_what_has_no_number_yet_stays(harness: Any, after_months: Callable[[], None]) -> None:
    harness.blink("not numbered")

    after_months()
    tidy(harness.publisher)
    harness.settle()

    assert colours(harness) == ["not numbered"]


def test_more_than_fits_in_one_step_goes_too(
    harness: Any, after_months: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    for n in range(10):
        harness.blink(f"colour {n}")
    harness.change("state")
    harness.settle()

    after_months()
    harness.blink("young")
    harness.settle()
    tidy(harness.publisher)
    tidy(harness.subscriber)

    assert colours(harness) == ["state", "young"]
    assert [row.event_id for row in harness.subscriber.inbox.Inbox.select()] == [harness.events()[-1].id]


def test_what_is_published_after_a_pruning_has_the_next_number_and_arrives(
    harness: Any, after_months: Callable[[], None]
) -> None:
    for colour in ("red", "green", "the last"):
        harness.blink(colour)
    harness.settle()

    after_months()
    tidy(harness.publisher)
    tidy(harness.subscriber)
    harness.blink("a fact of then")
    harness.change("a state of then")
    harness.settle()

    assert [seq for seq, _ in harness.publisher.outbox.after(0, 10)] == [3, 4, 5]
    assert harness.effects()[-2:] == ["a fact of then", "a state of then"]
    assert harness.subscriber.inbox.position("publisher") == (1, 5)


def test_it_is_done_once_a_day(harness: Any, after_months: Callable[[], None]) -> None:
    harness.blink("old")
    harness.blink("last")
    harness.settle()
    tidy(harness.publisher)  # today

    after_months()
    assert harness.publisher.run_housekeeping() is True
    tidy(harness.publisher)

    assert harness.publisher.run_housekeeping() is False
    assert colours(harness) == ["last"]


def test_a_consumer_that_reads_a_pruned_log_is_caught_up_and_does_nothing_twice(
    harness: Any, after_months: Callable[[], None]
) -> None:
    lamp = new_id()
    harness.change("state", lamp)
    harness.blink("fact")
    harness.blink("the last")
    harness.settle()
    event = harness.effects()

    after_months()
    tidy(harness.publisher)
    tidy(harness.subscriber)
    harness.read_again()
    harness.settle()

    assert harness.subscriber.inbox.position("publisher") == harness.publisher.outbox.head()
    assert harness.effects() == event
    assert (harness.waiting(), harness.dead()) == (0, [])


def test_a_new_consumer_builds_itself_from_what_was_kept(harness: Any, after_months: Callable[[], None]) -> None:
    lamp = new_id()
    harness.change("replaced", lamp)
    harness.blink("an old fact")
    harness.change("newest", lamp)
    while harness.relay.step():
        pass

    after_months()
    harness.blink("a young fact", lamp)
    while harness.relay.step():
        pass
    tidy(harness.publisher)
    harness.settle()

    assert harness.effects() == ["newest", "a young fact"]
    assert harness.subscriber.inbox.position("publisher") == (1, 4)


def test_a_sender_put_back_to_an_older_day_makes_no_old_fact_count_twice(
    harness: Any, after_months: Callable[[], None]
) -> None:
    harness.blink("months ago")
    harness.settle()
    log = harness.publisher.outbox

    after_months()
    tidy(harness.subscriber)
    log.raise_epoch(1)  # its log holds the old fact, as the backup did
    harness.settle()

    assert harness.effects() == ["months ago"]
    assert harness.subscriber.inbox.position("publisher") == log.head()


def test_an_old_event_that_waits_for_a_person_stays_and_can_be_tried_again(
    harness: Any, after_months: Callable[[], None]
) -> None:
    harness.publish_raw('{"lamp_id": "that is none", "colour": "green"}')
    harness.settle()
    [dead] = harness.dead()
    with harness.subscriber.transaction():
        text = json.loads(dead.event)
        text["data"] = {"lamp_id": new_id(), "colour": "mended"}
        dead.event = json.dumps(text)
        dead.save()

    after_months()
    tidy(harness.subscriber)
    harness.subscriber.inbox.replay(dead.id, "it is whole now")
    harness.settle()

    assert harness.effects() == ["mended"]


def test_a_dead_letter_that_was_tried_again_long_ago_goes(harness: Any, after_months: Callable[[], None]) -> None:
    harness.publish_raw('{"lamp_id": ')
    harness.settle()
    [dead] = harness.dead()
    harness.subscriber.inbox.replay(dead.id, "to see")
    harness.settle()

    after_months()
    tidy(harness.subscriber)

    [left] = harness.dead()
    assert left.replayed_at is None


def test_an_event_that_worked_after_all_was_handled_when_it_worked(harness: Any) -> None:
    from shared.errors import TryLater

    def refuse(_event: Any) -> None:
        raise TryLater("not yet")

    harness.after_effect = refuse
    harness.blink("red")
    harness.settle()
    came_in = harness.subscriber.inbox.Inbox.get().handled_at

    harness.after_effect = lambda _event: None
    harness.make_retries_due()
    harness.settle()

    assert harness.subscriber.inbox.Inbox.get().handled_at > came_in
    assert harness.effects() == ["red"]


def test_what_is_published_because_of_an_event_carries_its_trace(harness: Any) -> None:
    import structlog

    from shared.messaging import tracing

    seen: list[tuple[str | None, str | None]] = []
    harness.after_effect = lambda _event: seen.append((tracing.event_id(), tracing.traceparent()))
    trace = f"00-{'a' * 32}-{'b' * 16}-01"

    with structlog.contextvars.bound_contextvars(traceparent=trace):
        event_id = harness.blink("green")
    harness.settle()

    assert seen == [(event_id, trace)]
    assert tracing.event_id() is None
    assert envelope.read(harness.publisher.outbox.after(0, 1)[0][1]).traceparent == trace
