"""What other systems may look up: how messages fare, and nothing of who they are for or what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.notifications.models import Message
from services.notifications.queries.messages import ROLES
from shared.errors import NotFound
from shared.security.actor import Actor, within


@dataclass(frozen=True)
class MessageRow:
    """A message as it stands now."""

    id: str
    organisation_id: str
    kind: str
    state: str
    reason: str | None
    channel: str | None
    made_at: datetime
    changed_at: datetime
    due_at: datetime | None
    expires_at: datetime


def page_messages(
    actor: Actor, *, after: str | None, limit: int, state: str | None, kind: str | None
) -> list[MessageRow]:
    """Return the next messages after this id."""
    rows = Message.select().where(within(actor, Message.organisation_id, ROLES), Message.id > (after or ""))
    if state is not None:
        rows = rows.where(Message.state == state)
    if kind is not None:
        rows = rows.where(Message.kind == kind)
    return [_row(row) for row in rows.order_by(Message.id).limit(limit)]


def get_message(actor: Actor, message_id: str) -> MessageRow:
    """Return one message; NotFound when there is none, or not for this actor."""
    row = Message.get_or_none(Message.id == message_id, within(actor, Message.organisation_id, ROLES))
    if row is None:
        raise NotFound()
    return _row(row)


def _row(row: Message) -> MessageRow:
    return MessageRow(
        row.id,
        row.organisation_id,
        row.kind,
        row.state,
        row.reason,
        row.channel,
        row.made_at,
        row.changed_at,
        row.due_at,
        row.expires_at,
    )
