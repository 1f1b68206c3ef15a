"""What every publisher published beside what every consumer consumed: missing, doubled or out of order."""

from __future__ import annotations

from collections import defaultdict

from deploy.local.installation import APPLICATIONS
from shared.cli import Application
from shared.messaging import envelope


def discrepancies(since: str = "") -> list[str]:
    """One line for each promise that was not kept, over the services that are open in this process.

    since  the id from which events count; what is older may have been pruned
    """
    faults: list[str] = []
    for publisher in APPLICATIONS:
        kept = publisher.service.outbox.after(0, 1_000_000)
        events = [(seq, text) for seq, text in kept if envelope.read(text).id >= since]
        numbers = [seq for seq, _ in events]
        first = numbers[0] if since and numbers else 1
        if numbers != list(range(first, first + len(numbers))):
            faults.append(f"{publisher.name} has gaps in its numbers")
        for consumer in APPLICATIONS:
            if publisher.name in consumer.subscriptions.sources:
                faults += _between(publisher.name, events, consumer)
    return faults


def _between(source: str, events: list[tuple[int, str]], consumer: Application) -> list[str]:
    inbox = consumer.service.inbox.Inbox
    rows = inbox.select(inbox.id, inbox.event_id).where(inbox.source == source).order_by(inbox.id).tuples()
    handled_at: dict[str, list[int]] = defaultdict(list)
    for place, event_id in rows:
        handled_at[event_id].append(place)
    faults, last = [], dict[str, int]()
    for _, text in events:
        event = envelope.read(text)
        if event.type not in consumer.subscriptions.by_type:
            continue
        places = handled_at[event.id]
        if len(places) != 1:
            faults.append(f"{consumer.name} heard {event.type} {event.id} {len(places)} times")
            continue
        if places[0] < last.get(event.subject, 0):
            faults.append(f"{consumer.name} heard {event.subject} of {source} out of order")
        last[event.subject] = places[0]
    return faults
