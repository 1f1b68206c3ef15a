"""Which messages came from one event, for whoever minds the events: nothing of who they are for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.notifications.models import Message
from shared.storage import MomentField

_MOST = 100


def list_made(
    say: Callable[[str, str], str], event_id: str, organisations: frozenset[str] | None
) -> list[dict[str, Any]]:
    """Each with what it is and how it stands, in Dutch, and the page that tells more; None is all organisations.

    say  gives the sentence of a code: (table, code)
    """
    rows = Message.select().where(Message.caused_by == event_id)
    if organisations is not None:
        rows = rows.where(Message.organisation_id.in_(sorted(organisations)))
    return [
        {
            "what": say("kinds", row.kind), "state": say("states", row.state),
            "why": say("reasons", row.reason) if row.reason else None,
            "at": _text(row.changed_at), "due_at": _text(row.due_at), "page": f"/berichten/{row.id}",
        }
        for row in rows.order_by(Message.made_at, Message.id).limit(_MOST)
    ]  # fmt: skip


def _text(moment: Any) -> str | None:
    return MomentField().db_value(moment)
