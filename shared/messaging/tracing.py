"""The event that is being handled now, and the trace that what is published now belongs to."""

from __future__ import annotations

from contextvars import ContextVar

import structlog

from shared.messaging.envelope import Event

# Set around each handler; None while a person or the time makes something happen.
current_event: ContextVar[Event | None] = ContextVar("current_event", default=None)


def event_id() -> str | None:
    """Return the id of the event that is being handled, None outside a handler."""
    event = current_event.get()
    return None if event is None else event.id


def traceparent() -> str | None:
    """Return the trace of the event that is being handled, or else that of the request."""
    event = current_event.get()
    if event is not None:
        return event.traceparent
    of_request: str | None = structlog.contextvars.get_contextvars().get("traceparent")
    return of_request
