"""Settings are documented, and migrations make exactly what the models describe."""

from __future__ import annotations

import dataclasses
import importlib
import re
from pathlib import Path
from typing import Any

import peewee
import pytest
from playhouse.migrations import Runner
from playhouse.schema_diff import diff_models

from deploy.town.layout import NAMES, SERVICES
from deploy.town.servers import Servers, make_databases
from shared.outbox import Outbox
from shared.privacy import Privacy
from shared.settings import variable
from shared.store import Database

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_setting_stands_in_the_table_of_its_service_and_nothing_else_does(service: Any) -> None:
    readme = (service.room / "README.md").read_text(encoding="utf-8")

    documented = set(re.findall(rf"`({service.name.upper()}_[A-Z_]+)`", readme))

    assert documented == {variable(service.name, field.name) for field in dataclasses.fields(service.settings)}


@pytest.mark.parametrize("name", NAMES)
def test_migrations_make_what_the_models_describe(town: Any, name: str) -> None:
    models = importlib.import_module(f"services.{name}.models")

    difference = diff_models(models.house.database.proxy.obj, [*models.TABLES, *models.house.tables])

    assert not difference, f"migrations and models of {name} differ: {difference}"


@pytest.mark.parametrize("name", NAMES)
def test_migrations_are_numbered_one_after_another(name: str) -> None:
    files = sorted((ROOT / "services" / name / "migrations").glob("[0-9]*.py"))

    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))


@pytest.mark.parametrize("name", NAMES)
def test_every_row_of_a_tenant_says_whose_it_is(name: str) -> None:
    models = importlib.import_module(f"services.{name}.models")
    exempt = set(models.NOT_OF_A_TENANT)

    without = {
        table.__name__ for table in models.TABLES
        if not {"organisation_id", "organisation"} & set(table._meta.fields)
    }  # fmt: skip

    assert without == exempt


PUT = (
    "INSERT INTO outbox (event_id, type, subject, time, data, is_state, seq)"
    " VALUES ('{0}', 'nl.houvast.a.b.v1', 'lamp/1', '2026-11-22T08:00:00.000000Z', '{{}}', false, {1})"
)


@pytest.mark.parametrize("pair", ["local-sqlite", "local-postgres"], indirect=True)
def test_letters_that_waited_for_a_number_when_the_store_was_brought_up_to_date_follow_on_the_others(
    tmp_path: Path, pair: Servers
) -> None:
    if pair.database is not None:
        make_databases(pair.database, ("old",))
    store = Database("old")
    store.open(tmp_path / "old.sqlite3" if pair.database is None else f"{pair.database}_old")
    migrations = Runner(store.proxy.obj, str(ROOT / "services" / "intake" / "migrations"))
    migrations.up("0006_erasing")
    for event_id, seq in (("a", 1), ("b", 2), ("d", "NULL"), ("c", "NULL")):
        store.execute(PUT.format(event_id, seq))
    store.execute("INSERT INTO outbox_head (epoch, seq, sent) VALUES (3, 2, 1)")

    migrations.up()

    try:
        assert Outbox(store, Privacy("old")).head() == (3, 4)
        rows = store.execute("SELECT event_id, seq FROM outbox ORDER BY seq").fetchall()
        assert [tuple(row) for row in rows] == [("a", 1), ("b", 2), ("d", 3), ("c", 4)]
        with pytest.raises(peewee.IntegrityError):
            store.execute(PUT.format("e", "NULL"))
    finally:
        store.close()
