"""Two reminders of one person on one evening are said in one message; the other keeps its own state.

The one that goes along keeps waiting (held, "merged") until the one that carries it has ended. If that went, its
reader knows; if not, it goes by itself. So a crash in between loses nothing and says nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from services.notifications.commands.eligibility import LOOK_AGAIN, SendContext, find_own_route
from services.notifications.commands.lifecycle import hold
from services.notifications.models import Message
from services.notifications.queries import templates
from services.notifications.queries.context import BUNDLED, Context, load_context
from services.notifications.queries.routes import Route
from services.notifications.queries.templates import Composed
from services.notifications.rules import timing
from services.notifications.rules.bundling import Carried, carried
from services.notifications.rules.discretion import check_discretion
from services.notifications.rules.eligibility import Obstacle
from services.notifications.rules.lifecycle import STOPPABLE, State
from shared import clock, log
from shared.errors import Refusal

_ZONE = ZoneInfo(clock.ZONE)


def compose(message: Message, route: Route, context: Context, send: SendContext) -> Composed | Obstacle:
    """Return the words of the message with those that go along, or the obstacle when it cannot be written."""
    along = [other for other in _list_candidates(message, context) if _may_go_along(other, route, send)]
    composed = _compose(message, route, context, send, along)
    if isinstance(composed, Obstacle) and along:
        along = []
        composed = _compose(message, route, context, send, along)
    if isinstance(composed, Composed) and message.message_type in BUNDLED:
        _carry(message, along, context, look_again_at=clock.now() + LOOK_AGAIN)
    return composed


def _list_candidates(message: Message, context: Context) -> list[Message]:
    """List the other reminders of the same person on the same evening, by the moment at which they expire."""
    if message.message_type not in BUNDLED:
        return []
    candidates = [other for other in context.others.values() if _falls_together(message, other, context)]
    return sorted(candidates, key=lambda other: (other.expires_at, other.id))


def _falls_together(message: Message, other: Message, context: Context) -> bool:
    if other.id == message.id or other.message_type not in BUNDLED or other.due_at is None:
        return False
    if other.participant_id != message.participant_id or other.state not in STOPPABLE:
        return False
    now = clock.now()
    return _is_free(other, message, context) and (
        other.due_at <= now or timing.is_same_evening(other.due_at, now, _ZONE)
    )


def _is_free(other: Message, message: Message, context: Context) -> bool:
    """Tell whether no other message carries it."""
    if other.bundled_into in (None, message.id) or other.reason != "merged":
        return True
    carrier = context.others.get(other.bundled_into)
    return carried(None if carrier is None else carrier.state) is Carried.GOES_ALONE


def _may_go_along(other: Message, route: Route, send: SendContext) -> bool:
    """Tell whether another reminder could go by itself now, by the same route, whatever the frequency cap says."""
    if other.expires_at <= clock.now():
        return False
    context = load_context([other])
    its_route = find_own_route(other, context, send)
    if isinstance(its_route, Obstacle) or (its_route.channel, its_route.address) != (route.channel, route.address):
        return False
    return isinstance(_compose(other, route, context, send, ()), Composed)


def _compose(
    message: Message, route: Route, context: Context, send: SendContext, along: Sequence[Message]
) -> Composed | Obstacle:
    try:
        bundled = [(other, load_context([other])) for other in along]
        composed = templates.compose(message, route.channel, send.sender_details, context, bundled)
        check_discretion(
            composed.subject,
            composed.text + "\n" + composed.page,
            chose_openness=message.staff_id is not None or message.let_through_by is not None,
            names=composed.names_to_avoid,
            own=composed.own_words,
        )
    except Refusal:
        log.event("message_betrays", message_id=message.id, message_type=message.message_type)
        return Obstacle(State.HELD, "betrays")
    except templates.UNWRITABLE as error:
        # It must not stop those behind it.
        log.error("message_not_written", error, message_id=message.id, message_type=message.message_type)
        return Obstacle(State.HELD, "broken")
    return composed


def _carry(message: Message, along: Sequence[Message], context: Context, *, look_again_at: datetime) -> None:
    """Let these messages, and no others, go along with this one."""
    for other in context.others.values():
        if other.bundled_into == message.id and other not in along:
            _mark(other, None)
    for other in along:
        hold(other, "merged", look_again_at)
        _mark(other, message.id)


def _mark(other: Message, carrier_id: str | None) -> None:
    other.bundled_into = carrier_id
    Message.update(bundled_into=carrier_id).where(Message.id == other.id).execute()
