"""One line of JSON for each thing that happens: a constant name, fields as keywords, never a payload.

Opaque ids, counts, codes and durations may be said here. Names, addresses, texts and answers may not.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Sequence
from typing import Any

import structlog
from structlog.typing import Processor

# Asking for a logger costs more than the steps of an event do, so steps that nobody reads are not said at all.
_steps_are_read = True


def configure(service: str, *, level: int = logging.INFO, watchers: Sequence[Processor] = ()) -> None:
    """Write lines to standard error; a watcher sees every line at or above the level first."""
    global _steps_are_read
    _steps_are_read = level <= logging.DEBUG
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *watchers,
            _error_without_words,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_Lines,
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(service=service)


class _Lines:
    """Writes to standard error; a full disk costs the line and nothing of the work that said it."""

    def __init__(self, *_: Any) -> None:
        """Structlog passes the arguments of get_logger."""

    def msg(self, line: str) -> None:
        """One line, whatever its level."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = msg


def step(name: str, **fields: Any) -> None:
    """A step on the way of one command (debug)."""
    if _steps_are_read:
        structlog.get_logger().debug(name, **fields)


def event(name: str, **fields: Any) -> None:
    """Something an operator may want to count (info)."""
    structlog.get_logger().info(name, **fields)


def error(name: str, exception: BaseException | None = None, **fields: Any) -> None:
    """Log something that an operator should look at (error); of the exception only its kind and place."""
    structlog.get_logger().error(name, exc_info=exception, **fields)


def _error_without_words(_logger: Any, _method: str, line: Any) -> Any:
    """Where it broke, not with which values: the text of an exception may hold personal data."""
    error = line.pop("exc_info", None)
    if isinstance(error, BaseException):
        line["error"] = describe(error)
    return line


def describe(error: BaseException) -> str:
    """'ValueError at rules.py:41': the kind of an exception and its place, without its text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    return f"{type(error).__name__}{place}"
