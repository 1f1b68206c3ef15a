"""`./houvast start`: two processes, kept running until somebody presses Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import requests

from deploy.town.layout import SERVICES, AlreadyRunning, Town, claim
from deploy.town.region import list_demo_people, load_region
from services.meetings.commands.sign_in import make_first_link
from services.meetings.queries.staff import has_staff
from shared.door import gunicorn_options

_ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 30
STOP_SECONDS = 10


def start_town(data: Path, port: int, demo: bool) -> int:
    """Serve until stopped; gives the exit code."""
    try:
        claimed = claim(data)
    except AlreadyRunning:
        return _refuse(
            f"Houvast draait al met de map {data}. Stop het daar eerst, of kies met --data een andere map."
        )
    with claimed:
        if port and not _is_free(port):
            return _refuse(f"Poort {port} is bezet. Kies een andere met --port, bijvoorbeeld --port {port + 1}.")
        town = Town(data, port or free_port(), free_port(), demo=demo)
        _prepare(town)
        return _Processes(town).run(lambda: _greet(town))


def migrate_town(data: Path) -> int:
    """Only what must happen before a start."""
    try:
        claimed = claim(data)
    except AlreadyRunning:
        return _refuse(f"Houvast draait met de map {data}. Stop het eerst.")
    with claimed:
        Town(data, 0, 0).prepare()
        click.echo("De opslag is bij.")
    return 0


def _prepare(town: Town) -> None:
    _say("Opslag en sleutels klaarzetten …")
    town.prepare()
    for service in SERVICES:
        # We hold the folder, so nobody who held a lease can be alive.
        service.house.leases.forget_holders()
    if town.demo and not has_staff():
        _say("Voorbeeldregio laden …")
        load_region()


def _greet(town: Town) -> None:
    click.echo(f"\nHouvast staat klaar: {town.url}\n")
    if town.demo:
        click.echo("Dit is een proefopstelling met verzonnen mensen. Op de inlogpagina kies je wie je bent:")
        for person in list_demo_people():
            click.echo(f"  {person.name:<8} {person.about}")
        click.echo(f"\n  inloggen      {town.url}/inloggen")
        click.echo(f"  aanmelden     {town.url}/aanmelden")
        click.echo(f"  mail gelezen  {town.url}/berichten/postbus")
    elif not has_staff():
        click.echo("Er is nog niemand. Richt Houvast in met deze link. Hij werkt één keer, een dag lang:")
        click.echo(f"  {town.url}/inloggen/eerste/{make_first_link()}")
    click.echo("\nStoppen: Ctrl-C\n")


class _Processes:
    """The web and the work process; one that dies is started again, so a crash costs seconds and nothing else."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._environ = {**os.environ, **town.environment(), "PYTHONPATH": str(_ROOT)}
        self._commands = {
            "web": [
                sys.executable, "-m", "gunicorn", *gunicorn_options(f"127.0.0.1:{town.port}"),
                "--log-level", "warning", "deploy.town.web:from_environment()",
            ],
            "work": [sys.executable, "-m", "deploy.town.labour"],
        }  # fmt: skip
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = False

    def run(self, greet: Callable[[], None]) -> int:
        """Start both, greet when the pages answer, and look after them until we are asked to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        for name in self._commands:
            self._start(name)
        if not self._wait_until_ready():
            self._stop()
            return _refuse("De pagina's komen niet op gang. Kijk in de regels hierboven wat er stuk is.")
        greet()
        (self._town.data / "processes").write_text(
            "".join(f"{name} {process.pid}\n" for name, process in self._running.items()), encoding="ascii"
        )
        while not self._stopping:
            self._revive()
            time.sleep(0.2)
        self._stop()
        click.echo("Houvast is gestopt. Alles is bewaard.")
        return 0

    def _start(self, name: str) -> None:
        # A session of their own, so that Ctrl-C reaches us alone and we stop them in order.
        self._running[name] = subprocess.Popen(
            self._commands[name], env=self._environ, cwd=_ROOT, start_new_session=True, stdin=subprocess.DEVNULL
        )

    def _revive(self) -> None:
        for name, process in list(self._running.items()):
            if process.poll() is not None and not self._stopping:
                _say(f"Het proces {name} viel om (code {process.returncode}) en start opnieuw.")
                if name == "work":
                    for service in SERVICES:
                        service.house.leases.forget_holders()
                self._start(name)

    def _wait_until_ready(self) -> bool:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and not self._stopping:
            if any(process.poll() is not None for process in self._running.values()):
                return False
            try:
                requests.get(f"{self._town.url}/inloggen", timeout=2)
            except requests.RequestException:
                time.sleep(0.05)
                continue
            return True
        return False

    def _stop(self) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _ask_to_stop(self, *_: object) -> None:
        self._stopping = True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


def _refuse(sentence: str) -> int:
    _say(sentence)
    return 1
