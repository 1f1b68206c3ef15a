"""The landscape that benches fill: as the commands would have made it, and every page bounded in it."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from deploy.local.installation import APPLICATIONS, NAMES, Installation
from deploy.local.ports import free_port
from services.intake.models import Signup
from services.intake.queries.signups import progress_of
from services.intake.rules.signups import NextStep, next_step
from services.meetings.queries.staff import find_staff_by_email
from shared import clock
from tests.bench.landscape.load import fill_files
from tests.bench.landscape.plan import ROLES, Plan
from tests.journeys.everyday import EverydayFacts
from tests.support.inline_installation import InlineInstallation, open_installation
from tests.support.pages_measured import Pages

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
Kinds = dict[str, set[str]]
SMALL, LARGER = 0.04, 0.12
MOST_STATEMENTS, MOST_BYTES = 30, 100_000
PATTERNS = {
    "id": r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
    "moment": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",
    "day": r"\d{4}-\d\d-\d\d",
    "hour": r"\d\d:\d\d:\d\d",
    "blind index": r"[0-9a-f]{64}",
    "list": r"\[.*\]",
    "object": r"\{.*\}",
}


def filled(folder: Path, scale: float) -> Path:
    installation = Installation(folder, 0, free_port())
    installation.prepare()
    fill_files(installation, Plan(scale, clock.now()))
    for application in APPLICATIONS:
        application.service.database.close()
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("small") / "installation", SMALL)


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("larger") / "installation", LARGER)


def kind_of(value: object) -> str:
    if isinstance(value, str):
        return next((name for name, pattern in PATTERNS.items() if re.fullmatch(pattern, value)), "text")
    return {type(None): "nothing", bytes: "sealed", int: "number"}[type(value)]


def kinds_in(folder: Path) -> dict[str, Kinds]:
    """Return table -> column -> kinds of values, of every table that has rows."""
    kinds: dict[str, Kinds] = {}
    for name in NAMES:
        with closing(sqlite3.connect(folder / "stores" / f"{name}.sqlite3")) as store:
            store.row_factory = sqlite3.Row
            tables = store.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            )
            for (table,) in tables.fetchall():
                columns: defaultdict[str, set[str]] = defaultdict(set)
                for row in store.execute(f'SELECT * FROM "{table}"'):
                    for column in row.keys():  # noqa: SIM118 - a row iterates over its values
                        columns[column].add(kind_of(row[column]))
                if columns:
                    kinds[f"{name}.{table}"] = dict(columns)
    return kinds


def test_rows_have_the_shape_that_commands_give_them(small: Path, lived_in: tuple[Path, EverydayFacts]) -> None:
    made, ours = kinds_in(lived_in[0]), kinds_in(small)
    # What nobody did in those weeks: a list has no row there, or a column was never filled or left empty.
    unseen = {
        f"{table}.{column}: {kind}"
        for table, columns in ours.items()
        if table in made
        for column, kinds in columns.items()
        for kind in kinds - made[table][column]
    }

    assert len(set(ours) & set(made)) > 45
    assert {entry for entry in unseen if not entry.endswith(": nothing")} <= SEEN_IN_OTHER_TESTS
    assert all({column.name for column in columns_of(table)} == set(ours[table]) for table in ours)


# Filled in by other commands than those weeks knew.
SEEN_IN_OTHER_TESTS = {
    "intake.audit_entry.about_id: text",
    "intake.placement.returned_because: text",
    "intake.signup.audience: text",
    "intake.signup.closed_because: text",
    "intake.signup.closed_at: moment",
    "meetings.membership.ended_on: day",
    "meetings.membership.end_reason: text",
}


def columns_of(table: str) -> list[Any]:
    service, _, name = table.partition(".")
    application = next(each for each in APPLICATIONS if each.name == service)
    return application.service.database.proxy.obj.get_columns(name)


def test_sealed_values_open_and_people_are_who_they_are_everywhere(small: Path) -> None:
    with open_installation(small):
        for application in APPLICATIONS[:2]:
            encryption = application.service.encryption
            rows = application.service.database.execute("SELECT id, call_name FROM participant").fetchall()
            names = [encryption.open(sealed, "participant.call_name", row_id) for row_id, sealed in rows]
            assert len(names) > 300
            assert all(names)


def test_what_somebody_waits_for_is_kept_as_it_follows_from_the_rest(
    weeks: tuple[InlineInstallation, EverydayFacts], small: Path
) -> None:
    wrong = list(kept_wrongly())
    assert Signup.select().count() > 5
    assert wrong == []

    with open_installation(small):
        assert list(kept_wrongly()) == []


def kept_wrongly() -> Iterator[str]:
    for signup in Signup.select():
        step = next_step(progress_of(signup))
        if (signup.step or NextStep.NOTHING) != step:
            yield f"{signup.id}: {signup.step}, not {step}"


def costs_in(folder: Path) -> dict[str, tuple[int, int, int]]:
    with open_installation(folder) as installation:
        people = {role: find_staff_by_email(f"{role}@houvast.example") for role in ROLES}
        pages = Pages(installation, {role: staff for role, staff in people.items() if staff is not None})
        costs = {str(page): pages.open(page) for page in pages.list()}
    return {name: (cost.status, cost.statements, cost.size) for name, cost in costs.items()}


def test_no_page_asks_more_of_the_stores_where_there_is_three_times_as_much(small: Path, larger: Path) -> None:
    few, many = costs_in(small), costs_in(larger)

    assert len(few) > 80
    assert {name for name, (status, _, _) in {**few, **many}.items() if status >= 500} == set()
    # A list that happens to be empty takes fewer statements: never more than the bound, whatever there is.
    assert {name: cost for name, cost in many.items() if cost[1] > MOST_STATEMENTS} == {}
    assert {name: cost for name, cost in many.items() if cost[2] > MOST_BYTES} == {}
    growing = {
        name: (few[name][1], cost[1]) for name, cost in many.items() if name in few and cost[1] > few[name][1] + 4
    }
    assert growing == {}
