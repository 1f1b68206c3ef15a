"""Looking at a message at the moment of sending: may it go, by which way, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.notifications.commands import together
from services.notifications.commands.life import quiet_release, urgent_release
from services.notifications.models import Message
from services.notifications.queries import attention, people, truth, wording
from services.notifications.queries.attention import Sent
from services.notifications.queries.known import Known, look_up
from services.notifications.queries.people import Way
from services.notifications.queries.ways import NO_WISHES, texts_free_at
from services.notifications.queries.wording import Composed, Letterhead
from services.notifications.rules import moments
from services.notifications.rules.attention import counts
from services.notifications.rules.channels import Channel
from services.notifications.rules.discreet import check_discreet
from services.notifications.rules.life import State
from services.notifications.rules.limits import Limits, is_our_country
from services.notifications.rules.promises import rule_of
from services.notifications.rules.truth import Carried, carried, goes_anyway
from shared import clock, log
from shared.errors import GiveUp, Refusal

# An event that could not be handled is tried again in seconds; somebody we never heard of may take longer.
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
    limits: Limits = Limits()


@dataclass(frozen=True)
class Obstacle:
    """Why a message does not go now, and where that brings it; `due_at` is when to look again."""

    state: State
    reason: str
    due_at: datetime | None = None
    channel: str | None = None


def find_obstacle(message: Message, known: Known, desk: Desk) -> tuple[Obstacle | None, Way | None]:
    """What keeps this message from going, or the way by which it may go."""
    if message.expires_at <= clock.now():
        return Obstacle(State.EXPIRED, "too_late"), None
    obstacle = _find_carrier(message, known)
    if obstacle is not None:
        return obstacle, None
    obstacle, way = _find_way(message, known, desk)
    if way is None:
        return obstacle, None
    obstacle = _find_urgent_quiet(message, way, known) or _find_too_much(message, known)
    return obstacle, None if obstacle is not None else way


def write(message: Message, way: Way, known: Known, desk: Desk) -> tuple[Obstacle | None, Composed | None]:
    """The words of the message, with what can be said along in the same breath; or what is wrong with them."""
    along = [other for other in together.candidates(message, known) if _may_go_along(other, message, way, desk)]
    obstacle, words = _compose(message, way, known, desk, along)
    if obstacle is not None and along:
        along = []
        obstacle, words = _compose(message, way, known, desk, along)
    if words is not None:
        now = clock.now()
        together.carry(message, along, known, look_again_at=now + _LOOK_AGAIN)
        if counts(message.kind):
            went = Sent(message.id, message.kind, _group_of(message, known), now)
            known.sent.setdefault(message.participant_id or "", []).append(went)
    return obstacle, words


def _compose(
    message: Message, way: Way, known: Known, desk: Desk, along: Sequence[Message]
) -> tuple[Obstacle | None, Composed | None]:
    try:
        also = [(other, look_up([other])) for other in along]
        words = wording.compose(message, way.channel, desk.letterhead, known, also)
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


def _may_go_along(other: Message, message: Message, way: Way, desk: Desk) -> bool:
    """Whether another reminder could go by itself now, by the same way; its turn by the budget is not asked."""
    if other.expires_at <= clock.now():
        return False
    known = look_up([other])
    _, its_way = _find_way(other, known, desk)
    if its_way is None or (its_way.channel, its_way.address) != (way.channel, way.address):
        return False
    obstacle, _ = _compose(other, way, known, desk, ())
    return obstacle is None


def _find_carrier(message: Message, known: Known) -> Obstacle | None:
    """What another message does with this one, and this one with others."""
    if message.carried_by is not None and message.state == State.HELD and message.reason == "merged":
        carrier = known.others.get(message.carried_by)
        fate = carried(None if carrier is None else carrier.state)
        if fate is Carried.TOLD:
            return Obstacle(State.WITHDRAWN, "merged")
        if fate is Carried.WAITS:
            return Obstacle(State.HELD, "merged", due_at=clock.now() + _LOOK_AGAIN)
    if message.state == State.CLAIMED and together.has_changed(message, known):
        # What it says of another one is no longer so: it has to be written anew.
        return Obstacle(State.HELD, "not_caught_up", due_at=clock.now())
    return None


def _find_way(message: Message, known: Known, desk: Desk) -> tuple[Obstacle | None, Way | None]:
    obstacle = _find_outside(message, known, desk)
    if obstacle is not None:
        return obstacle, None
    try:
        way = people.way_of(message, known)
    except GiveUp as error:
        return _broken(message, error), None
    if way.waits:
        return Obstacle(State.HELD, way.reason or "unconfirmed", due_at=way.until), None
    if way.channel in (Channel.HAND, Channel.NONE):
        return Obstacle(State.SUPPRESSED, way.reason or "no_address", channel=str(way.channel)), None
    if way.channel not in desk.ways:
        is_for_a_person = rule_of(message.kind).by_hand and message.beside is None
        by = Channel.HAND if is_for_a_person else Channel.NONE
        return Obstacle(State.SUPPRESSED, "no_channel", channel=str(by)), None
    obstacle = _find_limit(way, desk)
    return obstacle, None if obstacle is not None else way


def _find_outside(message: Message, known: Known, desk: Desk) -> Obstacle | None:
    """What lies outside the person: what we have heard, what is still true, quiet hours."""
    now = clock.now()
    if not goes_anyway(message.kind):
        if not desk.is_caught_up:
            return Obstacle(State.HELD, "not_caught_up", due_at=message.due_at)
        if truth.has_unheard(message, known):
            return Obstacle(State.HELD, "not_caught_up", due_at=now + _LOOK_AGAIN)
    stop = truth.why_stop(message, known)
    if stop is not None:
        return Obstacle(stop.state, stop.reason)
    if not people.is_known(message, known):
        return Obstacle(State.HELD, "not_caught_up", due_at=now + _LOOK_AGAIN_LATER)
    rule = rule_of(message.kind)
    return None if rule.ignores_quiet_hours or rule.is_urgent else _find_quiet(message, known, now)


def _find_limit(way: Way, desk: Desk) -> Obstacle | None:
    """Text messages only: not to every country, and not without end."""
    if way.channel != Channel.SMS:
        return None
    if not is_our_country(way.address, desk.limits):
        return Obstacle(State.SUPPRESSED, "no_channel", channel=str(Channel.HAND))
    free_at = texts_free_at(way.address, desk.limits, clock.now())
    return None if free_at is None else Obstacle(State.HELD, "sms_limit", due_at=free_at)


def _find_quiet(message: Message, known: Known, now: datetime) -> Obstacle | None:
    quiet = known.wishes.get(message.participant_id or "", NO_WISHES).quiet
    release = quiet_release(now, message.expires_at, now, *(quiet or ()))
    if release is None:
        return Obstacle(State.EXPIRED, "no_quiet_moment")
    return Obstacle(State.HELD, "quiet_hours", due_at=release) if release > now else None


def _find_urgent_quiet(message: Message, way: Way, known: Known) -> Obstacle | None:
    """An e-mail about a change wakes nobody; a text message does."""
    if not rule_of(message.kind).is_urgent or way.channel != Channel.SMS:
        return None
    now = clock.now()
    quiet = known.wishes.get(message.participant_id or "", NO_WISHES).quiet
    release = urgent_release(now, _needed_by(message, known, now), *(quiet or ()))
    return Obstacle(State.HELD, "quiet_hours", due_at=release) if release > now else None


def _needed_by(message: Message, known: Known, now: datetime) -> datetime:
    """Before when somebody has to know: the first of the moments at which they would come for nothing."""
    meeting = known.meetings.get(message.meeting_id or "")
    if meeting is None:
        return message.expires_at
    zone = ZoneInfo(meeting.zone)
    starts = [moments.starts_at(meeting.on, meeting.at, zone)]
    if message.old_on is not None and message.old_at is not None:
        starts.append(moments.starts_at(message.old_on, message.old_at, zone))
    return min((start for start in starts if start > now), default=message.expires_at)


def _find_too_much(message: Message, known: Known) -> Obstacle | None:
    """Whether the person got enough for now; then it waits until there is room, or it is too late."""
    free_at = attention.free_at(message, known.sent.get(message.participant_id or "", []))
    return None if free_at is None else Obstacle(State.HELD, "budget", due_at=min(free_at, message.expires_at))


def _group_of(message: Message, known: Known) -> str | None:
    membership = known.memberships.get(message.membership_id or "")
    return None if membership is None else membership.group_id


def _broken(message: Message, error: Exception) -> Obstacle:
    log.error("message_not_written", error, message_id=message.id, kind=message.kind)
    return Obstacle(State.HELD, "broken")
