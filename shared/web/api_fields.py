"""The fields of the JSON API that differ from marshmallow's: as the NLGov REST API Design Rules write a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from marshmallow import fields, validate

from shared.ids import is_id

Code = TypeVar("Code")
LARGEST = 10**9 - 1
_TIME = "^([01][0-9]|2[0-3]):[0-5][0-9]:00$"


class Boolean(fields.Boolean):
    """true or false, and nothing that looks like it."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Integer(fields.Integer):
    """A whole number, never below zero; in a query its digits. In JSON 60.0 is one too (JSON Schema, 4.2.3)."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not re.fullmatch("[0-9]{1,9}", str(value)):
            raise self.make_error("invalid")
        return int(str(value))


class UUID(fields.UUID):
    """An id, loaded as text in lower case."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> Any:
        text = value.lower() if isinstance(value, str) else ""
        if not is_id(text):
            raise self.make_error("invalid_uuid")
        return text


class Date(fields.Date):
    """A day without a time: 2026-11-24, and no other form of ISO 8601."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> date:
        if not isinstance(value, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise self.make_error("invalid")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid") from None


class Time(fields.Time):
    """The time on a local clock, in whole minutes: 19:30:00."""

    def __init__(self, *, metadata: Mapping[str, object], **options: Any) -> None:
        super().__init__(metadata={**metadata, "format": "time-local", "pattern": _TIME}, **options)

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> time:
        if not isinstance(value, str) or not re.fullmatch(_TIME, value):
            raise self.make_error("invalid")
        return time.fromisoformat(value)

    def _serialize(self, value: time | None, attr: str | None, obj: object, **kwargs: object) -> str | None:
        return None if value is None else value.isoformat(timespec="seconds")


class Instant(fields.AwareDateTime):
    """An instant in UTC: 2026-11-24T18:30:00Z. It only goes out."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: object, **kwargs: object) -> str | None:
        return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Choice(fields.Field[Code]):
    """One of a few: a Dutch word in the API, a code of ours inside.

    words  code -> word; every code that can occur
    """

    default_error_messages = {"invalid": "Hier hoort een van: {words}."}  # noqa: RUF012

    def __init__(self, words: Mapping[Code, str], *, metadata: Mapping[str, object], **options: Any) -> None:
        enum = [*words.values(), *([None] if options.get("allow_none") else [])]
        super().__init__(metadata={**metadata, "type": "string", "enum": enum}, **options)
        self._words = dict(words)
        self._codes = {word: code for code, word in words.items()}

    def _serialize(self, value: Code | None, attr: str | None, obj: object, **kwargs: object) -> str | None:
        return None if value is None else self._words[value]

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> Code:
        if not isinstance(value, str) or value not in self._codes:
            raise self.make_error("invalid", words=", ".join(self._codes))
        return self._codes[value]


def absent() -> None:
    """Stand for a property that was left out; as a load_default the document shows none for it."""


def max_length(length: int) -> validate.Validator:
    """Refuse a text of more characters than this, or a list of more items."""
    return validate.Length(max=length, error="Dit is te lang: hoogstens {max}.")
