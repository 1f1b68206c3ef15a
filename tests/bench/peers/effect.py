"""The work of every peer: for an event one row, committed; before publishing a change, the row that changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import psycopg

QUEUE = os.environ["PEER_QUEUE"]
BROKER = os.environ["PEER_BROKER"]
DATABASE = os.environ["PEER_DATABASE"]
PREFETCH = 50
INSERT = "INSERT INTO {} (n, at) VALUES (%s, %s)"
_open: dict[int, psycopg.Connection] = {}


def write(table: str, n: int) -> None:
    """Insert one row and commit, on the lasting connection of this process."""
    connection = _open.get(os.getpid())
    if connection is None:
        connection = _open[os.getpid()] = psycopg.connect(DATABASE)
    connection.execute(INSERT.format(table), (n, time.time()))
    connection.commit()


def senders(send: Callable[[int], object]) -> dict[str, Callable[[int], object]]:
    """Only publishing, and publishing a change that was committed first."""

    def change(n: int) -> None:
        write("change", n)
        send(n)

    return {"publish": send, "change": change}
