"""What a service has heard: each event counts once, a failing one waits, a hopeless one is kept.

Promised: an event's effect and the note that it was heard are one transaction; events about one subject are
handled in order, also when one of them has to wait. Not promised: any order between subjects.
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


@dataclass(frozen=True)
class PendingRetry:
    """An event that waits to be tried again."""

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
            """How far each publisher's log has been read, and how long it was when last looked at."""

            source = peewee.CharField(primary_key=True)
            epoch = peewee.BigIntegerField()
            seq = peewee.BigIntegerField()
            head_epoch = peewee.BigIntegerField(default=0)
            head_seq = peewee.BigIntegerField(default=0)
            head_seen_at = MomentField(null=True)

        class InboxVersion(Model):
            """The newest version heard of each subject's state."""

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

            class Meta:
                indexes = ((("source", "event_id"), True),)

        class DeadLetter(Model):
            source = peewee.CharField()
            event_id = peewee.CharField()
            subject = peewee.CharField(index=True)
            event = peewee.TextField()
            reason = peewee.CharField()
            dead_lettered_at = MomentField()
            replayed_at = MomentField(null=True)
            replay_reason = peewee.CharField(null=True)

        self.Inbox, self.InboxPosition, self.InboxVersion = Inbox, InboxPosition, InboxVersion
        self.InboxRetry, self.DeadLetter = InboxRetry, DeadLetter
        self.tables = (Inbox, InboxPosition, InboxVersion, InboxRetry, DeadLetter)
        self.find_erased: Callable[[Sequence[Event]], set[str]] = _none_erased

    def position(self, source: str) -> tuple[int, int]:
        """(epoch, number) of the last event of this publisher that was read."""
        row = self.database.execute(_POSITION, (source,)).fetchone()
        return (0, 0) if row is None else (row[0], row[1])

    def advance(self, source: str, epoch: int, seq: int) -> None:
        """Remember how far we have read, in the transaction of what was read."""
        self.database.execute_deferred(_MOVE, (source, epoch, seq))

    def record_head(self, source: str, epoch: int, seq: int) -> None:
        """Remember how long that log is now."""
        self.database.execute(_SAW, (source, epoch, seq, _moment(clock.wall())))

    def is_caught_up(self, source: str, within: timedelta) -> bool:
        """Whether all of that log was heard, as it was when we looked no longer ago than that."""
        seen_after = _moment(clock.wall() - within)
        return self.database.execute(_LEVEL, (source, seen_after)).fetchone() is not None

    def record_one(self, event: Event) -> bool:
        """Note that this event was heard; False when it was heard before."""
        return event.id in self.record([event])

    def record(self, events: Sequence[Event]) -> dict[str, bool]:
        """Note that these events were heard; gives the ids of those that were not heard before, each with whether
        any event of the same publisher waits.
        """
        moment = _moment(clock.wall())
        new: dict[str, bool] = {}
        for source, those in groupby(events, key=lambda one: one.service):
            of_source = list(those)
            for at in range(0, len(of_source), _TOGETHER):
                some = of_source[at : at + _TOGETHER]
                values = [source, moment, *(text for one in some for text in (one.id, one.type, one.subject))]
                rows = self.database.execute(_record_statement(len(some)), values).fetchall()
                new |= {event_id: bool(any_waits) for event_id, any_waits in rows}
        return new

    def is_newer(self, event: Event) -> bool:
        """For a state event: note its version; False when a newer state of the subject was heard already."""
        if event.version is None:
            return True
        values = (f"{event.type}|{event.subject}", *event.version)
        return self.database.execute(_NEWER, values).rowcount == 1

    def has_pending_retry(self, event: Event) -> bool:
        """Whether an earlier event about this subject waits, so that this one must wait behind it."""
        values = (event.service, event.subject)
        return self.database.execute(_HAS_PENDING, values).fetchone() is not None

    def schedule_retry(self, event: Event, text: str, error: str, attempt: int = 0) -> None:
        """Keep an event for later; after the last attempt it is dead instead."""
        if attempt >= len(RETRY_SECONDS):
            self.dead_letter(event.service, event.id, event.subject, text, error)
            return
        self.InboxRetry.insert(
            source=event.service, event_id=event.id, subject=event.subject, event=text,
            attempt=attempt, next_at=_next_try(attempt), error=error,
        ).on_conflict_ignore().execute()  # fmt: skip

    def dead_letter(self, source: str, event_id: str, subject: str, text: str, reason: str) -> None:
        """Keep an event that will never work, for a person to look at."""
        kept = text.encode(errors="replace").decode().replace("\0", "?")  # what no store can hold
        self.DeadLetter.insert(
            source=source,
            event_id=event_id,
            subject=subject,
            event=kept,
            reason=reason,
            dead_lettered_at=clock.wall(),
        ).execute()
        log.event("event_died", event_id=event_id, reason=reason)

    def due_retries(self, limit: int) -> list[PendingRetry]:
        """Events whose time has come: of each subject only the oldest, so that order is kept."""
        values = (_moment(clock.wall()), limit)
        return [PendingRetry(*row) for row in self.database.execute(_DUE, values).fetchall()]

    def next_retry_at(self) -> datetime | None:
        """When the next waiting event is due."""
        return self.InboxRetry.select(peewee.fn.MIN(self.InboxRetry.next_at)).scalar()

    def mark_retried(self, pending: PendingRetry) -> None:
        """It worked after all: from now on it was heard."""
        self.database.execute(_HANDLED_AFTER_ALL, (_moment(clock.wall()), pending.id))
        self._no_longer_waits(pending)

    def _no_longer_waits(self, pending: PendingRetry) -> None:
        self.InboxRetry.delete().where(self.InboxRetry.id == pending.id).execute()

    def reschedule(self, pending: PendingRetry, error: str, *, hopeless: bool) -> None:
        """Wait longer; die when it is hopeless or after the last attempt."""
        attempt, row = pending.attempt + 1, self.InboxRetry.get_by_id(pending.id)
        if hopeless or attempt >= len(RETRY_SECONDS):
            self._no_longer_waits(pending)
            self.dead_letter(row.source, row.event_id, row.subject, pending.text, error)
            return
        row.attempt, row.next_at, row.error = attempt, _next_try(attempt), error
        row.save()

    def replay(self, dead_id: int, reason: str) -> bool:
        """Try a dead letter once more from the beginning; False when there is none. The reason is kept."""
        with self.database.transaction():
            dead = self.DeadLetter.get_or_none(
                self.DeadLetter.id == dead_id, self.DeadLetter.replayed_at.is_null()
            )
            if dead is None:
                return False
            self.InboxRetry.insert(
                source=dead.source, event_id=dead.event_id, subject=dead.subject, event=dead.event, attempt=0,
                next_at=clock.wall(), error="replayed",
            ).on_conflict_ignore().execute()  # fmt: skip
            dead.replayed_at, dead.replay_reason = clock.wall(), reason
            dead.save()
            return True

    def prune(self, oldest: str, before: datetime, limit: int) -> bool:
        """Forget which events with an id below `oldest` were heard, and drop those that died and were tried again
        before this moment; True when there may be more.
        """
        dropped = 0
        with self.database.transaction():
            for (source,) in self.database.execute(_SOURCES).fetchall():
                dropped = max(dropped, self.database.execute(_FORGET, (source, oldest, limit)).rowcount)
            self.DeadLetter.delete().where(self.DeadLetter.replayed_at < before).execute()
        return dropped == limit


