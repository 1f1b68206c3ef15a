"""The command line of every service: `python -m services.<name> web | work | migrate`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import click
from flask import Blueprint, Flask

from shared import log, worker
from shared.messaging.feed import Feeds
from shared.messaging.subscriptions import Subscriptions
from shared.service import Service, open_feeds
from shared.settings import ServiceSettings, SettingsError, read
from shared.web.routes import addresses_of


@dataclass(frozen=True)
class Application:
    """A composed service, as its command line and the installation use it.

    jobs        (settings, feeds of the other services) -> what becomes due in it
    blueprints  its pages and its API
    """

    service: Service
    settings: type[ServiceSettings]
    create_app: Callable[[Any], Flask]
    subscriptions: Subscriptions
    jobs: Callable[[Any, Feeds], Sequence[worker.Job]]
    blueprints: tuple[Blueprint, ...]
    folder: Path

    @property
    def name(self) -> str:
        return self.service.name

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """The address of every page and resource, as it is declared."""
        return addresses_of(self.blueprints)

    def read_settings(self) -> ServiceSettings:
        """Read its settings from the environment. Raises SettingsError."""
        return read(self.settings, self.name, os.environ)

    def open_app(self) -> Flask:
        """Open the service and make its Flask app, both from the environment. Raises SettingsError."""
        settings = self.read_settings()
        self.service.open(settings)
        return self.create_app(settings)

    def work(self, settings: ServiceSettings, services: Sequence[str], feeds: Feeds) -> list[worker.WorkerThread]:
        """Return the threads of its work process; `services` are all that may consume its events."""
        return worker.worker_threads(
            self.service, self.subscriptions, self.jobs(settings, feeds), settings, services, feeds
        )

    def migrate(self) -> None:
        """Run the migrations of its store that were not run yet."""
        self.service.migrate(self.folder / "migrations")


def main(application: Application, services: Sequence[str]) -> None:
    """Read the command line and run one of the three; `services` are all that may consume its events."""

    @click.group()
    def cli() -> None:
        log.configure(application.name)

    @cli.command(help="Serve the pages and the API.")
    @click.option("--bind", default="127.0.0.1:8000", show_default=True)
    def web(bind: str) -> None:
        target = f"services.{application.name}.app:from_environment()"
        os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *gunicorn_options(bind), target])  # noqa: S606

    @cli.command(name="work", help="Relay, consume and do what is due.")
    def run_work() -> None:
        settings = application.read_settings()
        application.service.open(settings)
        feeds = open_feeds(application.service, settings, application.subscriptions.sources)
        worker.run(application.work(settings, services, feeds), settings, stop_on_signal())

    @cli.command(help="Bring the store up to date.")
    def migrate() -> None:
        application.service.open(application.read_settings())
        application.migrate()

    try:
        cli()
    except SettingsError as error:
        sys.exit(str(error))


def gunicorn_options(bind: str) -> list[str]:
    """Return how every web process runs: one worker with threads, which share the lasting connections."""
    return [
        *(
            "--bind",
            bind,
            "--workers",
            "1",
            "--worker-class",
            "shared.web.gunicorn_worker.Worker",
            "--threads",
            "8",
            "--no-control-socket",
        ),
        *("--graceful-timeout", str(int(worker.STOP_SECONDS))),
    ]


class _StopSignal:
    """Not a threading.Event: a signal may come while its lock is held, and then nobody could set it any more."""

    def __init__(self) -> None:
        self._is_set = False

    def is_set(self) -> bool:
        return self._is_set

    def set(self, *_: object) -> None:
        worker.end_within(worker.END_SECONDS)
        self._is_set = True


def stop_on_signal() -> worker.StopRequest:
    """Return what tells whether this process is asked to stop; from then on it has END_SECONDS."""
    stop = _StopSignal()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop.set)
    return stop
