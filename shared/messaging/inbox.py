"""The inbox of a service: each event counts once, a failing one is retried, a hopeless one is dead-lettered.

Promised: an event's effect and its inbox row are one transaction; events about one subject are handled in order,
also when one of them has to wait. Not promised: any order between subjects.

With what failed stands a stable error code: waits_behind, replayed, refused, failed, wrong_publisher, unreadable,
sealed, too_early or hopeless, or what a TryLater or GiveUp says.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any

import peewee

from shared import clock, log
from shared.messaging.envelope import Event
from shared.security.encryption import Encryption
from shared.storage import Database, IdField, MomentField

RETRY_SECONDS = (0.2, 0.5, 1, 5, 20, 60, 300, 900, 3600, 3600, 3600, 3600)
# Jitter only ever lengthens a delay: events that failed together do not return together.
_LENGTHENED = 1.25


@dataclass(frozen=True)
class PendingRetry:
    """An event that waits to be tried again; `attempt` counts from 0."""

    id: int
    text: str
    attempt: int


class Inbox:
    """The inbox of one service, with tables of its own in that service's store."""

    def __init__(self, database: Database, encryption: Encryption) -> None:
        self.database, self.encryption = database, encryption
        Model: Any = database.Model  # noqa: N806

        class Inbox(Model):
            source = peewee.CharField()
            event_id = IdField()
            type = peewee.CharField()
            subject = peewee.CharField(index=True)
            handled_at = MomentField()

            class Meta:
                indexes = ((("source", "event_id"), True),)

        class InboxPosition(Model):
            """How far each publisher's log has been read, and where its head was when that was last checked."""

            source = peewee.CharField(primary_key=True)
            epoch = peewee.BigIntegerField()
            seq = peewee.BigIntegerField()
            head_epoch = peewee.BigIntegerField(default=0)
            head_seq = peewee.BigIntegerField(default=0)
            head_seen_at = MomentField(null=True)

        class InboxVersion(Model):
            """The newest version received of each subject (`source|subject`), whatever the name of its event."""

            subject = peewee.CharField(primary_key=True)
            epoch = peewee.BigIntegerField()
            counter = peewee.BigIntegerField()

        class InboxRetry(Model):
            source = peewee.CharField()
            event_id = IdField()
            subject = peewee.CharField(index=True)
            event = peewee.TextField()
            attempt = peewee.IntegerField()
            next_at = MomentField(index=True)
            error = peewee.CharField()
            error_code = peewee.CharField(max_length=40)

            class Meta:
                indexes = ((("source", "event_id"), True),)

        class DeadLetter(Model):
            source = peewee.CharField()
            event_id = peewee.CharField()
            subject = peewee.CharField(index=True)
            event = peewee.TextField()
            reason = peewee.CharField()
            error_code = peewee.CharField(max_length=40)
            dead_lettered_at = MomentField()
            replayed_at = MomentField(null=True)
            replay_reason = peewee.CharField(null=True)

        self.Inbox, self.InboxPosition, self.InboxVersion = Inbox, InboxPosition, InboxVersion
        self.InboxRetry, self.DeadLetter = InboxRetry, DeadLetter
        self.tables = (Inbox, InboxPosition, InboxVersion, InboxRetry, DeadLetter)
        self.find_erased: Callable[[Sequence[Event]], set[str]] = _none_erased

    def position(self, source: str) -> tuple[int, int]:
        """Return (epoch, number) of the last event of this publisher that was read."""
        row = self.database.execute(_POSITION, (source,)).fetchone()
        return (0, 0) if row is None else (row[0], row[1])

    def advance(self, source: str, epoch: int, seq: int) -> None:
        """Store how far this log has been read, in the transaction of what was read."""
        self.database.execute_deferred(_ADVANCE, (source, epoch, seq))

    def record_head(self, source: str, epoch: int, seq: int) -> None:
        """Store where the head of that log is now."""
        self.database.execute(_RECORD_HEAD, (source, epoch, seq, _moment(clock.wall())))

    def seen_head(self, source: str, within: timedelta) -> tuple[int, int] | None:
        """Return the head of that log as it was checked no longer ago than `within`; None when it was not."""
        row = self.database.execute(_SEEN_HEAD, (source, _moment(clock.wall() - within))).fetchone()
        return None if row is None else (row[0], row[1])

    def record_one(self, event: Event) -> bool:
        """Record that this event was received; False when it was received before."""
        return event.id in self.record([event])

    def record(self, events: Sequence[Event]) -> dict[str, bool]:
        """Record that these events were received.

        Gives the ids of the new ones, each with whether any event of the same publisher waits to be retried.
        """
        moment = _moment(clock.wall())
        new: dict[str, bool] = {}
        for source, grouped in groupby(events, key=lambda event: event.service):
            from_source = list(grouped)
            for start in range(0, len(from_source), _ROWS_PER_INSERT):
                chunk = from_source[start : start + _ROWS_PER_INSERT]
                columns = [text for event in chunk for text in (event.id, event.type, event.subject)]
                statement = _record_statement(len(chunk))
                rows = self.database.execute(statement, [source, moment, *columns]).fetchall()
                new |= {event_id: bool(any_pending) for event_id, any_pending in rows}
        return new

    def is_newer(self, event: Event) -> bool:
        """Whether no newer state of the subject was received; stores the version of a state event."""
        if event.version is None:
            return True
        values = (f"{event.service}|{event.subject}", *event.version)
        return self.database.execute(_NEWER, values).rowcount == 1

    def has_pending_retry(self, event: Event) -> bool:
        """Whether an earlier event about this subject waits, so that this one must wait behind it."""
        values = (event.service, event.subject)
        return self.database.execute(_HAS_PENDING, values).fetchone() is not None

    def schedule_retry(self, event: Event, text: str, error: str, error_code: str = "too_early") -> None:
        """Store an event that could not be handled, to be retried."""
        self.InboxRetry.insert(
            source=event.service, event_id=event.id, subject=event.subject, event=text,
            attempt=0, next_at=_next_attempt_at(0), error=error, error_code=error_code,
        ).on_conflict_ignore().execute()  # fmt: skip

    def dead_letter(
        self, source: str, event_id: str, subject: str, text: str, reason: str, error_code: str = "hopeless"
    ) -> None:
        """Store an event that will never work, for a person to look at."""
        storable = text.encode(errors="replace").decode().replace("\0", "?")
        self.DeadLetter.insert(
            source=source,
            event_id=event_id,
            subject=subject,
            event=storable,
            reason=reason,
            # After its last attempt it is not only early any more.
            error_code="hopeless" if error_code == "too_early" else error_code,
            dead_lettered_at=clock.wall(),
        ).execute()
        log.event("event_dead_lettered", event_id=event_id, reason=reason)

    def due_retries(self, limit: int) -> list[PendingRetry]:
        """Return the events to retry now: of each subject only the oldest, so that order is kept."""
        wall = clock.wall()
        furthest = [_moment(wall + timedelta(seconds=_LENGTHENED * seconds)) for seconds in RETRY_SECONDS]
        rows = self.database.execute(_DUE, (_moment(wall), *furthest, limit)).fetchall()
        return [PendingRetry(*row) for row in rows]

    def next_retry_at(self) -> datetime | None:
        """Return when the next pending event is due, None when none is pending."""
        return self.InboxRetry.select(peewee.fn.MIN(self.InboxRetry.next_at)).scalar()

    def mark_retried(self, pending: PendingRetry) -> None:
        """Record that a retry worked."""
        self.database.execute(_HANDLED_BY_RETRY, (_moment(clock.wall()), pending.id))
        self._delete_retry(pending)

    def _delete_retry(self, pending: PendingRetry) -> None:
        self.InboxRetry.delete().where(self.InboxRetry.id == pending.id).execute()

    def reschedule(self, pending: PendingRetry, error: str, error_code: str, *, hopeless: bool) -> None:
        """Retry later than last time; dead-letter it when it is hopeless or after the last attempt."""
        attempt, row = pending.attempt + 1, self.InboxRetry.get_by_id(pending.id)
        if hopeless or attempt >= len(RETRY_SECONDS):
            self._delete_retry(pending)
            self.dead_letter(row.source, row.event_id, row.subject, pending.text, error, error_code)
            return
        row.attempt, row.next_at, row.error, row.error_code = attempt, _next_attempt_at(attempt), error, error_code
        row.save()

    def replay(self, dead_id: int, reason: str) -> bool:
        """Retry a dead letter from its first attempt and store why; False when none waits for a person."""
        with self.database.transaction():
            dead = self.DeadLetter.get_or_none(
                self.DeadLetter.id == dead_id, self.DeadLetter.replayed_at.is_null()
            )
            if dead is None:
                return False
            self.InboxRetry.insert(
                source=dead.source, event_id=dead.event_id, subject=dead.subject, event=dead.event, attempt=0,
                next_at=clock.wall(), error="replayed", error_code="replayed",
            ).on_conflict_ignore().execute()  # fmt: skip
            dead.replayed_at, dead.replay_reason = clock.wall(), reason
            dead.save()
            return True

    def prune(self, oldest: str, before: datetime, limit: int) -> bool:
        """Delete inbox rows with an event id below `oldest` and dead letters replayed before `before`.

        At most `limit` rows of each publisher; True when there may be more.
        """
        deleted = 0
        with self.database.transaction():
            for (source,) in self.database.execute(_SOURCES).fetchall():
                deleted = max(deleted, self.database.execute(_PRUNE, (source, oldest, limit)).rowcount)
            self.DeadLetter.delete().where(self.DeadLetter.replayed_at < before).execute()
        return deleted == limit


