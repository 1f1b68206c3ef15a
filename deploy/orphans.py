"""Ending what programs leave running when they end or are broken off, servers of their own above all.

A process that loses its parent becomes a child of the nearest one that adopts: that is asked of Linux here.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

PATIENCE_SECONDS = 10
_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def adopt() -> None:
    """Adopt whatever was started by what we start, from the moment that its parent ends."""
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)


def end_orphans() -> int:
    """Ask every child to stop, kill what stays, do the same with what those leave, and return how many they were.

    For when all that should run is finished.
    """
    ended: set[int] = set()
    while children := _children():
        ended.update(children)
        _send(children, signal.SIGTERM)
        until = time.monotonic() + PATIENCE_SECONDS
        while (left := set(children) & set(_children())) and time.monotonic() < until:
            time.sleep(0.05)
        _send(sorted(left), signal.SIGKILL)
    return len(ended)


def _send(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _children() -> list[int]:
    # Those that have ended are taken leave of first.
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    own = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    return [int(pid) for pid in own.split()]
