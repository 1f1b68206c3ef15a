"""A command of `./houvast` that dies by kill -9 at a step of its own.

    CRASH_AT=service_moved:2 python tests/journeys/crashing_command.py move --data ...

It watches its own log, as in tests/crash/crash_points.py. Nothing in the product knows of it.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import Any

import structlog

sys.path.insert(0, os.getcwd())

from deploy.local.__main__ import installation
from shared import log


class Killer:
    """Counts one step, then kills the process."""

    def __init__(self, crash_at: str) -> None:
        self._step, _, times = crash_at.partition(":")
        self._left = int(times or 1)

    def __call__(self, _logger: Any, _method: str, line: Any) -> Any:
        if line.get("event") == self._step:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        raise structlog.DropEvent


if __name__ == "__main__":
    log.configure("installation", level=logging.DEBUG, processors=[Killer(os.environ["CRASH_AT"])])
    installation(prog_name="houvast")
