"""Writes docs/MESSAGES.md from the registry of message types: `python -m deploy.messages_page`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from services.notifications.rules.message_types import MessageType

PAGE = Path(__file__).resolve().parents[1] / "docs" / "MESSAGES.md"
_OPENING = """# Messages

Made from code by `python -m deploy.messages_page`; a test compares. Each type is one entry in
`services/notifications/rules/message_types.py`, with its words beside it in
`services/notifications/templates/notifications/message_types/<code>.txt`.

*Promise*: how often it may arrive when we cannot know whether it did. `once`: neither none nor two;
`at_least_once`: none hurts more than a second one; `at_most_once`: a second one hurts more than none. *Purpose*:
the consent that it needs; an answer to what somebody asked for needs none.
"""
_TABLE = """
| code | what staff read | in the API | to | promise | purpose | helps until |
|---|---|---|---|---|---|---|
"""
# The words of an attribute of an entry, for whoever reads the page.
_PARTICULARS = {
    "in_person": "a person tells it where no message can",
    "ignores_quiet_hours": "goes in quiet hours",
    "is_urgent": "by e-mail also in quiet hours; a text message waits unless it would come too late",
    "skips_catch_up": "goes without waiting for events that were not consumed yet",
    "on_two_channels": "by a second channel too",
    "is_bundled": "said together with another of the same evening",
    "is_unrequested": "nobody asked for it: not to who stopped everything, nor to an unconfirmed address",
    "is_awaited": "to every address that somebody gave",
    "goes_unconfirmed": "also to an address that is not confirmed yet",
    "to_one_address": "to the address that it is about, and nowhere else",
    "is_private": "staff other than who leads the group see no name and no words",
}


def render() -> str:
    """Return the whole page: a table of all types, then what is particular to each."""
    parts = [_OPENING, _TABLE, *(_row(message_type) for message_type in MessageType), "\n## Particulars\n\n"]
    parts += [_particulars(message_type) for message_type in MessageType]
    return "".join(parts)


def _row(message_type: MessageType) -> str:
    spec = message_type.spec
    cells = [
        f"`{message_type}`",
        spec.label,
        f"`{spec.api_name}`",
        "participants" if spec.why else "staff",
        f"`{spec.promise}`",
        f"`{spec.purpose}`" if spec.purpose else "none",
        _expiry(spec.lasts, spec.until),
    ]
    return f"| {' | '.join(cells)} |\n"


def _expiry(lasts: timedelta | None, until: str) -> str:
    if lasts is None:
        return until
    amount = f"{lasts.days} days" if lasts.days else f"{lasts.seconds // 60} minutes"
    return f"{amount}: {until}" if until else amount


def _particulars(message_type: MessageType) -> str:
    spec = message_type.spec
    particulars = [words for attribute, words in _PARTICULARS.items() if getattr(spec, attribute)]
    if spec.tells_of:
        particulars.insert(0, f"asks to tell of `{spec.tells_of}` whom no message reached")
    particulars.append(f"still true by `{spec.validity}`")
    return f"- `{message_type}`: {'; '.join(particulars)}.\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
