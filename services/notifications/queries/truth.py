"""Whether a message is still true, by what we have heard; `rules.truth` decides, here it is looked up."""

from __future__ import annotations

from collections.abc import Callable

from services.notifications.models import Message
from services.notifications.queries import attention, people
from services.notifications.queries.known import Known, subjects_of
from services.notifications.queries.leads import is_substitute, leads
from services.notifications.rules import truth
from services.notifications.rules.life import State
from services.notifications.rules.promises import Kind
from services.notifications.rules.truth import Stop


def why_stop(message: Message, known: Known) -> Stop | None:
    """Why this message should not go any more, or None. What was never heard of stops nothing."""
    if message.staff_id:
        staff = known.staff.get(message.staff_id)
        if staff is not None and not staff.is_active:
            return Stop(State.WITHDRAWN, "stopped_for_good")
    look = _BY_KIND.get(Kind(message.kind))
    return None if look is None else look(message, known)


def has_unheard(message: Message, known: Known) -> bool:
    """Whether an event about what this message speaks of was heard, but could not be handled yet."""
    return not known.unheard.isdisjoint(subjects_of(message))


def _address_stop(message: Message, known: Known) -> Stop | None:
    """Nothing is asked about an address that was confirmed meanwhile, or that is another one now."""
    person, channel = message.participant_id or "", message.change or ""
    standing = people.standing_of(person, channel, known)
    return None if standing is not None and not standing.is_confirmed else Stop(State.WITHDRAWN, "replaced")


def _talk_stop(message: Message, known: Known) -> Stop | None:
    row = known.talks.get(message.talk_id or "")
    if row is None:
        return None
    return truth.talk_stop(row.state, change=message.change, is_same_turn=row.turn == message.turn)


def _membership_stop(message: Message, known: Known) -> Stop | None:
    row = known.memberships.get(message.membership_id or "")
    if row is None:
        return None
    group = known.groups.get(row.group_id)
    return truth.membership_stop(row.state, "running" if group is None else group.state)


def _reminder_stop(message: Message, known: Known) -> Stop | None:
    stop = _membership_stop(message, known)
    row = known.meetings.get(message.meeting_id or "")
    membership = known.memberships.get(message.membership_id or "")
    if stop is not None or row is None or membership is None:
        return stop
    return truth.meeting_stop(
        row.state, is_same_turn=row.turn == message.turn, on=row.on, starts_on=membership.starts_on,
        is_called_off=_is_called_off(message, known),
    )  # fmt: skip


def _moved_stop(message: Message, known: Known) -> Stop | None:
    stop, row = _membership_stop(message, known), known.meetings.get(message.meeting_id or "")
    if stop is not None or row is None:
        return stop
    return truth.moved_stop(row.state, is_same_turn=row.turn == message.turn)


def _cancelled_stop(message: Message, known: Known) -> Stop | None:
    """Also when the group has ended: who does not know that comes for nothing."""
    membership = known.memberships.get(message.membership_id or "")
    if membership is not None and membership.state != "active":
        return truth.membership_stop(membership.state, "running")
    row = known.meetings.get(message.meeting_id or "")
    return None if row is None else truth.cancelled_stop(row.state, is_same_turn=row.turn == message.turn)


def _missed_stop(message: Message, known: Known) -> Stop | None:
    stop = _membership_stop(message, known)
    if stop is not None:
        return stop
    meeting = known.meetings.get(message.meeting_id or "")
    membership = known.memberships.get(message.membership_id or "")
    group_id = None if membership is None else membership.group_id
    sent = known.sent.get(message.participant_id or "", [])
    return truth.missed_stop(
        known.marks.get((message.meeting_id, message.membership_id)),
        meeting_state="took_place" if meeting is None else meeting.state,
        is_called_off=_is_called_off(message, known),
        is_lately=attention.is_missed_lately(message, group_id, sent),
    )


def _substitute_stop(message: Message, known: Known) -> Stop | None:
    row = known.meetings.get(message.meeting_id or "")
    if row is None:
        return None
    return truth.substitute_stop(
        row.state, change=message.change, is_same_turn=row.turn == message.turn,
        leads=is_substitute(message.staff_id, row),
    )  # fmt: skip


def _leader_stop(message: Message, known: Known) -> Stop | None:
    row = known.meetings.get(message.meeting_id or "")
    if row is None:
        return None
    return truth.leader_stop(
        row.state, change=message.change, is_same_turn=row.turn == message.turn,
        leads=leads(known.staff.get(message.staff_id or ""), row),
    )  # fmt: skip


def _by_hand_stop(message: Message, known: Known) -> Stop | None:
    row = known.meetings.get(message.meeting_id or "")
    if row is None:
        return None
    by_kind = truth.cancelled_stop if message.kind == Kind.CANCELLATION_BY_HAND else truth.moved_stop
    return by_kind(row.state, is_same_turn=row.turn == message.turn) or truth.by_hand_stop(
        leads=leads(known.staff.get(message.staff_id or ""), row), unreached=known.unreached.get(message.id, 0)
    )


def _measurement_stop(message: Message, known: Known) -> Stop | None:
    row = known.measurements.get(message.measurement_id or "")
    return None if row is None else truth.measurement_stop(row.state)


def _is_called_off(message: Message, known: Known) -> bool:
    return (message.meeting_id, message.membership_id) in known.called_off


_BY_KIND: dict[Kind, Callable[[Message, Known], Stop | None]] = {
    Kind.INTRO_TALK_INVITATION: _talk_stop, Kind.INTRO_TALK_REMINDER: _talk_stop,
    Kind.INTRO_TALK_CHANGED: _talk_stop, Kind.WELCOME: _membership_stop, Kind.MEETING_REMINDER: _reminder_stop,
    Kind.MEETING_MOVED: _moved_stop, Kind.MEETING_CANCELLED: _cancelled_stop,
    Kind.MEETING_SUBSTITUTE: _substitute_stop, Kind.MEETING_CHANGE_TO_LEADER: _leader_stop,
    Kind.MOVED_BY_HAND: _by_hand_stop, Kind.CANCELLATION_BY_HAND: _by_hand_stop,
    Kind.MISSED_YOU: _missed_stop,
    Kind.QUESTIONNAIRE_INVITATION: _measurement_stop, Kind.CONFIRM_ADDRESS: _address_stop,
}  # fmt: skip
