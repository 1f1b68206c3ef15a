"""Telling of a meeting that was moved, does not go on or goes on after all: only to whom it matters, and once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.notifications.commands.facilitators import notify_facilitators
from services.notifications.commands.planning import Draft, plan
from services.notifications.commands.reminders import silence, starts_at
from services.notifications.models import CallOff, Consent, Group, Meeting, Membership, Message
from services.notifications.queries import meeting_changes
from services.notifications.rules import message_types, timing
from services.notifications.rules.meeting_changes import Change
from services.notifications.rules.message_spec import Purpose
from services.notifications.rules.message_types import MessageType
from shared import clock

# What was known before: the day, the hour.
Moment = tuple[date, time]


def notify_of_changes(
    meeting: Meeting, changes: frozenset[Change], known: Moment, by_staff_id: str | None
) -> None:
    """Notify who takes part and who leads of what changed of a meeting.

    known        the moment that it had before
    by_staff_id  who did it, of those who work here; the others who lead the group hear of it
    """
    if Change.CANCELLED in changes and not _has_ended(meeting.group_id):
        _notify_of_cancellation(meeting, known)
        notify_facilitators(meeting, "called_off", old=known, by_staff_id=by_staff_id)
    if not changes or meeting.state != "planned" or starts_at(meeting) <= clock.now():
        return
    # Also when it is moved: who thinks that it is off may not know yet that it goes on.
    if changes & {Change.REINSTATED, Change.MOVED}:
        _notify_of_reinstatement(meeting, is_as_it_was=Change.MOVED not in changes)
    if Change.MOVED in changes:
        _notify_of_move(meeting, known)
    moved = "place" if known == (meeting.on, meeting.at) else "moved"
    change = "on_again" if Change.REINSTATED in changes else moved
    notify_facilitators(meeting, change, old=known, by_staff_id=by_staff_id)


def _notify_of_move(meeting: Meeting, old: Moment) -> None:
    """Notify members of another moment or place.

    Who knows the old moment hears the new one. Who was not gets the new reminder, unless that comes too late to
    keep somebody who knows the rhythm of the group from coming at the old moment.
    """
    last_by_member = meeting_changes.last_notified(meeting.id)
    members = meeting_changes.list_active(meeting.group_id)
    knowing = _list_knowing(members, meeting, old, last_by_member)
    known = _moments_known(meeting, members, knowing, old)
    recipients = [row for row in members if row.id in knowing or _would_come(row, meeting, known[row.id])]
    recipients = [row for row in recipients if _is_behind(last_by_member.get(row.id), meeting)]
    now = (meeting.on, meeting.at)
    there = [row for row in recipients if known[row.id] == now]
    # Moved back before anybody heard of the move: nothing changed for them.
    same = there if old != now else []
    changed = [row for row in recipients if row not in same]
    _plan_moves(meeting, [row for row in changed if row in there], "place", known)
    _plan_moves(meeting, [row for row in changed if row not in there], "moved", known)
    silence(meeting, [row.id for row in changed])
    reminded = [
        row.id
        for row in same
        if row.id in last_by_member and last_by_member[row.id].message_type == MessageType.MEETING_REMINDER
    ]
    silence(meeting, reminded, all_of_them=True)


def _notify_of_cancellation(meeting: Meeting, known: Moment) -> None:
    """Notify who knows of it: by a message, or by taking part for longer. By two channels.

    Each reads the moment that they know: of a move that was not sent they know nothing.
    """
    last_by_member = meeting_changes.last_notified(meeting.id)
    members = meeting_changes.list_active(meeting.group_id)
    knowing = _list_knowing(members, meeting, known, last_by_member)
    off = _who_called_off(meeting.id)
    known_by = _moments_known(meeting, members, knowing, known)
    recipients = [
        row
        for row in members
        if row.starts_on <= known_by[row.id][0]
        and row.id not in off
        and (row.id in knowing or row.starts_on < known_by[row.id][0])
        and not _knows_that_it_is_off(last_by_member.get(row.id))
    ]
    plan([draft for row in recipients for draft in _cancellation(meeting, row, known_by[row.id])])


def _notify_of_reinstatement(meeting: Meeting, *, is_as_it_was: bool) -> None:
    """Notify those who know that a meeting was off that it goes on after all.

    Who was reminded before, and did not hear that it was off meanwhile, is not reminded once more.
    is_as_it_was  at the same moment and place
    """
    last_by_member = meeting_changes.last_notified(meeting.id)
    members = meeting_changes.list_active(meeting.group_id)
    recipients = [row for row in members if _knows_that_it_is_off(last_by_member.get(row.id))]
    known = {row.id: _moment_before(last_by_member[row.id], meeting) for row in recipients}
    _plan_moves(meeting, recipients, "on_again", known)
    silence(meeting, [row.id for row in recipients])
    if is_as_it_was:
        unaware = [row.id for row in members if _was_reminded(last_by_member.get(row.id), meeting.revision - 1)]
        silence(meeting, unaware, all_of_them=True)


def _has_ended(group_id: str) -> bool:
    return Group.select().where(Group.id == group_id, Group.state == "ended").exists()


def _list_knowing(
    members: list[Membership], meeting: Meeting, moment: Moment, last_by_member: dict[str, Message]
) -> set[str]:
    """Return who knows of the meeting at that moment: by a message about it, or by their welcome."""
    welcomed = meeting_changes.find_welcomed(members)
    by_welcome = {
        row.id
        for row in members
        if row.id in welcomed and meeting_changes.is_first(meeting, *moment, row.starts_on)
    }
    return by_welcome | {
        key for key, last in last_by_member.items() if last.message_type != MessageType.MEETING_CANCELLED
    }


def _would_come(row: Membership, meeting: Meeting, old: Moment) -> bool:
    """Tell whether somebody who was not notified knows the rhythm, and gets no reminder in time to stay home."""
    if row.starts_on >= old[0]:
        return False
    zone = ZoneInfo(meeting.zone)
    due_at = timing.reminder_at(meeting.on, meeting.at, zone, clock.now())
    latest = timing.starts_at(*old, zone) - timing.LEAST_AHEAD
    return due_at is None or due_at > latest or not _wants_reminders(row)


def _wants_reminders(row: Membership) -> bool:
    consent = Consent.get_or_none(Consent.id == row.participant_id)
    return consent is not None and Purpose.REMINDERS in consent.purposes


def _is_behind(last: Message | None, meeting: Meeting) -> bool:
    """Tell whether the last message that reached somebody is of an earlier revision, or none did."""
    return last is None or (
        last.revision < meeting.revision and last.message_type != MessageType.MEETING_CANCELLED
    )


def _knows_that_it_is_off(last: Message | None) -> bool:
    return last is not None and last.message_type == MessageType.MEETING_CANCELLED


def _was_reminded(last: Message | None, revision: int) -> bool:
    return last is not None and last.message_type == MessageType.MEETING_REMINDER and last.revision == revision


def _who_called_off(meeting_id: str) -> set[str]:
    rows = CallOff.select().where(CallOff.meeting_id == meeting_id, CallOff.state == "called_off")
    return {row.membership_id for row in rows}


def _moments_known(
    meeting: Meeting, members: list[Membership], knowing: set[str], known: Moment
) -> dict[str, Moment]:
    """Return membership -> the moment at which this person expects the meeting.

    That is the moment before the first move that they were not notified of; who knows nothing at all goes by the
    rhythm of the group, if they took part already.
    known  the moment that it had until now
    """
    first = (meeting.first_on, meeting.first_at)
    unheard = _moments_before_unsent_moves(meeting)

    def by_rhythm(row: Membership) -> bool:
        return row.id not in knowing and row.starts_on < first[0]

    return {row.id: unheard.get(row.id, first if by_rhythm(row) else known) for row in members}


def _moments_before_unsent_moves(meeting: Meeting) -> dict[str, Moment]:
    last_by_member, moments = meeting_changes.last_notified(meeting.id), dict[str, Moment]()
    for row in meeting_changes.list_unsent_moves(meeting.id):
        last = last_by_member.get(row.membership_id)
        if last is None or row.revision > last.revision:
            moments.setdefault(row.membership_id, _moment_before(row, meeting))
    return moments


def _moment_before(message: Message, meeting: Meeting) -> Moment:
    """Return the moment before the change that a message is about; without a change that of the meeting."""
    return message.old_on or meeting.on, message.old_at or meeting.at


def _plan_moves(
    meeting: Meeting, recipients: Collection[Membership], change: str, known_by: Mapping[str, Moment]
) -> None:
    plan(
        [
            _about(
                meeting,
                row,
                MessageType.MEETING_MOVED,
                until=starts_at(meeting),
                change=change,
                old_on=known_by[row.id][0],
                old_at=known_by[row.id][1],
            )
            for row in recipients
        ]
    )


def _cancellation(meeting: Meeting, row: Membership, known: Moment) -> Iterable[Draft]:
    """Yield two messages: by the channel that the person likes best, and by the other one where there is one."""
    until = _ends_at(meeting, known)
    if until <= clock.now():
        known, until = (meeting.on, meeting.at), _ends_at(meeting, (meeting.on, meeting.at))
    first = _about(meeting, row, MessageType.MEETING_CANCELLED, until=until, old_on=known[0], old_at=known[1])
    yield first
    if message_types.spec_of(first.message_type).on_two_channels:
        yield _about(
            meeting,
            row,
            MessageType.MEETING_CANCELLED,
            until=until,
            old_on=first.old_on,
            old_at=first.old_at,
            secondary_of=first.dedupe,
            dedupe=f"{first.dedupe}/beside",
        )


def _ends_at(meeting: Meeting, moment: Moment) -> datetime:
    return timing.starts_at(*moment, ZoneInfo(meeting.zone)) + timedelta(minutes=meeting.minutes)


def _about(meeting: Meeting, row: Membership, message_type: MessageType, *, until: datetime, **more: Any) -> Draft:
    now = clock.now()
    dedupe = {"dedupe": f"{message_type}/{meeting.id}.{meeting.revision}/{row.id}.{row.revision}"}
    return Draft(
        message_type=message_type,
        organisation_id=row.organisation_id,
        due_at=now,
        expires_at=message_types.expires_at(message_type, made_at=now, until=until),
        participant_id=row.participant_id,
        membership_id=row.id,
        meeting_id=meeting.id,
        revision=meeting.revision,
        **(dedupe | more),
    )
