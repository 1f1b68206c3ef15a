"""What test runs that were broken off left on a server that runs on; never anything of a run that is alive.

The name of each database of a test says who made it: the machine as it runs now, the process, and the tick at
which that began. Where that process is no more, nobody will drop what it made. What another machine made (or this
one before it started anew) goes when it is over a day old and nobody is in it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.servers.process import begin_of

PREFIX = "hvtest_"
LEAST_AGE = "1 day"
# A run should not wait long for the ones before it; the next run goes on with what is left.
LONGEST_SECONDS = 10.0
_NAME = re.compile(f"{PREFIX}([0-9a-f]{{4}})_([0-9a-f]+)_([0-9a-f]{{3}})_")
_OF_OTHERS = (
    "SELECT datname::text FROM pg_database AS made WHERE starts_with(datname::text, %s)"
    " AND (pg_stat_file('base/' || made.oid || '/PG_VERSION', true)).modification < now() - %s::interval"
    " AND NOT EXISTS (SELECT FROM pg_stat_activity AS somebody WHERE somebody.datid = made.oid)"
)


def owner() -> str:
    """Return this process as a word for a name: 15 characters at most, because names of databases are short."""
    pid = os.getpid()
    return f"{_machine()}_{pid:x}_{_begin_word(pid)}"


def clear_leftovers(server_url: str) -> None:
    """Drop the databases of test runs that were broken off, for some seconds at most."""
    until = time.monotonic() + LONGEST_SECONDS
    with psycopg.connect(server_url, autocommit=True) as connection:
        for name in list_leftovers(connection):
            if time.monotonic() > until:
                return
            with contextlib.suppress(psycopg.Error):  # another run drops it too
                statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                connection.execute(statement.format(sql.Identifier(name)))


def list_leftovers(connection: psycopg.Connection) -> list[str]:
    """List the databases that nobody will drop any more."""
    names = [name for (name,) in connection.execute(_ALL, [PREFIX])]
    old = {name for (name,) in connection.execute(_OF_OTHERS, [PREFIX, LEAST_AGE])}
    return [name for name in names if (name in old if (alive := _is_alive(name)) is None else not alive)]


_ALL = "SELECT datname::text FROM pg_database WHERE starts_with(datname::text, %s) ORDER BY 1"


def _is_alive(name: str) -> bool | None:
    """Whether the process that made it still runs; None when it was none of this machine."""
    made = _NAME.match(name)
    if made is None or made[1] != _machine():
        return None
    return _begin_word(int(made[2], 16)) == made[3]


def _begin_word(pid: int) -> str | None:
    """Return the end of the tick at which a process began; None when there is none with this id."""
    begin = begin_of(pid)
    return None if begin is None else f"{int(begin) & 0xFFF:03x}"


def _machine() -> str:
    """Return a word for this machine since it started, as far as its processes can be seen from here."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    seen_from = os.stat("/proc/self/ns/pid").st_ino  # in a container the same pid is another process
    return hashlib.sha256(f"{boot} {seen_from}".encode()).hexdigest()[:4]
