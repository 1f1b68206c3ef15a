"""The access log: who read and did what, for managers of an organisation and for the person themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from peewee import Expression

from services.meetings.models import Group, Meeting, Membership, Signup, StaffRole, service
from services.meetings.queries.scope import find_organisation
from services.meetings.queries.staff import names_of
from services.meetings.rules import permissions
from shared import clock
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
    """Which entries; everything may be left open. `before` is the id of the last entry of the page before."""

    staff_id: str | None = None
    event: str | None = None
    since: date | None = None
    until: date | None = None
    before: int | None = None


class AuditRow(Protocol):
    """A row of the audit trail, as far as it is read here."""

    id: int
    at: datetime
    event: str
    actor_id: str
    actor_kind: str
    actor_roles: str
    about_kind: str
    about_id: str
    purpose: str
    outcome: str


@dataclass(frozen=True)
class AccessLogEntry:
    """One entry. `kind` is one of KINDS or "other"; group, meeting_on and colleague are details where known.

    name  of the actor; empty for a program, for the services themselves and for somebody who is not known any more
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
    actor: Actor, organisation_id: str, filters: AccessLogFilter, most: int = PAGE_SIZE
) -> list[AccessLogEntry]:
    """Return the newest entries first, one more than is shown, to tell whether there are more.

    NotFound, Forbidden.
    """
    find_organisation(actor, organisation_id, permissions.may_manage_staff)
    audit_entry = service.audit.AuditEntry
    rows = list(
        audit_entry.select()
        .where(*_wanted(organisation_id, filters))
        .order_by(audit_entry.id.desc())
        .limit(most + 1)
    )
    about = _Subjects(rows)
    return [_entry(row, about) for row in rows]


def list_own_entries(actor: Actor) -> list[AccessLogEntry]:
    """Return what this member of staff read or changed lately where they work, newest first."""
    audit_entry = service.audit.AuditEntry
    where = audit_entry.organisation_id.in_(sorted(actor.grants)) | audit_entry.organisation_id.is_null()
    rows = audit_entry.select().where(audit_entry.actor_id == actor.id, audit_entry.actor_kind == "staff", where)
    newest = list(rows.order_by(audit_entry.id.desc()).limit(PAGE_SIZE))
    about = _Subjects(newest)
    return [_entry(row, about) for row in newest]


def _wanted(organisation_id: str, filters: AccessLogFilter) -> Iterable[Expression]:
    audit_entry = service.audit.AuditEntry
    ours = StaffRole.select(StaffRole.staff).where(StaffRole.organisation == organisation_id)
    # What happened to somebody's own sign-in belongs to every organisation that they work for.
    yield (audit_entry.organisation_id == organisation_id) | (
        audit_entry.organisation_id.is_null()
        & (audit_entry.about_kind == "staff")
        & audit_entry.about_id.in_(ours)
    )
    if filters.staff_id is not None:
        yield audit_entry.actor_id == filters.staff_id
    if filters.event is not None:
        yield audit_entry.event == filters.event
    if filters.since is not None:
        yield audit_entry.at >= clock.instant(filters.since, time())
    if filters.until is not None:
        yield audit_entry.at < clock.instant(filters.until + timedelta(days=1), time())
    if filters.before is not None:
        yield audit_entry.id < filters.before


class _Subjects:
    """What a page of entries is about, read together."""

    def __init__(self, rows: Iterable[AuditRow]) -> None:
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


def _entry(row: AuditRow, about: _Subjects) -> AccessLogEntry:
    group, meeting_on = about.meetings.get(row.about_id, (about.groups.get(row.about_id, ""), None))
    return AccessLogEntry(
        row.id,
        row.at,
        row.event,
        about.names.get(row.actor_id, ""),
        row.actor_kind,
        tuple(role for role in row.actor_roles.split(",") if role),
        row.about_kind if row.about_kind in KINDS else "other",
        group,
        meeting_on,
        about.names.get(row.about_id, "") if row.about_kind == "staff" else "",
        row.purpose,
        row.outcome,
        row.about_id,
    )


