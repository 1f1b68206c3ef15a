"""Who looked at somebody, for that person: from the trail, as far as they were there to be seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from services.meetings.models import Group, Meeting, Membership, Signup, service
from services.meetings.queries import staff as staff_names
from shared import clock
from shared.ids import minted_at

KEPT = timedelta(days=365)
MOST_LINES = 5000
# What a line of the trail can be about, as it is said to the person; anything else is "other".
KNOWN = frozenset({"group_members", "attendance", "membership", "signups", "calls"})
_LOOKS = ("read", "search", "export")
# Who closed an account is still somebody; a program has no name.
GONE, PROGRAM = "gone", "program"


@dataclass(frozen=True, order=True)
class Look:
    """One member of the staff at one thing, however often that day. `name` is empty for who is not known any more
    and for a program; then `role` says which.
    """

    name: str
    role: str
    what: str
    group: str
    meeting_on: date | None


@dataclass(frozen=True)
class DayOfLooks:
    """The looks of one day."""

    on: date
    looks: tuple[Look, ...]


@dataclass(frozen=True)
class _Thing:
    """Something that somebody could be seen in, from a moment and until one."""

    since: datetime
    until: datetime | None
    group: str = ""
    meeting_on: date | None = None

    def shows_at(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment <= self.until)


def list_looks_at(participant_id: str) -> list[DayOfLooks]:
    """The last year, newest day first; only by people and programs, never by the services themselves."""
    things = _things_of(participant_id)
    trail = service.audit.AuditEntry
    lines = (
        trail.select()
        .where(
            trail.about_id.in_(sorted(things)), trail.event.in_(_LOOKS), trail.actor_kind.in_(("staff", "key")),
            trail.at > clock.wall() - KEPT,
        )
        .order_by(trail.id.desc())
        .limit(MOST_LINES)
    )  # fmt: skip
    seen = [(line, thing) for line in lines for thing in things[line.about_id] if thing.shows_at(line.at)]
    names = staff_names.names_of(line.actor_id for line, _ in seen)
    days: dict[date, set[Look]] = {}
    for line, thing in seen:
        days.setdefault(clock.local(line.at).date(), set()).add(_look(line, thing, names))
    return [DayOfLooks(on, tuple(sorted(looks, key=_order))) for on, looks in sorted(days.items(), reverse=True)]


def _things_of(participant_id: str) -> dict[str, list[_Thing]]:
    """Id of a thing -> when somebody could be seen in it: themselves, their stays, groups, meetings, sign-ups."""
    found: dict[str, list[_Thing]] = {participant_id: [_Thing(datetime.min.replace(tzinfo=UTC), None)]}
    stays = list(
        Membership.select(Membership, Group).join(Group).where(Membership.participant_id == participant_id)
    )
    for stay in stays:
        since, until = minted_at(stay.id), _end_of(stay.ended_on)
        for key in (stay.id, stay.group_id):
            found.setdefault(key, []).append(_Thing(since, until, stay.group.name))
        for meeting in _meetings_of(stay):
            thing = _Thing(since, None, stay.group.name, meeting.on)
            found.setdefault(meeting.id, []).append(thing)
    first_stay = min((minted_at(stay.id) for stay in stays), default=None)
    for signup in Signup.select().where(Signup.participant_id == participant_id):
        until = first_stay if signup.state == "placed" else None
        found.setdefault(signup.organisation_id, []).append(_Thing(minted_at(signup.id), until))
    return found


def _meetings_of(stay: Membership) -> Iterable[Meeting]:
    rows = Meeting.select(Meeting.id, Meeting.on).where(
        Meeting.organisation == stay.organisation_id, Meeting.group == stay.group_id, Meeting.on >= stay.starts_on
    )
    return rows if stay.ended_on is None else rows.where(Meeting.on <= stay.ended_on)


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else clock.instant(day + timedelta(days=1), time())


def _look(line: Any, thing: _Thing, names: dict[str, str]) -> Look:
    name = names.get(line.actor_id, "")
    roles = [role for role in line.actor_roles.split(",") if role]
    role = PROGRAM if line.actor_kind == "key" else GONE if not name else (roles or ["colleague"])[0]
    what = line.about_kind if line.about_kind in KNOWN else "other"
    return Look(name, role, what, thing.group, thing.meeting_on)


def _order(look: Look) -> tuple[Any, ...]:
    return look.name.casefold(), look.what, look.group, look.meeting_on or date.min
