"""Whether messages lie where they should not, for who operates the installation."""

from __future__ import annotations

from datetime import datetime, timedelta

import peewee

from services.notifications.models import Group, MailReport, Message, Organisation
from shared import clock

_SWEPT_WITHIN = timedelta(minutes=1)


def count_stuck(before: datetime) -> dict[str, int]:
    """Return state -> how many messages lie there since before this moment, and should not.

    planned, held, due  should have been looked at before then (what waits for a person is not counted)
    claimed             the sender died, and nobody took it over
    unknown             nobody knows whether it arrived, and nobody has looked
    """
    overdue = (
        Message.select(Message.state, peewee.fn.COUNT(Message.id))
        .where(Message.due_at < before, Message.state.in_(("planned", "held", "due")))
        .group_by(Message.state)
    )
    counts = dict.fromkeys(("planned", "held", "due"), 0) | dict(overdue.tuples())
    counts["claimed"] = Message.select().where(Message.claimed_until < clock.wall() - _SWEPT_WITHIN).count()
    counts["unknown"] = Message.select().where(Message.asked_at < before, Message.state == "unknown").count()
    return counts


def count_reports(since: datetime) -> tuple[int, int]:
    """Return how many reports on mail came in since this moment, and how many were about a message of ours."""
    rows = MailReport.select().where(MailReport.at >= since)
    return rows.count(), rows.where(MailReport.is_ours).count()


def list_names() -> list[str]:
    """Return what organisations and groups are called, each once: no message to who belongs there may say it."""
    rows = [*Organisation.select(Organisation.name), *Group.select(Group.name)]
    return sorted({row.name for row in rows})
