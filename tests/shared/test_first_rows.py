"""The first rows of several owners, on both databases, and what a database knows of its own rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import peewee
import pytest

from deploy.local.servers import database_of, make_databases
from shared import clock
from shared.storage import Database, all_ids, first_ids
from shared.storage.statistics import Statistics
from tests.support.run_servers import DatabasePrefix


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    made = Database("lamps")
    if request.param == "SQLite":
        made.open(tmp_path / "lamps.sqlite3")
        yield made
    else:
        prefix: DatabasePrefix = request.getfixturevalue("database_prefix")
        make_databases(prefix.url, ["lamps"])
        made.open(database_of(prefix.url, "lamps")[0])
        yield made
    made.close()


@pytest.fixture
def lamp(database: Database) -> Any:
    class Lamp(database.Model):  # type: ignore[misc, name-defined]
        id = peewee.CharField(primary_key=True, max_length=36)
        owner = peewee.CharField(index=True)
        watts = peewee.IntegerField()

    with database.transaction():
        database.proxy.create_tables([Lamp])
        for owner, watts in (("anna", 3), ("anna", 1), ("bert", 2), ("bert", 9), ("carla", 4)):
            Lamp.create(id=f"{owner}-{watts}", owner=owner, watts=watts)
    return Lamp


def shown(lamp: Any, ids: Any, most: int) -> list[str]:
    rows = lamp.select(lamp.id).where(lamp.id.in_(ids)).order_by(lamp.watts.desc()).limit(most)
    return [lamp_id for (lamp_id,) in rows.tuples()]


@pytest.mark.parametrize(
    ("owners", "first"),
    [
        (["anna", "bert", "carla"], ["bert-9", "carla-4"]),
        (["anna"], ["anna-3", "anna-1"]),
        (["anna", "nobody"], ["anna-3", "anna-1"]),
        ([], []),
    ],
)
def test_the_first_rows_of_some_owners_are_those_of_all_of_theirs_in_order(
    lamp: Any, owners: list[str], first: list[str]
) -> None:
    assert shown(lamp, first_ids(lamp.select(lamp.id), lamp.owner, owners, (lamp.watts.desc(),), 2), 2) == first


def test_selects_with_a_limit_of_their_own_are_asked_at_once(lamp: Any) -> None:
    parts = [
        lamp.select(lamp.id).where(lamp.owner == owner).order_by(lamp.watts).limit(1) for owner in ("anna", "bert")
    ]

    assert shown(lamp, all_ids(parts), 9) == ["bert-2", "anna-1"]


def test_a_database_counts_its_rows_when_that_is_due_and_not_more_often(database: Database, lamp: Any) -> None:
    statistics = Statistics(database)

    assert statistics.step() is False

    counted = {
        "SqliteDatabase": "SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = 'lamp'",
        "PostgresqlDatabase": "SELECT COUNT(*) FROM pg_class WHERE relname = 'lamp' AND reltuples = 5",
    }
    kind = next(each.__name__ for each in type(database.proxy.obj).__mro__ if each.__name__ in counted)
    assert database.execute(counted[kind]).fetchone()[0] > 0
    before = clock.wall()
    statistics.step()
    assert statistics._done_at is not None
    assert statistics._done_at <= before
