"""Whether a message may go at the moment of sending, and by which route."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.notifications.models import Message
from services.notifications.queries import text_messages, validity
from services.notifications.queries.context import Context
from services.notifications.queries.preferences import NO_PREFERENCES
from services.notifications.queries.routes import Route, route_of
from services.notifications.queries.sender_details import SenderDetails
from services.notifications.rules import frequency_cap, timing
from services.notifications.rules.bundling import Carried, carried
from services.notifications.rules.eligibility import Obstacle
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import BY_CODE
from services.notifications.rules.routes import Channel
from services.notifications.rules.text_limits import TextLimits, is_our_country
from shared import clock, log
from shared.errors import GiveUp

# An event that could not be handled is tried again in seconds; somebody we know nothing of may take longer.
LOOK_AGAIN = timedelta(seconds=5)
_LOOK_AGAIN_LATER = timedelta(minutes=1)
_ZONE = ZoneInfo(clock.ZONE)


@dataclass(frozen=True)
class SendContext:
    """What holds for everything that one sender sends in a batch.

    channels      the channels that this installation has
    domain        of our own address, for message ids
    is_caught_up  whether every event published before has been consumed; None: not yet, which is usual
    lease         how long a claim is ours, by the time of the machine
    """

    sender_details: SenderDetails
    channels: frozenset[str]
    domain: str
    is_caught_up: bool | None
    lease: timedelta
    limits: TextLimits = TextLimits()


def find_route(message: Message, context: Context, send: SendContext) -> Route | Obstacle:
    """Return the route by which this message may go now, or what keeps it."""
    if message.expires_at <= clock.now():
        return Obstacle(State.EXPIRED, "too_late")
    obstacle = _find_in_bundle(message, context)
    if obstacle is not None:
        return obstacle
    route = find_own_route(message, context, send)
    if isinstance(route, Obstacle):
        return route
    return _find_urgent_quiet(message, route, context) or _find_cap(message, context) or route


def _find_in_bundle(message: Message, context: Context) -> Obstacle | None:
    """Look for what keeps it in a bundle: the message that carries it, or one that it carries."""
    if message.bundled_into is not None and message.state == State.HELD and message.reason == "merged":
        carrier = context.others.get(message.bundled_into)
        fate = carried(None if carrier is None else carrier.state)
        if fate is Carried.NOTIFIED:
            return Obstacle(State.WITHDRAWN, "merged")
        if fate is Carried.WAITS:
            return Obstacle(State.HELD, "merged", due_at=clock.now() + LOOK_AGAIN)
    says_what_changed = message.state == State.CLAIMED and any(
        other.bundled_into == message.id and (other.state != State.HELD or other.id in context.pending)
        for other in context.others.values()
    )
    # What it says of another message is no longer so: it has to be written anew.
    return Obstacle(State.HELD, "not_caught_up", due_at=clock.now()) if says_what_changed else None


def find_own_route(message: Message, context: Context, send: SendContext) -> Route | Obstacle:
    """Return the route of a message by itself, or what keeps it.

    Does not look at bundles, at quiet hours of what is urgent, or at the frequency cap.
    """
    obstacle = _find_apart_from_the_person(message, context, send)
    if obstacle is not None:
        return obstacle
    try:
        route = route_of(message, context)
    except GiveUp as error:
        log.error("message_not_written", error, message_id=message.id, message_type=message.message_type)
        return Obstacle(State.HELD, "broken")
    if route.waits:
        return Obstacle(State.HELD, route.reason or "unconfirmed", due_at=route.until)
    if route.channel in (Channel.HAND, Channel.NONE):
        return Obstacle(State.SUPPRESSED, route.reason or "no_address", channel=str(route.channel))
    if route.channel not in send.channels:
        is_for_a_person = BY_CODE[message.message_type].spec.in_person and message.secondary_of is None
        channel = Channel.HAND if is_for_a_person else Channel.NONE
        return Obstacle(State.SUPPRESSED, "no_channel", channel=str(channel))
    if route.channel != Channel.SMS:
        return route
    at_night = BY_CODE[message.message_type].spec.mails_at_night
    obstacle = _wait_for_quiet(_released_at(message, context)) if at_night else None
    return obstacle or _find_text_limit(message, route, send)


def _find_apart_from_the_person(message: Message, context: Context, send: SendContext) -> Obstacle | None:
    """Look for what lies outside the person: unconsumed events, what is no longer true, quiet hours."""
    now, spec = clock.now(), BY_CODE[message.message_type].spec
    if not spec.may_skip_catch_up:
        if not send.is_caught_up:
            return Obstacle(State.HELD, "not_caught_up", due_at=message.due_at)
        if message.id in context.pending:
            return Obstacle(State.HELD, "not_caught_up", due_at=now + LOOK_AGAIN)
    stop = validity.why_stop(message, context)
    if stop is not None:
        return Obstacle(stop.state, stop.reason)
    if message.staff_id not in context.staff and message.participant_id not in context.participants:
        return Obstacle(State.HELD, "not_caught_up", due_at=now + _LOOK_AGAIN_LATER)
    if spec.ignores_quiet_hours or spec.is_urgent:
        return None
    release = _released_at(message, context)
    if spec.mails_at_night and timing.is_too_late(release, message.expires_at):
        return None
    return _wait_for_quiet(release)


def _released_at(message: Message, context: Context) -> datetime | None:
    now = clock.now()
    quiet = context.preferences.get(message.participant_id or "", NO_PREFERENCES).quiet
    return timing.released_at(now, *quiet, _ZONE, message.expires_at, now=now)


def _wait_for_quiet(release: datetime | None) -> Obstacle | None:
    if release is None:
        return Obstacle(State.EXPIRED, "no_quiet_moment")
    return Obstacle(State.HELD, "quiet_hours", due_at=release) if release > clock.now() else None


def _find_text_limit(message: Message, route: Route, send: SendContext) -> Route | Obstacle:
    """Hold a text message that goes over a limit; leave one to another country to a person."""
    if not is_our_country(route.address, send.limits):
        return Obstacle(State.SUPPRESSED, "no_channel", channel=str(Channel.HAND))
    is_awaited = BY_CODE[message.message_type].spec.is_awaited
    free_at = text_messages.free_at(route.address, send.limits, clock.now(), is_awaited=is_awaited)
    return route if free_at is None else Obstacle(State.HELD, "sms_limit", due_at=free_at)


def _find_urgent_quiet(message: Message, route: Route, context: Context) -> Obstacle | None:
    """Hold an urgent text message in quiet hours where it still helps after them; an e-mail wakes nobody."""
    if not BY_CODE[message.message_type].spec.is_urgent or route.channel != Channel.SMS:
        return None
    now = clock.now()
    quiet = context.preferences.get(message.participant_id or "", NO_PREFERENCES).quiet
    release = timing.urgent_release(now, *quiet, _ZONE, _needed_by(message, context, now))
    return Obstacle(State.HELD, "quiet_hours", due_at=release) if release > now else None


def _needed_by(message: Message, context: Context, now: datetime) -> datetime:
    """Return the first of the moments at which somebody would come for nothing."""
    meeting = context.meetings.get(message.meeting_id or "")
    if meeting is None:
        return message.expires_at
    zone = ZoneInfo(meeting.zone)
    starts = [timing.starts_at(meeting.on, meeting.at, zone)]
    if message.old_on is not None and message.old_at is not None:
        starts.append(timing.starts_at(message.old_on, message.old_at, zone))
    return min((start for start in starts if start > now), default=message.expires_at)


def _find_cap(message: Message, context: Context) -> Obstacle | None:
    """Hold it while the person got enough messages: until there is room, or it is too late."""
    if message.message_type not in frequency_cap.COUNTING:
        return None
    sent = context.sent.get(message.participant_id or "", [])
    free_at = frequency_cap.free_at(
        [earlier.at for earlier in sent if earlier.message_id != message.id], clock.now()
    )
    return None if free_at is None else Obstacle(State.HELD, "budget", due_at=min(free_at, message.expires_at))
