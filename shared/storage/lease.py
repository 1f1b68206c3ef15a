"""Leases: one holder at a time, by a row in the store with a fencing token that only ever rises.

Who holds the lease may work; who lost it without noticing is stopped by `check` inside the transaction of its
effects. Leases go by the time of the machine, not by the movable clock.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import peewee

from shared import clock
from shared.ids import new_id
from shared.storage import Database, MomentField, Table


class LeaseLost(Exception):
    """Raised when somebody else holds the lease now: write nothing more."""


class Leases:
    """The leases of one service's store."""

    def __init__(self, database: Database) -> None:
        self.database = database

        class Lease(Table):
            name = peewee.CharField(primary_key=True)
            holder = peewee.CharField()
            token = peewee.BigIntegerField()
            expires_at = MomentField()

        self.Lease = Lease
        database.bind(Lease)

    def lease(self, name: str, seconds: float) -> Lease:
        """Return a lease that can be taken; `seconds` is how long it lasts without being renewed."""
        return Lease(self, name, seconds)

    def held_until(self, name: str) -> datetime | None:
        """Return until when this lease lasts, or lasted; None when nobody ever took it."""
        row = self.Lease.get_or_none(self.Lease.name == name)
        return None if row is None else row.expires_at

    def forget_holders(self) -> None:
        """Expire every lease: whoever held one must be dead. Who took it by now keeps it by renewing."""
        with self.database.transaction():
            self.Lease.update(expires_at=clock.wall()).execute()


class Lease:
    """One holder's view of one lease."""

    def __init__(self, leases: Leases, name: str, seconds: float) -> None:
        self._leases, self._name, self._seconds = leases, name, seconds
        self._holder = new_id()
        self._token = 0
        self._renew_at = 0.0

    def hold(self) -> bool:
        """Take the lease, or renew it when it is time; False while another holds it."""
        if self._token and time.monotonic() < self._renew_at:
            return True
        with self._leases.database.transaction(serialized=False):
            return self._take()

    def check(self) -> None:
        """Raise LeaseLost when the token is no longer ours; inside the transaction of an effect."""
        row = self._leases.database.execute(
            _HELD + self._leases.database.engine.share_lock, (self._name,)
        ).fetchone()
        if row != (self._holder, self._token):
            self._token = 0
            raise LeaseLost(self._name)

    def release(self) -> None:
        """Expire the lease now, so that the next holder need not wait."""
        if self._token:
            table = self._leases.Lease
            with self._leases.database.transaction(serialized=False):
                is_ours = (table.name == self._name) & (table.token == self._token)
                table.update(expires_at=clock.wall()).where(is_ours).execute()
            self._token = 0

    def _take(self) -> bool:
        wall, text = clock.wall(), MomentField().db_value
        until = wall + timedelta(seconds=self._seconds)
        # A time of expiry that no holder of now can have set comes from a clock that was wrong: it does not count.
        furthest = wall + timedelta(seconds=2 * self._seconds)
        values = (self._name, self._holder, text(until), self._token, text(wall), text(furthest))
        row = self._leases.database.execute(_TAKE, values).fetchone()
        self._token = 0 if row is None else row[0]
        # Not by the clock of the machine: one that was set back would have us renew nothing for as long.
        self._renew_at = time.monotonic() + self._seconds / 2
        return row is not None


# In one statement, so that of two who take it at once one gets it. The token stays while its holder renews.
_TAKE = (
    "INSERT INTO lease (name, holder, token, expires_at) VALUES (?, ?, 1, ?) ON CONFLICT (name) DO UPDATE"
    " SET holder = excluded.holder, expires_at = excluded.expires_at,"
    " token = lease.token + CASE WHEN lease.holder = excluded.holder AND lease.token = ? THEN 0 ELSE 1 END"
    " WHERE lease.holder = excluded.holder OR lease.expires_at <= ? OR lease.expires_at >= ? RETURNING token"
)
_HELD = "SELECT holder, token FROM lease WHERE name = ?"
