"""Sleeps by way of select: set to leave the monotonic clock alone, libfaketime makes the sleep of Python fail.

On the path of every process of a run with a false clock (deploy/days.py); Python imports it as it starts.
"""

from __future__ import annotations

import select
import time


def _sleep(seconds: float) -> None:
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    select.select((), (), (), float(seconds))


time.sleep = _sleep
