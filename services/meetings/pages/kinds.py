"""The rules of a group in Dutch: a label and its value, in the order of data/messages.nl.toml."""

from __future__ import annotations

from collections.abc import Collection

from shared.web.forms import Values
from shared.web.text import text, texts

# Shown elsewhere on the page, or nothing follows from it yet.
_NOT_HERE = ("agenda", "waiting_list", "reporting")


def rule_words(rules: Values, only: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return (label, words) of every rule that is filled in.

    rules  plain data, as `kinds.as_data` gives
    only   just these, or all when empty
    """
    labels = texts().table("rules")
    return [
        (label, _words(name, rules[name]))
        for name, label in labels.items()
        if name in rules and name not in _NOT_HERE and (not only or name in only) and _words(name, rules[name])
    ]


def agenda_words(rules: Values) -> list[tuple[str, list[str]]]:
    """Return (kind of meeting, its parts in order)."""
    return [
        (text("meeting_kinds", kind), [part["label"] for part in parts])
        for kind, parts in rules.get("agenda", {}).items()
    ]


def _words(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return ", ".join(filter(None, (_words(name, item) for item in value)))
    if isinstance(value, dict):
        return _labelled(value)
    table = {"questionnaires": "questionnaires", "language": "languages"}.get(name)
    if table is not None:
        return text(table, value)
    known = text("rule_words", f"{name}_{value}")
    return str(value) if known == f"{name}_{value}" else known


def _labelled(row: Values) -> str:
    """Return a size, or a duty with its rhythm."""
    label = str(row["label"])
    for unit in ("every_weeks", "every_months"):
        if unit in row:
            return f"{label} ({text('rhythms', unit, number=row[unit])})"
    return label
