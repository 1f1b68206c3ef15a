"""How a service hears: letters in batches, one transaction a batch, redone one by one when one of them fails."""

from __future__ import annotations

import time
from itertools import groupby
from typing import Any, NamedTuple, Protocol

from shared import envelope, log, retention
from shared.ears import Ears
from shared.errors import GiveUp, Refusal, TryLater
from shared.feed import Feeds
from shared.ids import new_id
from shared.inbox import Waiting
from shared.lease import Lease, LeaseLost
from shared.store import StoreUnavailable

# A batch is one write transaction; web writes wait behind it.
BATCH = 100
# With a broker the heads of the logs are looked at this often, so that silence is noticed too.
LOOK_SECONDS = 20.0
# As long as there is always something new, what waits is looked at this often.
RETRY_SECONDS = 0.1
MOST_OF_A_STRAY = 2000


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
        """The letter as it travels, or whatever it is."""


class Post(Protocol):
    """What the broker brings to one listener."""

    def take(self, limit: int) -> list[Any]:
        """What came in, oldest first; it stays there until acknowledged."""

    def missed(self) -> set[str]:
        """Of whom something may have gone by before we could get it."""

    def acknowledge(self, last: Any) -> None:
        """This one and all before it were dealt with."""

    def close(self) -> None:
        """Let go of what was not acknowledged."""


class _Come(NamedTuple):
    """A letter of a log, with its number there; what came by the broker was read on the way."""

    seq: int
    text: str
    letter: envelope.Letter | None = None


