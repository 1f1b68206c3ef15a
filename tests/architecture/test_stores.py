"""Settings are documented, and migrations make exactly what the models describe."""

from __future__ import annotations

import dataclasses
import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from playhouse.schema_diff import diff_models

from deploy import settings_page
from deploy.local.installation import APPLICATIONS, NAMES

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_settings_is_the_one_that_the_code_makes() -> None:
    assert settings_page.PAGE.read_text(encoding="utf-8") == settings_page.render(), (
        "run `python -m deploy.settings_page` and commit docs/SETTINGS.md"
    )


@pytest.mark.parametrize("application", APPLICATIONS, ids=lambda application: application.name)
def test_every_setting_stands_on_the_page_of_settings_and_nothing_else_does(application: Any) -> None:
    documented = re.findall(r"^\| `([A-Z<>_]+)`", settings_page.render(), re.MULTILINE)
    prefixes = f"({application.name.upper()}|<SERVICE>)_"

    names = {re.sub(prefixes, "", name).lower() for name in documented if re.match(prefixes, name)}

    assert names == {field.name for field in dataclasses.fields(application.settings)}


@pytest.mark.parametrize("name", NAMES)
def test_migrations_make_what_the_models_describe(installation: Any, name: str) -> None:
    models = importlib.import_module(f"services.{name}.models")

    difference = diff_models(models.service.database.proxy.obj, [*models.TABLES, *models.service.tables])

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
        table.__name__
        for table in models.TABLES
        if not {"organisation_id", "organisation"} & set(table._meta.fields)
    }

    assert without == exempt
