"""Whether a message is still true, by what is known; `rules/validity.py` decides."""

from __future__ import annotations

from collections.abc import Callable

from services.notifications.models import Message
from services.notifications.queries import addresses, frequency_cap
from services.notifications.queries.context import Context
from services.notifications.queries.facilitators import is_facilitator, is_substitute
from services.notifications.rules import validity
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_spec import Validity
from services.notifications.rules.message_types import BY_CODE, MessageType
from services.notifications.rules.validity import Stop


def why_stop(message: Message, context: Context) -> Stop | None:
    """Return why this message must not go any more; None when it may, or when too little is known."""
    if message.staff_id:
        staff = context.staff.get(message.staff_id)
        if staff is not None and not staff.is_active:
            return Stop(State.WITHDRAWN, "stopped_for_good")
    return _CHECKS[BY_CODE[message.message_type].spec.validity](message, context)


def _address_stop(message: Message, context: Context) -> Stop | None:
    person, channel = message.participant_id or "", message.change or ""
    facts = addresses.address_facts_of(person, channel, context)
    return None if facts is not None and not facts.is_confirmed else Stop(State.WITHDRAWN, "replaced")


def _talk_stop(message: Message, context: Context) -> Stop | None:
    row = context.talks.get(message.talk_id or "")
    if row is None:
        return None
    return validity.talk_stop(row.state, change=message.change, is_same_revision=row.revision == message.revision)


def _membership_stop(message: Message, context: Context) -> Stop | None:
    row = context.memberships.get(message.membership_id or "")
    if row is None:
        return None
    group = context.groups.get(row.group_id)
    return validity.membership_stop(row.state, "running" if group is None else group.state)


def _reminder_stop(message: Message, context: Context) -> Stop | None:
    stop = _membership_stop(message, context)
    row = context.meetings.get(message.meeting_id or "")
    membership = context.memberships.get(message.membership_id or "")
    if stop is not None or row is None or membership is None:
        return stop
    return validity.meeting_stop(
        row.state,
        is_same_revision=row.revision == message.revision,
        on=row.on,
        starts_on=membership.starts_on,
        is_called_off=(message.meeting_id, message.membership_id) in context.called_off,
    )


def _moved_stop(message: Message, context: Context) -> Stop | None:
    stop, row = _membership_stop(message, context), context.meetings.get(message.meeting_id or "")
    if stop is not None or row is None:
        return stop
    return validity.moved_stop(row.state, is_same_revision=row.revision == message.revision)


def _cancelled_stop(message: Message, context: Context) -> Stop | None:
    """Check it also when the group has ended: who does not know of a cancellation comes for nothing."""
    membership = context.memberships.get(message.membership_id or "")
    if membership is not None and membership.state != "active":
        return validity.membership_stop(membership.state, "running")
    row = context.meetings.get(message.meeting_id or "")
    return (
        None
        if row is None
        else validity.cancelled_stop(row.state, is_same_revision=row.revision == message.revision)
    )


def _missed_stop(message: Message, context: Context) -> Stop | None:
    stop = _membership_stop(message, context)
    if stop is not None:
        return stop
    meeting = context.meetings.get(message.meeting_id or "")
    membership = context.memberships.get(message.membership_id or "")
    group_id = None if membership is None else membership.group_id
    sent = context.sent.get(message.participant_id or "", [])
    return validity.missed_stop(
        context.marks.get((message.meeting_id, message.membership_id)),
        meeting_state="took_place" if meeting is None else meeting.state,
        is_called_off=(message.meeting_id, message.membership_id) in context.called_off,
        is_lately=frequency_cap.is_missed_lately(message, group_id, sent),
    )


def _substitute_stop(message: Message, context: Context) -> Stop | None:
    row = context.meetings.get(message.meeting_id or "")
    if row is None:
        return None
    return validity.substitute_stop(
        row.state,
        change=message.change,
        is_same_revision=row.revision == message.revision,
        is_facilitator=is_substitute(message.staff_id, row),
    )


def _facilitator_stop(message: Message, context: Context) -> Stop | None:
    row = context.meetings.get(message.meeting_id or "")
    if row is None:
        return None
    return validity.facilitator_stop(
        row.state,
        change=message.change,
        is_same_revision=row.revision == message.revision,
        is_facilitator=is_facilitator(context.staff.get(message.staff_id or ""), row),
    )


def _in_person_stop(message: Message, context: Context) -> Stop | None:
    row = context.meetings.get(message.meeting_id or "")
    if row is None:
        return None
    by_type = (
        validity.cancelled_stop
        if message.message_type == MessageType.CANCELLATION_IN_PERSON
        else validity.moved_stop
    )
    return by_type(row.state, is_same_revision=row.revision == message.revision) or validity.in_person_stop(
        is_facilitator=is_facilitator(context.staff.get(message.staff_id or ""), row),
        unnotified=context.unnotified.get(message.id, 0),
    )


def _measurement_stop(message: Message, context: Context) -> Stop | None:
    row = context.measurements.get(message.measurement_id or "")
    return None if row is None else validity.measurement_stop(row.state)


_CHECKS: dict[Validity, Callable[[Message, Context], Stop | None]] = {
    Validity.TALK: _talk_stop,
    Validity.MEMBERSHIP: _membership_stop,
    Validity.REMINDER: _reminder_stop,
    Validity.MOVED: _moved_stop,
    Validity.CANCELLED: _cancelled_stop,
    Validity.SUBSTITUTE: _substitute_stop,
    Validity.FACILITATOR: _facilitator_stop,
    Validity.IN_PERSON: _in_person_stop,
    Validity.MISSED: _missed_stop,
    Validity.MEASUREMENT: _measurement_stop,
    Validity.ADDRESS: _address_stop,
    Validity.ALWAYS: lambda message, context: None,
}
