"""The web or the work process of an installation, dying by kill -9 at a step of its own work.

    CRASH_AT=events_announced:3 python tests/crash/crash_points.py work

The process watches its own log, where every numbered step of "the way of one command" is said, and kills itself
when the named step is said for the n-th time. Nothing in the product knows of it.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any

import structlog

sys.path.insert(0, os.getcwd())

from deploy.local import worker
from deploy.local.web import open_path_dispatcher
from shared import log


class Killer:
    """Counts one step, then kills the process it is in: once, also when somebody starts it again."""

    def __init__(self, crash_at: str, mark: Path) -> None:
        self._step, _, times = crash_at.partition(":")
        self._left, self._mark = int(times or 1), mark

    def __call__(self, _logger: Any, _method: str, line: Any) -> Any:
        if line.get("event") == self._step and not self._mark.exists():
            self._left -= 1
            if self._left <= 0:
                self._mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return line


def watch() -> None:
    """Watch our own log; say nothing of it."""
    killer = Killer(os.environ.get("CRASH_AT", ""), Path(os.environ["CRASH_MARK"]))
    log.configure("installation", level=logging.DEBUG, processors=[killer, _only_trouble])


def _only_trouble(_logger: Any, _method: str, line: Any) -> Any:
    if line.get("level") not in ("error", "critical"):
        raise structlog.DropEvent
    return line


def web() -> Any:
    """For gunicorn."""
    watch()
    return open_path_dispatcher()


if __name__ == "__main__":
    watch()
    worker.run()
