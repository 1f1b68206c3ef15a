"""The states of a message, the transitions between them, and the reasons that some states must carry."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from shared.errors import Refusal


class State(StrEnum):
    """Where a message stands."""

    PLANNED = "planned"
    HELD = "held"
    DUE = "due"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    REJECTED = "rejected"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUPPRESSED = "suppressed"


_STOPPED = frozenset({State.EXPIRED, State.WITHDRAWN, State.SUPPRESSED})

# A claimed message may be on the wire already, so it cannot be withdrawn: it is either settled, or goes back
# to due, where everything is examined again. Only what was never handed over may be called stopped.
NEXT: Mapping[State, frozenset[State]] = {
    State.PLANNED: _STOPPED | {State.HELD, State.DUE},
    State.HELD: _STOPPED | {State.DUE},
    State.DUE: _STOPPED | {State.HELD, State.CLAIMED},
    State.CLAIMED: frozenset({State.DUE, State.ACCEPTED, State.UNKNOWN, State.REJECTED}),
    # Settled by a receipt, by asking the provider, or (see promises) by trying once more.
    State.UNKNOWN: frozenset(
        {State.DUE, State.ACCEPTED, State.REJECTED, State.DELIVERED, State.UNDELIVERED},
    ),
    State.ACCEPTED: frozenset({State.DELIVERED, State.UNDELIVERED}),
    State.REJECTED: frozenset(),
    State.DELIVERED: frozenset(),
    State.UNDELIVERED: frozenset(),
    State.EXPIRED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.SUPPRESSED: frozenset(),
}

FINAL = frozenset(state for state, following in NEXT.items() if not following)

# What became untrue can still be stopped in these, and in no others.
STOPPABLE = frozenset(state for state, following in NEXT.items() if State.WITHDRAWN in following)

# In these the person has it, or may have it.
NOTIFIED = frozenset({State.CLAIMED, State.ACCEPTED, State.UNKNOWN, State.DELIVERED, State.UNDELIVERED})

# Why a message waits or never went; each has its Dutch sentence in data/messages.nl.toml [reasons].
REASONS: Mapping[State, frozenset[str]] = {
    State.HELD: frozenset(
        {
            "quiet_hours",
            "veto",
            "budget",
            "merged",
            "not_caught_up",
            "betrays",
            "broken",
            "unconfirmed",
            "paused",
            "sms_limit",
        }
    ),
    State.EXPIRED: frozenset({"too_late", "no_quiet_moment"}),
    State.WITHDRAWN: frozenset(
        {
            "meeting_cancelled",
            "meeting_moved",
            "talk_called_off",
            "talk_moved",
            "meeting_goes_on",
            "called_off",
            "left_group",
            "attendance_corrected",
            "all_reached",
            "no_longer_facilitator",
            "merged",
            "questionnaire_completed",
            "questionnaire_closed",
            "replaced",
            "held_back",
            "stopped_for_good",
            "erased",
        }
    ),
    State.SUPPRESSED: frozenset(
        {
            "no_address",
            "no_channel",
            "no_second_channel",
            "no_consent",
            "opted_out",
            "address_dead",
            "informed_in_person",
            "missed_lately",
            "paused",
            "unconfirmed",
        }
    ),
}


_CAUSES = {
    "no_address": "address",
    "address_dead": "address",
    "unconfirmed": "address",
    "rejected": "address",
    "undelivered": "address",
    "betrays": "word",
    "paused": "unwanted",
    "opted_out": "unwanted",
    "no_quiet_moment": "too_late",
    "unknown": "unknown",
}


def check_step(old: str, new: str, reason: str | None) -> None:
    """Refuse a step that a message cannot take, or not with this reason.

    Refused: message_step, message_state for a word that is no state, and as `check_reason`.
    """
    if _state(new) not in NEXT[_state(old)]:
        raise Refusal("message_step", old=str(old), new=str(new))
    check_reason(new, reason)


def check_reason(state: str, reason: str | None) -> None:
    """Refuse a state without its reason, or with one that does not belong to it.

    Held, expired, withdrawn and suppressed need one; the other states have none.

    Refused: message_reason.
    """
    allowed = REASONS.get(_state(state))
    if (reason is None) != (allowed is None) or (allowed is not None and reason not in allowed):
        raise Refusal("message_reason", state=str(state), reason=reason)


def is_final(state: str) -> bool:
    """Tell whether nothing can happen to the message any more."""
    return _state(state) in FINAL


def may_be_stopped(state: str) -> bool:
    """Tell whether the message can still be withdrawn, suppressed or left to expire."""
    return _state(state) in STOPPABLE


# Why something asks for a person: the reason that it has, and else the state that it is in.
ASKING = (
    *sorted(REASONS[State.SUPPRESSED]), "betrays", "broken", "sms_limit", "no_quiet_moment",
    str(State.REJECTED), str(State.UNDELIVERED), str(State.UNKNOWN),
)  # fmt: skip


def needs_person(state: str, reason: str | None, channel: str | None) -> bool:
    """Tell whether the software can do no more here, and somebody should look."""
    if state == State.HELD:
        return reason in ("betrays", "broken", "sms_limit")
    if state == State.SUPPRESSED:
        return channel == "hand"
    return state in (State.UNKNOWN, State.REJECTED, State.UNDELIVERED) or reason == "no_quiet_moment"


def cause_of(state: str, reason: str | None) -> str:
    """Return why a message asks for a person, as whoever wanted it reads it: one of events.CAUSES."""
    return _CAUSES.get(reason or state, "not_sent")


def _state(word: str) -> State:
    try:
        return State(word)
    except ValueError:
        raise Refusal("message_state", state=word) from None
