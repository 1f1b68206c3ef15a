"""Looking at a message at the moment of sending: may it go, by which way, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notifications.commands.life import quiet_release
from services.notifications.models import Message
from services.notifications.queries import people, truth, wording
from services.notifications.queries.known import Known
from services.notifications.queries.people import Way
from services.notifications.queries.wording import Composed, Letterhead
from services.notifications.rules.channels import Channel
from services.notifications.rules.discreet import check_discreet
from services.notifications.rules.life import State
from services.notifications.rules.promises import rule_of
from services.notifications.rules.truth import goes_anyway
from shared import clock, log
from shared.errors import GiveUp, Refusal

# A letter that could not be handled is tried again in seconds; somebody we never heard of may take longer.
_LOOK_AGAIN = timedelta(seconds=5)
_LOOK_AGAIN_LATER = timedelta(minutes=1)


@dataclass(frozen=True)
class Desk:
    """What a sender has before it.

    ways         the channels that this installation has
    domain       of our own address, for message ids
    is_caught_up whether we have heard everything that was said
    lease_until  until when a claim made now is ours, by the time of the machine
    """

    letterhead: Letterhead
    ways: frozenset[str]
    domain: str
    is_caught_up: bool
    lease_until: Callable[[], datetime]


@dataclass(frozen=True)
class Obstacle:
    """Why a message does not go now, and where that brings it; `due_at` is when to look again."""

    state: State
    reason: str
    due_at: datetime | None = None
    channel: str | None = None


def find_obstacle(message: Message, known: Known, desk: Desk) -> tuple[Obstacle | None, Way | None]:
    """What keeps this message from going, or the way by which it may go."""
    obstacle = _find_outside(message, known, desk)
    if obstacle is not None:
        return obstacle, None
    try:
        way = people.way_of(message, known)
    except GiveUp as error:
        return _broken(message, error), None
    if way.channel in (Channel.HAND, Channel.NONE):
        return Obstacle(State.SUPPRESSED, way.reason or "no_address", channel=str(way.channel)), None
    if way.channel not in desk.ways:
        by = Channel.HAND if rule_of(message.kind).by_hand else Channel.NONE
        return Obstacle(State.SUPPRESSED, "no_channel", channel=str(by)), None
    return None, way


def write(message: Message, way: Way, known: Known, desk: Desk) -> tuple[Obstacle | None, Composed | None]:
    """The words of the message, or what is wrong with them."""
    try:
        words = wording.compose(message, way.channel, desk.letterhead, known)
        check_discreet(
            words.subject, words.text + "\n" + words.page, chose_openness=message.staff_id is not None,
            names=wording.names_to_avoid(message, desk.letterhead, known),
        )  # fmt: skip
    except Refusal:
        log.event("message_betrays", message_id=message.id, kind=message.kind)
        return Obstacle(State.HELD, "betrays"), None
    except wording.UNWRITABLE as error:
        # It must not stop those behind it.
        return _broken(message, error), None
    return None, words


def _find_outside(message: Message, known: Known, desk: Desk) -> Obstacle | None:
    """What lies outside the person: time, what we have heard, what is still true, quiet hours."""
    now, is_urgent = clock.now(), goes_anyway(message.kind)
    if message.expires_at <= now:
        return Obstacle(State.EXPIRED, "too_late")
    if not is_urgent:
        if not desk.is_caught_up:
            return Obstacle(State.HELD, "not_caught_up", due_at=message.due_at)
        if truth.has_unheard(message, known):
            return Obstacle(State.HELD, "not_caught_up", due_at=now + _LOOK_AGAIN)
    stop = truth.why_stop(message, known)
    if stop is not None:
        return Obstacle(stop.state, stop.reason)
    if not people.is_known(message, known):
        return Obstacle(State.HELD, "not_caught_up", due_at=now + _LOOK_AGAIN_LATER)
    return None if is_urgent else _find_quiet(message, now)


def _find_quiet(message: Message, now: datetime) -> Obstacle | None:
    release = quiet_release(now, message.expires_at, now)
    if release is None:
        return Obstacle(State.EXPIRED, "no_quiet_moment")
    return Obstacle(State.HELD, "quiet_hours", due_at=release) if release > now else None


def _broken(message: Message, error: Exception) -> Obstacle:
    log.trouble("message_not_written", error, message_id=message.id, kind=message.kind)
    return Obstacle(State.HELD, "broken")
