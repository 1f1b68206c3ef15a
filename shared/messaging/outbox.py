"""The outbox of a service: its events, written in the transaction of the change that they are about.

Either both exist or neither does. Rows are kept after they were handed over: they are the log that consumers
catch up from. Writers of a store are serialized, so the sequence number of an event follows the order of commit
and leaves no gap: what is rolled back takes its number with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import peewee

from shared import clock, log
from shared.ids import new_id
from shared.messaging import envelope, tracing
from shared.messaging.envelope import EventType
from shared.security.encryption import Encryption
from shared.storage import Database, IdField, MomentField


class OutboxEntry(NamedTuple):
    """An event with its sequence number, as JSON text."""

    seq: int
    id: str
    type: str
    text: str
    epoch: int = 1


class Outbox:
    """The outbox of one service, with tables of its own in that service's store."""

    def __init__(self, database: Database, encryption: Encryption) -> None:
        self.database, self.encryption = database, encryption
        self.service = database.name
        Model: Any = database.Model  # noqa: N806
        self.on_commit: Callable[[], None] = _do_nothing

        class Outbox(Model):
            event_id = IdField(unique=True)
            type = peewee.CharField()
            subject = peewee.CharField(index=True)
            time = MomentField()
            data = peewee.TextField()
            is_state = peewee.BooleanField()
            traceparent = peewee.CharField(null=True)
            seq = peewee.BigIntegerField(unique=True)

        class OutboxHead(Model):
            """One row, made when it is needed: the epoch of this store and the last number handed over."""

            epoch = peewee.BigIntegerField()
            sent = peewee.BigIntegerField(default=0)

        class OutboxVersion(Model):
            """The version counter of each subject that has state."""

            subject = peewee.CharField(primary_key=True)
            counter = peewee.BigIntegerField()

        self.Outbox, self.OutboxHead, self.OutboxVersion = Outbox, OutboxHead, OutboxVersion
        self.tables = (Outbox, OutboxHead, OutboxVersion)

    def publish(
        self,
        event_type: EventType,
        subject_id: str,
        data: dict[str, Any],
        personal: dict[str, dict[str, Any]] | None = None,
    ) -> str:
        """Write an event in the transaction of its change, which holds the write lock; gives its id.

        personal  consumer -> values that this consumer alone may open
        Raises ValueError when it is not as its type promises.
        """
        assert self.database.holds_write_lock, "an event is published inside the transaction of its change"
        personal = personal or {}
        event_type.check(data, personal)
        subject = f"{event_type.subject}/{subject_id}"
        payload = dict(data)
        if event_type.is_state:
            payload["version"] = self._next_version(subject)
        if personal:
            bound_to = envelope.associated_data(event_type.type, subject)
            payload["personal"] = {
                consumer: self.encryption.seal_for_consumer(consumer, bound_to, values)
                for consumer, values in personal.items()
            }
        event_id = new_id()
        self.database.execute_deferred(
            _INSERT,
            (
                event_id,
                event_type.type,
                subject,
                _moment(clock.now()),
                _encode(payload),
                event_type.is_state,
                tracing.traceparent(),
            ),
        )
        self.database.after_commit(self.on_commit)
        log.step("event_published", type=event_type.type, event_id=event_id)
        return event_id

    def head(self) -> tuple[int, int]:
        """Return (epoch, last sequence number)."""
        epoch, seq = self.database.execute(HEAD).fetchone()
        return epoch, seq

    def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
        """Return the events after number `seq`, oldest first, each as (number, JSON text)."""
        return [(entry.seq, entry.text) for entry in self.entries_after(seq, limit)]

    def entries_after(self, after: int, limit: int) -> list[OutboxEntry]:
        """Return the events after that number, oldest first."""
        rows = self.database.execute(_AFTER, (after, limit)).fetchall()
        return [OutboxEntry(row[0], row[1], row[2], self._as_entry(row[:7]), row[7]) for row in rows]

    def sent(self) -> int:
        """Return the last number that was handed to the transport; 0 before the first."""
        row = self.database.execute(_SENT).fetchone()
        return 0 if row is None else row[0]

    def mark_sent(self, seq: int) -> None:
        """Store that everything up to this number was handed over."""
        self.database.execute_deferred(_MARK_SENT, (seq,))

    def raise_epoch(self, above: int) -> int:
        """Begin an epoch above its own and above `above`, after this store was restored from a copy; gives it.

        The newest state event of each subject, whatever its name, is published again in it: consumers may have
        received states that this store no longer knows, and what it publishes now decides. Nothing else is.
        """
        with self.database.transaction():
            epoch = max(self.head()[0], above) + 1
            self.database.execute(_RAISE, (epoch,))
            for type, subject, data in self.database.execute(_NEWEST_STATES).fetchall():
                payload = json.loads(data)
                if "version" not in payload:
                    continue  # redacted since it was published
                payload["version"] = self._next_version(subject)
                moment = MomentField().db_value(clock.now())
                values = (new_id(), type, subject, moment, json.dumps(payload), True, None)
                self.database.execute_deferred(_INSERT, values)
            self.database.after_commit(self.on_commit)
        return epoch

    def first_since(self, oldest: str) -> int:
        """Return the number of the first event whose id is not below this one, or else the last number."""
        row = self.database.execute(_FIRST_SINCE, (oldest,)).fetchone()
        return self.head()[1] if row is None else row[0]

    def count_from(self, seq: int) -> int:
        """Return how many events have this number or a higher one."""
        count: int = self.database.execute(_COUNT_FROM, (seq,)).fetchone()[0]
        return count

    def prune(self, after: str, oldest: str, limit: int) -> str | None:
        """Delete facts and replaced states with ids between these; gives how far it came, or None at the end.

        The newest state event of each subject stays, whatever its name, so that a new consumer can build itself
        from the log; and the last number stays, so that who read up to it is seen to be caught up.
        """
        with self.database.transaction():
            values = (after, oldest, self.first_since(oldest), limit)
            rows = self.database.execute(_PAST, values).fetchall()
            prunable = [row[0] for row in rows if row[2]]
            if prunable:
                self.Outbox.delete().where(self.Outbox.id.in_(prunable)).execute()
        return rows[-1][1] if len(rows) == limit else None

    def _next_version(self, subject: str) -> list[int]:
        return list(self.database.execute(_VERSION, (subject,)).fetchone())

    def _as_entry(self, row: tuple[Any, ...]) -> str:
        seq, event_id, type, subject, time, data, traceparent = row
        return envelope.write(
            id=event_id,
            service=self.service,
            type=type,
            subject=subject,
            time=time,
            sequence=seq,
            data=data,
            traceparent=traceparent,
        )


