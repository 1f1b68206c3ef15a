"""How fast to go on when there is always a little more: small batches cost more than what is in them."""

from __future__ import annotations

import time

ENOUGH = 50
LEAST_SECONDS, MOST_SECONDS = 0.001, 0.02


class AdaptiveDelay:
    """Who finds a little again and again waits longer each time, so that more comes together.

    Never before the first after a silence, and never when there was a lot.
    """

    def __init__(self) -> None:
        self._seconds = 0.0

    def wait_after(self, count: int) -> None:
        """After a step in which so many were done."""
        if count == 0 or count >= ENOUGH:
            self._seconds = 0.0
            return
        time.sleep(self._seconds)
        self._seconds = min(MOST_SECONDS, max(LEAST_SECONDS, 2 * self._seconds))
