"""The letter that is being handled now, for whoever writes down what came of it."""

from __future__ import annotations

from contextvars import ContextVar

import structlog

from shared.envelope import Letter

# Set by the ears around each handler; empty while a person or the time makes something happen.
handling: ContextVar[Letter | None] = ContextVar("handling", default=None)


def event_id() -> str | None:
    """The id of the letter that makes this happen, if one does."""
    letter = handling.get()
    return None if letter is None else letter.id


def traceparent() -> str | None:
    """The trace that what is said now belongs to: that of the letter, or else that of the request."""
    letter = handling.get()
    if letter is not None:
        return letter.traceparent
    found: str | None = structlog.contextvars.get_contextvars().get("traceparent")
    return found
