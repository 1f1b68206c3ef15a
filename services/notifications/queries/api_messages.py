"""What other systems may look up: how messages fare, and nothing of who they are for or what they say."""

from __future__ import annotations

from services.notifications.models import Message
from services.notifications.queries.messages import ROLES, MessageSummary, summary_of
from shared.errors import NotFound
from shared.security.actor import Actor, within


def page_messages(
    actor: Actor, *, after: str | None, limit: int, state: str | None, message_type: str | None
) -> list[MessageSummary]:
    """Return the next messages after this id."""
    rows = Message.select().where(within(actor, Message.organisation_id, ROLES), Message.id > (after or ""))
    if state is not None:
        rows = rows.where(Message.state == state)
    if message_type is not None:
        rows = rows.where(Message.message_type == message_type)
    return [summary_of(row) for row in rows.order_by(Message.id).limit(limit)]


def get_message(actor: Actor, message_id: str) -> MessageSummary:
    """Return one message; NotFound when there is none, or not for this actor."""
    row = Message.get_or_none(Message.id == message_id, within(actor, Message.organisation_id, ROLES))
    if row is None:
        raise NotFound()
    return summary_of(row)
