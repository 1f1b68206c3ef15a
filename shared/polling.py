"""Waiting until something can be read, also in a process with more than a thousand open files."""

from __future__ import annotations

import select
from typing import Protocol


class HasDescriptor(Protocol):
    """A socket or a file."""

    def fileno(self) -> int: ...


def is_readable(opened: int | HasDescriptor, seconds: float) -> bool:
    """Tell whether a socket or file (or its number) has something to read, or breaks, within so many seconds."""
    # Not select.select: that one breaks on any number from 1024 on.
    poll = select.poll()
    poll.register(opened, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
