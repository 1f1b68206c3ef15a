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

from shared import log, work
from shared.ears import Ears
from shared.feed import Feeds
from shared.house import House, feeds_of
from shared.settings import ServiceSettings, SettingsError, read


@dataclass(frozen=True)
class Service:
    """A whole service, as its door and the town see it.

    paths   the beginnings of the addresses it serves; the longest match wins over those of other services
    chores  settings, the logs of the others -> what becomes due in it
    """

    house: House
    settings: type[ServiceSettings]
    create_app: Callable[[Any], Flask]
    ears: Ears
    chores: Callable[[Any, Feeds], Sequence[work.Chore]]
    paths: tuple[str, ...]
    room: Path

    @property
    def name(self) -> str:
        """The name of the service."""
        return self.house.name

    def read_settings(self) -> Any:
        """Its settings from the environment; raises SettingsError."""
        return read(self.settings, self.name, os.environ)

    def open_app(self) -> Flask:
        """The web side, told about the outside by the environment."""
        settings = self.read_settings()
        self.house.open(settings)
        return self.create_app(settings)

    def work(self, settings: Any, known: Sequence[str], feeds: Feeds) -> list[work.Part]:
        """Everything that its work process does."""
        return work.parts(self.house, self.ears, self.chores(settings, feeds), settings, known, feeds)

    def migrate(self) -> None:
        """Bring its store up to date."""
        self.house.migrate(self.room / "migrations")


def main(service: Service, known: Sequence[str]) -> None:
    """Read the command line and do one of the three; `known` are the services that may listen."""

    @click.group()
    def door() -> None:
        log.configure(service.name)

    @door.command(help="Serve the pages and the API.")
    @click.option("--bind", default="127.0.0.1:8000", show_default=True)
    def web(bind: str) -> None:
        target = f"services.{service.name}.app:from_environment()"
        os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *gunicorn_options(bind), target])  # noqa: S606

    @door.command(name="work", help="Relay, listen and do what is due.")
    def do_work() -> None:
        settings = service.read_settings()
        service.house.open(settings)
        feeds = feeds_of(service.house, settings, service.ears.sources)
        work.run(service.work(settings, known, feeds), settings, stop_on_signal())

    @door.command(help="Bring the store up to date.")
    def migrate() -> None:
        service.house.open(service.read_settings())
        service.migrate()

    try:
        door()
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
