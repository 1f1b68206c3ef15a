"""A delay that grows while batches stay small: a small batch costs more than what is in it."""

from __future__ import annotations

import time

ENOUGH = 50
MIN_SECONDS, MAX_SECONDS = 0.001, 0.02


class AdaptiveDelay:
    """Waits longer after each small batch, so that the next is larger.

    Never after a step without any work, and never after a batch of ENOUGH.
    """

    def __init__(self) -> None:
        self._seconds = 0.0

    def wait_after(self, count: int) -> None:
        """Wait after a step that handled `count` events."""
        if count == 0 or count >= ENOUGH:
            self._seconds = 0.0
            return
        time.sleep(self._seconds)
        self._seconds = min(MAX_SECONDS, max(MIN_SECONDS, 2 * self._seconds))
