"""Looking at a message at the moment of sending: may it go, by which way, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.notifications.commands import bundling
from services.notifications.commands.lifecycle import quiet_release, urgent_release
from services.notifications.models import Message
from services.notifications.queries import frequency_cap, routes, templates, validity
from services.notifications.queries.context import Context, load_context
from services.notifications.queries.frequency_cap import Sent
from services.notifications.queries.preferences import NO_PREFERENCES, texts_free_at
from services.notifications.queries.routes import Route
from services.notifications.queries.templates import Composed, SenderDetails
from services.notifications.rules import timing
from services.notifications.rules.discretion import check_discretion
from services.notifications.rules.frequency_cap import counts
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import rule_of
from services.notifications.rules.routes import Channel
from services.notifications.rules.text_limits import TextLimits, is_our_country
from services.notifications.rules.validity import Carried, carried, may_skip_catch_up
from shared import clock, log
from shared.errors import GiveUp, Refusal

# An event that could not be handled is tried again in seconds; somebody we never heard of may take longer.
_LOOK_AGAIN = timedelta(seconds=5)
_LOOK_AGAIN_LATER = timedelta(minutes=1)


@dataclass(frozen=True)
class SendContext:
    """What a sender has before it.

    ways         the channels that this installation has
    domain       of our own address, for message ids
    is_caught_up whether we have heard everything that was said
    lease_until  until when a claim made now is ours, by the time of the machine
    """

    sender_details: SenderDetails
    ways: frozenset[str]
    domain: str
    is_caught_up: bool
    lease_until: Callable[[], datetime]
    limits: TextLimits = TextLimits()


@dataclass(frozen=True)
class Obstacle:
    """Why a message does not go now, and where that brings it; `due_at` is when to look again."""

    state: State
    reason: str
    due_at: datetime | None = None
    channel: str | None = None


def find_obstacle(message: Message, context: Context, send: SendContext) -> tuple[Obstacle | None, Route | None]:
    """What keeps this message from going, or the way by which it may go."""
    if message.expires_at <= clock.now():
        return Obstacle(State.EXPIRED, "too_late"), None
    obstacle = _find_carrier(message, context)
    if obstacle is not None:
        return obstacle, None
    obstacle, route = _find_route(message, context, send)
    if route is None:
        return obstacle, None
    obstacle = _find_urgent_quiet(message, route, context) or _find_too_much(message, context)
    return obstacle, None if obstacle is not None else route


def write(
    message: Message, route: Route, context: Context, send: SendContext
) -> tuple[Obstacle | None, Composed | None]:
    """The words of the message, with what can be said along in the same breath; or what is wrong with them."""
    along = [
        other for other in bundling.candidates(message, context) if _may_go_along(other, message, route, send)
    ]
    obstacle, words = _compose(message, route, context, send, along)
    if obstacle is not None and along:
        along = []
        obstacle, words = _compose(message, route, context, send, along)
    if words is not None:
        now = clock.now()
        bundling.carry(message, along, context, look_again_at=now + _LOOK_AGAIN)
        if counts(message.kind):
            went = Sent(message.id, message.kind, _group_of(message, context), now)
            context.sent.setdefault(message.participant_id or "", []).append(went)
    return obstacle, words


def _compose(
    message: Message, route: Route, context: Context, send: SendContext, along: Sequence[Message]
) -> tuple[Obstacle | None, Composed | None]:
    try:
        also = [(other, load_context([other])) for other in along]
        words = templates.compose(message, route.channel, send.sender_details, context, also)
        check_discretion(
            words.subject, words.text + "\n" + words.page, chose_openness=message.staff_id is not None,
            names=templates.names_to_avoid(message, send.sender_details, context),
        )  # fmt: skip
    except Refusal:
        log.event("message_betrays", message_id=message.id, kind=message.kind)
        return Obstacle(State.HELD, "betrays"), None
    except templates.UNWRITABLE as error:
        # It must not stop those behind it.
        return _broken(message, error), None
    return None, words


def _may_go_along(other: Message, message: Message, route: Route, send: SendContext) -> bool:
    """Whether another reminder could go by itself now, by the same way; its turn by the budget is not asked."""
    if other.expires_at <= clock.now():
        return False
    context = load_context([other])
    _, its_way = _find_route(other, context, send)
    if its_way is None or (its_way.channel, its_way.address) != (route.channel, route.address):
        return False
    obstacle, _ = _compose(other, route, context, send, ())
    return obstacle is None


def _find_carrier(message: Message, context: Context) -> Obstacle | None:
    """What another message does with this one, and this one with others."""
    if message.bundled_into is not None and message.state == State.HELD and message.reason == "merged":
        carrier = context.others.get(message.bundled_into)
        fate = carried(None if carrier is None else carrier.state)
        if fate is Carried.NOTIFIED:
            return Obstacle(State.WITHDRAWN, "merged")
        if fate is Carried.WAITS:
            return Obstacle(State.HELD, "merged", due_at=clock.now() + _LOOK_AGAIN)
    if message.state == State.CLAIMED and bundling.has_changed(message, context):
        # What it says of another one is no longer so: it has to be written anew.
        return Obstacle(State.HELD, "not_caught_up", due_at=clock.now())
    return None


def _find_route(message: Message, context: Context, send: SendContext) -> tuple[Obstacle | None, Route | None]:
    obstacle = _find_outside(message, context, send)
    if obstacle is not None:
        return obstacle, None
    try:
        route = routes.route_of(message, context)
    except GiveUp as error:
        return _broken(message, error), None
    if route.waits:
        return Obstacle(State.HELD, route.reason or "unconfirmed", due_at=route.until), None
    if route.channel in (Channel.HAND, Channel.NONE):
        return Obstacle(State.SUPPRESSED, route.reason or "no_address", channel=str(route.channel)), None
    if route.channel not in send.ways:
        is_for_a_person = rule_of(message.kind).in_person and message.secondary_of is None
        by = Channel.HAND if is_for_a_person else Channel.NONE
        return Obstacle(State.SUPPRESSED, "no_channel", channel=str(by)), None
    obstacle = _find_limit(route, send)
    return obstacle, None if obstacle is not None else route


def _find_outside(message: Message, context: Context, send: SendContext) -> Obstacle | None:
    """What lies outside the person: what we have heard, what is still true, quiet hours."""
    now = clock.now()
    if not may_skip_catch_up(message.kind):
        if not send.is_caught_up:
            return Obstacle(State.HELD, "not_caught_up", due_at=message.due_at)
        if validity.has_pending_events(message, context):
            return Obstacle(State.HELD, "not_caught_up", due_at=now + _LOOK_AGAIN)
    stop = validity.why_stop(message, context)
    if stop is not None:
        return Obstacle(stop.state, stop.reason)
    if not routes.is_known(message, context):
        return Obstacle(State.HELD, "not_caught_up", due_at=now + _LOOK_AGAIN_LATER)
    rule = rule_of(message.kind)
    return None if rule.ignores_quiet_hours or rule.is_urgent else _find_quiet(message, context, now)


def _find_limit(route: Route, send: SendContext) -> Obstacle | None:
    """Text messages only: not to every country, and not without end."""
    if route.channel != Channel.SMS:
        return None
    if not is_our_country(route.address, send.limits):
        return Obstacle(State.SUPPRESSED, "no_channel", channel=str(Channel.HAND))
    free_at = texts_free_at(route.address, send.limits, clock.now())
    return None if free_at is None else Obstacle(State.HELD, "sms_limit", due_at=free_at)


def _find_quiet(message: Message, context: Context, now: datetime) -> Obstacle | None:
    quiet = context.preferences.get(message.participant_id or "", NO_PREFERENCES).quiet
    release = quiet_release(now, message.expires_at, now, *(quiet or ()))
    if release is None:
        return Obstacle(State.EXPIRED, "no_quiet_moment")
    return Obstacle(State.HELD, "quiet_hours", due_at=release) if release > now else None


def _find_urgent_quiet(message: Message, route: Route, context: Context) -> Obstacle | None:
    """An e-mail about a change wakes nobody; a text message does."""
    if not rule_of(message.kind).is_urgent or route.channel != Channel.SMS:
        return None
    now = clock.now()
    quiet = context.preferences.get(message.participant_id or "", NO_PREFERENCES).quiet
    release = urgent_release(now, _needed_by(message, context, now), *(quiet or ()))
    return Obstacle(State.HELD, "quiet_hours", due_at=release) if release > now else None


def _needed_by(message: Message, context: Context, now: datetime) -> datetime:
    """Before when somebody has to know: the first of the moments at which they would come for nothing."""
    meeting = context.meetings.get(message.meeting_id or "")
    if meeting is None:
        return message.expires_at
    zone = ZoneInfo(meeting.zone)
    starts = [timing.starts_at(meeting.on, meeting.at, zone)]
    if message.old_on is not None and message.old_at is not None:
        starts.append(timing.starts_at(message.old_on, message.old_at, zone))
    return min((start for start in starts if start > now), default=message.expires_at)


def _find_too_much(message: Message, context: Context) -> Obstacle | None:
    """Whether the person got enough for now; then it waits until there is room, or it is too late."""
    free_at = frequency_cap.free_at(message, context.sent.get(message.participant_id or "", []))
    return None if free_at is None else Obstacle(State.HELD, "budget", due_at=min(free_at, message.expires_at))


def _group_of(message: Message, context: Context) -> str | None:
    membership = context.memberships.get(message.membership_id or "")
    return None if membership is None else membership.group_id


def _broken(message: Message, error: Exception) -> Obstacle:
    log.error("message_not_written", error, message_id=message.id, kind=message.kind)
    return Obstacle(State.HELD, "broken")
