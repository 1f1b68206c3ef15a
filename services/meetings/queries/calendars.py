"""What a calendar at a secret address shows: when and at which address, never of which group or with whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from peewee import JOIN

from services.meetings.models import CalendarFeed, Group, Meeting, Membership, Venue
from services.meetings.queries.meeting_changes import Revision, other_places, revisions_of
from services.meetings.queries.scope import find_group
from services.meetings.rules import permissions
from services.meetings.rules.calendars import shown_from
from services.meetings.rules.memberships import Episode, is_member_on
from services.meetings.rules.sign_in import hash_secret
from shared import clock
from shared.errors import or_not_found
from shared.security.actor import Actor

CALLED_OFF = ("cancelled", "did_not_take_place")


@dataclass(frozen=True)
class Entry:
    """One meeting in a calendar, in the wall time of its zone.

    revision    how often it was changed; calendars take over only what has a higher one
    revised_at  when it was last changed, or made
    address     street, number and city: the name of the place may tell what it is for
    """

    id: str
    on: date
    at: time
    zone: str
    minutes: int
    is_cancelled: bool
    revision: int
    revised_at: datetime
    address: str | None


@dataclass(frozen=True)
class GroupCalendar:
    """The calendar address of a group, without its secret."""

    group_id: str
    group_name: str
    made_at: datetime | None


def list_entries_of_group(group_id: str, secret: str) -> list[Entry]:
    """Return the meetings of a group, for whoever has its address. NotFound, also once it was withdrawn."""
    or_not_found(
        CalendarFeed.get_or_none(CalendarFeed.secret_hash == hash_secret(secret), CalendarFeed.group == group_id)
    )
    return _entries(_meetings([group_id]))


def list_my_entries(secret: str) -> list[Entry]:
    """Return the meetings of one person in all groups to which they belong. NotFound: as for a group."""
    feed = or_not_found(
        CalendarFeed.get_or_none(
            CalendarFeed.secret_hash == hash_secret(secret), CalendarFeed.participant_id.is_null(False)
        )
    )
    stays: dict[str, list[Episode]] = {}
    for row in Membership.select().where(Membership.participant_id == feed.participant_id):
        stays.setdefault(row.group_id, []).append(Episode(row.starts_on, row.ended_on))
    return _entries([row for row in _meetings(stays) if is_member_on(stays[row.group_id], row.on)])


def get_group_calendar(actor: Actor, group_id: str) -> GroupCalendar:
    """Return whether a group has an address, for whoever may give it one. NotFound, Forbidden."""
    group = find_group(actor, group_id, permissions.may_plan_meetings)
    feed = CalendarFeed.get_or_none(
        CalendarFeed.organisation == group.organisation_id, CalendarFeed.group == group_id
    )
    return GroupCalendar(group.id, group.name, None if feed is None else feed.made_at)


def my_calendar_made_at(actor: Actor) -> datetime | None:
    """Return when the actor made their address; None without one."""
    feed = CalendarFeed.get_or_none(CalendarFeed.participant_id == actor.id)
    return None if feed is None else feed.made_at


def _meetings(group_ids: Collection[str]) -> list[Meeting]:
    rows = (
        Meeting.select(Meeting, Group, Venue)
        .join(Group)
        .join(Venue, JOIN.LEFT_OUTER)
        .where(Meeting.group.in_(sorted(group_ids)), Meeting.on >= shown_from(clock.today()))
        .order_by(Meeting.on, Meeting.at, Meeting.id)
    )
    return list(rows)


def _entries(rows: Collection[Meeting]) -> list[Entry]:
    ids = [row.id for row in rows]
    places, revisions = other_places(ids), revisions_of(ids)
    entries = []
    for row in rows:
        revision = revisions.get(row.id) or Revision(0, _made_at(row.id))
        place = places.get(row.id) or row.group.venue
        entries.append(
            Entry(
                row.id,
                row.on,
                row.at,
                row.zone,
                row.minutes,
                row.state in CALLED_OFF,
                revision.number,
                revision.at,
                None if place is None else place.address,
            )
        )
    return entries


def _made_at(meeting_id: str) -> datetime:
    """Return the moment in an id: the first 48 bits of a UUIDv7 are milliseconds."""
    return datetime.fromtimestamp(int(meeting_id.replace("-", "")[:12], 16) / 1000, UTC)
