"""Writes docs/EVENTS.md from what the services say and hear: `python -m deploy.events_page`."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

from deploy.local.installation import APPLICATIONS
from shared.messaging.envelope import EventType

PAGE = Path(__file__).resolve().parents[1] / "docs" / "EVENTS.md"
_OPENING = """# Events

Made from code by `python -m deploy.events_page`; a test compares. Events are CloudEvents 1.0 in structured
JSON, by the NL GOV profile. A *state* event carries the whole state of its subject with a version (epoch,
counter) and decides; a *fact* happened once and only triggers. Ids are opaque. Personal values are sealed for the
readers named.
"""


def render() -> str:
    """The whole page."""
    parts = [_OPENING]
    for application in APPLICATIONS:
        parts.append(f"\n## {application.name}\n")
        said = importlib.import_module(f"services.{application.name}.events").SAID
        parts += [_block(kind) for kind in said]
    return "\n".join(parts)


def _block(kind: EventType) -> str:
    sealed = "; ".join(f"{', '.join(values)} for {reader}" for reader, values in kind.personal.items())
    example = json.dumps(kind.example, indent=2, ensure_ascii=False)
    return "\n".join([
        f"### {kind.name}\n",
        f"`{kind.type}` · {'state' if kind.is_state else 'fact'} · about `{kind.subject}/<id>`"
        f" · heard by {', '.join(kind.consumers)}" + (f" · sealed: {sealed}" if sealed else "") + "\n",
        f"```json\n{example}\n```\n",
    ])  # fmt: skip


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
