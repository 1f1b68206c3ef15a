"""Planning reminders of meetings: one for each meeting, person and moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from services.notifications.commands.lifecycle import transition
from services.notifications.commands.planning import Draft, plan
from services.notifications.models import WAITING, CallOff, Meeting, Membership, Message
from services.notifications.rules import message_types, timing
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import MessageType
from shared import clock


def remind(pairs: Iterable[tuple[Meeting, Membership]]) -> None:
    """Plan a reminder for each of these, except for who called off."""
    pairs = list(pairs)
    plan(list(_drafts(pairs, _call_offs(pairs))))


def remind_after_no(participant_id: str) -> None:
    """Plan anew what is still to come for somebody who says yes after a no that stopped it."""
    pairs = list(
        Meeting.select(Meeting, Membership)
        .join(Membership, on=Membership.group_id == Meeting.group_id, attr="membership")
        .where(
            Membership.participant_id == participant_id,
            Membership.state == "active",
            Meeting.state == "planned",
            Meeting.on >= clock.today(),
        )
    )
    stopped = Message.select(Message.dedupe).where(
        Message.participant_id == participant_id,
        Message.message_type == MessageType.MEETING_REMINDER,
        Message.state == State.SUPPRESSED,
        Message.reason == "opted_out",
    )
    noes = [row.dedupe for row in stopped]
    wanted = [(row, row.membership) for row in pairs]
    drafts = [
        replace(draft, dedupe=f"{draft.dedupe}/yes{count}")
        for draft in _drafts(wanted, _call_offs(wanted))
        if (count := sum(key == draft.dedupe or key.startswith(f"{draft.dedupe}/yes") for key in noes))
    ]
    plan(drafts)


def silence(meeting: Meeting, membership_ids: Iterable[str], *, all_of_them: bool = False) -> None:
    """Withdraw the reminders of this meeting to who has just been reminded by something else.

    all_of_them  also those that are due much later, because nothing changed after all
    """
    now = clock.now()
    waiting = Message.select().where(
        Message.meeting_id == meeting.id,
        Message.message_type == MessageType.MEETING_REMINDER,
        WAITING,
        Message.revision == meeting.revision,
        Message.membership_id.in_(list(membership_ids)),
    )
    for message in list(waiting):
        due_at = message.due_at or now
        if all_of_them or timing.is_reminded_by_change(now, due_at):
            transition(message, State.WITHDRAWN, "replaced")


def starts_at(meeting: Meeting) -> datetime:
    """Return the moment at which a meeting starts."""
    return timing.starts_at(meeting.on, meeting.at, ZoneInfo(meeting.zone))


def _drafts(pairs: list[tuple[Meeting, Membership]], call_offs: dict[tuple[str, str], CallOff]) -> Iterable[Draft]:
    now = clock.now()
    for meeting, membership in pairs:
        due_at = timing.reminder_at(meeting.on, meeting.at, ZoneInfo(meeting.zone), now)
        call_off = call_offs.get((meeting.id, membership.id))
        if due_at is None or membership.starts_on > meeting.on or _is_called_off(call_off):
            continue
        again = f"/{call_off.revision}" if call_off is not None and call_off.revision else ""
        yield Draft(
            message_type=MessageType.MEETING_REMINDER,
            organisation_id=membership.organisation_id,
            dedupe=f"{MessageType.MEETING_REMINDER}/{meeting.id}.{meeting.revision}/{membership.id}.{membership.revision}{again}",
            due_at=due_at,
            expires_at=message_types.expires_at(
                MessageType.MEETING_REMINDER, made_at=now, until=starts_at(meeting)
            ),
            participant_id=membership.participant_id,
            membership_id=membership.id,
            meeting_id=meeting.id,
            revision=meeting.revision,
        )


def _is_called_off(call_off: CallOff | None) -> bool:
    return call_off is not None and call_off.state == "called_off"


def _call_offs(pairs: list[tuple[Meeting, Membership]]) -> dict[tuple[str, str], CallOff]:
    meetings = list({meeting.id for meeting, _ in pairs})
    rows = CallOff.select().where(CallOff.meeting_id.in_(meetings)) if meetings else ()
    return {(row.meeting_id, row.membership_id): row for row in rows}
