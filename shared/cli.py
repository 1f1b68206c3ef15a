"""The door of every service: `python -m services.<name> web | work | migrate`."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from flask import Flask

from shared import log, worker
from shared.messaging.feed import Feeds
from shared.messaging.subscriptions import Subscriptions
from shared.service import Service, open_feeds
from shared.settings import ServiceSettings, SettingsError, read


@dataclass(frozen=True)
class Application:
    """A whole service, as its door and the installation see it.

    paths   the beginnings of the addresses it serves; the longest match wins over those of other services
    jobs  settings, the logs of the others -> what becomes due in it
    """

    service: Service
    settings: type[ServiceSettings]
    create_app: Callable[[Any], Flask]
    subscriptions: Subscriptions
    jobs: Callable[[Any, Feeds], Sequence[worker.Job]]
    paths: tuple[str, ...]
    folder: Path

    @property
    def name(self) -> str:
        """The name of the service."""
        return self.service.name

    def read_settings(self) -> Any:
        """Its settings from the environment; raises SettingsError."""
        return read(self.settings, self.name, os.environ)

    def open_app(self) -> Flask:
        """The web side, told about the outside by the environment."""
        settings = self.read_settings()
        self.service.open(settings)
        return self.create_app(settings)

    def work(self, settings: Any, known: Sequence[str], feeds: Feeds) -> list[worker.WorkerThread]:
        """Everything that its work process does."""
        return worker.worker_threads(
            self.service, self.subscriptions, self.jobs(settings, feeds), settings, known, feeds
        )

    def migrate(self) -> None:
        """Bring its store up to date."""
        self.service.migrate(self.folder / "migrations")


def main(application: Application, known: Sequence[str]) -> None:
    """Read the command line and do one of the three; `known` are the services that may listen."""

    @click.group()
    def cli() -> None:
        log.configure(application.name)

    @cli.command(help="Serve the pages and the API.")
    @click.option("--bind", default="127.0.0.1:8000", show_default=True)
    def web(bind: str) -> None:
        target = f"services.{application.name}.app:from_environment()"
        os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *gunicorn_options(bind), target])  # noqa: S606

    @cli.command(name="work", help="Relay, listen and do what is due.")
    def do_work() -> None:
        settings = application.read_settings()
        application.service.open(settings)
        feeds = open_feeds(application.service, settings, application.subscriptions.sources)
        worker.run(application.work(settings, known, feeds), settings, stop_on_signal())

    @cli.command(help="Bring the store up to date.")
    def migrate() -> None:
        application.service.open(application.read_settings())
        application.migrate()

    try:
        cli()
    except SettingsError as wrong:
        sys.exit(str(wrong))


def gunicorn_options(bind: str) -> list[str]:
    """How every web process runs: one worker with threads, which share the lasting connections."""
    return ["--bind", bind, "--workers", "1", "--worker-class", "gthread", "--threads", "8", "--no-control-socket"]


def stop_on_signal() -> threading.Event:
    """An event that is set when this process is asked to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
