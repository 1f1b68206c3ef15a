"""The service whose tables these are, its rate limiter, and the moment of an event as a column."""

from __future__ import annotations

from typing import Any, NamedTuple

from peewee import CharField, Field

from shared.security.rate_limit import RateLimiter
from shared.service import Service

service = Service("notifications")
rate_limiter = RateLimiter(service.database, service.encryption)
_Table: Any = service.database.Model


class Model(_Table):
    """The base of every table of notifications."""

    id: Field


class EventMoment(NamedTuple):
    """When an event was published: the milliseconds (since 1970) in its id, then its place in its source's log.

    Pairs compare in that order. A source that was restored from a backup publishes an event again under the same
    id, so its milliseconds stay; only the sequence may differ.
    """

    published_ms: int
    sequence: int


class EventMomentField(CharField):
    """An `EventMoment` as text that sorts as the pair does."""

    def __init__(self, *, null: bool = False) -> None:
        super().__init__(max_length=24, null=null)

    def db_value(self, value: EventMoment | None) -> str | None:
        """Return the stored text."""
        return None if value is None else f"{value.published_ms:012x}.{value.sequence:010d}"

    def python_value(self, value: str | None) -> EventMoment | None:
        """Return the pair."""
        if value is None:
            return None
        published_ms, _, sequence = value.partition(".")
        return EventMoment(int(published_ms, 16), int(sequence))
