"""Whether a message is still true, by what we have heard; `rules.truth` decides, here it is looked up."""

from __future__ import annotations

from services.notifications.models import Group, Measurement, Meeting, Membership, Message, Staff, Talk, house
from services.notifications.rules import truth
from services.notifications.rules.life import State
from services.notifications.rules.promises import Kind
from services.notifications.rules.truth import Stop

_ABOUT_TALK = frozenset({Kind.INTRO_TALK_INVITATION, Kind.INTRO_TALK_REMINDER, Kind.INTRO_TALK_CHANGED})


def why_stop(message: Message) -> Stop | None:
    """Why this message should not go any more, or None. What was never heard of stops nothing."""
    if message.kind in _ABOUT_TALK:
        return _talk_stop(message)
    if message.kind == Kind.MEETING_REMINDER:
        return _membership_stop(message) or _meeting_stop(message)
    if message.kind == Kind.WELCOME:
        return _membership_stop(message)
    if message.kind == Kind.QUESTIONNAIRE_INVITATION:
        row = Measurement.get_or_none(Measurement.id == message.measurement_id)
        return None if row is None else truth.measurement_stop(row.state)
    staff = Staff.get_or_none(Staff.id == message.staff_id)
    return None if staff is None or staff.is_active else Stop(State.WITHDRAWN, "stopped_for_good")


def has_unheard(message: Message) -> bool:
    """Whether a letter about what this message speaks of was heard, but could not be handled yet."""
    subjects = [
        f"{noun}/{known}"
        for noun, known in (
            ("participant", message.participant_id), ("staff", message.staff_id),
            ("intro_talk", message.talk_id), ("meeting", message.meeting_id),
            ("membership", message.membership_id), ("measurement", message.measurement_id),
        )
        if known
    ]  # fmt: skip
    waiting = house.inbox.InboxRetry
    found: bool = waiting.select().where(waiting.subject.in_(subjects)).exists()
    return found


def _talk_stop(message: Message) -> Stop | None:
    row = Talk.get_or_none(Talk.id == message.talk_id)
    if row is None:
        return None
    return truth.talk_stop(row.state, change=message.change, is_same_turn=row.turn == message.turn)


def _membership_stop(message: Message) -> Stop | None:
    row = Membership.get_or_none(Membership.id == message.membership_id)
    if row is None:
        return None
    group = Group.get_or_none(Group.id == row.group_id)
    return truth.membership_stop(row.state, "running" if group is None else group.state)


def _meeting_stop(message: Message) -> Stop | None:
    row = Meeting.get_or_none(Meeting.id == message.meeting_id)
    membership = Membership.get_or_none(Membership.id == message.membership_id)
    if row is None or membership is None:
        return None
    return truth.meeting_stop(
        row.state, is_same_turn=row.turn == message.turn, on=row.on, starts_on=membership.starts_on
    )
