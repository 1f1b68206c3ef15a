"""What a service hears: kinds of events, each with just the fields that this service needs and what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from shared.cause import handling
from shared.envelope import Letter
from shared.errors import GiveUp
from shared.inbox import Inbox

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

    schema: Schema
    handler: Handler
    tells_of_erasing: bool = False


class Ears:
    """All that one service hears; the decorator `hears` adds to it."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.by_type: dict[str, Ear] = {}

    def hears(
        self, event_type: str, schema: type[Schema], *, tells_of_erasing: bool = False
    ) -> Callable[[Handler], Handler]:
        """Call the function for each new letter of this type, inside a transaction; older states are skipped.

        The function may raise TryLater (the letter waits, and those about its subject behind it) or GiveUp.
        tells_of_erasing  ends whatever waits about its subject, so it does not wait behind that, and is never
                          passed over
        """

        def note(handler: Handler) -> Handler:
            self.by_type[event_type] = Ear(schema(unknown=EXCLUDE), handler, tells_of_erasing)
            return handler

        return note

    @property
    def sources(self) -> set[str]:
        """The services that are heard."""
        return {event_type.split(".")[2] for event_type in self.by_type}

    def moot(self, letters: Sequence[Letter]) -> set[str]:
        """Ids of those that are about somebody who was forgotten: they count as heard, and do nothing."""
        return self.inbox.passes_over([one for one in letters if not self.goes_first(one)])

    def goes_first(self, letter: Letter) -> bool:
        """Whether it does not wait behind earlier ones about its subject, because it ends them."""
        return self.by_type[letter.type].tells_of_erasing

    def handle(self, letter: Letter) -> None:
        """Have the effect of one letter, whose being new was checked already."""
        if letter.is_emptied:
            return
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
        token = handling.set(letter)
        try:
            ear.handler(Heard(letter, data, personal))
        finally:
            handling.reset(token)
