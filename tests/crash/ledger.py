"""What every publisher said beside what every listener heard: missing, doubled or out of order."""

from __future__ import annotations

from collections import defaultdict

from deploy.town.layout import SERVICES
from shared import envelope
from shared.door import Service


def discrepancies() -> list[str]:
    """One line for each promise that was not kept, over the houses that are open in this process."""
    found: list[str] = []
    for publisher in SERVICES:
        letters = publisher.house.outbox.after(0, 1_000_000)
        numbers = [seq for seq, _ in letters]
        if numbers != list(range(1, len(numbers) + 1)):
            found.append(f"{publisher.name} has gaps in its numbers")
        for listener in SERVICES:
            if publisher.name in listener.ears.sources:
                found += _between(publisher.name, letters, listener)
    return found


def _between(source: str, letters: list[tuple[int, str]], listener: Service) -> list[str]:
    inbox = listener.house.inbox.Inbox
    rows = inbox.select(inbox.id, inbox.event_id).where(inbox.source == source).order_by(inbox.id).tuples()
    heard_at: dict[str, list[int]] = defaultdict(list)
    for place, event_id in rows:
        heard_at[event_id].append(place)
    found, last = [], dict[str, int]()
    for _, text in letters:
        letter = envelope.read(text)
        if letter.type not in listener.ears.by_type:
            continue
        places = heard_at[letter.id]
        if len(places) != 1:
            found.append(f"{listener.name} heard {letter.type} {letter.id} {len(places)} times")
            continue
        if places[0] < last.get(letter.subject, 0):
            found.append(f"{listener.name} heard {letter.subject} of {source} out of order")
        last[letter.subject] = places[0]
    return found
