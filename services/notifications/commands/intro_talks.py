"""What follows an introductory talk that was planned, moved, called off or held."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from services.notifications.commands.addresses import confirm_after_talk
from services.notifications.commands.lifecycle import review
from services.notifications.commands.people import check_participant_known
from services.notifications.commands.planning import Draft, plan
from services.notifications.models import Message, Talk, service
from services.notifications.queries.intro_talks import place_of
from services.notifications.rules import message_types, timing
from services.notifications.rules.lifecycle import NOTIFIED
from services.notifications.rules.message_types import MessageType
from shared import clock
from shared.storage import upsert


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """What is agreed of a talk, in local wall time."""

    participant_id: str
    organisation_id: str
    host_staff_id: str
    on: date
    at: time
    zone: str
    minutes: int
    form: str
    place: str = field(repr=False)


def upsert_talk(talk_id: str, agreed: Appointment, state: str) -> None:
    """Keep a talk as it is now, and let follow what is new in it; nothing, when it says once more what we know.

    Planned or moved: who knew of an older moment hears of it, who did not is invited. Called off: who knew of it
    hears that. Held: the addresses are right at which somebody was invited who came.
    state  planned, called_off, held or missed
    Raises TryLater for a planned one when the participant is not known yet.
    """
    current = Talk.get_or_none(Talk.id == talk_id)
    was_planned = current is not None and current.state == "planned"
    is_as_agreed = current is not None and _agreed_of(current) == agreed
    if current is not None and is_as_agreed and current.state == state:
        return
    if state == "planned":
        check_participant_known(agreed.participant_id)
    is_set_anew = state == "planned" and not (was_planned and is_as_agreed)
    revision = (0 if current is None else current.revision) + is_set_anew
    sealed = service.encryption.seal(agreed.place, "talk.place", talk_id)
    upsert(Talk, id=talk_id, state=state, revision=revision, **{**vars(agreed), "place": sealed})
    review(Message.talk_id == talk_id)
    talk = Talk.get_by_id(talk_id)
    if is_set_anew:
        plan([_news(talk, current), *_talk_reminder(talk)])
    elif state == "called_off" and was_planned and _was_notified(talk_id):
        plan([_change(talk, "called_off", current.on, current.at)])
    elif state == "held":
        confirm_after_talk(agreed.participant_id)


def _agreed_of(current: Talk) -> Appointment:
    plain = {agreed.name: getattr(current, agreed.name) for agreed in fields(Appointment)}
    return Appointment(**{**plain, "place": place_of(current)})


def _news(talk: Talk, known: Talk | None) -> Draft:
    if known is not None and _was_notified(talk.id):
        return _change(talk, "moved", known.on, known.at)
    return _about_talk(talk, MessageType.INTRO_TALK_INVITATION, clock.now())


def _talk_reminder(talk: Talk) -> list[Draft]:
    """Draft the reminder of the evening before; after that the invitation itself has just reminded."""
    now = clock.now()
    due_at = timing.reminder_at(talk.on, talk.at, ZoneInfo(talk.zone), now)
    return [] if due_at is None or due_at <= now else [_about_talk(talk, MessageType.INTRO_TALK_REMINDER, due_at)]


def _change(talk: Talk, change: str, old_on: date, old_at: time) -> Draft:
    return _about_talk(
        talk, MessageType.INTRO_TALK_CHANGED, clock.now(), change=change, old_on=old_on, old_at=old_at
    )


def _about_talk(talk: Talk, message_type: MessageType, due_at: datetime, **more: Any) -> Draft:
    now = clock.now()
    until = timing.starts_at(talk.on, talk.at, ZoneInfo(talk.zone))
    return Draft(
        message_type=message_type,
        organisation_id=talk.organisation_id,
        dedupe=f"{message_type}/{talk.id}.{talk.revision}/{more.get('change', '')}",
        due_at=due_at,
        expires_at=message_types.expires_at(message_type, made_at=now, until=until),
        participant_id=talk.participant_id,
        talk_id=talk.id,
        revision=talk.revision,
        **more,
    )


def _was_notified(talk_id: str) -> bool:
    """Tell whether the person was notified, or may have been, of an earlier moment of this talk."""
    is_notified = Message.state.in_(NOTIFIED) | Message.attended_at.is_null(False)
    about_its_moment = (MessageType.INTRO_TALK_INVITATION, MessageType.INTRO_TALK_CHANGED)
    is_there: bool = (
        Message.select()
        .where(Message.talk_id == talk_id, Message.message_type.in_(about_its_moment), is_notified)
        .exists()
    )
    return is_there
