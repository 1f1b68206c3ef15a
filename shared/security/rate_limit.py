"""How often something was tried lately, so that what could be guessed cannot be guessed at leisure.

Counted by blind index: what was tried, or from where, is kept nowhere. Whoever counts says how often is too often,
as pairs of a number and the time within which it counts.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import peewee

from shared import clock
from shared.errors import Refusal
from shared.security.encryption import Encryption
from shared.storage import Database, MomentField

Limits = Iterable[tuple[int, timedelta]]
LONGEST = timedelta(days=1)


class TooManyRequests(Refusal):
    """Not now; later it may be asked again."""

    status = 429


class RateLimiter:
    """The counts of one service, with a table of its own; who counts puts it among its tables.

    Rows older than a day are wiped with every count, so no limit may look back further than that. All of it by the
    time of the machine: moving the demo clock gives nobody more tries.
    """

    def __init__(self, database: Database, encryption: Encryption) -> None:
        self.database, self.encryption = database, encryption
        Model: Any = database.Model  # noqa: N806

        class Attempt(Model):
            what = peewee.CharField(max_length=40)
            value_index = peewee.CharField(max_length=64)
            at = MomentField(index=True)

            class Meta:
                indexes = ((("what", "value_index", "at"), False),)

        self.Attempt = Attempt

    def may(self, what: str, value: str | None, limits: Limits) -> bool:
        """Whether once more is allowed. Of an unknown value (None) nothing was counted."""
        if value is None:
            return True
        wall, about = clock.wall(), self._about(what, value)
        return all(
            self.Attempt.select().where(about, self.Attempt.at > wall - within).count() < most
            for most, within in limits
        )

    def note(self, what: str, value: str | None) -> None:
        """Count once more. Asked after `may` in one transaction, two at once cannot both be the last one."""
        wall = clock.wall()
        with self.database.transaction():
            self.Attempt.delete().where(self.Attempt.at < wall - LONGEST).execute()
            if value is not None:
                self.Attempt.insert(what=what, value_index=self._index(what, value), at=wall).execute()

    def forget(self, what: str, value: str) -> None:
        """It succeeded: what went before it counts no more."""
        with self.database.transaction():
            self.Attempt.delete().where(self._about(what, value)).execute()

    def _about(self, what: str, value: str) -> peewee.Expression:
        return (self.Attempt.what == what) & (self.Attempt.value_index == self._index(what, value))

    def _index(self, what: str, value: str) -> str:
        return self.encryption.index(value, f"tried.{what}")


def network_of(address: str | None) -> str | None:
    """What is counted as one place: an IPv4 address, or the /64 within which an IPv6 address is chosen freely.

    None for this machine itself: that is whoever minds it, or everybody behind a reverse proxy that does not
    pass on
    who comes, and then a limit would keep all of them out together.
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    if found.is_loopback:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
