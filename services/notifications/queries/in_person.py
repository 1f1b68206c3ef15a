"""Who has to be informed of a change in person, because no message could."""

from __future__ import annotations

from datetime import datetime

from services.notifications.models import Message
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import BY_CODE, MessageType

# What a facilitator is asked to tell, and what could not be said.
TELLS_OF = {asking: BY_CODE[asking.spec.tells_of] for asking in MessageType if asking.spec.tells_of}
ASKED_BY = {undelivered: asking for asking, undelivered in TELLS_OF.items()}

_REACHED = frozenset({State.ACCEPTED, State.DELIVERED})
_ON_ITS_WAY = frozenset({State.PLANNED, State.HELD, State.DUE, State.CLAIMED})


def list_unnotified(meeting_id: str | None, message_type: str, revision: int) -> dict[str, datetime]:
    """Return participant -> since when a person is asked to tell them of this change.

    Somebody with two channels counts only when neither worked; while one is on its way, they are not counted yet.
    """
    rows = list(
        Message.select().where(
            Message.meeting_id == meeting_id,
            Message.message_type == message_type,
            Message.revision == revision,
            Message.participant_id.is_null(False),
        )
    )
    reached = {
        row.participant_id
        for row in rows
        if row.state in _REACHED
        or row.attended_at is not None
        or (row.state in _ON_ITS_WAY and row.asked_at is None)
    }
    asked: dict[str, datetime] = {}
    for row in rows:
        if row.asked_at is not None and row.participant_id not in reached:
            asked[row.participant_id] = max(row.asked_at, asked.get(row.participant_id, row.asked_at))
    return asked
