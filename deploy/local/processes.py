"""The web and the work process of an installation, started, looked after and stopped together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import click
import peewee
import requests

from deploy.local.installation import APPLICATIONS, Installation
from deploy.local.log_file import log_file, open_log, rotate
from deploy.local.source_watch import SourceWatch
from shared.cli import gunicorn_options
from shared.storage import StoreUnavailable
from shared.worker import end_within

_ROOT = Path(__file__).resolve().parents[2]
# A process that ends is noticed at once; this is for a machine that has very much else to do.
READY_SECONDS = 120
# Both together; each ends by itself before that.
STOP_SECONDS = 9.2
# A process that dies is started again at once, and later when it keeps dying within SETTLED_SECONDS.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 2.0
SETTLED_SECONDS = 60.0
STOP_WITHIN_SECONDS = 10
ROTATE_SECONDS = 60.0


class Processes:
    """The web and the work process; one that dies is started again, so a crash costs seconds and nothing else.

    claim   descriptors of files that both keep open
    reload  start both again when the code changes; one that dies then waits for the next change
    """

    def __init__(self, installation: Installation, claim: tuple[int, ...] = (), *, reload: bool = False) -> None:
        self._installation, self._claim = installation, claim
        self._watch = SourceWatch(_ROOT) if reload else None
        path = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._environ = {**os.environ, **installation.environment(), "PYTHONPATH": os.pathsep.join(path)}
        self._commands = {
            "web": [
                sys.executable,
                "-m",
                "gunicorn",
                *gunicorn_options(f"127.0.0.1:{installation.port}"),
                "--log-level",
                "warning",
                "deploy.local.web:from_environment()",
            ],
            "work": [sys.executable, "-m", "deploy.local.worker"],
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._started_at: dict[str, float] = {}
        self._pauses: dict[str, float] = {}
        self._restart_at: dict[str, float] = {}
        self._rotate_at = 0.0
        self._stopping = False

    def run(self, greet: Callable[[], None]) -> int:
        """Start both, greet when the pages answer, supervise them until asked to stop; return the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            if not self.start() and not self._stopping:
                return refuse(f"De pagina's komen niet op gang. Wat er stuk is, staat in {self._log}.")
            if not self._stopping:
                greet()
            self._supervise()
        finally:
            self.stop()
        click.echo("Houvast is gestopt. Alles is bewaard.")
        return 0

    def _supervise(self) -> None:
        while not self._stopping:
            if self._watch is not None and self._watch.has_changed():
                inform("De code is veranderd: Houvast start opnieuw.")
                self._end()
                for name in self._commands:
                    self._restart(name)
            for name, process in list(self._running.items()):
                if process.poll() is not None and not self._stopping:
                    self._handle_exit(name, process.returncode)
            for name in [name for name, at in self._restart_at.items() if time.monotonic() >= at]:
                del self._restart_at[name]
                self._restart(name)
            if time.monotonic() >= self._rotate_at:
                self._rotate_at = time.monotonic() + ROTATE_SECONDS
                rotate(self._installation.data)
            time.sleep(0.2)

    @property
    def _log(self) -> Path:
        return log_file(self._installation.data)

    def start(self) -> bool:
        """Start both, and tell whether the pages answer."""
        for name in self._commands:
            self._start(name)
        return self._wait_until_ready()

    def _start(self, name: str) -> None:
        # A session of their own, so that Ctrl-C reaches us alone and we stop them in order. They hold the claim on
        # the folder with us and stop when we are gone, so nobody can start a second installation beside them.
        # Whoever works on the code sees at once what they say; everybody else finds it in the log.
        log = None if self._watch is not None else open_log(self._installation.data)
        self._running[name] = subprocess.Popen(
            self._commands[name],
            env=self._environ,
            cwd=_ROOT,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=self._claim,
            preexec_fn=_stop_when_parent_is_gone,
        )
        if log is not None:
            os.close(log)
        self._started_at[name] = time.monotonic()
        lines = [f"{started} {process.pid}\n" for started, process in self._running.items()]
        fresh = self._installation.data / "processes.fresh"
        with contextlib.suppress(OSError):  # a full disk must not stop who keeps the others running
            fresh.write_text("".join(lines), encoding="ascii")
            fresh.replace(self._installation.data / "processes")

    def _handle_exit(self, name: str, code: int) -> None:
        if self._watch is not None:
            inform(f"Het proces {name} is gestopt (code {code}) en start opnieuw als de code verandert.")
            del self._running[name]
            return
        inform(f"Het proces {name} is gestopt (code {code}) en start opnieuw. Waarom staat in {self._log}.")
        del self._running[name]
        now, pause = time.monotonic(), self._pauses.get(name, 0.0)
        if now - self._started_at[name] > SETTLED_SECONDS:
            pause = 0.0
        self._pauses[name] = min(LONGEST_PAUSE_SECONDS, 2 * pause or FIRST_PAUSE_SECONDS)
        self._restart_at[name] = now + self._pauses[name]

    def _restart(self, name: str) -> None:
        self._start(name)
        if name == "work":
            # Beside it: a store that cannot be reached may be what it died of, and we have others to look after.
            threading.Thread(target=_free_leases, daemon=True).start()

    def _wait_until_ready(self) -> bool:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and not self._stopping:
            if any(process.poll() is not None for process in self._running.values()):
                return False
            if self._answers():
                return True
            time.sleep(0.05)
        return False

    def _answers(self) -> bool:
        with requests.Session() as session:
            session.trust_env = False  # no proxy stands between us and ourselves
            try:
                return session.get(f"{self._installation.local_url}/inloggen", timeout=2).status_code == 200
            except requests.RequestException:
                return False

    def stop(self) -> None:
        """Ask both to stop, and make them when they do not."""
        self._end()
        (self._installation.data / "processes").unlink(missing_ok=True)

    def _end(self) -> None:
        for process in self._running.values():
            process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()
        self._restart_at.clear()

    def _ask_to_stop(self, *_: object) -> None:
        # Whatever we hang on then: the two end when we do.
        end_within(STOP_WITHIN_SECONDS)
        self._stopping = True


def _free_leases() -> None:
    """Expire the leases that a work process held when it died."""
    # Where the store cannot be reached they just last their time.
    with contextlib.suppress(StoreUnavailable, peewee.OperationalError, peewee.InterfaceError):
        for application in APPLICATIONS:
            application.service.database.close()  # what stood idle here for long may lead nowhere by now
            application.service.leases.forget_holders()
            application.service.database.close()


def _stop_when_parent_is_gone() -> None:
    # In the child, before it begins: Linux sends it SIGTERM when we die, however we die.
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def inform(sentence: str) -> None:
    """Print a sentence beside the output, for whoever started us."""
    with contextlib.suppress(OSError):  # nobody reads it any more, or the disk is full
        click.echo(sentence, err=True)


def refuse(sentence: str) -> int:
    """Print why not, and return the exit code."""
    inform(sentence)
    return 1
