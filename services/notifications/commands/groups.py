"""Keeping copies of groups, meetings and who takes part, and planning what follows: welcome and reminders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.notifications.commands.life import Draft, plan, review, take_step
from services.notifications.models import WAITING, Group, Meeting, Membership, Message
from services.notifications.rules import moments, promises
from services.notifications.rules.life import State
from services.notifications.rules.promises import Kind
from shared import clock
from shared.errors import TryLater
from shared.store import keep

# A membership that began longer ago is history that is read again, and nobody to welcome.
_WELCOME_WITHIN = timedelta(days=7)


def note_group(
    *, group_id: str, organisation_id: str, name: str, state: str, place: tuple[str, str] | None
) -> None:
    """A group as it is now; place is (name, address)."""
    place_name, place_address = place or (None, None)
    values = {
        "organisation_id": organisation_id, "name": name, "state": state, "place_name": place_name,
        "place_address": place_address,
    }  # fmt: skip
    keep(Group, id=group_id, **values)
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
) -> None:
    """A meeting as it is now: what is no longer true is withdrawn, and who takes part is reminded of the rest."""
    known = Meeting.get_or_none(Meeting.id == meeting_id)
    values = {
        "organisation_id": organisation_id, "group_id": group_id, "on": on, "at": at, "zone": zone,
        "minutes": minutes, "state": state, "turn": _meeting_turn(known, on, at, zone, state),
    }  # fmt: skip
    keep(Meeting, id=meeting_id, **values)
    if known is not None:
        review(Message.meeting_id == meeting_id)
    remind_members(meeting_id)


def remind_members(meeting_id: str) -> None:
    """Plan a reminder for everybody who takes part. TryLater when we have not heard of the meeting yet."""
    meeting = Meeting.get_or_none(Meeting.id == meeting_id)
    if meeting is None:
        raise TryLater("the meeting was not heard of yet")
    if meeting.state == "planned" and meeting.on >= clock.today():
        members = Membership.select().where(Membership.group_id == meeting.group_id, Membership.state == "active")
        plan(list(_reminders((meeting, membership) for membership in members)))


def end_meeting(meeting_id: str) -> None:
    """It took place: what was still to be said about it comes too late."""
    if not Meeting.select().where(Meeting.id == meeting_id).exists():
        raise TryLater("the meeting was not heard of yet")
    for message in list(Message.select().where(Message.meeting_id == meeting_id, WAITING)):
        take_step(message, State.EXPIRED, "too_late")


def note_membership(
    *,
    membership_id: str,
    participant_id: str,
    group_id: str,
    organisation_id: str,
    state: str,
    starts_on: date,
) -> None:
    """Somebody takes part, or no longer."""
    known = Membership.get_or_none(Membership.id == membership_id)
    is_new_turn = state == "active" and (known is None or known.state != "active")
    values = {
        "organisation_id": organisation_id, "participant_id": participant_id, "group_id": group_id,
        "state": state, "starts_on": starts_on, "turn": (0 if known is None else known.turn) + is_new_turn,
    }  # fmt: skip
    keep(Membership, id=membership_id, **values)
    if known is not None:
        review(Message.membership_id == membership_id)
    if state == "active":
        _welcome_and_remind(Membership.get_by_id(membership_id))


def _welcome_and_remind(membership: Membership) -> None:
    now, today = clock.now(), clock.today()
    drafts = []
    if membership.starts_on >= today - _WELCOME_WITHIN:
        drafts.append(_welcome(membership, now))
    coming = Meeting.select().where(
        Meeting.group_id == membership.group_id, Meeting.state == "planned",
        Meeting.on >= max(membership.starts_on, today),
    )  # fmt: skip
    drafts += _reminders((meeting, membership) for meeting in coming)
    plan(drafts)


def _welcome(membership: Membership, now: datetime) -> Draft:
    return Draft(
        kind=Kind.WELCOME, organisation_id=membership.organisation_id, dedupe=f"{Kind.WELCOME}/{membership.id}",
        due_at=now, expires_at=promises.expires_at(Kind.WELCOME, made_at=now),
        participant_id=membership.participant_id, membership_id=membership.id,
    )  # fmt: skip


def _reminders(pairs: Iterable[tuple[Meeting, Membership]]) -> Iterable[Draft]:
    now = clock.now()
    for meeting, membership in pairs:
        zone = ZoneInfo(meeting.zone)
        due_at = moments.reminder_at(meeting.on, meeting.at, zone, now)
        if due_at is None or membership.starts_on > meeting.on:
            continue
        until = moments.starts_at(meeting.on, meeting.at, zone)
        yield Draft(
            kind=Kind.MEETING_REMINDER, organisation_id=membership.organisation_id,
            dedupe=f"{Kind.MEETING_REMINDER}/{meeting.id}.{meeting.turn}/{membership.id}.{membership.turn}",
            due_at=due_at, expires_at=promises.expires_at(Kind.MEETING_REMINDER, made_at=now, until=until),
            participant_id=membership.participant_id, membership_id=membership.id, meeting_id=meeting.id,
            turn=meeting.turn,
        )  # fmt: skip


def _meeting_turn(known: Any, on: date, at: time, zone: str, state: str) -> int:
    """Another moment is another turn, and so is a meeting that goes on after all."""
    if known is None:
        return 1
    is_moved = (known.on, known.at, known.zone) != (on, at, zone)
    is_back = state == "planned" and known.state != "planned"
    return int(known.turn) + (is_moved or is_back)
