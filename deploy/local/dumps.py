"""PostgreSQL's own programs for copying a database out and in; a password never stands on their command line."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from deploy.local.manifest import BadBackup

PACKAGE = "postgresql-client"
_MOST_TOLD = 300


def check_present() -> None:
    """Raises BadBackup, with what to install, when they are not on this machine."""
    if shutil.which("pg_dump") is None or shutil.which("pg_restore") is None:
        raise BadBackup(
            f"Daarvoor zijn pg_dump en pg_restore nodig. Installeer ze met: apt-get install -y {PACKAGE}."
        )


def dump(url: str, to: Path, snapshot: str) -> None:
    """Everything in a database as an exported snapshot shows it, into a file that is there already."""
    _run("pg_dump", url, "--format=custom", f"--snapshot={snapshot}", f"--file={to}")


def load(url: str, dumped: Path) -> None:
    """Into a database without tables of ours, whole or not at all."""
    _run("pg_restore", url, "--no-comments", "--exit-on-error", "--single-transaction", str(dumped))


def _run(program: str, url: str, *options: str) -> None:
    told: dict[str, Any] = conninfo_to_dict(url)
    password = told.pop("password", None)
    environ = {**os.environ, "LC_ALL": "C", **({"PGPASSWORD": str(password)} if password else {})}
    command: Sequence[str] = (program, "--no-owner", "--no-privileges", "--no-password", *options)
    done = subprocess.run(
        [*command, f"--dbname={make_conninfo(**told)}"],
        env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["?"]
        raise BadBackup(f"{program} stopte met code {done.returncode}: {last[0][:_MOST_TOLD]}.")
