"""Where a bench stands: servers under names of its own, a folder, and children that go when it goes."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared import log
from shared.polling import is_readable
from tests.support.run_servers import BrokerPrefix, DatabasePrefix
from tests.support.servers import postgres, rabbitmq
from tests.support.servers.postgres import PrivatePostgres
from tests.support.servers.rabbitmq import PrivateRabbit

ROOT = Path(__file__).resolve().parents[2]
ANSWER_SECONDS = 120
STOP_SECONDS = 15


class BenchFailed(SystemExit):
    """It cannot go on; the text says why."""


@dataclass(frozen=True)
class Wanted:
    """What was asked for.

    amount    events, events or requests a measurement; None is what the bench finds enough
    part      what the name of a row must hold to be measured
    scale     measure also at so many times the usual size
    broker, database  addresses of servers to use instead of those that are found, or started, on this machine
    """

    rounds: int = 5
    amount: int | None = None
    peers: bool = False
    broker: str | None = None
    database: str | None = None
    part: str = ""
    scale: int = 1


@dataclass
class Stand:
    """A folder, a beginning for names on the broker and in the database, and the children that run now."""

    folder: Path
    database: DatabasePrefix
    broker: BrokerPrefix
    children: list[Child] = field(default_factory=list)

    def child(self, command: Sequence[str], name: str, environ: Mapping[str, str] | None = None) -> Child:
        """Start a program in the folder of the project."""
        made = Child(command, self.folder / f"{name}.log", environ or {})
        self.children.append(made)
        return made

    def python(self, module: str, *arguments: str, environ: Mapping[str, str] | None = None) -> Child:
        """Start a module of ours."""
        return self.child([sys.executable, "-m", module, *arguments], module, environ)

    def stop(self, *children: Child) -> None:
        """Stop these, or all."""
        for child in children or tuple(self.children):
            child.stop()
            self.children.remove(child)


@contextlib.contextmanager
def stand(wanted: Wanted) -> Iterator[Stand]:
    """A stand that is cleared afterwards, also when we are asked to stop halfway."""
    log.configure("bench")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="houvast-bench-")))
        folder.chmod(0o711)  # PostgreSQL runs as another user when root measures
        database = DatabasePrefix(wanted.database or postgres.find() or _postgres(folder, stack))
        stack.callback(database.clear)
        broker = BrokerPrefix(wanted.broker or rabbitmq.find() or _rabbit(folder, stack))
        stack.callback(broker.clear)
        made = Stand(folder, database, broker)
        stack.callback(made.stop)
        yield made


def _postgres(folder: Path, stack: contextlib.ExitStack) -> str:
    if not postgres.is_installed():
        raise BenchFailed(f"Voor deze meting is PostgreSQL nodig (Debians pakket {postgres.PACKAGE}).")
    server = PrivatePostgres(folder / "postgres")
    stack.callback(server.stop)
    server.start()
    return server.url


def _rabbit(folder: Path, stack: contextlib.ExitStack) -> str:
    if not rabbitmq.is_installed():
        raise BenchFailed(f"Voor deze meting is RabbitMQ nodig (Debians pakket {rabbitmq.PACKAGE}).")
    server = PrivateRabbit(folder / "rabbitmq")
    stack.callback(server.wipe)
    server.start()
    return server.url


class Child:
    """A program in a session of its own, to ask things a line at a time."""

    def __init__(self, command: Sequence[str], log: Path, environ: Mapping[str, str]) -> None:
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                command,
                env={**os.environ, **environ},
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                preexec_fn=_end_when_parent_is_gone,
            )

    def ask(self, question: str, seconds: float = ANSWER_SECONDS) -> dict[str, Any]:
        """Write one line and read one back, which is JSON."""
        self.write(question)
        return self.read(seconds)

    def write(self, question: str) -> None:
        """Write one line."""
        assert self._process.stdin is not None
        self._process.stdin.write(question.encode() + b"\n")
        self._process.stdin.flush()

    def read(self, seconds: float = ANSWER_SECONDS) -> dict[str, Any]:
        """Read one line of JSON."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline() if is_readable(self._process.stdout, seconds) else b""
        if not line:
            raise BenchFailed(f"Een van de processen geeft geen antwoord:\n{self.last_words()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def last_words(self) -> str:
        """The end of what it wrote on its standard error."""
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])

    @contextlib.contextmanager
    def asleep(self) -> Iterator[None]:
        """It and what it started do nothing meanwhile."""
        os.killpg(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self._process.pid, signal.SIGCONT)

    def stop(self) -> None:
        """Ask it to stop, and make it when it does not."""
        process = self._process
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for end in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                end.close()  # type: ignore[union-attr]


def until(happened: Callable[[], bool], action: str, *needed: Child, seconds: float = ANSWER_SECONDS) -> None:
    """Wait for something to happen as long as the children live."""
    end = time.monotonic() + seconds
    while not happened():
        fallen = [child for child in needed if not child.is_alive]
        if fallen or time.monotonic() > end:
            words = "\n".join(child.last_words() for child in fallen or needed)
            raise BenchFailed(f"Het lukte niet: {action}.\n{words}")
        time.sleep(0.05)


def _end_when_parent_is_gone() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