def _none_erased(_events: Sequence[Event]) -> set[str]:
    return set()


def _next_attempt_at(attempt: int) -> datetime:
    seconds = RETRY_SECONDS[attempt] * random.uniform(1, _LENGTHENED)  # noqa: S311
    return clock.wall() + timedelta(seconds=seconds)


# Made once: building it costs more than calling it.
_moment = MomentField().db_value

# psycopg prepares a statement of up to fifty values.
_ROWS_PER_INSERT = 16


@cache
def _record_statement(count: int) -> str:
    rows = ", ".join(["(?, ?, ?)"] * count)
    return (
        "INSERT INTO inbox (source, handled_at, event_id, type, subject)"  # noqa: S608
        f" SELECT ?, ?, column1, column2, column3 FROM (VALUES {rows}) AS received WHERE true"
        " ON CONFLICT DO NOTHING"
        " RETURNING event_id, EXISTS (SELECT 1 FROM inbox_retry AS pending WHERE pending.source = inbox.source)"
    )


_POSITION = "SELECT epoch, seq FROM inbox_position WHERE source = ?"
_ADVANCE = (
    "INSERT INTO inbox_position (source, epoch, seq, head_epoch, head_seq) VALUES (?, ?, ?, 0, 0)"
    " ON CONFLICT (source) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq"
)
_RECORD_HEAD = (
    "INSERT INTO inbox_position (source, epoch, seq, head_epoch, head_seq, head_seen_at) VALUES (?, 0, 0, ?, ?, ?)"
    " ON CONFLICT (source) DO UPDATE SET head_epoch = excluded.head_epoch, head_seq = excluded.head_seq,"
    " head_seen_at = excluded.head_seen_at"
)
_SEEN_HEAD = "SELECT head_epoch, head_seq FROM inbox_position WHERE source = ? AND head_seen_at >= ?"
_SOURCES = "SELECT source FROM inbox_position"
_PRUNE = (
    "DELETE FROM inbox WHERE id IN"
    " (SELECT id FROM inbox WHERE source = ? AND event_id < ? ORDER BY event_id LIMIT ?)"
)
_HANDLED_BY_RETRY = (
    "UPDATE inbox SET handled_at = ?"
    " WHERE (source, event_id) = (SELECT source, event_id FROM inbox_retry WHERE id = ?)"
)
_TOO_FAR = " OR ".join(f"(attempt = {attempt} AND next_at > ?)" for attempt in range(len(RETRY_SECONDS)))
# The order that is kept is that of one publisher's events about one subject.
_HAS_PENDING = "SELECT 1 FROM inbox_retry WHERE source = ? AND subject = ? LIMIT 1"
# A moment further away than the delay of its attempt comes from a clock that was wrong: then it is due.
_DUE = (
    "SELECT id, event, attempt FROM inbox_retry"  # noqa: S608
    " WHERE id IN (SELECT MIN(id) FROM inbox_retry GROUP BY source, subject)"
    f" AND (next_at <= ? OR {_TOO_FAR}) ORDER BY id LIMIT ?"
)
_NEWER = (
    "INSERT INTO inbox_version (subject, epoch, counter) VALUES (?, ?, ?) ON CONFLICT (subject) DO UPDATE"
    " SET epoch = excluded.epoch, counter = excluded.counter"
    " WHERE (inbox_version.epoch, inbox_version.counter) < (excluded.epoch, excluded.counter)"
)
