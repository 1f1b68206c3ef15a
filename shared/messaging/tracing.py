"""The event that is being handled now, for whoever writes down what came of it."""

from __future__ import annotations

from contextvars import ContextVar

import structlog

from shared.messaging.envelope import Event

# Set by the ears around each handler; empty while a person or the time makes something happen.
handling: ContextVar[Event | None] = ContextVar("handling", default=None)


def event_id() -> str | None:
    """The id of the event that makes this happen, if one does."""
    event = handling.get()
    return None if event is None else event.id


def traceparent() -> str | None:
    """The trace that what is said now belongs to: that of the event, or else that of the request."""
    event = handling.get()
    if event is not None:
        return event.traceparent
    found: str | None = structlog.contextvars.get_contextvars().get("traceparent")
    return found
