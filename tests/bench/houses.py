"""The two houses of every bench, one that says and one that hears, on whatever stores and courier; and their work.

    python -m tests.bench.houses PLACE publish | relay | listen | both | hand_over | look

How a child that publishes is asked is in `speak`. One that listens writes down a row for each event and, when the
place wants to know, the moment at which that row was committed.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from marshmallow import Schema, fields

from deploy.town.servers import make_databases
from shared import door, log, work
from shared.bus.sending import Sender
from shared.ears import Ears, Heard
from shared.envelope import EventKind
from shared.feed import LocalFeed
from shared.house import House
from shared.relay import Relay
from shared.settings import ServiceSettings
from tests.bench.peers.speak import answer
from tests.bench.stand import Stand

NAMES = ("sender", "hearer")
# Events are about these many subjects in turn.
SUBJECTS = 100
_numbers = itertools.count()
_EFFECT = "INSERT INTO effect (n, at) VALUES (?, ?)"
_SINCE = "SELECT id, data FROM outbox WHERE id > ? ORDER BY id"


class _Blink(Schema):
    n = fields.Integer(required=True)
    text = fields.String()


BLINKED = EventKind(
    service="sender", name="lamp_blinked", subject="lamp", schema=_Blink, example={"n": 1}, readers=("hearer",)
)


@dataclass(frozen=True)
class Place:
    """Where the houses stand.

    database  beginning of the two databases, as for a town; None is files in the folder
    broker    None is the local courier
    """

    folder: str
    database: str | None
    broker: str | None
    prefix: str = "houvast"
    notes_commits: bool = False

    @classmethod
    def on(cls, here: Stand, *, with_database: bool, with_broker: bool, notes_commits: bool = False) -> Place:
        """A place that nobody else uses, prepared."""
        number = next(_numbers)
        made = cls(
            str(here.folder / f"houses-{number}"), f"{here.database.url}_{number}" if with_database else None,
            here.broker.url if with_broker else None, f"{here.broker}.{number}", notes_commits,
        )  # fmt: skip
        for name in NAMES:
            here.broker.also(f"{made.prefix}.{name}", f"{made.prefix}.{name}.dead")
        made.prepare()
        return made

    def text(self) -> str:
        """To hand to a child."""
        return json.dumps(asdict(self))

    @property
    def commits(self) -> Path:
        """Where who listens writes `n moment` after each commit."""
        return Path(self.folder) / "commits"

    def settings(self, name: str) -> ServiceSettings:
        """What one of the houses is told."""
        return ServiceSettings(
            stores=Path(self.folder), keys_file=Path(self.folder) / "keys.json", public_url="http://127.0.0.1:1",
            database=None if self.database is None else f"{self.database}_{name}", broker=self.broker,
            broker_prefix=self.prefix,
        )  # fmt: skip

    def house(self, name: str) -> House:
        """One of the houses, open."""
        house = House(name)
        house.open(self.settings(name))
        return house

    def prepare(self) -> None:
        """Make keys, stores and tables."""
        Path(self.folder).mkdir(exist_ok=True)
        if self.database is not None:
            make_databases(self.database, NAMES)
        key = base64.b64encode(os.urandom(32)).decode()
        keys = {"fields": {"current": "k1", "keys": {"k1": key}}, "index": key, "letters": {}, "form": key}
        file = self.settings("sender").keys_file
        file.touch(mode=0o600)
        file.write_text(json.dumps(keys), encoding="ascii")
        for name in NAMES:
            house = self.house(name)
            with house.transaction():
                house.database.proxy.obj.create_tables(house.tables)
                house.database.execute("CREATE TABLE effect (n INTEGER NOT NULL, at DOUBLE PRECISION NOT NULL)")
            house.database.close()


def change(house: House, n: int) -> None:
    """A transaction that changes a row and tells of it."""
    with house.transaction():
        house.database.execute(_EFFECT, (n, time.time()))
        house.say(BLINKED, f"lamp-{n % SUBJECTS}", {"n": n})


def say(house: House, n: int, text: str = "") -> None:
    """A transaction that only tells."""
    with house.transaction():
        house.say(BLINKED, f"lamp-{n % SUBJECTS}", {"n": n, "text": text} if text else {"n": n})


def ears_of(house: House, place: Place) -> Ears:
    """Hears, and writes down one row."""
    ears = Ears(house.inbox)
    notes = place.commits.open("a", buffering=1) if place.notes_commits else None

    @ears.hears(BLINKED.type, _Blink)
    def note(heard: Heard) -> None:
        n = heard.data["n"]
        house.database.execute_later(_EFFECT, (n, time.time()))  # as a listener keeps its copies
        if notes is not None:
            house.database.after_commit(lambda: print(n, time.time(), file=notes))

    return ears


def parts(place: Place, names: Iterable[str]) -> list[work.Part]:
    """The relay of the one house, the listener of the other, or both, as every work process has them."""
    houses = {name: place.house(name) for name in NAMES}
    feeds = {"sender": LocalFeed(houses["sender"].outbox)}
    found: list[work.Part] = []
    for name, wanted, ears in (
        ("sender", "relay", Ears(houses["sender"].inbox)),
        ("hearer", "listener", ears_of(houses["hearer"], place)),
    ):
        if wanted in names:
            all_parts = work.parts(houses[name], ears, (), place.settings(name), ("hearer",), feeds)
            found += [part for part in all_parts if part.name in (wanted, "calls")]
    return found


def hand_over(place: Place) -> None:
    """Each line asks to hand over so many letters that wait."""
    assert place.broker is not None
    house = place.house("sender")
    relay = Relay(
        house.outbox, house.leases.lease("relay", 60), lambda: None, Sender(place.broker, place.prefix, "sender")
    )
    relay.step()
    for line in sys.stdin:
        began = time.monotonic()
        while house.outbox.sent() < int(line):
            relay.step()
        print(json.dumps({"seconds": time.monotonic() - began}), flush=True)
    relay.close()


def look(place: Place) -> None:
    """Who looks once a second, and handles one by one what it finds."""
    sender, hearer = (place.house(name) for name in NAMES)
    stop, last = door.stop_on_signal(), 0
    with place.commits.open("a", buffering=1) as notes:
        while not stop.wait(1.0):
            for number, data in sender.database.execute(_SINCE, (last,)).fetchall():
                with hearer.transaction():
                    n = json.loads(data)["n"]
                    hearer.database.execute(_EFFECT, (n, time.time()))
                print(n, time.time(), file=notes)
                last = number


def main() -> None:
    """Do what the command line says until asked to stop."""
    place, role = Place(**json.loads(sys.argv[1])), sys.argv[2]
    log.configure("bench")
    if role == "publish":
        house = place.house("sender")
        answer({"say": partial(say, house), "change": partial(change, house)})
        return
    if role in ("hand_over", "look"):
        (hand_over if role == "hand_over" else look)(place)
        return
    names = {"relay": ("relay",), "listen": ("listener",), "both": ("relay", "listener")}[role]
    work.run(parts(place, names), place.settings("sender"), door.stop_on_signal())


if __name__ == "__main__":
    main()
