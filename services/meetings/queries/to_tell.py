"""Which changed meetings somebody has to tell people about, because no message reaches all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from services.meetings.models import Group, Meeting, MeetingChange, Membership
from services.meetings.queries.changes import starts_at
from services.meetings.queries.participants import not_reached_among
from services.meetings.rules.changes import is_to_come
from shared import clock


@dataclass(frozen=True)
class Telling:
    """A meeting that was changed and is still to come, and how many people do not hear so from us."""

    meeting_id: str
    group_name: str
    on: date
    is_cancelled: bool
    number: int


def list_telling(led: Collection[str], stood_in_for: Collection[str]) -> list[Telling]:
    """Of the groups that somebody leads and the meetings at which they stand in, in three looks.

    Who it is about stands on the page of the meeting: here are only numbers.
    """
    meetings = _changed(led, stood_in_for)
    members = _members_of({row.group_id for row in meetings})
    unreached = not_reached_among(one.participant_id for group in members.values() for one in group)
    found = []
    for row in meetings:
        belong = [one for one in members[row.group_id] if _belongs(one, row.on)]
        number = sum(one.participant_id in unreached for one in belong)
        if number:
            found.append(Telling(row.id, row.group.name, row.on, row.state == "cancelled", number))
    return found


def _changed(led: Collection[str], stood_in_for: Collection[str]) -> list[Meeting]:
    rows = (
        Meeting.select(Meeting, Group)
        .join(Group)
        .where(
            Meeting.group.in_(sorted(led)) | Meeting.id.in_(sorted(stood_in_for)),
            Meeting.state.in_(("planned", "cancelled")), Meeting.on >= clock.today(), Group.state != "ended",
            Meeting.id.in_(MeetingChange.select(MeetingChange.meeting)),
        )
        .order_by(Meeting.on, Meeting.at)
    )  # fmt: skip
    return [row for row in rows if is_to_come(row.state, starts_at(row), clock.now())]


def _members_of(group_ids: Collection[str]) -> dict[str, list[Membership]]:
    found: dict[str, list[Membership]] = defaultdict(list)
    for row in Membership.select().where(Membership.group.in_(sorted(group_ids))):
        found[row.group_id].append(row)
    return found


def _belongs(one: Membership, on: date) -> bool:
    return bool(one.starts_on <= on and (one.ended_on is None or one.ended_on >= on))
