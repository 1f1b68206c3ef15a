"""Two houses on one street, one that says and one that hears, with the local courier between them."""

from __future__ import annotations

import base64
import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import peewee
import pytest
from marshmallow import Schema, fields

from deploy.town.servers import Servers, make_databases
from shared import clock, envelope
from shared.bus.receiving import Post
from shared.bus.sending import Sender
from shared.ears import Ears, Heard
from shared.envelope import EventKind
from shared.feed import LocalFeed
from shared.house import House
from shared.ids import new_id
from shared.listener import Listener
from shared.relay import Relay
from shared.settings import ServiceSettings
from shared.store import IdField, StoreUnavailable
from tests.raw_letters import put

LEASE_SECONDS = 10


class _Colour(Schema):
    lamp_id = fields.UUID(required=True)
    colour = fields.String(required=True)


_EXAMPLE = {"lamp_id": "01990000-0000-7000-8000-000000000001", "colour": "green"}

CHANGED = EventKind(
    service="sender", name="lamp_changed", subject="lamp", schema=_Colour, example=_EXAMPLE, readers=("hearer",),
    is_state=True, personal={"hearer": ("owner",)},
)  # fmt: skip
BLINKED = EventKind(
    service="sender", name="lamp_blinked", subject="lamp", schema=_Colour, example=_EXAMPLE, readers=("hearer",)
)


def _key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


