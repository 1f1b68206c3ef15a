"""The consumer of a service: events in batches, one transaction a batch, one by one when one of a batch fails."""

from __future__ import annotations

import time
from itertools import groupby
from typing import NamedTuple

from shared import log, watchdog
from shared.errors import GiveUp, Refusal, TryLater
from shared.ids import new_id
from shared.messaging import envelope, retention
from shared.messaging.feed import Feeds
from shared.messaging.inbox import PendingRetry
from shared.messaging.subscriptions import Subscriptions
from shared.messaging.transport import Delivery, IncomingTransport
from shared.storage import StoreUnavailable
from shared.storage.lease import Lease, LeaseLost

# A batch is one write transaction; web writes wait behind it.
BATCH = 100
# With a broker the heads of the logs are checked this often, so that a silent loss is noticed too.
HEAD_CHECK_SECONDS = 20.0
# While there is always something new, pending retries are checked this often.
RETRY_SECONDS = 0.1
MAX_FOREIGN_TEXT = 2000


class LogEntry(NamedTuple):
    """An event of a publisher's log with its number; one from the broker was parsed already."""

    seq: int
    text: str
    event: envelope.Event | None = None


class Consumer:
    """The one consumer of a service, fenced by its lease.

    With a broker the deliveries are handled as they come, and the publishers' logs fill what it lost; without one
    the logs are all there is.
    """

    def __init__(
        self,
        subscriptions: Subscriptions,
        feeds: Feeds,
        lease: Lease,
        incoming: IncomingTransport | None = None,
        head_check_seconds: float = HEAD_CHECK_SECONDS,
    ) -> None:
        self._subscriptions, self._feeds, self._lease, self._incoming = subscriptions, feeds, lease, incoming
        self._head_check_seconds = head_check_seconds
        self._inbox = subscriptions.inbox
        self._behind = set(subscriptions.sources)
        self._next_head_check_at = 0.0
        self._retry_at = 0.0

    def step(self) -> bool:
        """Handle what is new and what is to be retried, and tell whether there was something."""
        if not self._lease.hold():
            if self._incoming is not None:
                self._incoming.close()  # what came in is for whoever holds the lease
            return False
        worked = self._incoming is not None and self._consume_deliveries(self._incoming)
        worked = self._read_logs() or worked
        if worked and time.monotonic() < self._retry_at:
            return True
        self._retry_at = time.monotonic() + RETRY_SECONDS
        return self._retry_due() or worked

    def close(self) -> None:
        """Release the lease, so that another consumer can start at once."""
        if self._incoming is not None:
            self._incoming.close()
        self._lease.release()

    def _read_logs(self) -> bool:
        if self._incoming is None or time.monotonic() >= self._next_head_check_at:
            self._behind = set(self._subscriptions.sources)
            self._next_head_check_at = time.monotonic() + self._head_check_seconds
        worked, failure = False, None
        for source in sorted(self._behind):
            try:
                if self._catch_up(source):
                    worked = True
                else:
                    self._behind.discard(source)
            except (LeaseLost, StoreUnavailable):
                raise
            except Exception as error:  # one log that cannot be read must not keep the others unread
                failure = error
        if failure is not None and not worked:
            raise failure
        return worked

    def _consume_deliveries(self, incoming: IncomingTransport) -> bool:
        """Handle the deliveries that follow on what was read; the log fills any gap."""
        deliveries = incoming.receive(BATCH)
        self._behind |= incoming.missed_sources()
        if not deliveries:
            return False
        for source, grouped in groupby(deliveries, key=lambda delivery: delivery.source):
            if source is None:
                self._dead_letter_foreign(list(grouped))
            else:
                self._consume_in_sequence(source, list(grouped))
        incoming.acknowledge(deliveries[-1])
        return True

    def _consume_in_sequence(self, source: str, deliveries: list[Delivery]) -> None:
        epoch, seq = self._inbox.position(source)
        following: list[LogEntry] = []
        for delivery in deliveries:
            if delivery.epoch == epoch and 0 < delivery.seq <= seq:
                continue
            is_next = delivery.epoch == epoch and delivery.seq == seq + 1
            event = _as_published(delivery) if is_next else None
            if event is None:
                self._behind.add(source)
                break
            following.append(LogEntry(delivery.seq, delivery.text, event))
            seq = delivery.seq
        if following:
            self._handle_batch_or_each(source, epoch, following)

    def _dead_letter_foreign(self, deliveries: list[Delivery]) -> None:
        with self._inbox.database.transaction():
            self._lease.check()
            for delivery in deliveries:
                text = delivery.text[:MAX_FOREIGN_TEXT]
                self._inbox.dead_letter(
                    "?", new_id(), "", text, "not from a publisher that we consume", "wrong_publisher"
                )

    def _catch_up(self, source: str) -> bool:
        epoch, seq = self._inbox.position(source)
        head_epoch, head_seq = self._feeds[source].head()
        if not self._feeds[source].is_local:
            self._inbox.record_head(source, head_epoch, head_seq)
        if epoch != head_epoch:
            seq = 0 if epoch else seq  # a restored publisher: read its log again, what was handled counts once
        elif seq >= head_seq:
            return False
        numbered = self._feeds[source].after(seq, BATCH)
        if not numbered:
            if epoch != head_epoch:
                with self._inbox.database.transaction():
                    self._inbox.advance(source, head_epoch, seq)
            return False
        log.step("events_fetched", source=source, count=len(numbered))
        self._handle_batch_or_each(source, head_epoch, [LogEntry(number, text) for number, text in numbered])
        return True

    def _handle_batch_or_each(self, source: str, epoch: int, entries: list[LogEntry]) -> None:
        try:
            self._handle_batch(source, epoch, entries)
        except (LeaseLost, StoreUnavailable):
            raise
        except Exception:
            for entry in entries:
                self._handle_batch(source, epoch, [entry], alone=True)

    def _handle_batch(self, source: str, epoch: int, entries: list[LogEntry], *, alone: bool = False) -> None:
        failure: Exception | None = None
        try:
            with self._inbox.database.transaction():
                self._lease.check()
                self._handle_all(source, entries)
                self._inbox.advance(source, epoch, entries[-1].seq)
                log.step("events_handling", source=source, count=len(entries))
        except (LeaseLost, StoreUnavailable):
            raise
        except Exception as error:
            if not alone:
                raise
            failure = error
        if failure is not None:
            self._store_failure(source, epoch, entries[0], failure)
        log.step("events_handled", source=source, count=len(entries), seq=entries[-1].seq)

    def _handle_all(self, source: str, entries: list[LogEntry]) -> None:
        events = [(entry.event or envelope.read(entry.text), entry.text) for entry in entries]
        subscribed = [(event, text) for event, text in events if event.type in self._subscriptions.by_type]
        if any(event.service != source for event, _ in subscribed):
            raise GiveUp("an event from another publisher than its source", "wrong_publisher")
        new = self._inbox.record([event for event, _ in subscribed])
        if not new:
            return
        any_pending, oldest = any(new.values()), retention.oldest_id()
        skipped = self._subscriptions.skipped([event for event, _ in subscribed if event.id in new])
        for event, text in subscribed:
            if event.id not in new:
                continue
            watchdog.report()
            del new[event.id]
            if event.id in skipped or retention.is_past(event, oldest):
                continue  # of an erased person; or nobody knows any more whether it was handled long ago
            if any_pending and self._must_wait(event):
                self._inbox.schedule_retry(event, text, "waits behind an earlier one", "waits_behind")
            else:
                self._subscriptions.handle(event)

    def _must_wait(self, event: envelope.Event) -> bool:
        return not self._subscriptions.bypasses_ordering(event) and self._inbox.has_pending_retry(event)

    def _store_failure(self, source: str, epoch: int, entry: LogEntry, error: Exception) -> None:
        with self._inbox.database.transaction():
            self._lease.check()
            self._inbox.advance(source, epoch, entry.seq)
            try:
                event = envelope.read(entry.text)
            except GiveUp as unreadable:
                self._inbox.dead_letter(source, new_id(), "", entry.text, str(unreadable), unreadable.code)
                return
            self._inbox.record_one(event)
            if isinstance(error, GiveUp | Refusal):
                self._inbox.dead_letter(source, event.id, event.subject, entry.text, *_describe(error))
            else:
                self._inbox.schedule_retry(event, entry.text, *_describe(error))
        if not isinstance(error, TryLater | GiveUp | Refusal):
            log.error("event_failed", error, type=event.type, event_id=event.id)
        log.step("event_failure_stored", event_id=event.id)

    def _retry_due(self) -> bool:
        due = self._inbox.due_retries(BATCH)
        for pending in due:
            watchdog.report()
            self._retry(pending)
        return bool(due)

    def _retry(self, pending: PendingRetry) -> None:
        failure: Exception | None = None
        try:
            with self._inbox.database.transaction():
                self._lease.check()
                event = envelope.read(pending.text)
                if not self._subscriptions.skipped([event]):
                    self._subscriptions.handle(event)
                self._inbox.mark_retried(pending)
        except (LeaseLost, StoreUnavailable):
            raise
        except Exception as error:
            failure = error
        if failure is not None:
            with self._inbox.database.transaction():
                self._lease.check()
                hopeless = isinstance(failure, GiveUp | Refusal)
                self._inbox.reschedule(pending, *_describe(failure), hopeless=hopeless)


def _as_published(delivery: Delivery) -> envelope.Event | None:
    """Return the event when it arrived as it was published; if not, the log has it as it was."""
    try:
        event = envelope.read(delivery.text)
    except GiveUp:
        return None
    return event if (event.service, event.sequence) == (delivery.source, delivery.seq) else None


def _describe(error: Exception) -> tuple[str, str]:
    """Return the text and code that may be stored of an error: our own words, or its place; never its values."""
    if isinstance(error, GiveUp | TryLater):
        return str(error), error.code
    if isinstance(error, Refusal):
        return f"refused: {error.code}", "refused"
    return log.describe(error), "failed"
