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
# After so long what is wrong may be ours.
UNREACHABLE_SECONDS = 30.0

_own = threading.local()


class Progress:
    """What one thread has reported."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._extra_seconds = 0.0
        self._due_at = 0.0
        self._thread_id: int | None = None
        self._unreachable_since: float | None = None
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

    def reach(self, *, is_reached: bool) -> None:
        """Record whether the servers that it needs could be reached."""
        if is_reached:
            self._unreachable_since, self._was_logged = None, False
        elif self._unreachable_since is None:
            self._unreachable_since = time.monotonic()

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
        since = self._unreachable_since
        return 0.0 if since is None else time.monotonic() - since

    def place(self) -> str:
        """Return file and line where its thread is now."""
        frame = sys._current_frames().get(self._thread_id or 0)
        return "" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"


def report() -> None:
    """Record that the thread that calls this goes on; without a Progress nothing happens."""
    progress = getattr(_own, "progress", None)
    if progress is not None:
        progress.report()


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
