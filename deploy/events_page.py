"""Writes docs/EVENTS.md from what the services publish and consume: `python -m deploy.events_page`."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

from deploy.local.installation import APPLICATIONS
from shared.messaging.envelope import EventType, declared_in

PAGE = Path(__file__).resolve().parents[1] / "docs" / "EVENTS.md"
_OPENING = """# Events

What each service publishes, with an example of its data, and which services consume it. Made from code by
`python -m deploy.events_page`; a test compares, and tries each example on the schema of every consumer.

Events are CloudEvents 1.0 in structured JSON, by the NL GOV profile. A *state* event carries the whole state of
its subject with a version (epoch, counter), and the newest version decides, whatever its name. A change is
published once, under the name of what happened; `before` is what it was (null when it is new). A *fact* happened
once and only triggers. Delivery is at least once, counted once by (source, id), and in order for each subject.
Ids are opaque. Personal values are encrypted for the consumers named, under a key that only publisher and consumer
have; they are not in the examples.
"""


def published_by(service: str) -> tuple[EventType, ...]:
    """Return every event type that this service declares, by name."""
    return declared_in(importlib.import_module(f"services.{service}.events"))


def render() -> str:
    """Write the whole page."""
    parts = [_OPENING]
    for application in APPLICATIONS:
        parts.append(f"\n## {application.name}\n")
        parts += [_block(event_type) for event_type in published_by(application.name)]
    return "\n".join(parts)


def _block(event_type: EventType) -> str:
    facts = [
        f"`{event_type.type}`",
        "state" if event_type.is_state else "fact",
        f"about `{event_type.subject}/<id>`",
        f"consumed by {', '.join(event_type.consumers)}",
    ]
    if event_type.personal:
        encrypted = (f"{', '.join(values)} for {consumer}" for consumer, values in event_type.personal.items())
        facts.append(f"encrypted: {'; '.join(encrypted)}")
    example = json.dumps(event_type.example, indent=2, ensure_ascii=False)
    return f"### {event_type.name}\n\n{' · '.join(facts)}\n\n```json\n{example}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
