"""What deploy/postgres/roles.sh makes on a real server: a role for each service, for its own database only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from deploy.local.installation import NAMES
from tests.support.real_servers import make_roles
from tests.support.servers.postgres import PrivatePostgres

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "postgres" / "roles.sh"
PAIRS = [(name, other) for name in NAMES for other in NAMES if name != other]

UrlOf = Callable[[str, str], str]


def passwords(**other: str) -> dict[str, str]:
    """Everybody's password is their name, unless another is given."""
    return {f"{name}_database_password".upper(): other.get(name, name) for name in NAMES}


@pytest.fixture
def url_of(private_postgres: PrivatePostgres) -> UrlOf:
    """Where a role signs in to a database, on a server on which the script has run."""
    made = make_roles(private_postgres.url, passwords())
    assert made.returncode == 0, made.stderr

    def url(role: str, database: str) -> str:
        return f"postgresql://houvast_{role}:{role}@127.0.0.1:{private_postgres.port}/{database}"

    return url


def refused(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return True
    return False


@pytest.mark.slow
def test_each_role_opens_its_own_database_and_no_other(url_of: UrlOf) -> None:
    opened = {
        (name, other)
        for name in NAMES
        for other in (*NAMES, "postgres", "template1")
        if not refused(url_of(name, f"houvast_{other}" if other in NAMES else other))
    }

    assert opened == {(name, name) for name in NAMES}


@pytest.mark.slow
def test_a_role_makes_its_tables_and_nothing_outside_its_database(url_of: UrlOf) -> None:
    with psycopg.connect(url_of("intake", "houvast_intake"), autocommit=True) as connection:
        connection.execute("create table of_ours (id int primary key)")

        for statement in ("create database more", "create role more", "copy of_ours to program 'true'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


@pytest.mark.slow
def test_running_it_again_keeps_the_data_and_takes_the_new_password(
    private_postgres: PrivatePostgres, url_of: UrlOf
) -> None:
    with psycopg.connect(url_of("intake", "houvast_intake"), autocommit=True) as connection:
        connection.execute("create table kept (id int)")

    again = make_roles(private_postgres.url, passwords(intake="a new 'one\""))

    assert again.returncode == 0, again.stderr
    assert refused(url_of("intake", "houvast_intake"))
    url = url_of("intake", "houvast_intake")
    with psycopg.connect(url, password="a new 'one\"") as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)


@pytest.mark.slow
def test_without_a_password_nothing_is_made_and_the_answer_says_what_to_set(
    private_postgres: PrivatePostgres,
) -> None:
    answer = make_roles(private_postgres.url, passwords(notifications=""))

    assert answer.returncode == 1
    assert "NOTIFICATIONS_DATABASE_PASSWORD" in answer.stderr
    with psycopg.connect(private_postgres.url) as connection:
        roles = connection.execute("select count(*) from pg_roles where rolname like 'houvast%'").fetchone()
    assert roles == (0,)


def test_the_script_knows_the_services_that_there_are() -> None:
    line = next(line for line in SCRIPT.read_text("utf-8").splitlines() if line.startswith("services="))

    assert set(line.removeprefix("services=").strip("'").split()) == set(NAMES)
