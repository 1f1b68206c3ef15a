"""A store that is closed lets go of everything; one that is used on opens what it needs again."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import Any

import peewee
import pytest

from deploy.local.servers import make_databases
from shared.polling import is_readable
from shared.storage import Database, StoreUnavailable
from tests.support.faulty_network import FaultyNetwork
from tests.support.run_servers import DatabasePrefix


def opened_below(folder: Path) -> list[str]:
    links = [Path("/proc/self/fd", name) for name in os.listdir("/proc/self/fd")]
    return [str(link.readlink()) for link in links if link.is_symlink() and str(folder) in str(link.readlink())]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database("lamps")
    made.open(tmp_path / "lamps.sqlite3")
    return made


def test_a_store_that_is_closed_keeps_no_file_open(database: Database, tmp_path: Path) -> None:
    with database.transaction():
        database.execute("CREATE TABLE lamp (n INTEGER)")
    assert opened_below(tmp_path)

    database.close()

    assert opened_below(tmp_path) == []


def test_a_store_that_was_closed_can_be_written_again(database: Database) -> None:
    database.close()

    with database.transaction():
        database.execute("CREATE TABLE lamp (n INTEGER)")

    assert database.execute("SELECT COUNT(*) FROM lamp").fetchone()[0] == 0
    database.close()


def test_closing_a_store_takes_the_lock_from_nobody_who_holds_it(database: Database, tmp_path: Path) -> None:
    with database.lock():
        database.close()

        assert [path for path in opened_below(tmp_path) if path.endswith(".lock")]

    database.close()
    assert opened_below(tmp_path) == []


def test_a_commit_waits_until_it_is_on_the_disk_in_every_thread(database: Database) -> None:
    levels: list[object] = []

    def read_level() -> None:
        levels.append(database.execute("PRAGMA synchronous").fetchone()[0])
        database.close()

    thread = threading.Thread(target=read_level)
    thread.start()
    thread.join()
    read_level()

    full = 2  # https://sqlite.org/pragma.html#pragma_synchronous
    assert levels == [full, full]


def test_what_can_be_read_is_seen_whatever_number_its_file_has() -> None:
    reading, writing = os.pipe()
    high = 1500
    os.dup2(reading, high)
    try:
        assert not is_readable(high, 0)

        os.write(writing, b"!")

        assert is_readable(high, 0)
    finally:
        for number in (reading, writing, high):
            os.close(number)


def test_what_a_thread_that_ended_left_open_is_closed_with_the_store(database_prefix: DatabasePrefix) -> None:
    make_databases(database_prefix.url, ("lamps",))
    database = Database("lamps")
    database.open(f"{database_prefix.url}_lamps")
    left: list[Any] = []

    def use() -> None:
        database.execute("SELECT 1")
        left.append(database.proxy.connection())

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()

    database.close()

    assert [connection.closed for connection in left] == [True]


def test_whoever_vanishes_with_the_write_lock_does_not_keep_the_others_from_writing(
    database_prefix: DatabasePrefix,
) -> None:
    make_databases(database_prefix.url, ("lamps",))
    vanished, other, written = Database("lamps"), Database("lamps"), []
    for database in (vanished, other):
        database.open(f"{database_prefix.url}_lamps")

    def let_other_write() -> None:
        for attempt in range(3):  # each waits for the lock for as long as a statement may take
            with contextlib.suppress(StoreUnavailable), other.transaction():
                other.execute("CREATE TABLE shade (n INTEGER)")
                written.append(attempt)
                return

    with contextlib.suppress(StoreUnavailable), vanished.transaction():
        vanished.execute("CREATE TABLE lamp (n INTEGER)")
        let_other_write()

    assert written
    for database in (vanished, other):
        database.close()


def test_whoever_waits_for_a_server_that_does_not_answer_keeps_nobody_else_waiting(
    database_prefix: DatabasePrefix,
) -> None:
    make_databases(database_prefix.url, ("lamps",))
    database = Database("lamps")
    with FaultyNetwork(f"{database_prefix.url}_lamps") as network:
        database.open(network.url)
        database.execute("SELECT 1")
        network.cut("half_open")
        connecting = threading.Thread(target=lambda: _try(database), daemon=True)
        connecting.start()
        while network.count() < 2:
            time.sleep(0.01)

        database.release()

        assert connecting.is_alive()
        connecting.join()
    database.close()


def _try(database: Database) -> None:
    with contextlib.suppress(peewee.OperationalError):
        database.execute("SELECT 1")
