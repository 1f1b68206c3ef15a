"""What consumers handled and its publisher, put back to an earlier day, does not know any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from deploy.local.installation import APPLICATIONS
from shared.cli import Application

_AT_ONCE = 500


@dataclass(frozen=True)
class UnknownEvent:
    """An event that only its consumer remembers; the subject is an opaque id."""

    consumer: str
    source: str
    type: str
    subject: str


def list_unknown_events(restored: Iterable[Application], made_at: str) -> list[UnknownEvent]:
    """List what was handled since the backup was made and is not in the logs of the restored services."""
    since, unknown = datetime.fromisoformat(made_at), []
    for publisher in restored:
        for consumer in APPLICATIONS:
            inbox = consumer.service.inbox.Inbox
            handled = list(
                inbox.select().where(inbox.source == publisher.name, inbox.handled_at >= since).order_by(inbox.id)
            )
            for start in range(0, len(handled), _AT_ONCE):
                batch = handled[start : start + _AT_ONCE]
                known = _known(publisher, [row.event_id for row in batch])
                unknown += [
                    UnknownEvent(consumer.name, publisher.name, row.type, row.subject)
                    for row in batch
                    if row.event_id not in known
                ]
    return unknown


def _known(publisher: Application, event_ids: list[str]) -> set[str]:
    outbox = publisher.service.outbox.Outbox
    return {row.event_id for row in outbox.select(outbox.event_id).where(outbox.event_id.in_(event_ids))}
