"""Structured logging: one line of JSON for each thing that happens, with a constant name and fields.

Opaque ids, counts, codes and durations may be logged. Names, addresses, texts and answers may not.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import structlog
from structlog.typing import EventDict, Processor

# Making a logger costs more than handling an event does, so steps that nobody reads are not logged at all.
_steps_are_read = True
_file: Path | None = None


def configure(
    service: str, *, level: int = logging.INFO, processors: Sequence[Processor] = (), file: Path | None = None
) -> None:
    """Write lines to standard error, or behind what is in a file.

    Extra processors see every line at or above the level first.
    """
    global _steps_are_read, _file
    _steps_are_read, _file = level <= logging.DEBUG, file
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *processors,
            _describe_exception,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_LineLogger,
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(service=service)


class _LineLogger:
    """Writes lines; a full disk costs the line and nothing of the work that logged it."""

    def __init__(self, *_: object) -> None:
        """Take what structlog passes: the arguments of get_logger."""

    def msg(self, line: str) -> None:
        """Write one line, whatever its level."""
        with contextlib.suppress(OSError, ValueError):
            if _file is not None:
                with _file.open("a", encoding="utf-8") as file:
                    file.write(line + "\n")
                return
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = msg


def step(name: str, **fields: object) -> None:
    """Log a step of one command or event (debug)."""
    if _steps_are_read:
        structlog.get_logger().debug(name, **fields)


def event(name: str, **fields: object) -> None:
    """Log something that an operator may want to count (info)."""
    structlog.get_logger().info(name, **fields)


def error(name: str, exception: BaseException | None = None, **fields: object) -> None:
    """Log something that an operator should look at (error); of the exception only its kind and place."""
    structlog.get_logger().error(name, exc_info=exception, **fields)


def _describe_exception(_logger: object, _method: str, line: EventDict) -> EventDict:
    """Replace an exception by its kind and place: its text may hold personal data."""
    exception = line.pop("exc_info", None)
    if isinstance(exception, BaseException):
        line["error"] = describe(exception)
    return line


def describe(error: BaseException) -> str:
    """Return 'ValueError at rules.py:41': the kind of an exception and its place, without its text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    return f"{type(error).__name__}{place}"