def _do_nothing() -> None:
    """Stand for the wake-up of the relay until the service is opened."""


# Made once: building these costs more than calling them.
_moment = MomentField().db_value
_encode = json.JSONEncoder(default=str).encode

# Constant SQL: building these statements from the models costs more than running them.
_INSERT = (
    "INSERT INTO outbox (event_id, type, subject, time, data, is_state, traceparent, seq)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(seq), 0) + 1 FROM outbox))"
)
_AFTER = (
    "SELECT seq, event_id, type, subject, time, data, traceparent, COALESCE((SELECT epoch FROM outbox_head), 1)"
    " FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?"
)
HEAD = "SELECT COALESCE((SELECT epoch FROM outbox_head), 1), COALESCE((SELECT MAX(seq) FROM outbox), 0)"
_SENT = "SELECT sent FROM outbox_head"
_MARK_SENT = (
    "INSERT INTO outbox_head (id, epoch, sent) VALUES (1, 1, ?) ON CONFLICT (id) DO UPDATE SET"
    " sent = CASE WHEN excluded.sent > outbox_head.sent THEN excluded.sent ELSE outbox_head.sent END"
)
_RAISE = (
    "INSERT INTO outbox_head (id, epoch, sent) VALUES (1, ?, 0)"
    " ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch"
)
_NEWEST_STATES = (
    "SELECT type, subject, data FROM outbox"
    " WHERE id IN (SELECT MAX(id) FROM outbox WHERE is_state GROUP BY subject) ORDER BY id"
)
_FIRST_SINCE = "SELECT seq FROM outbox WHERE event_id >= ? ORDER BY event_id LIMIT 1"
_COUNT_FROM = "SELECT COUNT(*) FROM outbox WHERE seq >= ?"
_PAST = (
    "SELECT o.id, o.event_id, NOT o.is_state OR EXISTS"
    " (SELECT 1 FROM outbox AS n WHERE n.subject = o.subject AND n.is_state AND n.id > o.id)"
    " FROM outbox AS o WHERE o.event_id > ? AND o.event_id < ? AND o.seq < ? ORDER BY o.event_id LIMIT ?"
)
_VERSION = (
    "INSERT INTO outbox_version (subject, counter) VALUES (?, 1)"
    " ON CONFLICT (subject) DO UPDATE SET counter = outbox_version.counter + 1"
    " RETURNING COALESCE((SELECT epoch FROM outbox_head), 1), counter"
)
