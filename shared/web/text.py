"""Texts for codes: a service's data/messages.nl.toml laid over the ones that every service shares.

They stand there in Dutch; the translations of what others than staff read are in the catalogues of both.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from flask import current_app

from shared import language
from shared.language import Catalogue

_SHARED = Path(__file__).parent.parent
_SHARED_MESSAGES = _SHARED / "data" / "messages.nl.toml"


class Texts:
    """The tables of one service (refusals, reasons, labels and so on): code -> text, in the current language.

    path  of its data/messages.nl.toml; beside data/ lies its catalogue
    """

    def __init__(self, path: Path) -> None:
        self.catalogue = Catalogue((_SHARED, path.parent.parent))
        self._tables = tomllib.loads(_SHARED_MESSAGES.read_text(encoding="utf-8"))
        for table, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
            self._tables.setdefault(table, {}).update(entries)

    def text(self, table: str, code: object, **facts: object) -> str:
        """Return the text of a code with its facts filled in, or the code itself when nobody wrote one."""
        sentence: str = self._tables.get(table, {}).get(str(code), str(code))
        return self.catalogue.gettext(sentence).format_map(_Facts(facts))

    def program_text(self, table: str, code: object, **facts: object) -> str:
        """Return the text for programs, from `program_<table>` when the code is there and else as `text` does."""
        for_programs = f"program_{table}"
        return self.text(for_programs if str(code) in self._tables.get(for_programs, {}) else table, code, **facts)

    def add(self, table: str, entries: Mapping[str, str]) -> None:
        """Add entries that a service keeps in its code, as a table of its own or to one that is there."""
        self._tables.setdefault(table, {}).update(entries)

    def table(self, name: str) -> dict[str, str]:
        """Return a whole table, in the order in which it was written."""
        return {code: self.catalogue.gettext(sentence) for code, sentence in self._tables.get(name, {}).items()}


def texts() -> Texts:
    """Return the texts of the service that answers this request."""
    of_service: Texts = current_app.extensions["texts"]
    return of_service


def text(table: str, code: object, **facts: object) -> str:
    """Return the text of a code, as the service that answers this request has it."""
    return texts().text(table, code, **facts)


def translate(sentence: str) -> str:
    """Return a sentence that stands in code in the current language."""
    return sentence if language.current() == language.SOURCE else texts().catalogue.gettext(sentence)


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"
