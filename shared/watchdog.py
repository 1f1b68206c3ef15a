"""Noticing that a thread hangs or fails: each reports its progress, and somebody else looks."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator

# Whoever reports nothing for so long hangs. Longer than any limit of a store or a broker, which make it an error.
STALL_SECONDS = 8.5
# Whoever reached no server for so long says so. It goes on trying: starting anew brings no server back, and takes
# longer than the next try.
CUT_OFF_SECONDS = 8.0
# After so long what is wrong may be ours after all: descriptors that leaked, a state that nobody thought of.
UNREACHABLE_SECONDS = 600.0
# The system may look for the address of a server for so long, where the server of names is away too. It ends that
# itself, and a process that starts anew would wait as long.
CONNECT_SECONDS = 35.0

STORE, BROKER = "store", "broker"

_own = threading.local()


class Progress:
    """What one thread has reported."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._extra_seconds = 0.0
        self._due_at = 0.0
        self._thread_id: int | None = None
        self._unreachable_since: dict[str, float] = {}
        self._was_logged = False
        self.report()

    def follow(self) -> None:
        """Let the reports of this thread count here."""
        self._thread_id = threading.get_ident()
        _own.progress = self
        self.report()

    def report(self, extra_seconds: float = 0.0) -> None:
        """Record that this thread goes on."""
        self._extra_seconds += extra_seconds
        self._due_at = time.monotonic() + STALL_SECONDS + self._extra_seconds

    def lose(self, server: str) -> None:
        """Record that this server (a store, a broker) could not be reached."""
        self._unreachable_since.setdefault(server, time.monotonic())

    def reach(self, *servers: str) -> None:
        """Record that these servers were reached; without a name, that all were."""
        for server in servers or tuple(self._unreachable_since):
            self._unreachable_since.pop(server, None)
        if not self._unreachable_since:
            self._was_logged = False

    def trouble(self) -> str | None:
        """Return what is the matter: stalled, unreachable, or None."""
        now = time.monotonic()
        if now > self._due_at:
            return "stalled"
        return "unreachable" if self._unreachable_seconds() > UNREACHABLE_SECONDS else None

    def is_cut_off(self) -> bool:
        """Tell, once, that no server was reached for so long that somebody should know."""
        is_due = not self._was_logged and self._unreachable_seconds() > CUT_OFF_SECONDS
        self._was_logged = self._was_logged or is_due
        return is_due

    def _unreachable_seconds(self) -> float:
        now = time.monotonic()
        return max((now - since for since in tuple(self._unreachable_since.values())), default=0.0)

    def place(self) -> str:
        """Return file and line where its thread is now."""
        frame = sys._current_frames().get(self._thread_id or 0)
        return "" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"


def report() -> None:
    """Record that the thread that calls this goes on; without a Progress nothing happens."""
    progress = getattr(_own, "progress", None)
    if progress is not None:
        progress.report()


def lose(server: str) -> None:
    """Record that the thread that calls this has not reached a server yet: connecting can take long in itself."""
    progress = getattr(_own, "progress", None)
    if progress is not None:
        progress.lose(server)


def reach(server: str) -> None:
    """Record that the thread that calls this reached a server, also in the middle of what it does."""
    progress = getattr(_own, "progress", None)
    if progress is not None:
        progress.reach(server)


@contextlib.contextmanager
def may_take(seconds: float) -> Iterator[None]:
    """Let what is inside last so much longer before its thread counts as stalled."""
    progress: Progress | None = getattr(_own, "progress", None)
    if progress is None:
        yield
        return
    progress.report(seconds)
    try:
        yield
    finally:
        progress.report(-seconds)
