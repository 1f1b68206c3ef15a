"""The subscriptions of a service: per event type just the fields that it needs, and the handler of each event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from shared.errors import GiveUp
from shared.ids import IdText
from shared.messaging.envelope import Event
from shared.messaging.inbox import Inbox
from shared.messaging.tracing import current_event


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
    """An event with its data as the consumer's own schema loaded it."""

    envelope: Event
    data: dict[str, Any]
    personal: dict[str, Any]


@dataclass(frozen=True)
class Subscription:
    """One event type that a service consumes."""

    schema: Schema
    handler: Handler
    bypasses_ordering: bool = False


class Subscriptions:
    """All event types that one service consumes; the decorator `on` adds one."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.by_type: dict[str, Subscription] = {}

    def on(
        self, event_types: str | tuple[str, ...], schema: type[Schema], *, bypasses_ordering: bool = False
    ) -> Callable[[Handler], Handler]:
        """Call the function for each new event of these types, inside a transaction; older states are skipped.

        The function may raise TryLater (the event waits, and later ones about its subject behind it) or GiveUp.
        bypasses_ordering  for a type that ends whatever waits about its subject: it waits behind nothing, and is
                           handled about erased subjects too
        """

        def register(handler: Handler) -> Handler:
            subscription = Subscription(schema(unknown=EXCLUDE), handler, bypasses_ordering)
            types = (event_types,) if isinstance(event_types, str) else event_types
            self.by_type |= dict.fromkeys(types, subscription)
            return handler

        return register

    @property
    def sources(self) -> set[str]:
        """The services whose events are consumed."""
        return {event_type.split(".")[2] for event_type in self.by_type}

    def skipped(self, events: Sequence[Event]) -> set[str]:
        """Return the ids of events about an erased person: those count as handled and have no effect."""
        return self.inbox.find_erased([event for event in events if not self.bypasses_ordering(event)])

    def bypasses_ordering(self, event: Event) -> bool:
        """Whether it does not wait behind earlier events about its subject, because it ends them."""
        return self.by_type[event.type].bypasses_ordering

    def handle(self, event: Event) -> None:
        """Call the handler of an event that is new to the inbox. GiveUp when its data is not what we know."""
        if event.is_redacted:
            return
        subscription = self.by_type[event.type]
        try:
            data = subscription.schema.load(event.data)
        except ValidationError as error:
            fields = sorted(map(str, error.messages_dict))
            raise GiveUp(f"data not understood: {fields}", "unreadable") from None
        if not self.inbox.is_newer(event):
            return
        token = current_event.set(event)
        try:
            subscription.handler(ReceivedEvent(event, data, self._open_personal(event)))
        finally:
            current_event.reset(token)

    def _open_personal(self, event: Event) -> dict[str, Any]:
        sealed = event.data.get("personal", {}).get(self.inbox.database.name)
        if sealed is None:
            return {}
        return self.inbox.encryption.open_from_publisher(event.service, event.associated_data, sealed)
