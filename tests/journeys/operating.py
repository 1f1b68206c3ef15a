"""Commands of `./houvast` on an installation, and everything that is in it afterwards."""

from __future__ import annotations

import hashlib
import logging
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from deploy.local.__main__ import main
from deploy.local.installation import APPLICATIONS
from deploy.local.table_copy import models_of
from shared import log
from tests.support.inline_installation import close_stores, open_installation

ROOT = Path(__file__).resolve().parents[2]
CRASHING_COMMAND = ROOT / "tests" / "journeys" / "crashing_command.py"
KILLED = -9


@dataclass(frozen=True)
class CommandResult:
    """How a command ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def houvast(data: Path, *words: str) -> CommandResult:
    """Run a command on this installation in this process: starting one costs more than what it does."""
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
        close_stores()
    return CommandResult(code, out.getvalue(), err.getvalue())


def houvast_apart(data: Path, *words: str, **environ: str) -> CommandResult:
    """Do the same in a process of its own."""
    command = [sys.executable, "-m", "deploy.local", *words, "--data", str(data)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environ}, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    return CommandResult(done.returncode, done.stdout, done.stderr)


def houvast_killed_at(data: Path, crash_at: str, *words: str) -> int:
    """Do the same in a process that kills itself at the named step; returns the exit code."""
    command = [sys.executable, str(CRASHING_COMMAND), *words, "--data", str(data)]
    environ = {**os.environ, "CRASH_AT": crash_at}
    return subprocess.run(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, capture_output=True).returncode


def everything(data: Path) -> dict[str, list[dict[str, Any]]]:
    """Map `service.table` to its rows as the models read them, in one order."""
    with open_installation(data):
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
    """Keep of `everything` what services are about, without the mechanism."""
    mechanism = {
        f"{application.name}.{table._meta.table_name}"
        for application in APPLICATIONS
        for table in application.service.tables  # type: ignore[attr-defined]
    }
    return {name: value for name, value in rows.items() if name not in mechanism}


def tree(folder: Path) -> dict[str, str]:
    """Map every file below a folder to a digest of what is in it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else "folder"
        for path in sorted(folder.rglob("*"))
    }
