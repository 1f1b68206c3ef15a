"""What people texted back, for who may read it: who leads their group, and otherwise who looks after messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.notifications.models import Group, Membership, Reply, Staff, service
from services.notifications.queries.people import distinct_names_of, staff_name
from shared import clock
from shared.errors import NotFound
from shared.security.actor import Actor

ROLES = ("facilitator", "messenger")
MOST = 100
# The organisation of a text from a number that nobody gave, where there are several.
NOBODYS = ""
# What was seen to stays in sight this long, so that two people can see what the other did.
_SEEN_SHOWN = timedelta(days=14)


@dataclass(frozen=True)
class ReplySummary:
    """A reply in the list: nothing of what it says. call_name is empty for a number that we do not know."""

    id: str
    received_at: datetime
    call_name: str = field(repr=False)
    seen_at: datetime | None
    seen_by: str


@dataclass(frozen=True)
class ReplyDetails:
    """One reply whole."""

    summary: ReplySummary
    organisation_id: str
    participant_id: str | None
    sender: str = field(repr=False)
    text: str = field(repr=False)


def list_replies(actor: Actor) -> Sequence[ReplySummary]:
    """List what waits for this actor first, then what was seen to lately."""
    since = clock.now() - _SEEN_SHOWN
    rows = (
        Reply.select()
        .where(Reply.organisation_id.in_(_scopes(actor)), Reply.seen_at.is_null() | (Reply.seen_at > since))
        .order_by(Reply.seen_at.is_null(False), Reply.received_at.desc())
    )
    ours = _readable(actor, list(rows))[:MOST]
    return [_summary(row, names) for names in [_names(ours)] for row in ours]


def count_unseen(actor: Actor) -> int:
    """Count what waits for this actor."""
    rows = Reply.select().where(Reply.organisation_id.in_(_scopes(actor)), Reply.seen_at.is_null())
    return len(_readable(actor, list(rows)))


def read_reply(actor: Actor, reply_id: str) -> ReplyDetails:
    """Return one reply. Raises NotFound when there is none for this actor."""
    row = find(actor, reply_id)
    if row is None:
        raise NotFound()
    opened = service.encryption.open
    return ReplyDetails(
        _summary(row, _names([row])),
        row.organisation_id,
        row.participant_id,
        opened(row.sender, "reply.sender", row.id),
        opened(row.text, "reply.text", row.id),
    )


def find(actor: Actor, reply_id: str) -> Reply | None:
    """Return the row, or None when this actor may not read it."""
    row = Reply.get_or_none(Reply.id == reply_id, Reply.organisation_id.in_(_scopes(actor)))
    return row if row is not None and _readable(actor, [row]) else None


def _scopes(actor: Actor) -> list[str]:
    """Return the actor's organisations; for a messenger also `NOBODYS`, because somebody must read it."""
    return sorted(actor.organisations(*ROLES)) + [NOBODYS] * bool(actor.organisations("messenger"))


def _readable(actor: Actor, rows: Sequence[Reply]) -> list[Reply]:
    """Return those of the replies that this actor may read.

    A facilitator reads what the people of their own groups write, a messenger what nobody leads.
    """
    led_by = _groups_with_leaders()
    mine = {group for group, leaders in led_by.items() if actor.id in leaders}
    groups_of: dict[str, set[str]] = {}
    ids = [row.participant_id for row in rows if row.participant_id]
    members = Membership.select().where(Membership.participant_id.in_(ids), Membership.state == "active")
    running = {row.id for row in Group.select(Group.id).where(Group.state != "ended")}
    for row in members:
        if row.group_id in led_by and row.group_id in running:
            groups_of.setdefault(row.participant_id, set()).add(row.group_id)
    return [row for row in rows if _may_read(actor, row, groups_of.get(row.participant_id or "", set()), mine)]


def _may_read(actor: Actor, row: Reply, led_groups: set[str], mine: set[str]) -> bool:
    if row.organisation_id == NOBODYS:
        return "messenger" in actor.roles
    roles = actor.roles_in(row.organisation_id)
    if led_groups:
        return "facilitator" in roles and bool(led_groups & mine)
    return "messenger" in roles


def _groups_with_leaders() -> dict[str, set[str]]:
    led: dict[str, set[str]] = {}
    for row in Staff.select(Staff.id, Staff.group_ids).where(Staff.is_active):
        for group_id in row.group_ids or ():
            led.setdefault(group_id, set()).add(row.id)
    return led


@dataclass(frozen=True)
class _Names:
    people: dict[str, str]
    staff: dict[str, str]


def _names(rows: Sequence[Reply]) -> _Names:
    staff = Staff.select().where(Staff.id.in_({row.seen_by for row in rows if row.seen_by}))
    return _Names(
        distinct_names_of(row.participant_id for row in rows if row.participant_id),
        {row.id: staff_name(row) for row in staff},
    )


def _summary(row: Reply, names: _Names) -> ReplySummary:
    return ReplySummary(
        row.id,
        row.received_at,
        names.people.get(row.participant_id or "", ""),
        row.seen_at,
        names.staff.get(row.seen_by or "", ""),
    )
