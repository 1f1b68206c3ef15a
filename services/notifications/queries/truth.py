"""Whether a message is still true, by what we have heard; `rules.truth` decides, here it is looked up."""

from __future__ import annotations

from services.notifications.models import Message
from services.notifications.queries.known import Known, subjects_of
from services.notifications.rules import truth
from services.notifications.rules.life import State
from services.notifications.rules.promises import Kind
from services.notifications.rules.truth import Stop

_ABOUT_TALK = frozenset({Kind.INTRO_TALK_INVITATION, Kind.INTRO_TALK_REMINDER, Kind.INTRO_TALK_CHANGED})


def why_stop(message: Message, known: Known) -> Stop | None:
    """Why this message should not go any more, or None. What was never heard of stops nothing."""
    if message.kind in _ABOUT_TALK:
        return _talk_stop(message, known)
    if message.kind == Kind.MEETING_REMINDER:
        return _membership_stop(message, known) or _meeting_stop(message, known)
    if message.kind == Kind.WELCOME:
        return _membership_stop(message, known)
    if message.kind == Kind.QUESTIONNAIRE_INVITATION:
        row = known.measurements.get(message.measurement_id or "")
        return None if row is None else truth.measurement_stop(row.state)
    staff = known.staff.get(message.staff_id or "")
    return None if staff is None or staff.is_active else Stop(State.WITHDRAWN, "stopped_for_good")


def has_unheard(message: Message, known: Known) -> bool:
    """Whether a letter about what this message speaks of was heard, but could not be handled yet."""
    return not known.unheard.isdisjoint(subjects_of(message))


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


def _meeting_stop(message: Message, known: Known) -> Stop | None:
    row = known.meetings.get(message.meeting_id or "")
    membership = known.memberships.get(message.membership_id or "")
    if row is None or membership is None:
        return None
    return truth.meeting_stop(
        row.state, is_same_turn=row.turn == message.turn, on=row.on, starts_on=membership.starts_on
    )
