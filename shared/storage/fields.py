"""Our column types, the same on every engine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import peewee


class IdField(peewee.CharField):
    """A UUID as text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 36, **kwargs})


class MomentField(peewee.CharField):
    """An instant: aware in Python, in the store UTC text of fixed length, so that it sorts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 27, **kwargs})

    def db_value(self, value: datetime | None) -> str | None:
        """Raise ValueError for a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment has a zone")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def python_value(self, value: str | None) -> datetime | None:
        """Return it aware, in UTC."""
        return None if value is None else datetime.fromisoformat(value)
