"""Events a second from the outbox to the broker: handed over, confirmed and written down.

Beside it who waits for each confirmation before the next, and the limit: a client that has its events ready and
does nothing but publish them, written in C where librabbitmq is there. For all of them a topic exchange, a quorum
queue, and persistent events of one kilobyte that come back when nobody would get them.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pika

from shared.messaging.outbox import OutboxEntry
from shared.messaging.rabbitmq.publisher import RabbitPublisher
from tests.bench.rounds import Contender, Goal, Outcome, Round, measure
from tests.bench.services import BLINKED, Place, publish
from tests.bench.stand import Stand, Wanted

ABOUT = (
    "brieven per seconde van de outbox naar RabbitMQ, naast een voor een bevestigd en naast de grens van de broker"
)
RATE = "events /s"
OURS, SMALL = "Houvast, PostgreSQL", "Houvast, SQLite"
NAIVE = "pika, confirmed one by one"
IN_C, IN_PYTHON = "limit: C, librabbitmq", "limit: pika, a window of 500"
BYTES, AMOUNT, WINDOW = 1024, 10_000, 500
# What stands around the text of an event.
AROUND = 430
KEY = BLINKED.type


def run(here: Stand, wanted: Wanted) -> Outcome:
    """Measure all."""
    amount = wanted.amount or AMOUNT
    program = compiled(here.folder)
    limit = IN_C if program else IN_PYTHON
    rows: dict[str, Contender] = {
        OURS: lambda: ours(here, amount, with_database=True),
        SMALL: lambda: ours(here, amount, with_database=False),
        NAIVE: lambda: one_by_one(here, max(1, amount // 20)),
        limit: lambda: in_c(here, amount, program) if program else in_python(here, amount),
    }
    notes = [f"{amount} events of {BYTES} bytes for each row and round; one by one a twentieth of that."]
    if not program:
        notes.append("No gcc or no librabbitmq-dev here: the limit is that of a client in Python.")
    return Outcome("relay", measure(rows, wanted.rounds, wanted.part), goals(limit), notes)


def goals(limit: str) -> list[Goal]:
    """Beside the limit and beside the naive method, in the same round."""

    def over(row: str, other: str) -> Callable[[Round], float]:
        return lambda figures: figures[row][RATE] / figures[other][RATE]

    return [
        Goal("PostgreSQL, times the limit", 0.6, over(OURS, limit)),
        Goal("PostgreSQL, times one by one", 10, over(OURS, NAIVE)),
        Goal("SQLite, times the limit", 0.6, over(SMALL, limit)),
        Goal("SQLite, times one by one", 10, over(SMALL, NAIVE)),
    ]


def ours(here: Stand, amount: int, *, with_database: bool) -> Mapping[str, float]:
    """The relay itself, in a process of its own, with so many events waiting for it."""
    place = Place.on(here, with_database=with_database, with_broker=True)
    with _exchange(here, place.prefix):
        relay = here.python("tests.bench.services", place.text(), "hand_over")
        service = place.service("publisher")
        with service.transaction():
            for n in range(amount):
                publish(service, n, "x" * (BYTES - AROUND))
        service.database.close()
        seconds = relay.ask(str(amount))["seconds"]
        here.stop(relay)
    return {RATE: amount / seconds}


@contextlib.contextmanager
def _exchange(here: Stand, prefix: str) -> Iterator[str]:
    """The exchange of the publisher, with a queue that takes all that comes through it."""
    exchange, queue = f"{prefix}.publisher", f"{prefix}.subscriber"
    here.broker.also(exchange, queue)
    with _connected(here) as connection:
        channel = connection.channel()
        channel.exchange_declare(exchange, "topic", durable=True)
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
        channel.queue_bind(queue, exchange, "#")
        yield exchange
        channel.queue_delete(queue)
        channel.exchange_delete(exchange)


def one_by_one(here: Stand, amount: int) -> Mapping[str, float]:
    """A confirmation before every next one."""
    event = pika.BasicProperties(delivery_mode=2)
    with _exchange(here, f"{here.broker}.naive") as exchange, _connected(here) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        began = time.monotonic()
        for _ in range(amount):
            channel.basic_publish(exchange, KEY, b"x" * BYTES, event, mandatory=True)
        seconds = time.monotonic() - began
    return {RATE: amount / seconds}


def _connected(here: Stand) -> contextlib.closing[pika.BlockingConnection]:
    return contextlib.closing(pika.BlockingConnection(pika.URLParameters(here.broker.url)))


def compiled(folder: Path) -> Path | None:
    """The client in C, or None where it cannot be made."""
    compiler = shutil.which("gcc")
    if compiler is None:
        return None
    program = folder / "limit"
    source = Path(__file__).with_name("limit.c")
    made = subprocess.run([compiler, "-O2", "-o", program, source, "-lrabbitmq"], capture_output=True)
    return program if made.returncode == 0 else None


def in_c(here: Stand, amount: int, program: Path) -> Mapping[str, float]:
    """The limit."""
    where = urlsplit(here.broker.url)
    with _exchange(here, f"{here.broker}.limit") as exchange:
        ended = subprocess.run(
            [program, where.hostname or "", str(where.port or 5672), unquote(where.username or ""),
             unquote(where.password or ""), unquote(where.path[1:]), exchange, KEY, str(amount), str(BYTES)],
            capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
    return {RATE: amount / float(ended.stdout)}


def in_python(here: Stand, amount: int) -> Mapping[str, float]:
    """Next best: our own sender, with events that are ready."""
    events = [OutboxEntry(n, f"{n:036}", KEY, "x" * BYTES) for n in range(1, amount + 1)]
    prefix = f"{here.broker}.limit"
    with (
        _exchange(here, prefix),
        contextlib.closing(RabbitPublisher(here.broker.url, prefix, "publisher")) as sender,
    ):
        sender.ensure_connected()
        began = time.monotonic()
        for at in range(0, amount, WINDOW):
            sender.send(events[at : at + WINDOW])
            sender.wait_confirmed()
        seconds = time.monotonic() - began
    return {RATE: amount / seconds}
