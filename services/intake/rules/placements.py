"""Placements: the first day to start, and how many places are left, so that none is promised twice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum

from shared.errors import GiveUp, Refusal

ADMISSIONS = ("rolling", "intervals", "fixed")
JOINABLE_GROUP_STATES = frozenset({"preparing", "ready", "running", "paused"})


# Long enough to see what one pressed, short enough that nobody came to the group because of it.
WITHDRAWN_WITHIN = timedelta(minutes=15)


class PlacementState(StrEnum):
    """The state of a placement: made by intake (`placed`), a membership (`confirmed`), returned, or ended."""

    PLACED = "placed"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    ENDED = "ended"


# Only these hold a place by themselves: a confirmed one is counted as a member.
OPEN_STATES = frozenset({PlacementState.PLACED})

_MAY_BECOME = {
    PlacementState.PLACED: {PlacementState.CONFIRMED, PlacementState.RETURNED, PlacementState.ENDED},
    PlacementState.CONFIRMED: {PlacementState.ENDED},
    PlacementState.RETURNED: set(),
    PlacementState.ENDED: set(),
}


def places_left(
    max_size: int | None,
    member_ids: Collection[str],
    open_placement_ids: Collection[str],
    offered: Collection[str] = (),
) -> int | None:
    """Return how many places may still be promised, 0 or more; None when the group has no maximum.

    All three hold ids of participants: who belongs to the group now, whose placement is still `placed`, and to
    whom a freed place is offered. Somebody in two of them takes one place, because an event may be late.
    """
    if max_size is None:
        return None
    taken = {*member_ids, *open_placement_ids, *offered}
    return max(0, max_size - len(taken))


def check_place_free(left: int | None) -> None:
    """Refuse when nothing is left; `left` is what `places_left` gives. Refused: no_place_free."""
    if left is not None and left <= 0:
        raise Refusal("no_place_free")


def check_may_place(
    participant_id: str,
    *,
    group_state: str,
    identity: str,
    max_size: int | None,
    member_ids: Collection[str],
    open_placement_ids: Collection[str],
    offered: Collection[str] = (),
) -> None:
    """Refuse a placement that meetings would have to return.

    A place that was offered to this same person is free for them. Refused, in this order: group_not_joinable,
    group_needs_no_placement (a group that keeps no names), already_placed, no_place_free.
    """
    if group_state not in JOINABLE_GROUP_STATES:
        raise Refusal("group_not_joinable")
    if identity == "headcount":
        raise Refusal("group_needs_no_placement")
    if participant_id in member_ids or participant_id in open_placement_ids:
        raise Refusal("already_placed")
    others_offered = set(offered) - {participant_id}
    check_place_free(places_left(max_size, member_ids, open_placement_ids, others_offered))


def check_may_withdraw(state: str, placed_at: datetime, now: datetime) -> None:
    """Refuse to take a placement back later than a moment after it was made. Refused: placement_stands."""
    if not may_withdraw(state, placed_at, now):
        raise Refusal("placement_stands")


def may_withdraw(state: str, placed_at: datetime, now: datetime) -> bool:
    """Return whether a placement may still be taken back."""
    return state in (PlacementState.PLACED, PlacementState.CONFIRMED) and now < placed_at + WITHDRAWN_WITHIN


def may_become(state: str, to: str) -> bool:
    """Return whether a placement in this state may go on to that one; the same state twice is not a step."""
    return to in _MAY_BECOME[PlacementState(state)]


def first_entry_on(
    admission: str, interval_weeks: int | None, first_meeting_on: date | None, today: date
) -> date | None:
    """Return the first day on which someone new may start, or None when the group is fixed and has begun.

    "intervals" counts whole weeks from the group's first meeting (001, checklist 9: for instance every six
    weeks); a start on the day itself is allowed. Without a first meeting nothing has begun, so nobody is late:
    today. GiveUp when the admission is unknown or its interval is missing: such a group should not exist.
    """
    if admission not in ADMISSIONS:
        raise GiveUp(f"unknown admission {admission!r}")
    if first_meeting_on is None or today <= first_meeting_on:
        return first_meeting_on or today
    if admission == "rolling":
        return today
    if admission == "fixed":
        return None
    if not interval_weeks or interval_weeks < 1:
        raise GiveUp("admission at intervals without an interval")
    interval_days = interval_weeks * 7
    begun_days = (today - first_meeting_on).days
    return today + timedelta(days=-begun_days % interval_days)
