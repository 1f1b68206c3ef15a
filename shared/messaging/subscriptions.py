"""What a service hears: kinds of events, each with just the fields that this service needs and what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from shared.errors import GiveUp
from shared.ids import IdText
from shared.messaging.envelope import Event
from shared.messaging.inbox import Inbox
from shared.messaging.tracing import handling


class EventSchema(Schema):
    """Just the fields that this service needs of an event; more may come."""

    class Meta:
        unknown = EXCLUDE


def id_field(*, allow_none: bool = False) -> IdText:
    """Return a required field for an id, which arrives as text."""
    return IdText(required=True, allow_none=allow_none)


Handler = Callable[["ReceivedEvent"], None]


@dataclass(frozen=True)
class ReceivedEvent:
    """An event with its data as the consumer's own schema read it."""

    envelope: Event
    data: dict[str, Any]
    personal: dict[str, Any]


@dataclass(frozen=True)
class Subscription:
    """One kind of event that a service hears, with just the fields it needs."""

    schema: Schema
    handler: Handler
    bypasses_ordering: bool = False


class Subscriptions:
    """All that one service hears; the decorator `hears` adds to it."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.by_type: dict[str, Subscription] = {}

    def on(
        self, event_type: str, schema: type[Schema], *, bypasses_ordering: bool = False
    ) -> Callable[[Handler], Handler]:
        """Call the function for each new event of this type, inside a transaction; older states are skipped.

        The function may raise TryLater (the event waits, and those about its subject behind it) or GiveUp.
        tells_of_erasing  ends whatever waits about its subject, so it does not wait behind that, and is never
                          passed over
        """

        def note(handler: Handler) -> Handler:
            self.by_type[event_type] = Subscription(schema(unknown=EXCLUDE), handler, bypasses_ordering)
            return handler

        return note

    @property
    def sources(self) -> set[str]:
        """The services that are heard."""
        return {event_type.split(".")[2] for event_type in self.by_type}

    def skipped(self, events: Sequence[Event]) -> set[str]:
        """Ids of those that are about somebody who was forgotten: they count as heard, and do nothing."""
        return self.inbox.find_erased([one for one in events if not self.bypasses_ordering(one)])

    def bypasses_ordering(self, event: Event) -> bool:
        """Whether it does not wait behind earlier ones about its subject, because it ends them."""
        return self.by_type[event.type].bypasses_ordering

    def handle(self, event: Event) -> None:
        """Have the effect of one event, whose being new was checked already."""
        if event.is_redacted:
            return
        subscription = self.by_type[event.type]
        try:
            data = subscription.schema.load(event.data)
        except ValidationError as wrong:
            raise GiveUp(f"data not understood: {sorted(map(str, wrong.messages_dict))}") from None
        if not self.inbox.is_newer(event):
            return
        sealed = event.data.get("personal", {}).get(self.inbox.database.name)
        encryption = self.inbox.encryption
        personal = (
            {} if sealed is None else encryption.open_from_publisher(event.service, event.associated_data, sealed)
        )
        token = handling.set(event)
        try:
            subscription.handler(ReceivedEvent(event, data, personal))
        finally:
            handling.reset(token)
