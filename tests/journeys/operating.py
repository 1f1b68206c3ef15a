"""An installation as somebody minds it: by the commands of the door, and with a look at all that is in it."""

from __future__ import annotations

import hashlib
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from deploy.local.__main__ import main
from deploy.local.doctor import examine_open_installation
from deploy.local.inline_worker import InlineWorker
from deploy.local.installation import APPLICATIONS, Installation
from deploy.local.ports import free_port
from deploy.local.servers import remembered
from deploy.local.table_copy import models_of
from deploy.local.web import path_dispatcher
from shared import log
from tests.conftest import Person

ROOT = Path(__file__).resolve().parents[2]
CRASHING = ROOT / "tests" / "journeys" / "crashing_command.py"
KILLED = -9


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def ask(data: Path, *words: str) -> Answer:
    """A command on this installation, in this process: starting one costs more than what it does."""
    out, err, code = StringIO(), StringIO(), 0
    typed, sys.argv = sys.argv, ["houvast", *words, "--data", str(data)]
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
        err.write(ended.code if isinstance(ended.code, str) else "")
    finally:
        sys.argv = typed
        log.configure("test", level=logging.ERROR)
        _release()
    return Answer(code, out.getvalue(), err.getvalue())


def ask_apart(data: Path, *words: str, **environ: str) -> Answer:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "deploy.local", *words, "--data", str(data)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environ}, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def kill(data: Path, crash_at: str, *words: str) -> int:
    """The same in a process that kills itself at the named step of its way; gives the exit code."""
    command = [sys.executable, str(CRASHING), *words, "--data", str(data)]
    environ = {**os.environ, "CRASH_AT": crash_at}
    return subprocess.run(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, capture_output=True).returncode


def _release() -> None:
    for application in APPLICATIONS:
        application.service.database.close()


class Inside:
    """An installation whose services are open in this process."""

    def __init__(self, data: Path) -> None:
        self.installation = Installation(data, 8780, free_port(), demo=True, servers=remembered(data))
        self.installation.open()
        self._inline_worker: InlineWorker | None = None

    @property
    def inline_worker(self) -> InlineWorker:
        """What the work process would do."""
        if self._inline_worker is None:
            for application in APPLICATIONS:
                application.service.leases.forget_holders()
            self._inline_worker = InlineWorker(self.installation)
        return self._inline_worker

    def settle(self) -> None:
        """Until it is at rest."""
        self.inline_worker.settle()

    def mails(self) -> int:
        """How many were delivered, since ever."""
        return self.inline_worker.mailbox.count()

    def person(self) -> Person:
        """Somebody at its pages."""
        return Person(path_dispatcher(lambda service: self.installation.settings_of(service.name)))

    def sign_up(self, call_name: str) -> None:
        """Somebody signs up at De Kade."""
        person = self.person()
        page = person.submit(person.open("/aanmelden/de-kade"), "/aanmelden/de-kade", call_name=call_name)
        assert page.status == 200, page.text

    def ills(self) -> list[str]:
        """What the doctor would point at."""
        return [f"{one.service} {one.what}: {one.value}" for one in examine_open_installation() if not one.is_well]

    def close(self) -> None:
        """Let go of everything."""
        if self._inline_worker is not None:
            self._inline_worker.close()
        _release()


@contextmanager
def inside(data: Path) -> Iterator[Inside]:
    """Open it for a while."""
    opened = Inside(data)
    try:
        yield opened
    finally:
        opened.close()


def everything(data: Path) -> dict[str, list[dict[str, Any]]]:
    """`service.table` -> its rows as the models read them, in one order."""
    with inside(data):
        return {
            f"{application.name}.{table._meta.table_name}": sorted(_rows(table), key=repr)
            for application in APPLICATIONS
            for table in models_of(application.name)
        }


def _rows(table: Any) -> list[dict[str, Any]]:
    return [
        {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}
        for row in table.select().dicts()
    ]


def own_tables(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Of `everything`: what services are about, without the mechanism."""
    mechanism = {
        f"{application.name}.{table._meta.table_name}" for application in APPLICATIONS
        for table in application.service.tables  # type: ignore[attr-defined]
    }  # fmt: skip
    return {name: value for name, value in rows.items() if name not in mechanism}


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder, with what is in it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else "folder"
        for path in sorted(folder.rglob("*"))
    }
