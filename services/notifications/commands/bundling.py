"""Two reminders of one person on one evening are said in one message; the other goes along and takes its own step.

The one that goes along keeps waiting (held, "merged") until the one that carries it has ended. Did that go, then
it was told; did it not, then it goes by itself. So a crash in between loses nothing and says nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from services.notifications.commands.lifecycle import hold
from services.notifications.models import Message
from services.notifications.queries import validity
from services.notifications.queries.context import REMINDERS, Context
from services.notifications.rules import timing
from services.notifications.rules.lifecycle import STOPPABLE, State
from services.notifications.rules.validity import Carried, carried
from shared import clock

_ZONE = ZoneInfo(clock.ZONE)


def candidates(message: Message, context: Context) -> list[Message]:
    """The other reminders of the same person that fall on the same evening, the first one first."""
    if message.kind not in REMINDERS:
        return []
    found = [other for other in context.others.values() if _falls_together(message, other, context)]
    return sorted(found, key=lambda other: (other.expires_at, other.id))


def carry(message: Message, along: Sequence[Message], context: Context, *, look_again_at: datetime) -> None:
    """Let these go along with this message, and no others any more."""
    for other in context.others.values():
        if other.bundled_into == message.id and other not in along:
            _note(other, None)
    for other in along:
        hold(other, "merged", look_again_at)
        _note(other, message.id)


def _note(other: Message, carrier_id: str | None) -> None:
    other.bundled_into = carrier_id
    Message.update(bundled_into=carrier_id).where(Message.id == other.id).execute()


def has_changed(message: Message, context: Context) -> bool:
    """Whether one that goes along with this message no longer may."""
    return any(
        other.bundled_into == message.id
        and (other.state != State.HELD or validity.has_pending_events(other, context))
        for other in context.others.values()
    )


def _falls_together(message: Message, other: Message, context: Context) -> bool:
    if other.id == message.id or other.kind not in REMINDERS or other.due_at is None:
        return False
    if other.participant_id != message.participant_id or other.state not in STOPPABLE:
        return False
    now = clock.now()
    return _is_free(other, message, context) and (
        other.due_at <= now or timing.is_same_evening(other.due_at, now, _ZONE)
    )


def _is_free(other: Message, message: Message, context: Context) -> bool:
    """Whether no other message says it along."""
    if other.bundled_into in (None, message.id) or other.reason != "merged":
        return True
    carrier = context.others.get(other.bundled_into)
    return carried(None if carrier is None else carrier.state) is Carried.GOES_ALONE
