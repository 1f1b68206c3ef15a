"""Whether something can be read, waiting for it: also in a process with more than a thousand open files."""

from __future__ import annotations

import select
from typing import Any


def is_readable(opened: Any, seconds: float) -> bool:
    """Whether this socket or file (or its number) has something to read, or is broken, within so many seconds."""
    # Not select.select: that one breaks on any number from 1024 on.
    waiting = select.poll()
    waiting.register(opened, select.POLLIN)
    return bool(waiting.poll(seconds * 1000))