class Street:
    """The sender, the hearer, what the hearer wrote down, and what its handler is told to do."""

    changed, blinked = CHANGED, BLINKED

    def __init__(self, folder: Path, servers: Servers) -> None:
        self.folder, self.servers = folder, servers
        self._ends: list[Any] = []
        if servers.database is not None:
            make_databases(servers.database, ("sender", "hearer"))
        pair = {"sender>hearer": _key(), "hearer>sender": _key()}
        self.sender, self.hearer = House("sender"), House("hearer")
        Model: Any = self.hearer.database.Model  # noqa: N806
        SaidModel: Any = self.sender.database.Model  # noqa: N806

        class Effect(Model):
            """What the hearer wrote down: one row for each letter that counted."""

            lamp_id = IdField()
            colour = peewee.CharField()
            owner = peewee.CharField(null=True)

        class Lamp(SaidModel):
            """What the sender decided, beside what it said."""

            lamp_id = IdField()
            colour = peewee.CharField()

        self.Effect, self.Lamp = Effect, Lamp
        for house, own in ((self.sender, Lamp), (self.hearer, Effect)):
            house.open(self.settings(house.name, pair))
            with house.transaction():
                house.database.proxy.obj.create_tables([*house.tables, own])
        self.in_the_way: Callable[[Heard], None] = lambda _heard: None
        self.handled: list[str] = []
        self.ears = Ears(self.hearer.inbox)
        for kind in (CHANGED, BLINKED):
            self.ears.hears(kind.type, _Colour)(self._write_down)
        self.relay = self.new_relay()
        self.listener = self.new_listener()

    def settings(self, name: str, letters: dict[str, str] | None = None, **changed: Any) -> ServiceSettings:
        keys_file = self.folder / f"{name}.json"
        if letters is not None:
            keys = {"fields": {"current": "k1", "keys": {"k1": _key()}}, "index": _key(), "letters": letters}
            keys_file.write_text(json.dumps(keys))
            keys_file.chmod(0o600)
        beginning = self.servers.database
        return ServiceSettings(
            stores=self.folder, keys_file=keys_file, public_url="http://127.0.0.1:1",
            database=None if beginning is None else f"{beginning}_{name}", **changed,
        )  # fmt: skip

    def _write_down(self, heard: Heard) -> None:
        self.handled.append(heard.letter.id)
        self.Effect.create(
            lamp_id=str(heard.data["lamp_id"]), colour=heard.data["colour"], owner=heard.personal.get("owner")
        )
        # After the effect, so that a failure has something to undo.
        self.in_the_way(heard)

    def new_relay(self) -> Relay:
        """Another relay of the same sender."""
        broker, prefix = self.servers.broker, self.servers.prefix
        courier = None if broker is None else Sender(broker, prefix, "sender")
        lease = self.sender.leases.lease("relay", LEASE_SECONDS)
        self._ends.append(Relay(self.sender.outbox, lease, lambda: None, courier))
        return self._ends[-1]

    def new_listener(self) -> Listener:
        """Another listener of the same hearer."""
        lease = self.hearer.leases.lease("listener", LEASE_SECONDS)
        broker, prefix = self.servers.broker, self.servers.prefix
        post = None if broker is None else Post(broker, prefix, "hearer", ["sender"])
        feeds = {"sender": LocalFeed(self.sender.outbox)}
        self._ends.append(Listener(self.ears, feeds, lease, post, look_seconds=0))
        return self._ends[-1]

    # The sender.

    def blink(self, colour: str, lamp_id: str | None = None) -> str:
        """Say a fact; gives the id of the letter."""
        return self._say(BLINKED, colour, lamp_id or new_id(), None)

    def change(self, colour: str, lamp_id: str | None = None) -> str:
        """Say a state; gives the id of the letter."""
        return self._say(CHANGED, colour, lamp_id or new_id(), {"hearer": {"owner": "Noor"}})

    def _say(self, kind: EventKind, colour: str, lamp_id: str, personal: Any) -> str:
        with self.sender.transaction():
            self.Lamp.create(lamp_id=lamp_id, colour=colour)
            return self.sender.say(kind, lamp_id, {"lamp_id": lamp_id, "colour": colour}, personal)

    def post(self, text: str) -> None:
        """A letter stands in the sender's log that its own code would never write: `text` is its data."""
        self.post_as(BLINKED.type, f"lamp/{new_id()}", text)

    def post_as(self, event_type: str, subject: str, data: str) -> str:
        """The same, of any type and about any subject; gives the id of the letter."""
        with self.sender.transaction():
            return put(self.sender.outbox, event_type, subject, data)

    # The hearer.

    def settle(self) -> None:
        """Hand over and hear until nothing is new; what waits for its time is left waiting."""
        while self.relay.step():
            pass
        while self.listener.step():
            pass

    def let_time_pass(self) -> None:
        """Whatever waits is due now."""
        with self.hearer.transaction():
            self.hearer.inbox.InboxRetry.update(next_at=clock.wall()).execute()

    def forget_the_place(self) -> None:
        """The hearer reads the sender's log again from the beginning."""
        with self.hearer.transaction():
            self.hearer.inbox.move_to("sender", 1, 0)

    def effects(self) -> list[str]:
        """The colours that were written down, in order."""
        return [row.colour for row in self.Effect.select().order_by(self.Effect.id)]

    def letters(self) -> list[envelope.Letter]:
        """What the sender has said and numbered."""
        return [envelope.read(text) for _, text in self.sender.outbox.after(0, 100_000)]

    def waiting(self) -> int:
        """How many letters wait to be tried again."""
        count: int = self.hearer.inbox.InboxRetry.select().count()
        return count

    def dead(self) -> list[Any]:
        """The dead letters."""
        return list(self.hearer.inbox.DeadLetter.select().order_by(self.hearer.inbox.DeadLetter.id))

    def lapse(self, house: House, name: str) -> None:
        """The lease of this name is over, though its holder has not noticed."""
        with house.transaction():
            table = house.leases.Lease
            table.update(expires_at=clock.wall()).where(table.name == name).execute()

    def fill_up(self, house: House, spare_pages: int = 2) -> None:
        """From now on the store of this house may grow by no more than so many pages."""
        used = house.database.proxy.obj.pragma("page_count")
        house.database.close()
        house.open(self.settings(house.name, store_max_pages=used + spare_pages))

    def make_room(self, house: House) -> None:
        """The store may grow again."""
        house.database.close()
        house.open(self.settings(house.name))

    def close(self) -> None:
        """Let go of the stores."""
        for end in self._ends:
            with contextlib.suppress(StoreUnavailable):
                end.close()
        for house in (self.sender, self.hearer):
            house.database.close()


@pytest.fixture
def street(tmp_path: Path, pair: Servers, request: pytest.FixtureRequest) -> Iterator[Street]:
    """A street of its own for one test, on each courier and each database."""
    if pair.broker is not None:
        names = [f"{pair.prefix}.{name}" for name in ("sender", "hearer")]
        request.getfixturevalue("broker_prefix").also(
            *names, *(f"{name}.{end}" for name in names for end in ("inbox", "dead"))
        )
    made = Street(tmp_path, pair)
    yield made
    made.close()


ON_FILES = pytest.mark.parametrize("pair", ["local-sqlite"], indirect=True)