class Listener:
    """The one listener of a service. With a post letters come by the broker, and the logs fill what it lost."""

    def __init__(
        self, ears: Ears, feeds: Feeds, lease: Lease, post: Post | None = None, look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._ears, self._feeds, self._lease, self._post = ears, feeds, lease, post
        self._look_seconds = look_seconds
        self._inbox = ears.inbox
        self._behind = set(ears.sources)
        self._look_again_at = 0.0
        self._retry_at = 0.0

    def step(self) -> bool:
        """Handle what is new and what is due again; True when there was something."""
        if not self._lease.hold():
            if self._post is not None:
                self._post.close()  # what came in is for whoever holds the lease
            return False
        worked = self._post is not None and self._take_post(self._post)
        worked = self._read_logs() or worked
        if worked and time.monotonic() < self._retry_at:
            return True
        self._retry_at = time.monotonic() + RETRY_SECONDS
        return self._retry_due() or worked

    def close(self) -> None:
        """Let the next one start at once."""
        if self._post is not None:
            self._post.close()
        self._lease.release()

    def _read_logs(self) -> bool:
        if self._post is None or time.monotonic() >= self._look_again_at:
            self._behind = set(self._ears.sources)
            self._look_again_at = time.monotonic() + self._look_seconds
        worked, trouble = False, None
        for source in sorted(self._behind):
            try:
                if self._read_on(source):
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

    def _take_post(self, post: Post) -> bool:
        """Handle what came by the broker: what follows on what we have; any gap is for the log to fill."""
        letters = post.take(BATCH)
        self._behind |= post.missed()
        if not letters:
            return False
        for source, together in groupby(letters, key=lambda letter: letter.source):
            if source is None:
                self._bury_strays(list(together))
            else:
                self._take_following(source, list(together))
        post.acknowledge(letters[-1])
        return True

    def _take_following(self, source: str, letters: list[Delivery]) -> None:
        epoch, seq = self._inbox.position(source)
        following: list[_Come] = []
        for delivery in letters:
            if delivery.epoch == epoch and 0 < delivery.seq <= seq:
                continue
            is_next = delivery.epoch == epoch and delivery.seq == seq + 1
            letter = _as_said(delivery) if is_next else None
            if letter is None:
                self._behind.add(source)
                break
            following.append(_Come(delivery.seq, delivery.text, letter))
            seq = delivery.seq
        if following:
            self._take(source, epoch, following)

    def _bury_strays(self, letters: list[Delivery]) -> None:
        with self._inbox.database.transaction():
            self._lease.check()
            for letter in letters:
                self._inbox.bury("?", new_id(), "", letter.text[:MOST_OF_A_STRAY], "not from anybody we hear")

    def _read_on(self, source: str) -> bool:
        epoch, seq = self._inbox.position(source)
        head_epoch, head_seq = self._feeds[source].head()
        if not self._feeds[source].is_at_hand:
            self._inbox.note_head(source, head_epoch, head_seq)
        if epoch != head_epoch:
            seq = 0 if epoch else seq  # a restored publisher: read its log again, what was heard counts once
        elif seq >= head_seq:
            return False
        numbered = self._feeds[source].after(seq, BATCH)
        if not numbered:
            if epoch != head_epoch:
                with self._inbox.database.transaction():
                    self._inbox.move_to(source, head_epoch, seq)
            return False
        log.step("letters_fetched", source=source, count=len(numbered))
        self._take(source, head_epoch, [_Come(number, text) for number, text in numbered])
        return True

    def _take(self, source: str, epoch: int, come: list[_Come]) -> None:
        try:
            self._take_together(source, epoch, come)
        except (LeaseLost, StoreUnavailable):
            raise
        except Exception:
            for one in come:
                self._take_together(source, epoch, [one], alone=True)

    def _take_together(self, source: str, epoch: int, come: list[_Come], *, alone: bool = False) -> None:
        failure: Exception | None = None
        try:
            with self._inbox.database.transaction():
                self._lease.check()
                self._take_all(source, come)
                self._inbox.move_to(source, epoch, come[-1].seq)
                log.step("letters_handling", source=source, count=len(come))
        except (LeaseLost, StoreUnavailable):
            raise
        except Exception as error:
            if not alone:
                raise
            failure = error
        if failure is not None:
            self._set_aside(source, epoch, come[0], failure)
        log.step("letters_handled", source=source, count=len(come), seq=come[-1].seq)

    def _take_all(self, source: str, come: list[_Come]) -> None:
        letters = [(one.letter or envelope.read(one.text), one.text) for one in come]
        known = [(letter, text) for letter, text in letters if letter.type in self._ears.by_type]
        if any(letter.service != source for letter, _ in known):
            raise GiveUp("a letter from another than who sent it")
        new = self._inbox.hear([letter for letter, _ in known])
        if not new:
            return
        may_wait, oldest = any(new.values()), retention.oldest_id()
        moot = self._ears.moot([letter for letter, _ in known if letter.id in new])
        for letter, text in known:
            if letter.id not in new:
                continue
            del new[letter.id]
            if letter.id in moot or retention.is_past(letter, oldest):
                continue  # of somebody who was forgotten; or nobody knows any more whether it was heard long ago
            if may_wait and not self._ears.goes_first(letter) and self._inbox.has_waiting(letter):
                self._inbox.put_aside(letter, text, "waits behind an earlier one")
            else:
                self._ears.handle(letter)

    def _set_aside(self, source: str, epoch: int, one: _Come, error: Exception) -> None:
        with self._inbox.database.transaction():
            self._lease.check()
            self._inbox.move_to(source, epoch, one.seq)
            try:
                letter = envelope.read(one.text)
            except GiveUp as why:
                self._inbox.bury(source, new_id(), "", one.text, str(why))
                return
            self._inbox.is_new(letter)
            if isinstance(error, GiveUp | Refusal):
                self._inbox.bury(source, letter.id, letter.subject, one.text, _told(error))
            else:
                self._inbox.put_aside(letter, one.text, _told(error))
        if not isinstance(error, TryLater | GiveUp | Refusal):
            log.trouble("letter_failed", error, type=letter.type, event_id=letter.id)
        log.step("letter_set_aside", event_id=letter.id)

    def _retry_due(self) -> bool:
        due = self._inbox.due_retries(BATCH)
        for waiting in due:
            self._retry(waiting)
        return bool(due)

    def _retry(self, waiting: Waiting) -> None:
        failure: Exception | None = None
        try:
            with self._inbox.database.transaction():
                self._lease.check()
                letter = envelope.read(waiting.text)
                if not self._ears.moot([letter]):
                    self._ears.handle(letter)
                self._inbox.retried(waiting)
        except (LeaseLost, StoreUnavailable):
            raise
        except Exception as error:
            failure = error
        if failure is not None:
            with self._inbox.database.transaction():
                self._lease.check()
                self._inbox.failed_again(waiting, _told(failure), hopeless=isinstance(failure, GiveUp | Refusal))


def _as_said(delivery: Delivery) -> envelope.Letter | None:
    """What came over the road, when it is as it was said; if not, the log has it as it was."""
    try:
        letter = envelope.read(delivery.text)
    except GiveUp:
        return None
    return letter if (letter.service, letter.sequence) == (delivery.source, delivery.seq) else None


def _told(error: Exception) -> str:
    """What may be kept of an error: our own words, or where it broke; never its values."""
    if isinstance(error, GiveUp | TryLater):
        return str(error)
    if isinstance(error, Refusal):
        return f"refused: {error.code}"
    return log.describe(error)
