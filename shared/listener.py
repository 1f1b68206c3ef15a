"""How a service hears: letters in batches, one transaction a batch, redone one by one when one of them fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from shared import envelope, log
from shared.envelope import Letter
from shared.errors import GiveUp, Refusal, TryLater
from shared.feed import Feed
from shared.ids import new_id
from shared.inbox import Inbox, Waiting
from shared.lease import Lease, LeaseLost
from shared.store import StoreUnavailable

# A batch is one write transaction; web writes wait behind it.
BATCH = 100
Handler = Callable[["Heard"], None]


@dataclass(frozen=True)
class Heard:
    """A letter with its data as the listener's own schema read it."""

    letter: Letter
    data: dict[str, Any]
    personal: dict[str, Any]


@dataclass(frozen=True)
class Ear:
    """One kind of event that a service hears, with just the fields it needs."""

    event_type: str
    schema: Schema
    handler: Handler


class Ears:
    """All that one service hears; the decorator `hears` adds to it."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.by_type: dict[str, Ear] = {}

    def hears(self, event_type: str, schema: type[Schema]) -> Callable[[Handler], Handler]:
        """Call the function for each new letter of this type, inside a transaction; older states are skipped.

        The function may raise TryLater (the letter waits, and those about its subject behind it) or GiveUp.
        """

        def note(handler: Handler) -> Handler:
            self.by_type[event_type] = Ear(event_type, schema(unknown=EXCLUDE), handler)
            return handler

        return note

    @property
    def sources(self) -> set[str]:
        """The services that are heard."""
        return {event_type.split(".")[2] for event_type in self.by_type}

    def handle(self, letter: Letter) -> None:
        """Have the effect of one letter, whose being new was checked already."""
        ear = self.by_type[letter.type]
        try:
            data = ear.schema.load(letter.data)
        except ValidationError as wrong:
            raise GiveUp(f"data not understood: {sorted(map(str, wrong.messages_dict))}") from None
        if not self.inbox.is_news(letter):
            return
        sealed = letter.data.get("personal", {}).get(self.inbox.database.name)
        privacy = self.inbox.privacy
        personal = {} if sealed is None else privacy.open_letter(letter.service, letter.about, sealed)
        ear.handler(Heard(letter, data, personal))


class Listener:
    """The one listener of a service, reading the logs of all whom it hears."""

    def __init__(self, ears: Ears, feeds: Mapping[str, Feed], lease: Lease) -> None:
        self._ears, self._feeds, self._lease = ears, feeds, lease
        self._inbox = ears.inbox

    def step(self) -> bool:
        """Handle what is new and what is due again; True when there was something."""
        if not self._lease.hold():
            return False
        worked, trouble = False, None
        for source in sorted(self._ears.sources):
            try:
                worked = self._read_on(source) or worked
            except (LeaseLost, StoreUnavailable):
                raise
            except Exception as error:  # one log that cannot be read must not keep the others unheard
                trouble = error
        worked = self._retry_due() or worked
        if trouble is not None:
            raise trouble
        return worked

    def close(self) -> None:
        """Let the next one start at once."""
        self._lease.release()

    def _read_on(self, source: str) -> bool:
        epoch, seq = self._inbox.position(source)
        head_epoch, head_seq = self._feeds[source].head()
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
        self._take(source, head_epoch, numbered)
        return True

    def _take(self, source: str, epoch: int, numbered: list[tuple[int, str]]) -> None:
        try:
            self._take_together(source, epoch, numbered)
        except (LeaseLost, StoreUnavailable):
            raise
        except Exception:
            for one in numbered:
                self._take_together(source, epoch, [one], alone=True)

    def _take_together(
        self, source: str, epoch: int, numbered: list[tuple[int, str]], *, alone: bool = False
    ) -> None:
        failure: Exception | None = None
        try:
            with self._inbox.database.transaction():
                self._lease.check()
                for _, text in numbered:
                    self._take_one(source, text)
                self._inbox.move_to(source, epoch, numbered[-1][0])
                log.step("letters_handling", source=source, count=len(numbered))
        except (LeaseLost, StoreUnavailable):
            raise
        except Exception as error:
            if not alone:
                raise
            failure = error
        if failure is not None:
            self._set_aside(source, epoch, *numbered[0], failure)
        log.step("letters_handled", source=source, count=len(numbered), seq=numbered[-1][0])

    def _take_one(self, source: str, text: str) -> None:
        letter = envelope.read(text)
        if letter.type not in self._ears.by_type:
            return
        if letter.service != source:
            raise GiveUp("a letter from another than who sent it")
        if not self._inbox.is_new(letter):
            return
        if self._inbox.has_waiting(letter):
            self._inbox.put_aside(letter, text, "waits behind an earlier one")
            return
        self._ears.handle(letter)

    def _set_aside(self, source: str, epoch: int, seq: int, text: str, error: Exception) -> None:
        with self._inbox.database.transaction():
            self._lease.check()
            self._inbox.move_to(source, epoch, seq)
            try:
                letter = envelope.read(text)
            except GiveUp as why:
                self._inbox.bury(source, new_id(), "", text, str(why))
                return
            self._inbox.is_new(letter)
            if isinstance(error, GiveUp | Refusal):
                self._inbox.bury(source, letter.id, letter.subject, text, _told(error))
            else:
                self._inbox.put_aside(letter, text, _told(error))
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
                self._ears.handle(envelope.read(waiting.text))
                self._inbox.retried(waiting)
        except (LeaseLost, StoreUnavailable):
            raise
        except Exception as error:
            failure = error
        if failure is not None:
            with self._inbox.database.transaction():
                self._lease.check()
                self._inbox.failed_again(waiting, _told(failure), hopeless=isinstance(failure, GiveUp | Refusal))


def _told(error: Exception) -> str:
    """What may be kept of an error: our own words, or where it broke; never its values."""
    if isinstance(error, GiveUp | TryLater):
        return str(error)
    if isinstance(error, Refusal):
        return f"refused: {error.code}"
    return log.describe(error)
