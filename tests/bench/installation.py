"""The whole installation at work: its own work process, and a process that commits commands of the sign-in
service.

python -m tests.bench.installation publish | relays | work REPORT SERVICE...      with the environment of an
installation
"""

from __future__ import annotations

import itertools
import logging
import sys
import time
from pathlib import Path
from typing import Any

import structlog

from deploy.local import worker
from deploy.local.inline_worker import InlineWorker
from deploy.local.installation import APPLICATIONS, NAMES, Installation, feeds_for
from deploy.local.ports import free_port
from deploy.local.servers import Servers
from services.meetings.app import application as meetings
from services.meetings.commands.organisations import register_organisation
from shared import cli, log
from shared import worker as shared_worker
from shared.ids import new_id
from shared.security.actor import system
from tests.bench.peers.speak import answer
from tests.bench.stand import Stand, until

US = system("meetings")
CONSUMERS = 3
WARM_UP = 20
_numbers = itertools.count()


class Prepared:
    """An installation with empty stores, made at the first asking; its processes run only while it is measured."""

    def __init__(self, here: Stand, *, with_database: bool, with_broker: bool) -> None:
        self._here, self._published, self._page = here, 0, ""
        self._installation: Installation | None = None
        number = f"installation{next(_numbers)}"
        self._folder = here.folder / number
        prefix = f"{here.broker}.{number}"
        for name in NAMES:
            here.broker.also(f"{prefix}.{name}", f"{prefix}.{name}.dead")
        self._servers = Servers(
            f"{here.database.url}_{number}" if with_database else None,
            here.broker.url if with_broker else None,
            prefix,
        )

    def _prepared(self) -> Installation:
        if self._installation is None:
            self._installation = Installation(self._folder, free_port(), free_port(), servers=self._servers)
            self._installation.prepare()
            self._close()
        return self._installation

    def _close(self) -> None:
        for application in APPLICATIONS:
            application.service.database.close()

    def environment(self) -> dict[str, str]:
        """The settings of its processes."""
        return self._prepared().environment()

    def sign_up_page(self) -> str:
        """The path of the page of an organisation, which is made at the first asking."""
        if not self._page:
            installation = self._prepared()
            installation.open()
            register_organisation(US, name="Meting", region="Lindeveen", request_id=new_id())
            inline_worker = InlineWorker(installation)
            inline_worker.settle()
            inline_worker.close()
            self._close()
            self._page = "/aanmelden/meting"
        return self._page

    def latencies(self, amount: int, per_second: float, *, apart: bool) -> list[float]:
        """Milliseconds from each commit until the last consumer had it; `apart`: each service works by itself."""
        environ = self.environment()
        report = self._folder / "report"
        report.write_text("")
        workers = [
            self._here.python("tests.bench.installation", "work", str(report), *names, environ=environ)
            for names in ([[name] for name in NAMES] if apart else [NAMES])
        ]
        publisher = self._here.python("tests.bench.installation", "publish", environ=environ)

        def publish(count: int, pace: float) -> list[float]:
            committed: list[float] = publisher.ask(f"change {count} 0 {pace}")["done"]
            self._published += count
            until(lambda: _reached(report) >= self._published, "alles verwerken", *workers)
            return committed

        try:
            publish(WARM_UP, 0)
            before = self._published
            committed = publish(amount, per_second)
        finally:
            self._here.stop(publisher, *workers)
        batches = _batches(report).values()
        return [
            (max(next(at for seq, at in batch if seq >= number) - moment for batch in batches)) * 1000
            for number, moment in enumerate(committed, start=before + 1)
        ]


def _batches(report: Path) -> dict[str, list[tuple[int, float]]]:
    """service -> (number of the last event, moment) of each batch that it handled."""
    batches: dict[str, list[tuple[int, float]]] = {}
    for line in report.read_text(encoding="ascii").splitlines():
        words = line.split()
        if len(words) == 3:
            batches.setdefault(words[0], []).append((int(words[1]), float(words[2])))
    return batches


def _reached(report: Path) -> int:
    """The number that every consumer has reached."""
    batches = _batches(report)
    return min(batch[-1][0] for batch in batches.values()) if len(batches) == CONSUMERS else 0


def work(report: Path, *names: str) -> None:
    """The work process of these services, writing down when each batch was committed by whom."""
    file = report.open("a", buffering=1)

    def watch(_logger: Any, _method: str, line: Any) -> Any:
        if line.get("event") == "events_handled" and line.get("source") == meetings.name:
            file.write(f"{line['service']} {line['seq']} {time.time()}\n")
        raise structlog.DropEvent

    log.configure("installation", level=logging.DEBUG, processors=[watch])
    worker.run(names)


def relays() -> None:
    """Only what announces that there are events."""
    log.configure("installation")
    threads: list[shared_worker.WorkerThread] = []
    for application in APPLICATIONS:
        settings = application.read_settings()
        application.service.open(settings)
        threads += [
            part
            for part in application.work(settings, NAMES, feeds_for(application))
            if part.name in ("relay", "remote_wakeups")
        ]
    shared_worker.run(threads, settings, cli.stop_on_signal())


def publish() -> None:
    """Each event is that of a new organisation."""
    log.configure("bench")
    meetings.service.open(meetings.read_settings())

    def change(_n: int) -> None:
        register_organisation(US, name=f"Meting {new_id()}", region="Lindeveen", request_id=new_id())

    answer({"change": change})


if __name__ == "__main__":
    {"publish": publish, "relays": relays, "work": lambda: work(Path(sys.argv[2]), *sys.argv[3:])}[sys.argv[1]]()
