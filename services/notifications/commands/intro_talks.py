"""What follows an introductory talk that was planned, moved, called off or held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from services.notifications.commands.lifecycle import review
from services.notifications.commands.people import check_participant_known
from services.notifications.commands.planning import Draft, plan
from services.notifications.models import Message, Talk
from services.notifications.models.foundation import EventMoment
from services.notifications.rules import message_types, timing
from services.notifications.rules.lifecycle import NOTIFIED
from services.notifications.rules.message_types import MessageType
from shared import clock
from shared.storage import upsert


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """A talk as it is to be held, in local wall time."""

    talk_id: str
    participant_id: str
    organisation_id: str
    host_staff_id: str
    on: date
    at: time
    zone: str
    minutes: int
    form: str
    place: str


def upsert_talk(appointment: Appointment, event_at: EventMoment) -> None:
    """Keep a talk that was planned or moved: who knew of an older moment hears of it, who did not is invited.

    event_at  when the event was published; an older one than the last changes nothing
    Raises TryLater when the participant is not known yet.
    """
    check_participant_known(appointment.participant_id)
    current = Talk.get_or_none(Talk.id == appointment.talk_id)
    values: dict[str, Any] = {name: value for name, value in vars(appointment).items() if name != "talk_id"}
    if current is not None and (current.last_event_at >= event_at or _is_same(current, values)):
        return
    values |= {
        "state": "planned",
        "last_event_at": event_at,
        "revision": 1 if current is None else current.revision + 1,
    }
    upsert(Talk, id=appointment.talk_id, **values)
    review(Message.talk_id == appointment.talk_id)
    talk = Talk.get_by_id(appointment.talk_id)
    if current is not None and current.on is not None and _was_notified(talk.id):
        first = _change(talk, "moved", current.on, current.at)
    else:
        first = _about_talk(talk, MessageType.INTRO_TALK_INVITATION, clock.now())
    plan([first, *_talk_reminder(talk)])


def end_talk(
    *, talk_id: str, participant_id: str, organisation_id: str, state: str, event_at: EventMoment
) -> None:
    """Keep that a talk was called off, or is over (held or missed), also when that comes before its planning."""
    current = Talk.get_or_none(Talk.id == talk_id)
    if current is not None and current.last_event_at >= event_at:
        return
    values: dict[str, Any] = {"state": state, "last_event_at": event_at}
    if current is None:
        values |= {"participant_id": participant_id, "organisation_id": organisation_id, "revision": 0}
        Talk.insert(id=talk_id, **values).execute()
        return
    Talk.update(**values).where(Talk.id == talk_id).execute()
    review(Message.talk_id == talk_id)
    if state == "called_off" and current.state == "planned" and _was_notified(talk_id):
        plan([_change(current, "called_off", current.on, current.at)])


def _talk_reminder(talk: Any) -> list[Draft]:
    """Draft the reminder of the evening before; after that the invitation itself has just reminded."""
    now = clock.now()
    due_at = timing.reminder_at(talk.on, talk.at, ZoneInfo(talk.zone), now)
    return [] if due_at is None or due_at <= now else [_about_talk(talk, MessageType.INTRO_TALK_REMINDER, due_at)]


def _change(talk: Talk, change: str, old_on: date, old_at: time) -> Draft:
    return _about_talk(
        talk, MessageType.INTRO_TALK_CHANGED, clock.now(), change=change, old_on=old_on, old_at=old_at
    )


def _about_talk(talk: Any, kind: MessageType, due_at: datetime, **more: Any) -> Draft:
    now = clock.now()
    until = timing.starts_at(talk.on, talk.at, ZoneInfo(talk.zone))
    return Draft(
        kind=kind,
        organisation_id=talk.organisation_id,
        dedupe=f"{kind}/{talk.id}.{talk.revision}/{more.get('change', '')}",
        due_at=due_at,
        expires_at=message_types.expires_at(kind, made_at=now, until=until),
        participant_id=talk.participant_id,
        talk_id=talk.id,
        revision=talk.revision,
        **more,
    )


def _was_notified(talk_id: str) -> bool:
    """Tell whether the person was notified, or may have been, of an earlier moment of this talk."""
    is_notified = Message.state.in_(NOTIFIED) | Message.attended_at.is_null(False)
    kinds = (MessageType.INTRO_TALK_INVITATION, MessageType.INTRO_TALK_CHANGED)
    is_there: bool = (
        Message.select().where(Message.talk_id == talk_id, Message.kind.in_(kinds), is_notified).exists()
    )
    return is_there


def _is_same(current: Talk, values: dict[str, Any]) -> bool:
    return current.state == "planned" and all(getattr(current, name) == value for name, value in values.items())
