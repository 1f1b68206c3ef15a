"""Which messages came from one event, for the event trace: nothing of who they are for."""

from __future__ import annotations

from collections.abc import Callable

from services.notifications.models import Message
from shared.messaging.event_trace import Effect

_MOST = 100


def list_made(
    text: Callable[[str, str], str], event_id: str, organisations: frozenset[str] | None
) -> list[Effect]:
    """List the messages that this event made, with their type and state in Dutch. organisations: None is all.

    text  returns the text of a code: (table, code)
    """
    rows = Message.select().where(Message.caused_by == event_id)
    if organisations is not None:
        rows = rows.where(Message.organisation_id.in_(sorted(organisations)))
    return [
        Effect(
            label=text("message_types", row.message_type),
            state=text("states", row.state),
            reason=text("reasons", row.reason) if row.reason else None,
            page=f"/berichten/{row.id}",
        )
        for row in rows.order_by(Message.made_at, Message.id).limit(_MOST)
    ]
