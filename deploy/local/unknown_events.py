"""What consumers heard and its sender, put back to an earlier day, does not know any more."""

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
    """Of the services that are open in this process: heard since the backup was made, not in the sender's log."""
    since, found = datetime.fromisoformat(made_at), []
    for publisher in restored:
        for consumer in APPLICATIONS:
            inbox = consumer.service.inbox.Inbox
            heard = list(
                inbox.select().where(inbox.source == publisher.name, inbox.handled_at >= since).order_by(inbox.id)
            )
            for start in range(0, len(heard), _AT_ONCE):
                some = heard[start : start + _AT_ONCE]
                known = _known(publisher, [one.event_id for one in some])
                found += [
                    UnknownEvent(consumer.name, publisher.name, one.type, one.subject)
                    for one in some
                    if one.event_id not in known
                ]
    return found


def _known(publisher: Application, event_ids: list[str]) -> set[str]:
    outbox = publisher.service.outbox.Outbox
    return {row.event_id for row in outbox.select(outbox.event_id).where(outbox.event_id.in_(event_ids))}
