"""The messages that went to somebody lately and that count for the frequency cap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import peewee

from services.notifications.models import DeliveryAttempt, Membership, Message
from services.notifications.rules import frequency_cap
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import MessageType
from shared import clock

_WENT = (State.CLAIMED, State.ACCEPTED, State.UNKNOWN, State.DELIVERED)


@dataclass(frozen=True)
class Sent:
    """A message that went. group_id: of the group in which the person takes part, when it was about that."""

    message_id: str
    message_type: str
    group_id: str | None
    at: datetime


def sent_lately(messages: Sequence[Message]) -> dict[str, list[Sent]]:
    """Return participant -> what went to them lately and counts.

    Only for those to whom one of these messages counts.
    """
    people = {message.participant_id for message in messages if message.message_type in frequency_cap.COUNTING}
    if not people:
        return {}
    at = peewee.fn.MAX(DeliveryAttempt.started_at)
    rows = (
        Message.select(Message.participant_id, Message.id, Message.message_type, Membership.group_id, at)
        .join(
            DeliveryAttempt,
            on=(DeliveryAttempt.organisation_id == Message.organisation_id)
            & (DeliveryAttempt.message_id == Message.id),
        )
        .join(Membership, peewee.JOIN.LEFT_OUTER, on=Membership.id == Message.membership_id, src=Message)
        .where(
            Message.participant_id.in_(people),
            Message.message_type.in_(frequency_cap.COUNTING),
            Message.state.in_(_WENT),
            DeliveryAttempt.started_at > clock.now() - frequency_cap.MISSED_EVERY,
        )
        .group_by(Message.participant_id, Message.id, Message.message_type, Membership.group_id)
    )
    by_person: dict[str, list[Sent]] = {}
    for person, *facts in rows.tuples():
        by_person.setdefault(person, []).append(Sent(*facts))
    return by_person


def is_missed_lately(message: Message, group_id: str | None, sent: Sequence[Sent]) -> bool:
    """Tell whether this group wrote somebody that they were missed not long before this message is to go."""
    moments = [
        earlier.at
        for earlier in sent
        if earlier.message_type == MessageType.MISSED_YOU
        and earlier.group_id == group_id
        and earlier.message_id != message.id
    ]
    now = clock.now()
    return frequency_cap.is_missed_lately(moments, max(now, message.due_at or now))
