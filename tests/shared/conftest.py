"""Two services, one that publishes and one that consumes, with the local transport between them."""

from __future__ import annotations

import base64
import contextlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import peewee
import pytest
from marshmallow import Schema, fields

from deploy.local.servers import Servers, make_databases
from shared import clock
from shared.ids import new_id
from shared.messaging import envelope
from shared.messaging.consumer import Consumer
from shared.messaging.envelope import EventType
from shared.messaging.feed import LocalFeed
from shared.messaging.inbox import RETRY_SECONDS
from shared.messaging.rabbitmq.consumer import RabbitConsumer
from shared.messaging.rabbitmq.publisher import RabbitPublisher
from shared.messaging.relay import Relay
from shared.messaging.subscriptions import ReceivedEvent, Subscriptions
from shared.service import Service
from shared.settings import ServiceSettings
from shared.storage import IdField, StoreUnavailable
from tests.support.raw_events import put

LEASE_SECONDS = 10
LONG_SECONDS = 300  # no test lasts so long


class _Colour(Schema):
    lamp_id = fields.UUID(required=True)
    colour = fields.String(required=True)


_EXAMPLE = {"lamp_id": "01990000-0000-7000-8000-000000000001", "colour": "green"}

CHANGED = EventType(
    service="publisher",
    name="lamp_changed",
    subject="lamp",
    schema=_Colour,
    example=_EXAMPLE,
    consumers=("subscriber",),
    is_state=True,
    personal={"subscriber": ("owner",)},
)
PAINTED = replace(CHANGED, name="lamp_painted")
BLINKED = EventType(
    service="publisher",
    name="lamp_blinked",
    subject="lamp",
    schema=_Colour,
    example=_EXAMPLE,
    consumers=("subscriber",),
)


def _key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


