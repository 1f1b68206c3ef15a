"""Memberships: people leave and come back, each time with a membership of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from shared.errors import Refusal

GROUP_STATES = ("preparing", "ready", "running", "paused", "rounding_off", "ended")
MEMBERSHIP_STATES = ("active", "paused", "ended")
END_REASONS = (
    "farewell",
    "stopped",
    "moved_group",
    "milestone_reached",
    "group_ended",
    "lost_contact",
    "unknown",
)


@dataclass(frozen=True, slots=True)
class Episode:
    """One stay in one group: from `started_on` up to and including `ended_on`, or still going on."""

    started_on: date
    ended_on: date | None = None


def check_may_join(
    participant_id: str,
    *,
    group_state: str,
    members: Collection[str],
    max_size: int | None,
    identity: str,
) -> None:
    """Refuse a membership that cannot begin; `members` are the ids of those who belong to the group now.

    Refused, in this order: group_ended, group_rounds_off, group_keeps_no_names, already_member, group_full.
    A `max_size` of None means that the group has no maximum. Those who lead are not counted as members.
    """
    if group_state == "ended":
        raise Refusal("group_ended")
    if group_state == "rounding_off":
        raise Refusal("group_rounds_off")
    if identity == "headcount":
        raise Refusal("group_keeps_no_names")
    if participant_id in members:
        raise Refusal("already_member")
    if max_size is not None and len(members) >= max_size:
        raise Refusal("group_full")


def is_member_on(episodes: Iterable[Episode], day: date) -> bool:
    """Return whether somebody belongs to the group that day; the day of a farewell still counts."""
    return any(stay.started_on <= day and (stay.ended_on is None or day <= stay.ended_on) for stay in episodes)


def check_may_leave(episode: Episode | None, on: date, reason: str) -> None:
    """Refuse a farewell with wrong values; leaving itself is never refused.

    Refused: not_a_member, leaves_before_start, end_reason_unknown.
    """
    if episode is None or episode.ended_on is not None:
        raise Refusal("not_a_member")
    if on < episode.started_on:
        raise Refusal("leaves_before_start")
    if reason not in END_REASONS:
        raise Refusal("end_reason_unknown")


def check_leaves_by(on: date, today: date) -> None:
    """Refuse a farewell in the future. Refused: farewell_later."""
    if on > today:
        raise Refusal("farewell_later", field="on")
