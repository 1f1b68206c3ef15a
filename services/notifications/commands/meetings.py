"""The copies of meetings, and what follows from them: reminders, changes, substitutes."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from services.notifications.commands.lifecycle import review, transition
from services.notifications.commands.meeting_changes import notify_of_reinstatement
from services.notifications.commands.reminders import remind
from services.notifications.commands.substitutes import notify_substitutes
from services.notifications.models import WAITING, Meeting, Membership, Message
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import MessageType
from shared import clock
from shared.errors import TryLater
from shared.storage import upsert

_WHEN_AND_WHERE = ("on", "at", "zone", "place_name", "place_address")


def upsert_meeting(
    *,
    meeting_id: str,
    group_id: str,
    organisation_id: str,
    on: date,
    at: time,
    zone: str,
    minutes: int,
    state: str,
    place: tuple[str, str] | None = None,
    substitute_ids: list[str] | None = None,
) -> None:
    """Keep a meeting as it is now: what is no longer true is withdrawn, and who takes part is reminded of the
    rest.

    place           (name, address), when it is not where the group meets
    substitute_ids  who leads it for this once
    """
    current = Meeting.get_or_none(Meeting.id == meeting_id)
    place_name, place_address = place or (None, None)
    values = {
        "organisation_id": organisation_id,
        "group_id": group_id,
        "on": on,
        "at": at,
        "zone": zone,
        "minutes": minutes,
        "state": state,
        "place_name": place_name,
        "place_address": place_address,
    }
    revision = _meeting_revision(current, values)
    upsert(Meeting, id=meeting_id, revision=revision, substitute_ids=substitute_ids or [], **values)
    if current is not None:
        review(Message.meeting_id == meeting_id)
    remind_members(meeting_id)
    meeting = Meeting.get_by_id(meeting_id)
    if current is not None and current.state == "cancelled" and state == "planned":
        notify_of_reinstatement(meeting, is_as_it_was=not _is_moved(current, values))
    notify_substitutes(meeting, None if current is None else (current.on, current.at))


def remind_members(meeting_id: str) -> None:
    """Plan a reminder for everybody who takes part. Raises TryLater when the meeting is not known yet."""
    meeting = Meeting.get_or_none(Meeting.id == meeting_id)
    if meeting is None:
        raise TryLater("the meeting is not known yet")
    if meeting.state == "planned" and meeting.on >= clock.today():
        members = Membership.select().where(Membership.group_id == meeting.group_id, Membership.state == "active")
        remind((meeting, membership) for membership in members)


def end_meeting(meeting_id: str) -> None:
    """Expire what was still to be said about a meeting that took place, except to who was missed."""
    if not Meeting.select().where(Meeting.id == meeting_id).exists():
        raise TryLater("the meeting is not known yet")
    still = Message.select().where(
        Message.meeting_id == meeting_id, WAITING, Message.kind != MessageType.MISSED_YOU
    )
    for message in list(still):
        transition(message, State.EXPIRED, "too_late")


def _meeting_revision(current: Any, values: dict[str, Any]) -> int:
    """Return the next revision for another moment or place, and for a meeting that goes on after all."""
    if current is None:
        return 1
    is_back = values["state"] == "planned" and current.state != "planned"
    return int(current.revision) + (_is_moved(current, values) or is_back)


def _is_moved(current: Any, values: dict[str, Any]) -> bool:
    return any(getattr(current, name) != values[name] for name in _WHEN_AND_WHERE)