def _none_erased(_events: Sequence[Event]) -> set[str]:
    return set()


def _next_try(attempt: int) -> datetime:
    # Full jitter only ever lengthens by up to a quarter: events that failed together do not return together.
    seconds = RETRY_SECONDS[attempt] * (1 + random.random() / 4)  # noqa: S311
    return clock.wall() + timedelta(seconds=seconds)


# Made once: it costs more than what it does.
_moment = MomentField().db_value

# Events in one statement: how to send up to fifty values is something psycopg remembers.
_TOGETHER = 16


@cache
def _record_statement(count: int) -> str:
    rows = ", ".join(["(?, ?, ?)"] * count)
    return (
        "INSERT INTO inbox (source, handled_at, event_id, type, subject)"  # noqa: S608
        f" SELECT ?, ?, column1, column2, column3 FROM (VALUES {rows}) AS heard WHERE true"
        " ON CONFLICT DO NOTHING"
        " RETURNING event_id, EXISTS (SELECT 1 FROM inbox_retry AS waits WHERE waits.source = inbox.source)"
    )


_POSITION = "SELECT epoch, seq FROM inbox_position WHERE source = ?"
_MOVE = (
    "INSERT INTO inbox_position (source, epoch, seq, head_epoch, head_seq) VALUES (?, ?, ?, 0, 0)"
    " ON CONFLICT (source) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq"
)
_SAW = (
    "INSERT INTO inbox_position (source, epoch, seq, head_epoch, head_seq, head_seen_at) VALUES (?, 0, 0, ?, ?, ?)"
    " ON CONFLICT (source) DO UPDATE SET head_epoch = excluded.head_epoch, head_seq = excluded.head_seq,"
    " head_seen_at = excluded.head_seen_at"
)
_LEVEL = (
    "SELECT 1 FROM inbox_position WHERE source = ? AND head_seen_at >= ?"
    " AND (head_seq = 0 OR (epoch = head_epoch AND seq >= head_seq))"
)
_SOURCES = "SELECT source FROM inbox_position"
_FORGET = (
    "DELETE FROM inbox WHERE id IN"
    " (SELECT id FROM inbox WHERE source = ? AND event_id < ? ORDER BY event_id LIMIT ?)"
)
_HANDLED_AFTER_ALL = (
    "UPDATE inbox SET handled_at = ?"
    " WHERE (source, event_id) = (SELECT source, event_id FROM inbox_retry WHERE id = ?)"
)
# The order that is kept is that of one publisher's events about one subject.
_HAS_PENDING = "SELECT 1 FROM inbox_retry WHERE source = ? AND subject = ? LIMIT 1"
_DUE = (
    "SELECT id, event, attempt FROM inbox_retry"
    " WHERE id IN (SELECT MIN(id) FROM inbox_retry GROUP BY source, subject) AND next_at <= ? ORDER BY id LIMIT ?"
)
_NEWER = (
    "INSERT INTO inbox_version (subject, epoch, counter) VALUES (?, ?, ?) ON CONFLICT (subject) DO UPDATE"
    " SET epoch = excluded.epoch, counter = excluded.counter"
    " WHERE (inbox_version.epoch, inbox_version.counter) < (excluded.epoch, excluded.counter)"
)
