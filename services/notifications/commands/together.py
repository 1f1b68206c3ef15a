"""Two reminders of one person on one evening are said in one message; the other goes along and takes its own step.

The one that goes along keeps waiting (held, "merged") until the one that carries it has ended. Did that go, then
it was told; did it not, then it goes by itself. So a crash in between loses nothing and says nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from services.notifications.commands.life import hold
from services.notifications.models import Message
from services.notifications.queries import truth
from services.notifications.queries.known import REMINDERS, Known
from services.notifications.rules import moments
from services.notifications.rules.life import STOPPABLE, State
from services.notifications.rules.truth import Carried, carried
from shared import clock

_ZONE = ZoneInfo(clock.ZONE)


def candidates(message: Message, known: Known) -> list[Message]:
    """The other reminders of the same person that fall on the same evening, the first one first."""
    if message.kind not in REMINDERS:
        return []
    found = [other for other in known.others.values() if _falls_together(message, other, known)]
    return sorted(found, key=lambda other: (other.expires_at, other.id))


def carry(message: Message, along: Sequence[Message], known: Known, *, look_again_at: datetime) -> None:
    """Let these go along with this message, and no others any more."""
    for other in known.others.values():
        if other.carried_by == message.id and other not in along:
            _note(other, None)
    for other in along:
        hold(other, "merged", look_again_at)
        _note(other, message.id)


def _note(other: Message, carrier_id: str | None) -> None:
    other.carried_by = carrier_id
    Message.update(carried_by=carrier_id).where(Message.id == other.id).execute()


def has_changed(message: Message, known: Known) -> bool:
    """Whether one that goes along with this message no longer may."""
    return any(
        other.carried_by == message.id and (other.state != State.HELD or truth.has_unheard(other, known))
        for other in known.others.values()
    )


def _falls_together(message: Message, other: Message, known: Known) -> bool:
    if other.id == message.id or other.kind not in REMINDERS or other.due_at is None:
        return False
    if other.participant_id != message.participant_id or other.state not in STOPPABLE:
        return False
    now = clock.now()
    return _is_free(other, message, known) and (
        other.due_at <= now or moments.is_same_evening(other.due_at, now, _ZONE)
    )


def _is_free(other: Message, message: Message, known: Known) -> bool:
    """Whether no other message says it along."""
    if other.carried_by in (None, message.id) or other.reason != "merged":
        return True
    carrier = known.others.get(other.carried_by)
    return carried(None if carrier is None else carrier.state) is Carried.GOES_ALONE
