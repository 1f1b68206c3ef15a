"""`./houvast test -p tests.support.plugins.on_postgres ...`: the tests of the services with their stores in
PostgreSQL.

Where a test would make the file of a store, a database is made, and the file only holds its name; a folder of
stores that a fixture copied becomes databases copied from those. Tests that look into the files themselves fail.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from shared import service
from shared.settings import ServiceSettings
from tests.support.leftovers import PREFIX, owner
from tests.support.servers import postgres

BEGINNING = f"{PREFIX}{owner()}_{secrets.token_hex(2)}_"


def pytest_configure() -> None:
    service.store_location = _place


def pytest_unconfigure() -> None:
    with psycopg.connect(_server(), autocommit=True) as connection:
        names = connection.execute(
            "SELECT datname::text FROM pg_database WHERE starts_with(datname, %s)", [BEGINNING]
        )
        for (name,) in names.fetchall():
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _place(settings: ServiceSettings, service: str) -> str:
    assert settings.stores is not None, "these tests name a folder"
    file = settings.stores / f"{service}.sqlite3"
    here = str(file)
    place, name = file.read_text().splitlines() if file.exists() else ("", "")
    if place != here:
        name = _make(copied_from=name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{here}\n{name}\n")
    return urlsplit(_server())._replace(path=f"/{name}").geturl()


def _make(copied_from: str) -> str:
    name = BEGINNING + secrets.token_hex(6)
    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(copied_from or "template0")
            )
        )
    return name


def _server() -> str:
    server = postgres.find()
    if server is None:
        pytest.exit("PostgreSQL does not answer on this machine")
    return server
