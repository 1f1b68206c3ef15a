"""Dutch sentences for codes: a service's data/messages.nl.toml, laid over what every service may have to say."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from flask import current_app

_OURS = Path(__file__).parent.parent / "data" / "messages.nl.toml"


class Texts:
    """Code -> Dutch, by table: refusals, reasons, labels and so on."""

    def __init__(self, path: Path) -> None:
        self._tables = tomllib.loads(_OURS.read_text(encoding="utf-8"))
        for table, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
            self._tables.setdefault(table, {}).update(entries)

    def say(self, table: str, code: object, **facts: Any) -> str:
        """The sentence of a code with its facts filled in; the code itself when nobody wrote one."""
        sentence: str = self._tables.get(table, {}).get(str(code), str(code))
        return sentence.format_map(_Facts(facts))

    def program_text(self, table: str, code: object, **facts: Any) -> str:
        """The same, in the words of the table for programs (`program_<table>`) where that has some."""
        mine = f"program_{table}"
        return self.say(mine if str(code) in self._tables.get(mine, {}) else table, code, **facts)

    def table(self, name: str) -> dict[str, str]:
        """A whole table, in the order in which it was written."""
        return dict(self._tables.get(name, {}))


def texts() -> Texts:
    """Those of the service that answers now."""
    found: Texts = current_app.extensions["sentences"]
    return found


def say(table: str, code: object, **facts: Any) -> str:
    """The sentence of a code, said by the service that answers now."""
    return texts().say(table, code, **facts)


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"
