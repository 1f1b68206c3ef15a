"""Rate limits over a sliding window, counted by blind index: no value and no network is stored.

A limit is a number of attempts and the window within which they count. Nobody uses one up for somebody else:

- A limit for strangers is for their network. Its refusal (429) is the same for every address, known or not.
- A limit for an address answers with the same page and sends nothing more. It lasts no longer than what was sent
  before works, so that the owner of the address always has something that does.
- Whoever brings a proof (a link of their own, a device on which they signed in) is counted by that proof, and
  never together with strangers.
- A program is counted by its key: one that asks without end holds up itself, and not the other keys.
- What only adds a row for people to look at has no limit for an address: a sign-up that is dropped loses a person.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import timedelta

import peewee

from shared import clock
from shared.errors import Refusal
from shared.security.encryption import Encryption
from shared.storage import Database, MomentField, Table

Limits = Iterable[tuple[int, timedelta]]
LONGEST_WINDOW = timedelta(days=1)


class TooManyRequests(Refusal):
    """Refuse an action that was attempted too often within its window.

    retry_after_seconds  when one more is allowed, where that is known
    """

    status = 429

    def __init__(self, code: str, *, retry_after_seconds: int | None = None, **facts: object) -> None:
        super().__init__(code, **facts)
        self.retry_after_seconds = retry_after_seconds


class KeyLimiter:
    """The requests of each key in the last `window_seconds`, in this process alone.

    Nothing is written: a request that only reads would else have to wait for the one writer of its store. A key is
    signed by us, so how many there are to remember has an end.
    """

    def __init__(self, most: int, window_seconds: float = 60.0, now: Callable[[], float] = time.monotonic) -> None:
        self._most, self._window_seconds, self._now = most, window_seconds, now
        self._asked: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def count(self, key: str) -> None:
        """Count one request. Raises TooManyRequests, which counts for nothing, when it is one too many."""
        with self._lock:
            now, asked = self._now(), self._asked.setdefault(key, deque())
            while asked and asked[0] <= now - self._window_seconds:
                asked.popleft()
            if len(asked) >= self._most:
                seconds = max(1, math.ceil(asked[0] + self._window_seconds - now))
                raise TooManyRequests(
                    "key_too_often", retry_after_seconds=seconds, most=self._most, seconds=seconds
                )
            asked.append(now)


class RateLimiter:
    """The attempts of one service, in a table that the service lists among its own.

    Attempts older than LONGEST_WINDOW are deleted with each `record`, so no window may be longer. Windows go by
    the machine's clock: moving the demo clock gives nobody more attempts.
    """

    def __init__(self, database: Database, encryption: Encryption) -> None:
        self.database, self.encryption = database, encryption

        class Attempt(Table):
            action = peewee.CharField(max_length=40)
            value_index = peewee.CharField(max_length=64)
            at = MomentField(index=True)

            class Meta:
                indexes = ((("action", "value_index", "at"), False),)

        self.Attempt = Attempt
        database.bind(Attempt)

    def allows(self, action: str, value: str | None, limits: Limits) -> bool:
        """Tell whether one more attempt fits every limit; always for an unknown value (None)."""
        if value is None:
            return True
        wall, matching = clock.wall(), self._matching(action, value)
        return all(
            self.Attempt.select().where(matching, self.Attempt.at > wall - window).count() < most
            for most, window in limits
        )

    def record(self, action: str, value: str | None) -> None:
        """Count one attempt; None is not counted.

        In one transaction with `allows`, two attempts at once cannot both be the last that is allowed.
        """
        wall = clock.wall()
        with self.database.transaction():
            self.Attempt.delete().where(self.Attempt.at < wall - LONGEST_WINDOW).execute()
            if value is not None:
                self.Attempt.insert(action=action, value_index=self._index(action, value), at=wall).execute()

    def reset(self, action: str, value: str) -> None:
        """Delete the attempts that count for this value, after one that succeeded."""
        with self.database.transaction():
            self.Attempt.delete().where(self._matching(action, value)).execute()

    def _matching(self, action: str, value: str) -> peewee.Expression:
        return (self.Attempt.action == action) & (self.Attempt.value_index == self._index(action, value))

    def _index(self, action: str, value: str) -> str:
        return self.encryption.index(value, f"attempt.{action}")


def network_of(address: str | None) -> str | None:
    """Return what counts as one network: an IPv4 address, or the /64 of an IPv6 address.

    Within its /64 a host chooses its IPv6 address freely. None for loopback: that is an operator, or everybody
    behind a reverse proxy that does not pass on addresses, and a limit would shut all of them out together.
    """
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip
    if ip.is_loopback:
        return None
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
