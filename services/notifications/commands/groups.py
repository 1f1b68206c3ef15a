"""Keeping copies of groups, meetings and who takes part, and planning what follows: welcome and reminders."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from services.notifications.commands.lifecycle import Draft, plan, review, transition
from services.notifications.commands.meeting_changes import notify_of_reinstatement
from services.notifications.commands.reachability import publish_reachability
from services.notifications.commands.reminders import remind
from services.notifications.commands.substitutes import notify_substitutes
from services.notifications.models import WAITING, Contact, Group, Meeting, Membership, Message
from services.notifications.rules import message_types
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import MessageType
from shared import clock
from shared.errors import TryLater
from shared.storage import upsert

# A membership that began longer ago is history that is read again, and nobody to welcome.
_WELCOME_WITHIN = timedelta(days=7)
_WHEN_AND_WHERE = ("on", "at", "zone", "place_name", "place_address")


def upsert_group(
    *, group_id: str, organisation_id: str, name: str, state: str, place: tuple[str, str] | None
) -> None:
    """A group as it is now; place is (name, address)."""
    place_name, place_address = place or (None, None)
    values = {
        "organisation_id": organisation_id, "name": name, "state": state, "place_name": place_name,
        "place_address": place_address,
    }  # fmt: skip
    upsert(Group, id=group_id, **values)
    if state == "ended":
        members = Membership.select(Membership.id).where(Membership.group_id == group_id)
        review(Message.membership_id.in_([row.id for row in members]))


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
    """A meeting as it is now: what is no longer true is withdrawn, and who takes part is reminded of the rest.

    place           (name, address), when it is not where the group meets
    substitute_ids  who leads it for this once
    """
    current = Meeting.get_or_none(Meeting.id == meeting_id)
    place_name, place_address = place or (None, None)
    values = {
        "organisation_id": organisation_id, "group_id": group_id, "on": on, "at": at, "zone": zone,
        "minutes": minutes, "state": state, "place_name": place_name, "place_address": place_address,
    }  # fmt: skip
    revision = _meeting_revision(current, values)
    upsert(Meeting, id=meeting_id, revision=revision, substitute_ids=substitute_ids or [], **values)
    if current is not None:
        review(Message.meeting_id == meeting_id)
    remind_members(meeting_id)
    meeting = Meeting.get_by_id(meeting_id)
    if current is not None and current.state == "cancelled" and state == "planned":
        notify_of_reinstatement(meeting, is_as_it_was=not _is_elsewhere(current, values))
    notify_substitutes(meeting, None if current is None else (current.on, current.at))


def remind_members(meeting_id: str) -> None:
    """Plan a reminder for everybody who takes part. TryLater when we have not heard of the meeting yet."""
    meeting = Meeting.get_or_none(Meeting.id == meeting_id)
    if meeting is None:
        raise TryLater("the meeting was not heard of yet")
    if meeting.state == "planned" and meeting.on >= clock.today():
        members = Membership.select().where(Membership.group_id == meeting.group_id, Membership.state == "active")
        remind((meeting, membership) for membership in members)


def end_meeting(meeting_id: str) -> None:
    """It took place: what was still to be said about it comes too late, except to who was missed."""
    if not Meeting.select().where(Meeting.id == meeting_id).exists():
        raise TryLater("the meeting was not heard of yet")
    still = Message.select().where(
        Message.meeting_id == meeting_id, WAITING, Message.kind != MessageType.MISSED_YOU
    )  # fmt: skip
    for message in list(still):
        transition(message, State.EXPIRED, "too_late")


def upsert_membership(
    *,
    membership_id: str,
    participant_id: str,
    group_id: str,
    organisation_id: str,
    state: str,
    starts_on: date,
    is_walk_in: bool = False,
) -> None:
    """Somebody takes part, or no longer. is_walk_in: they stood at the door, and were welcomed there."""
    current = Membership.get_or_none(Membership.id == membership_id)
    is_new_revision = state == "active" and (current is None or current.state != "active")
    values = {
        "organisation_id": organisation_id,
        "participant_id": participant_id,
        "group_id": group_id,
        "state": state,
        "starts_on": starts_on,
        "revision": (0 if current is None else current.revision) + is_new_revision,
    }
    upsert(Membership, id=membership_id, **values)
    if current is not None:
        review(Message.membership_id == membership_id)
    if current is None and Contact.select().where(Contact.id == participant_id).exists():
        publish_reachability(
            participant_id, organisation_id
        )  # who takes part was met, so that the first address is trusted
    if state == "active":
        _welcome_and_remind(Membership.get_by_id(membership_id), is_walk_in=is_walk_in)


def _welcome_and_remind(membership: Membership, *, is_walk_in: bool) -> None:
    today = clock.today()
    if membership.starts_on >= today - _WELCOME_WITHIN and not is_walk_in:
        plan([_welcome(membership, clock.now())])
    coming = Meeting.select().where(
        Meeting.group_id == membership.group_id, Meeting.state == "planned",
        Meeting.on >= max(membership.starts_on, today),
    )  # fmt: skip
    remind((meeting, membership) for meeting in coming)


def _welcome(membership: Membership, now: datetime) -> Draft:
    return Draft(
        kind=MessageType.WELCOME,
        organisation_id=membership.organisation_id,
        dedupe=f"{MessageType.WELCOME}/{membership.id}",
        due_at=now,
        expires_at=message_types.expires_at(MessageType.WELCOME, made_at=now),
        participant_id=membership.participant_id,
        membership_id=membership.id,
    )


def _meeting_revision(current: Any, values: dict[str, Any]) -> int:
    """Another moment or place is another turn, and so is a meeting that goes on after all."""
    if current is None:
        return 1
    is_back = values["state"] == "planned" and current.state != "planned"
    return int(current.revision) + (_is_elsewhere(current, values) or is_back)


def _is_elsewhere(current: Any, values: dict[str, Any]) -> bool:
    return any(getattr(current, name) != values[name] for name in _WHEN_AND_WHERE)