SHOWN_FOR = timedelta(days=365)
MOST_ENTRIES = 5000
# What an entry can be about, as it is shown to the person; anything else is "other".
OWN_KINDS = frozenset({"group_members", "attendance", "membership", "signups", "calls"})
_ACCESS_EVENTS = ("read", "search", "export")
# Who closed an account is still somebody; a program has no name.
GONE, PROGRAM = "gone", "program"


@dataclass(frozen=True, order=True)
class Access:
    """One member of staff reading one thing, however often that day.

    `name` is empty for somebody who is not known any more and for a program; then `role` says which.
    """

    name: str
    role: str
    subject: str
    group: str
    meeting_on: date | None


@dataclass(frozen=True)
class AccessDay:
    """The accesses of one day."""

    on: date
    accesses: tuple[Access, ...]


@dataclass(frozen=True)
class _Thing:
    """Something in which somebody could be seen, from one moment until another."""

    since: datetime
    until: datetime | None
    group: str = ""
    meeting_on: date | None = None

    def shows_at(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment <= self.until)


def list_accesses_to(participant_id: str) -> list[AccessDay]:
    """Return the accesses of the last year, newest day first; never those by the services themselves."""
    things = _things_of(participant_id)
    audit_entry = service.audit.AuditEntry
    entries = (
        audit_entry.select()
        .where(
            audit_entry.about_id.in_(sorted(things)),
            audit_entry.event.in_(_ACCESS_EVENTS),
            audit_entry.actor_kind.in_(("staff", "key")),
            audit_entry.at > clock.now() - SHOWN_FOR,
        )
        .order_by(audit_entry.id.desc())
        .limit(MOST_ENTRIES)
    )
    seen = [(entry, thing) for entry in entries for thing in things[entry.about_id] if thing.shows_at(entry.at)]
    names = names_of(entry.actor_id for entry, _ in seen)
    days: dict[date, set[Access]] = {}
    for entry, thing in seen:
        days.setdefault(clock.local(entry.at).date(), set()).add(_access(entry, thing, names))
    return [
        AccessDay(on, tuple(sorted(accesses, key=_order))) for on, accesses in sorted(days.items(), reverse=True)
    ]


def _things_of(participant_id: str) -> dict[str, list[_Thing]]:
    """Return id -> when somebody could be seen in it: memberships, groups, meetings, sign-ups, themselves."""
    things_by_id: dict[str, list[_Thing]] = {participant_id: [_Thing(datetime.min.replace(tzinfo=UTC), None)]}
    stays = list(
        Membership.select(Membership, Group).join(Group).where(Membership.participant_id == participant_id)
    )
    for stay in stays:
        since, until = stay.made_at, _end_of(stay.ended_on)
        for key in (stay.id, stay.group_id):
            things_by_id.setdefault(key, []).append(_Thing(since, until, stay.group.name))
        for meeting in _meetings_of(stay):
            thing = _Thing(since, None, stay.group.name, meeting.on)
            things_by_id.setdefault(meeting.id, []).append(thing)
    first_stay = min((stay.made_at for stay in stays), default=None)
    for signup in Signup.select().where(Signup.participant_id == participant_id):
        until = first_stay if signup.state == "placed" else None
        things_by_id.setdefault(signup.organisation_id, []).append(_Thing(signup.received_at, until))
    return things_by_id


def _meetings_of(stay: Membership) -> Iterable[Meeting]:
    rows = Meeting.select(Meeting.id, Meeting.on).where(
        Meeting.organisation == stay.organisation_id, Meeting.group == stay.group_id, Meeting.on >= stay.starts_on
    )
    return rows if stay.ended_on is None else rows.where(Meeting.on <= stay.ended_on)


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else clock.instant(day + timedelta(days=1), time())


def _access(entry: AuditRow, thing: _Thing, names: dict[str, str]) -> Access:
    name = names.get(entry.actor_id, "")
    roles = [role for role in entry.actor_roles.split(",") if role]
    role = PROGRAM if entry.actor_kind == "key" else GONE if not name else (roles or ["colleague"])[0]
    subject = entry.about_kind if entry.about_kind in OWN_KINDS else "other"
    return Access(name, role, subject, thing.group, thing.meeting_on)


def _order(access: Access) -> tuple[object, ...]:
    return access.name.casefold(), access.subject, access.group, access.meeting_on or date.min
