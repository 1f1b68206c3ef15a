"""Keeping copies of groups, meetings and who takes part, and planning what follows: welcome and reminders."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from services.notifications.commands.changes import tell_that_it_goes_on
from services.notifications.commands.life import Draft, plan, review, take_step
from services.notifications.commands.reach import say_reach
from services.notifications.commands.reminders import remind
from services.notifications.commands.substitutes import tell_substitutes
from services.notifications.models import WAITING, Contact, Group, Meeting, Membership, Message
from services.notifications.rules import promises
from services.notifications.rules.life import State
from services.notifications.rules.promises import Kind
from shared import clock
from shared.errors import TryLater
from shared.storage import upsert

# A membership that began longer ago is history that is read again, and nobody to welcome.
_WELCOME_WITHIN = timedelta(days=7)
_WHEN_AND_WHERE = ("on", "at", "zone", "place_name", "place_address")


def note_group(
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


def note_meeting(
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
    known = Meeting.get_or_none(Meeting.id == meeting_id)
    place_name, place_address = place or (None, None)
    values = {
        "organisation_id": organisation_id, "group_id": group_id, "on": on, "at": at, "zone": zone,
        "minutes": minutes, "state": state, "place_name": place_name, "place_address": place_address,
    }  # fmt: skip
    turn = _meeting_turn(known, values)
    upsert(Meeting, id=meeting_id, turn=turn, substitute_ids=substitute_ids or [], **values)
    if known is not None:
        review(Message.meeting_id == meeting_id)
    remind_members(meeting_id)
    meeting = Meeting.get_by_id(meeting_id)
    if known is not None and known.state == "cancelled" and state == "planned":
        tell_that_it_goes_on(meeting, is_as_it_was=not _is_elsewhere(known, values))
    tell_substitutes(meeting, None if known is None else (known.on, known.at))


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
        Message.meeting_id == meeting_id, WAITING, Message.kind != Kind.MISSED_YOU
    )  # fmt: skip
    for message in list(still):
        take_step(message, State.EXPIRED, "too_late")


def note_membership(
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
    known = Membership.get_or_none(Membership.id == membership_id)
    is_new_turn = state == "active" and (known is None or known.state != "active")
    values = {
        "organisation_id": organisation_id, "participant_id": participant_id, "group_id": group_id,
        "state": state, "starts_on": starts_on, "turn": (0 if known is None else known.turn) + is_new_turn,
    }  # fmt: skip
    upsert(Membership, id=membership_id, **values)
    if known is not None:
        review(Message.membership_id == membership_id)
    if known is None and Contact.select().where(Contact.id == participant_id).exists():
        say_reach(participant_id, organisation_id)  # who takes part was met, so that the first address is trusted
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
        kind=Kind.WELCOME, organisation_id=membership.organisation_id, dedupe=f"{Kind.WELCOME}/{membership.id}",
        due_at=now, expires_at=promises.expires_at(Kind.WELCOME, made_at=now),
        participant_id=membership.participant_id, membership_id=membership.id,
    )  # fmt: skip


def _meeting_turn(known: Any, values: dict[str, Any]) -> int:
    """Another moment or place is another turn, and so is a meeting that goes on after all."""
    if known is None:
        return 1
    is_back = values["state"] == "planned" and known.state != "planned"
    return int(known.turn) + (_is_elsewhere(known, values) or is_back)


def _is_elsewhere(known: Any, values: dict[str, Any]) -> bool:
    return any(getattr(known, name) != values[name] for name in _WHEN_AND_WHERE)
