"""What can be seen when the month is over: the states of every message, and what lay in the mailbox."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import peewee

from services.meetings.models import FollowUpCall
from services.notifications.models import WAITING, Message, MessageStep
from tests.simulation.record import Arrival, MessageHistory, Step


def next_due_at(now: datetime) -> datetime | None:
    """Return the next moment at which something becomes due of itself."""
    moments = (
        Message.select(peewee.fn.MIN(Message.due_at)).where(Message.due_at > now).scalar(),
        Message.select(peewee.fn.MIN(Message.expires_at)).where(WAITING, Message.expires_at > now).scalar(),
        FollowUpCall.select(peewee.fn.MIN(FollowUpCall.lapses_at)).where(FollowUpCall.lapses_at > now).scalar(),
    )
    return min((moment for moment in moments if moment is not None), default=None)


def list_histories() -> list[MessageHistory]:
    """List every message that was ever made, oldest first."""
    steps: dict[str, list[Step]] = defaultdict(list)
    for row in MessageStep.select().order_by(MessageStep.id):
        steps[row.message_id].append(Step(row.at, row.state, row.reason))
    return [_history(row, steps[row.id]) for row in Message.select().order_by(Message.made_at, Message.id)]


def arrival_of(number: int, mail: EmailMessage) -> Arrival:
    """Read one mail from the mailbox; `number` is its place in the order of arrival."""
    body = mail.get_body(("plain",))
    text = "" if body is None else str(body.get_content())
    return Arrival(
        number,
        mail["Message-ID"].strip("<>").partition("@")[0],
        mail.get("X-Channel", "email"),
        str(mail["To"]),
        parsedate_to_datetime(mail["Date"]).astimezone(UTC),
        f"{mail.get('Subject', '')}\n{text}",
    )


def _history(row: Message, steps: list[Step]) -> MessageHistory:
    return MessageHistory(
        id=row.id,
        message_type=row.message_type,
        made_at=row.made_at,
        steps=tuple(steps),
        person=row.participant_id,
        staff=row.staff_id,
        meeting=row.meeting_id,
        membership=row.membership_id,
        talk=row.talk_id,
        change=row.change,
        channel=row.channel,
        is_secondary=row.secondary_of is not None,
        carrier=row.bundled_into,
    )