class ServicePair:
    """The publisher, the subscriber, what the subscriber stored, and what its handler does after that."""

    changed, painted, blinked = CHANGED, PAINTED, BLINKED

    def __init__(self, folder: Path, servers: Servers) -> None:
        self.folder, self.servers = folder, servers
        self._ends: list[Any] = []
        if servers.database is not None:
            make_databases(servers.database, ("publisher", "subscriber"))
        pair = {"publisher>subscriber": _key(), "subscriber>publisher": _key()}
        self.publisher, self.subscriber = Service("publisher"), Service("subscriber")
        Model: Any = self.subscriber.database.Model  # noqa: N806
        PublisherModel: Any = self.publisher.database.Model  # noqa: N806

        class Effect(Model):
            """What the subscriber stored: one row for each event that counted."""

            lamp_id = IdField()
            colour = peewee.CharField()
            owner = peewee.CharField(null=True)

        class Lamp(PublisherModel):
            """What the publisher decided, beside what it published."""

            lamp_id = IdField()
            colour = peewee.CharField()

        self.Effect, self.Lamp = Effect, Lamp
        for service, own in ((self.publisher, Lamp), (self.subscriber, Effect)):
            service.open(self.settings(service.name, pair))
            with service.transaction():
                service.database.proxy.obj.create_tables([*service.tables, own])
        self.after_effect: Callable[[ReceivedEvent], None] = lambda _event: None
        self.handled: list[str] = []
        self.subscriptions = Subscriptions(self.subscriber.inbox)
        self.subscriptions.on((CHANGED.type, PAINTED.type), _Colour)(self._store_effect)
        self.subscriptions.on(BLINKED.type, _Colour)(self._store_effect)
        self.relay = self.new_relay()
        self.consumer = self.new_consumer()

    def settings(self, name: str, events: dict[str, str] | None = None, **changed: Any) -> ServiceSettings:
        keys_file = self.folder / f"{name}.json"
        if events is not None:
            keys = {
                "fields": {"current": "k1", "keys": {"k1": _key()}},
                "index": _key(),
                "events": events,
                "form": _key(),
            }
            keys_file.write_text(json.dumps(keys))
            keys_file.chmod(0o600)
        beginning = self.servers.database
        return ServiceSettings(
            stores=self.folder,
            keys_file=keys_file,
            public_url="http://127.0.0.1:1",
            database=None if beginning is None else f"{beginning}_{name}",
            **changed,
        )

    def _store_effect(self, event: ReceivedEvent) -> None:
        self.handled.append(event.envelope.id)
        self.Effect.create(
            lamp_id=str(event.data["lamp_id"]), colour=event.data["colour"], owner=event.personal.get("owner")
        )
        # After the effect, so that a failure has something to undo.
        self.after_effect(event)

    def new_relay(self) -> Relay:
        """Another relay of the same publisher."""
        broker, prefix = self.servers.broker, self.servers.prefix
        transport = None if broker is None else RabbitPublisher(broker, prefix, "publisher")
        lease = self.publisher.leases.lease("relay", LEASE_SECONDS)
        self._ends.append(Relay(self.publisher.outbox, lease, lambda: None, transport))
        return self._ends[-1]

    def new_consumer(self) -> Consumer:
        """Another consumer of the same subscriber."""
        lease = self.subscriber.leases.lease("consumer", LEASE_SECONDS)
        broker, prefix = self.servers.broker, self.servers.prefix
        incoming = None if broker is None else RabbitConsumer(broker, prefix, "subscriber", ["publisher"])
        feeds = {"publisher": LocalFeed(self.publisher.outbox)}
        self._ends.append(Consumer(self.subscriptions, feeds, lease, incoming, head_check_seconds=0))
        return self._ends[-1]

    # The publisher.

    def blink(self, colour: str, lamp_id: str | None = None) -> str:
        """Publish a fact; gives the id of the event."""
        return self._publish(BLINKED, colour, lamp_id or new_id(), None)

    def change(self, colour: str, lamp_id: str | None = None) -> str:
        """Publish a state; gives the id of the event."""
        return self._publish(CHANGED, colour, lamp_id or new_id(), {"subscriber": {"owner": "Noor"}})

    def paint(self, colour: str, lamp_id: str | None = None) -> str:
        """Say a state under another name; gives the id of the event."""
        return self._publish(PAINTED, colour, lamp_id or new_id(), {"subscriber": {"owner": "Noor"}})

    def _publish(self, kind: EventType, colour: str, lamp_id: str, personal: Any) -> str:
        with self.publisher.transaction():
            self.Lamp.create(lamp_id=lamp_id, colour=colour)
            return self.publisher.publish(kind, lamp_id, {"lamp_id": lamp_id, "colour": colour}, personal)

    def publish_raw(self, text: str) -> None:
        """An event stands in the publisher's log that its own code would never write: `text` is its data."""
        self.publish_raw_as(BLINKED.type, f"lamp/{new_id()}", text)

    def publish_raw_as(self, event_type: str, subject: str, data: str) -> str:
        """The same, of any type and about any subject; gives the id of the event."""
        with self.publisher.transaction():
            return put(self.publisher.outbox, event_type, subject, data)

    # The subscriber.

    def settle(self) -> None:
        """Relay and consume until nothing is new; what waits for its time is left waiting."""
        while self.relay.step():
            pass
        while self.consumer.step():
            pass

    def make_retries_due(self) -> None:
        """Whatever waits is due now."""
        with self.subscriber.transaction():
            self.subscriber.inbox.InboxRetry.update(next_at=clock.wall()).execute()

    def postpone_retries(self) -> None:
        """Whatever waits is not due while a test is at it, however slow the machine is."""
        attempt = next(number for number, seconds in enumerate(RETRY_SECONDS) if seconds >= LONG_SECONDS)
        next_at = clock.wall() + timedelta(seconds=LONG_SECONDS / 2)
        with self.subscriber.transaction():
            self.subscriber.inbox.InboxRetry.update(attempt=attempt, next_at=next_at).execute()

    def read_again(self) -> None:
        """The subscriber reads the publisher's log again from the beginning."""
        with self.subscriber.transaction():
            self.subscriber.inbox.advance("publisher", 1, 0)

    def effects(self) -> list[str]:
        """The colours that were stored, in order."""
        return [row.colour for row in self.Effect.select().order_by(self.Effect.id)]

    def events(self) -> list[envelope.Event]:
        """What the publisher has published."""
        return [envelope.read(text) for _, text in self.publisher.outbox.after(0, 100_000)]

    def waiting(self) -> int:
        """How many events wait to be tried again."""
        count: int = self.subscriber.inbox.InboxRetry.select().count()
        return count

    def dead(self) -> list[Any]:
        """The dead letters."""
        return list(self.subscriber.inbox.DeadLetter.select().order_by(self.subscriber.inbox.DeadLetter.id))

    def expire_lease(self, service: Service, name: str) -> None:
        """The lease of this name is over, though its holder has not noticed."""
        with service.transaction():
            table = service.leases.Lease
            table.update(expires_at=clock.wall()).where(table.name == name).execute()

    def fill_up(self, service: Service, spare_pages: int = 2) -> None:
        """From now on the store of this service may grow by no more than so many pages."""
        used = service.database.proxy.obj.pragma("page_count")
        service.database.close()
        service.open(self.settings(service.name, store_max_pages=used + spare_pages))

    def make_room(self, service: Service) -> None:
        """The store may grow again."""
        service.database.close()
        service.open(self.settings(service.name))

    def close(self) -> None:
        """Let go of the stores."""
        for end in self._ends:
            with contextlib.suppress(StoreUnavailable):
                end.close()
        for service in (self.publisher, self.subscriber):
            service.database.close()


@pytest.fixture
def harness(tmp_path: Path, pair: Servers, request: pytest.FixtureRequest) -> Iterator[ServicePair]:
    """Two services of its own for one test, on each transport and each database."""
    if pair.broker is not None:
        names = [f"{pair.prefix}.{name}" for name in ("publisher", "subscriber")]
        request.getfixturevalue("broker_prefix").also(
            *names, *(f"{name}.{end}" for name in names for end in ("inbox", "dead"))
        )
    made = ServicePair(tmp_path, pair)
    yield made
    made.close()


ON_FILES = pytest.mark.parametrize("pair", ["local-sqlite"], indirect=True)
