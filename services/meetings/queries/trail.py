"""The trail of who looked at whom and who did what, for the manager of an organisation. Never any content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from peewee import Expression

from services.meetings.models import Group, Meeting, Membership, StaffRole, service
from services.meetings.queries import staff as look
from services.meetings.queries.scope import find_organisation
from services.meetings.rules import people
from shared import clock
from shared.security.actor import Actor

PAGE = 50
MOST_EXPORTED = 20_000
EVENTS = ("read", "create", "change", "remove", "search", "export", "refuse")
KINDS = frozenset({
    "group_members", "attendance", "membership", "signups", "calls", "call", "meeting", "group", "group_calendar",
    "staff", "organisation", "key", "trail", "participant", "events", "dead_letter",
})  # fmt: skip


@dataclass(frozen=True)
class TrailAsked:
    """Which lines; everything may be left open. `before` is the id of the last line of the page before."""

    staff_id: str | None = None
    event: str | None = None
    since: date | None = None
    until: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class TrailLine:
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


def list_trail(actor: Actor, organisation_id: str, asked: TrailAsked, most: int = PAGE) -> list[TrailLine]:
    """Newest first, one more than is shown, so that it is known whether there are more. NotFound, Forbidden."""
    find_organisation(actor, organisation_id, people.may_manage_staff)
    trail = service.audit.AuditEntry
    rows = list(trail.select().where(*_wanted(organisation_id, asked)).order_by(trail.id.desc()).limit(most + 1))
    about = _About(rows)
    return [_line(row, about) for row in rows]


def _wanted(organisation_id: str, asked: TrailAsked) -> Iterable[Expression]:
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


class _About:
    """What a page of lines speaks of, looked up together."""

    def __init__(self, rows: Iterable[Any]) -> None:
        ids = sorted({row.about_id for row in rows})
        self.names = look.names_of({row.actor_id for row in rows} | {row.about_id for row in rows})
        self.groups: Mapping[str, str] = {
            **{row.id: row.name for row in Group.select(Group.id, Group.name).where(Group.id.in_(ids))},
            **{
                row.id: row.group.name
                for row in Membership.select(Membership, Group).join(Group).where(Membership.id.in_(ids))
            },
        }
        meetings = Meeting.select(Meeting, Group).join(Group).where(Meeting.id.in_(ids))
        self.meetings = {row.id: (row.group.name, row.on) for row in meetings}


def _line(row: Any, about: _About) -> TrailLine:
    group, meeting_on = about.meetings.get(row.about_id, (about.groups.get(row.about_id, ""), None))
    return TrailLine(
        row.id, row.at, row.event, about.names.get(row.actor_id, ""), row.actor_kind,
        tuple(role for role in row.actor_roles.split(",") if role),
        row.about_kind if row.about_kind in KINDS else "other", group, meeting_on,
        about.names.get(row.about_id, "") if row.about_kind == "staff" else "", row.purpose, row.outcome,
        row.about_id,
    )  # fmt: skip
