"""The lifecycle of a message: only the agreed steps, and for every promise nothing twice that may not be twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.notifications.rules.lifecycle import (
    FINAL,
    NEXT,
    REASONS,
    STOPPABLE,
    State,
    check_reason,
    check_step,
    is_final,
    may_be_stopped,
)
from services.notifications.rules.message_spec import Promise
from services.notifications.rules.sending import Failure, next_try_at, steps_after
from shared.errors import Refusal

STOPPED = {"expired", "withdrawn", "suppressed"}
ALLOWED = {
    "planned": {"held", "due"} | STOPPED,
    "held": {"due"} | STOPPED,
    "due": {"held", "claimed"} | STOPPED,
    "claimed": {"due", "accepted", "unknown", "rejected"},
    "unknown": {"due", "accepted", "rejected", "delivered", "undelivered"},
    "accepted": {"delivered", "undelivered"},
}


def a_reason(state: str) -> str | None:
    """One that this state may have; None where it has none."""
    return min(REASONS.get(state, ()), default=None)


@pytest.mark.parametrize("old", list(State))
@pytest.mark.parametrize("new", list(State))
def test_only_the_steps_that_were_agreed_are_possible(old, new):
    if new in ALLOWED.get(old, ()):
        check_step(old, new, a_reason(new))
        return

    with pytest.raises(Refusal) as refusal:
        check_step(old, new, a_reason(new))

    assert refusal.value.code == "message_step"
    assert refusal.value.facts == {"old": old, "new": new}


def test_a_step_to_a_state_that_needs_a_reason_is_refused_without_one():
    with pytest.raises(Refusal) as refusal:
        check_step("due", "held", None)

    assert refusal.value.code == "message_reason"


@pytest.mark.parametrize(("old", "new"), [("sent", "due"), ("due", "sent"), ("", "due")])
def test_a_word_that_is_no_state_is_refused_as_such(old, new):
    with pytest.raises(Refusal) as refusal:
        check_step(old, new, a_reason(new))

    assert refusal.value.code == "message_state"


def test_the_final_states_are_the_settled_and_the_stopped():
    assert {"rejected", "delivered", "undelivered"} | STOPPED == FINAL
    assert is_final("delivered")
    # Plain e-mail never gets further than accepted, but a bounce may still come.
    assert not is_final("accepted")
    assert not is_final("unknown")


def test_a_message_can_be_stopped_until_it_is_claimed():
    assert {"planned", "held", "due"} == STOPPABLE
    assert may_be_stopped("held")
    assert not may_be_stopped("claimed")


def test_from_every_state_an_end_can_be_reached():
    can_end = set(FINAL)

    for _ in State:
        can_end |= {state for state in State if NEXT[state] & can_end}

    assert can_end == set(State)


@pytest.mark.parametrize(("state", "reasons"), REASONS.items())
def test_a_state_that_needs_a_reason_takes_its_own_and_no_other(state, reasons):
    others = set().union(*REASONS.values()) - reasons

    for reason in reasons:
        check_reason(state, reason)

    for wrong in [None, "", "because", *others]:
        with pytest.raises(Refusal) as refusal:
            check_reason(state, wrong)
        assert refusal.value.code == "message_reason"


def test_a_state_that_says_enough_carries_no_reason():
    for state in set(State) - set(REASONS):
        check_reason(state, None)
        with pytest.raises(Refusal):
            check_reason(state, "too_late")


class OneMessage(RuleBasedStateMachine):
    """A sender that obeys the rules, in a world where everything goes wrong at any moment."""

    @initialize(promise=st.sampled_from(Promise), drops_doubles=st.booleans())
    def make(self, promise, drops_doubles):
        self.promise, self.drops_doubles = promise, drops_doubles
        self.state, self.rows = State.PLANNED, [State.PLANNED]
        self.now = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
        self.expires_at = self.now + timedelta(hours=2)
        self.attempts = self.handed_over = self.seen_by_person = 0

    def step(self, new):
        check_step(self.state, new, a_reason(new))
        self.rows.append(State(new))
        self.state = State(new)

    def arrive(self):
        self.handed_over += 1
        if not (self.drops_doubles and self.handed_over > 1):
            self.seen_by_person += 1

    @rule(minutes=st.integers(0, 30))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: self.state in (State.PLANNED, State.HELD))
    @rule()
    def its_moment_comes(self):
        self.step(State.DUE)

    @precondition(lambda self: self.state in (State.PLANNED, State.DUE))
    @rule()
    def it_is_held(self):
        self.step(State.HELD)

    @precondition(lambda self: may_be_stopped(self.state))
    @rule(new=st.sampled_from([State.WITHDRAWN, State.SUPPRESSED]))
    def it_is_no_longer_true(self, new):
        self.step(new)

    @precondition(lambda self: self.state == State.DUE)
    @rule()
    def the_sender_comes_by(self):
        self.step(State.CLAIMED if self.now < self.expires_at else State.EXPIRED)

    @precondition(lambda self: self.state == State.CLAIMED)
    @rule()
    def the_channel_accepts(self):
        self.attempts += 1
        self.arrive()
        self.step(State.ACCEPTED)

    @precondition(lambda self: self.state == State.CLAIMED)
    @rule(failure=st.sampled_from(Failure), it_arrived_after_all=st.booleans(), chance=st.floats(0, 0.999))
    def the_try_fails(self, failure, it_arrived_after_all, chance):
        self.attempts += 1
        if failure == Failure.IN_DOUBT and it_arrived_after_all:
            self.arrive()
        for new in steps_after(failure, self.promise, channel_drops_doubles=self.drops_doubles):
            self.step(new)
        if self.state == State.DUE:
            again = next_try_at(self.attempts, self.now, chance, self.expires_at)
            if again is None:
                self.step(State.EXPIRED)
            else:
                self.now = again

    @precondition(lambda self: self.state in (State.ACCEPTED, State.UNKNOWN))
    @rule(new=st.sampled_from([State.DELIVERED, State.UNDELIVERED]))
    def a_receipt_comes(self, new):
        self.step(new)

    @invariant()
    def nobody_gets_twice_what_may_come_once(self):
        if getattr(self, "promise", None) in (Promise.AT_MOST_ONCE, Promise.ONCE):
            assert self.seen_by_person <= 1

    @invariant()
    def at_most_once_is_handed_over_once_even_where_doubles_are_dropped(self):
        if getattr(self, "promise", None) == Promise.AT_MOST_ONCE:
            assert self.handed_over <= 1

    @invariant()
    def what_may_come_twice_never_stays_in_doubt(self):
        if getattr(self, "promise", None) == Promise.AT_LEAST_ONCE:
            assert self.state != State.UNKNOWN

    @invariant()
    def a_stopped_message_did_not_arrive_unless_doubt_was_written_down(self):
        if getattr(self, "state", None) in STOPPED and State.UNKNOWN not in self.rows:
            assert self.handed_over == 0

    @invariant()
    def the_end_is_the_end(self):
        if getattr(self, "state", None) in FINAL:
            for new in State:
                with pytest.raises(Refusal):
                    check_step(self.state, new, a_reason(new))


TestOneMessage = OneMessage.TestCase
TestOneMessage.settings = settings(deadline=None, database=None, max_examples=80, stateful_step_count=25)
