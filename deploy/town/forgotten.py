"""What listeners heard and its sender, put back to an earlier day, does not know any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from deploy.town.layout import SERVICES
from shared.door import Service

_AT_ONCE = 500


@dataclass(frozen=True)
class Forgotten:
    """A letter that only its listener remembers; the subject is an opaque id."""

    listener: str
    source: str
    type: str
    subject: str


def list_forgotten(restored: Iterable[Service], made_at: str) -> list[Forgotten]:
    """Of the houses that are open in this process: heard since the backup was made, not in the sender's log."""
    since, found = datetime.fromisoformat(made_at), []
    for publisher in restored:
        for listener in SERVICES:
            inbox = listener.house.inbox.Inbox
            heard = list(
                inbox.select().where(inbox.source == publisher.name, inbox.heard_at >= since).order_by(inbox.id)
            )
            for start in range(0, len(heard), _AT_ONCE):
                some = heard[start : start + _AT_ONCE]
                known = _known(publisher, [one.event_id for one in some])
                found += [
                    Forgotten(listener.name, publisher.name, one.type, one.subject)
                    for one in some
                    if one.event_id not in known
                ]
    return found


def _known(publisher: Service, event_ids: list[str]) -> set[str]:
    outbox = publisher.house.outbox.Outbox
    return {row.event_id for row in outbox.select(outbox.event_id).where(outbox.event_id.in_(event_ids))}
