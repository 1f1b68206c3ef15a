"""The two services of every bench, one that publishes and one that consumes, on whatever stores and transport; and
their worker.

    python -m tests.bench.services PLACE publish | relay | listen | both | hand_over | poll

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

from deploy.local.servers import make_databases
from shared import cli, log, worker
from shared.messaging.envelope import EventType
from shared.messaging.feed import LocalFeed
from shared.messaging.rabbitmq.publisher import RabbitPublisher
from shared.messaging.relay import Relay
from shared.messaging.subscriptions import ReceivedEvent, Subscriptions
from shared.service import Service
from shared.settings import ServiceSettings
from tests.bench.peers.speak import answer
from tests.bench.stand import Stand

NAMES = ("publisher", "subscriber")
# Events are about these many subjects in turn.
SUBJECTS = 100
_numbers = itertools.count()
_EFFECT = "INSERT INTO effect (n, at) VALUES (?, ?)"
_SINCE = "SELECT id, data FROM outbox WHERE id > ? ORDER BY id"


class _Blink(Schema):
    n = fields.Integer(required=True)
    text = fields.String()


BLINKED = EventType(
    service="publisher",
    name="lamp_blinked",
    subject="lamp",
    schema=_Blink,
    example={"n": 1},
    consumers=("subscriber",),
)


@dataclass(frozen=True)
class Place:
    """Where the services stand.

    database  beginning of the two databases, as for an installation; None is files in the folder
    broker    None is the local transport
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
            str(here.folder / f"services-{number}"),
            f"{here.database.url}_{number}" if with_database else None,
            here.broker.url if with_broker else None,
            f"{here.broker}.{number}",
            notes_commits,
        )
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
        """The settings of one of the services."""
        return ServiceSettings(
            stores=Path(self.folder),
            keys_file=Path(self.folder) / "keys.json",
            public_url="http://127.0.0.1:1",
            database=None if self.database is None else f"{self.database}_{name}",
            broker=self.broker,
            broker_prefix=self.prefix,
        )

    def service(self, name: str) -> Service:
        """One of the services, open."""
        service = Service(name)
        service.open(self.settings(name))
        return service

    def prepare(self) -> None:
        """Make keys, stores and tables."""
        Path(self.folder).mkdir(exist_ok=True)
        if self.database is not None:
            make_databases(self.database, NAMES)
        key = base64.b64encode(os.urandom(32)).decode()
        keys = {"fields": {"current": "k1", "keys": {"k1": key}}, "index": key, "events": {}, "form": key}
        file = self.settings("publisher").keys_file
        file.touch(mode=0o600)
        file.write_text(json.dumps(keys), encoding="ascii")
        for name in NAMES:
            service = self.service(name)
            with service.transaction():
                service.database.proxy.obj.create_tables(service.tables)
                service.database.execute("CREATE TABLE effect (n INTEGER NOT NULL, at DOUBLE PRECISION NOT NULL)")
            service.database.close()


def change(service: Service, n: int) -> None:
    """A transaction that changes a row and publishes that."""
    with service.transaction():
        service.database.execute(_EFFECT, (n, time.time()))
        service.publish(BLINKED, f"lamp-{n % SUBJECTS}", {"n": n})


def publish(service: Service, n: int, text: str = "") -> None:
    """A transaction that only publishes."""
    with service.transaction():
        service.publish(BLINKED, f"lamp-{n % SUBJECTS}", {"n": n, "text": text} if text else {"n": n})


def subscriptions_of(service: Service, place: Place) -> Subscriptions:
    """Consume each event, and write one row."""
    subscriptions = Subscriptions(service.inbox)
    notes = place.commits.open("a", buffering=1) if place.notes_commits else None

    @subscriptions.on(BLINKED.type, _Blink)
    def note(event: ReceivedEvent) -> None:
        n = event.data["n"]
        service.database.execute_deferred(_EFFECT, (n, time.time()))  # as a consumer keeps its copies
        if notes is not None:
            service.database.after_commit(lambda: print(n, time.time(), file=notes))

    return subscriptions


def parts(place: Place, names: Iterable[str]) -> list[worker.WorkerThread]:
    """The relay of the one service, the consumer of the other, or both, as every work process has them."""
    services = {name: place.service(name) for name in NAMES}
    feeds = {"publisher": LocalFeed(services["publisher"].outbox)}
    threads: list[worker.WorkerThread] = []
    for name, wanted, subscriptions in (
        ("publisher", "relay", Subscriptions(services["publisher"].inbox)),
        ("subscriber", "consumer", subscriptions_of(services["subscriber"], place)),
    ):
        if wanted in names:
            all_parts = worker.worker_threads(
                services[name], subscriptions, (), place.settings(name), ("subscriber",), feeds
            )
            threads += [part for part in all_parts if part.name in (wanted, "remote_wakeups")]
    return threads


def hand_over(place: Place) -> None:
    """Each line asks to hand over so many events that wait."""
    assert place.broker is not None
    service = place.service("publisher")
    relay = Relay(
        service.outbox,
        service.leases.lease("relay", 60),
        lambda: None,
        RabbitPublisher(place.broker, place.prefix, "publisher"),
    )
    relay.step()
    for line in sys.stdin:
        began = time.monotonic()
        while service.outbox.sent() < int(line):
            relay.step()
        print(json.dumps({"seconds": time.monotonic() - began}), flush=True)
    relay.close()


def poll(place: Place) -> None:
    """Who looks once a second, and handles one by one what it finds."""
    publisher, consumer_service = (place.service(name) for name in NAMES)
    stop, last = cli.stop_on_signal(), 0
    with place.commits.open("a", buffering=1) as notes:
        while not stop.is_set():
            time.sleep(1.0)
            for number, data in publisher.database.execute(_SINCE, (last,)).fetchall():
                with consumer_service.transaction():
                    n = json.loads(data)["n"]
                    consumer_service.database.execute(_EFFECT, (n, time.time()))
                print(n, time.time(), file=notes)
                last = number


def main() -> None:
    """Do what the command line says until asked to stop."""
    place, role = Place(**json.loads(sys.argv[1])), sys.argv[2]
    log.configure("bench")
    if role == "publish":
        service = place.service("publisher")
        answer({"publish": partial(publish, service), "change": partial(change, service)})
        return
    if role in ("hand_over", "poll"):
        (hand_over if role == "hand_over" else poll)(place)
        return
    names = {"relay": ("relay",), "listen": ("consumer",), "both": ("relay", "consumer")}[role]
    worker.run(parts(place, names), place.settings("publisher"), cli.stop_on_signal())


if __name__ == "__main__":
    main()
