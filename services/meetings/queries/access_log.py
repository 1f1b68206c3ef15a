"""Who looked at whom and who did what: for the manager of an organisation, and for the person themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from peewee import Expression

from services.meetings.models import Group, Meeting, Membership, Signup, StaffRole, service
from services.meetings.queries.scope import find_organisation
from services.meetings.queries.staff import names_of
from services.meetings.rules import permissions
from shared import clock
from shared.ids import minted_at
from shared.security.actor import Actor

PAGE_SIZE = 50
MOST_EXPORTED = 20_000
EVENTS = ("read", "create", "change", "remove", "search", "export", "refuse")
KINDS = frozenset({
    "group_members", "attendance", "membership", "signups", "calls", "call", "meeting", "group", "group_calendar",
    "staff", "organisation", "key", "trail", "participant", "events", "dead_letter",
})  # fmt: skip


@dataclass(frozen=True)
class AccessLogFilter:
    """Which lines; everything may be left open. `before` is the id of the last line of the page before."""

    staff_id: str | None = None
    event: str | None = None
    since: date | None = None
    until: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class AccessLogEntry:
    """One line. `kind` is one of KINDS or "other"; group, meeting_on and colleague say more where it is known.

    name  of who did it; empty for a program, for the services themselves and for who is not known any more
    by    staff, key, system or participant
    """

    id: int
    at: datetime
    event: str
    name: str
    by: str
    roles: tuple[str, ...]
    kind: str
    group: str
    meeting_on: date | None
    colleague: str
    purpose: str
    outcome: str
    about_id: str


def list_access_log(
    actor: Actor, organisation_id: str, asked: AccessLogFilter, most: int = PAGE_SIZE
) -> list[AccessLogEntry]:
    """Newest first, one more than is shown, so that it is known whether there are more. NotFound, Forbidden."""
    find_organisation(actor, organisation_id, permissions.may_manage_staff)
    trail = service.audit.AuditEntry
    rows = list(trail.select().where(*_wanted(organisation_id, asked)).order_by(trail.id.desc()).limit(most + 1))
    about = _Subjects(rows)
    return [_entry(row, about) for row in rows]


def _wanted(organisation_id: str, asked: AccessLogFilter) -> Iterable[Expression]:
    trail = service.audit.AuditEntry
    ours = StaffRole.select(StaffRole.staff).where(StaffRole.organisation == organisation_id)
    # What happened to somebody's own sign-in belongs to every organisation that they work for.
    yield (trail.organisation_id == organisation_id) | (
        trail.organisation_id.is_null() & (trail.about_kind == "staff") & trail.about_id.in_(ours)
    )
    if asked.staff_id is not None:
        yield trail.actor_id == asked.staff_id
    if asked.event is not None:
        yield trail.event == asked.event
    if asked.since is not None:
        yield trail.at >= clock.instant(asked.since, time())
    if asked.until is not None:
        yield trail.at < clock.instant(asked.until + timedelta(days=1), time())
    if asked.before is not None:
        yield trail.id < asked.before


class _Subjects:
    """What a page of lines speaks of, looked up together."""

    def __init__(self, rows: Iterable[Any]) -> None:
        ids = sorted({row.about_id for row in rows})
        self.names = names_of({row.actor_id for row in rows} | {row.about_id for row in rows})
        self.groups: Mapping[str, str] = {
            **{row.id: row.name for row in Group.select(Group.id, Group.name).where(Group.id.in_(ids))},
            **{
                row.id: row.group.name
                for row in Membership.select(Membership, Group).join(Group).where(Membership.id.in_(ids))
            },
        }
        meetings = Meeting.select(Meeting, Group).join(Group).where(Meeting.id.in_(ids))
        self.meetings = {row.id: (row.group.name, row.on) for row in meetings}


def _entry(row: Any, about: _Subjects) -> AccessLogEntry:
    group, meeting_on = about.meetings.get(row.about_id, (about.groups.get(row.about_id, ""), None))
    return AccessLogEntry(
        row.id, row.at, row.event, about.names.get(row.actor_id, ""), row.actor_kind,
        tuple(role for role in row.actor_roles.split(",") if role),
        row.about_kind if row.about_kind in KINDS else "other", group, meeting_on,
        about.names.get(row.about_id, "") if row.about_kind == "staff" else "", row.purpose, row.outcome,
        row.about_id,
    )  # fmt: skip


SHOWN_FOR = timedelta(days=365)
MOST_ENTRIES = 5000
# What a line of the trail can be about, as it is said to the person; anything else is "other".
OWN_KINDS = frozenset({"group_members", "attendance", "membership", "signups", "calls"})
_ACCESS_EVENTS = ("read", "search", "export")
# Who closed an account is still somebody; a program has no name.
GONE, PROGRAM = "gone", "program"


@dataclass(frozen=True, order=True)
class Access:
    """One member of the staff at one thing, however often that day. `name` is empty for who is not known any more
    and for a program; then `role` says which.
    """

    name: str
    role: str
    what: str
    group: str
    meeting_on: date | None


@dataclass(frozen=True)
class AccessDay:
    """The looks of one day."""

    on: date
    looks: tuple[Access, ...]


@dataclass(frozen=True)
class _Thing:
    """Something that somebody could be seen in, from a moment and until one."""

    since: datetime
    until: datetime | None
    group: str = ""
    meeting_on: date | None = None

    def shows_at(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment <= self.until)


def list_accesses_to(participant_id: str) -> list[AccessDay]:
    """The last year, newest day first; only by people and programs, never by the services themselves."""
    things = _things_of(participant_id)
    trail = service.audit.AuditEntry
    lines = (
        trail.select()
        .where(
            trail.about_id.in_(sorted(things)),
            trail.event.in_(_ACCESS_EVENTS),
            trail.actor_kind.in_(("staff", "key")),
            trail.at > clock.wall() - SHOWN_FOR,
        )
        .order_by(trail.id.desc())
        .limit(MOST_ENTRIES)
    )
    seen = [(line, thing) for line in lines for thing in things[line.about_id] if thing.shows_at(line.at)]
    names = names_of(line.actor_id for line, _ in seen)
    days: dict[date, set[Access]] = {}
    for line, thing in seen:
        days.setdefault(clock.local(line.at).date(), set()).add(_access(line, thing, names))
    return [AccessDay(on, tuple(sorted(looks, key=_order))) for on, looks in sorted(days.items(), reverse=True)]


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


def _access(line: Any, thing: _Thing, names: dict[str, str]) -> Access:
    name = names.get(line.actor_id, "")
    roles = [role for role in line.actor_roles.split(",") if role]
    role = PROGRAM if line.actor_kind == "key" else GONE if not name else (roles or ["colleague"])[0]
    what = line.about_kind if line.about_kind in OWN_KINDS else "other"
    return Access(name, role, what, thing.group, thing.meeting_on)


def _order(look: Access) -> tuple[Any, ...]:
    return look.name.casefold(), look.what, look.group, look.meeting_on or date.min
