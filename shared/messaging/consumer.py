"""How a service hears: events in batches, one transaction a batch, redone one by one when one of them fails."""

from __future__ import annotations

import time
from itertools import groupby
from typing import Any, NamedTuple, Protocol

from shared import log
from shared.errors import GiveUp, Refusal, TryLater
from shared.ids import new_id
from shared.messaging import envelope, retention
from shared.messaging.feed import Feeds
from shared.messaging.inbox import PendingRetry
from shared.messaging.subscriptions import Subscriptions
from shared.storage import StoreUnavailable
from shared.storage.lease import Lease, LeaseLost

# A batch is one write transaction; web writes wait behind it.
BATCH = 100
# With a broker the heads of the logs are looked at this often, so that silence is noticed too.
HEAD_CHECK_SECONDS = 20.0
# As long as there is always something new, what waits is looked at this often.
RETRY_SECONDS = 0.1
MAX_FOREIGN_TEXT = 2000


class Delivery(Protocol):
    """What came by the broker; source is None when it came from nobody whom we hear."""

    @property
    def source(self) -> str | None:
        """Whose exchange it came through."""

    @property
    def epoch(self) -> int:
        """Of the store that said it; 0 when it does not say."""

    @property
    def seq(self) -> int:
        """Its number; 0 when it has none."""

    @property
    def text(self) -> str:
        """The event as it travels, or whatever it is."""


class IncomingTransport(Protocol):
    """What the broker brings to one consumer."""

    def take(self, limit: int) -> list[Any]:
        """What came in, oldest first; it stays there until acknowledged."""

    def missed(self) -> set[str]:
        """Of whom something may have gone by before we could get it."""

    def acknowledge(self, last: Any) -> None:
        """This one and all before it were dealt with."""

    def close(self) -> None:
        """Let go of what was not acknowledged."""


class LogEntry(NamedTuple):
    """An event of a log, with its number there; what came by the broker was read on the way."""

    seq: int
    text: str
    event: envelope.Event | None = None


class Consumer:
    """The one consumer of a service. With a post events come by the broker, and the logs fill what it lost."""

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
        """Handle what is new and what is due again; True when there was something."""
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
        """Let the next one start at once."""
        if self._incoming is not None:
            self._incoming.close()
        self._lease.release()

    def _read_logs(self) -> bool:
        if self._incoming is None or time.monotonic() >= self._next_head_check_at:
            self._behind = set(self._subscriptions.sources)
            self._next_head_check_at = time.monotonic() + self._head_check_seconds
        worked, trouble = False, None
        for source in sorted(self._behind):
            try:
                if self._catch_up(source):
                    worked = True
                else:
                    self._behind.discard(source)
            except (LeaseLost, StoreUnavailable):
                raise
            except Exception as error:  # one log that cannot be read must not keep the others unheard
                trouble = error
        if trouble is not None and not worked:
            raise trouble
        return worked

    def _consume_deliveries(self, incoming: IncomingTransport) -> bool:
        """Handle what came by the broker: what follows on what we have; any gap is for the log to fill."""
        events = incoming.take(BATCH)
        self._behind |= incoming.missed()
        if not events:
            return False
        for source, together in groupby(events, key=lambda event: event.source):
            if source is None:
                self._dead_letter_foreign(list(together))
            else:
                self._consume_in_sequence(source, list(together))
        incoming.acknowledge(events[-1])
        return True

    def _consume_in_sequence(self, source: str, events: list[Delivery]) -> None:
        epoch, seq = self._inbox.position(source)
        following: list[LogEntry] = []
        for delivery in events:
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

    def _dead_letter_foreign(self, events: list[Delivery]) -> None:
        with self._inbox.database.transaction():
            self._lease.check()
            for event in events:
                self._inbox.dead_letter(
                    "?", new_id(), "", event.text[:MAX_FOREIGN_TEXT], "not from anybody we hear"
                )

    def _catch_up(self, source: str) -> bool:
        epoch, seq = self._inbox.position(source)
        head_epoch, head_seq = self._feeds[source].head()
        if not self._feeds[source].is_at_hand:
            self._inbox.record_head(source, head_epoch, head_seq)
        if epoch != head_epoch:
            seq = 0 if epoch else seq  # a restored publisher: read its log again, what was heard counts once
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
            for one in entries:
                self._handle_batch(source, epoch, [one], alone=True)

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
            self._schedule_retry(source, epoch, entries[0], failure)
        log.step("events_handled", source=source, count=len(entries), seq=entries[-1].seq)

    def _handle_all(self, source: str, entries: list[LogEntry]) -> None:
        events = [(one.event or envelope.read(one.text), one.text) for one in entries]
        known = [(event, text) for event, text in events if event.type in self._subscriptions.by_type]
        if any(event.service != source for event, _ in known):
            raise GiveUp("an event from another than who sent it")
        new = self._inbox.record([event for event, _ in known])
        if not new:
            return
        may_wait, oldest = any(new.values()), retention.oldest_id()
        skipped = self._subscriptions.skipped([event for event, _ in known if event.id in new])
        for event, text in known:
            if event.id not in new:
                continue
            del new[event.id]
            if event.id in skipped or retention.is_past(event, oldest):
                continue  # of somebody who was forgotten; or nobody knows any more whether it was heard long ago
            if (
                may_wait
                and not self._subscriptions.bypasses_ordering(event)
                and self._inbox.has_pending_retry(event)
            ):
                self._inbox.schedule_retry(event, text, "waits behind an earlier one")
            else:
                self._subscriptions.handle(event)

    def _schedule_retry(self, source: str, epoch: int, one: LogEntry, error: Exception) -> None:
        with self._inbox.database.transaction():
            self._lease.check()
            self._inbox.advance(source, epoch, one.seq)
            try:
                event = envelope.read(one.text)
            except GiveUp as why:
                self._inbox.dead_letter(source, new_id(), "", one.text, str(why))
                return
            self._inbox.record_one(event)
            if isinstance(error, GiveUp | Refusal):
                self._inbox.dead_letter(source, event.id, event.subject, one.text, _describe(error))
            else:
                self._inbox.schedule_retry(event, one.text, _describe(error))
        if not isinstance(error, TryLater | GiveUp | Refusal):
            log.error("event_failed", error, type=event.type, event_id=event.id)
        log.step("event_set_aside", event_id=event.id)

    def _retry_due(self) -> bool:
        due = self._inbox.due_retries(BATCH)
        for pending in due:
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
                self._inbox.reschedule(pending, _describe(failure), hopeless=isinstance(failure, GiveUp | Refusal))


def _as_published(delivery: Delivery) -> envelope.Event | None:
    """What came over the road, when it is as it was said; if not, the log has it as it was."""
    try:
        event = envelope.read(delivery.text)
    except GiveUp:
        return None
    return event if (event.service, event.sequence) == (delivery.source, delivery.seq) else None


def _describe(error: Exception) -> str:
    """What may be kept of an error: our own words, or where it broke; never its values."""
    if isinstance(error, GiveUp | TryLater):
        return str(error)
    if isinstance(error, Refusal):
        return f"refused: {error.code}"
    return log.describe(error)
