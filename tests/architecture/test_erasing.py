"""Whoever adds a table decides what becomes of it when somebody is forgotten."""

from __future__ import annotations

import importlib
import re
from typing import Any

import pytest

from deploy.local.installation import APPLICATIONS
from tests.journeys.canary import PERSONAL_DATA

# Words in the name of a column for what is one person's alone.
OF_A_PERSON = re.compile(
    r"participant|member|signup|talk|placement|measurement|message|call_off|answer|reply|consent"
)
# Kept all the same: the proof of forgetting, and an access log that the database lets nobody change.
STAYS = {"intake.erasure_request", "intake.erasure_answer", "notifications.message_step"}


@pytest.mark.parametrize("application", APPLICATIONS, ids=lambda application: application.name)
def test_every_column_that_names_something_of_a_person_is_known_to_erasing(application: Any) -> None:
    personal_data = PERSONAL_DATA[application.name]
    tables = importlib.import_module(f"services.{application.name}.models").TABLES

    unknown = {
        f"{table._meta.table_name}.{column}"
        for table in tables
        for column in table._meta.columns
        if OF_A_PERSON.search(column) and column.endswith("_id") and column not in personal_data.columns
    }

    assert unknown == set(), "name it in PERSONAL_DATA of that service"


@pytest.mark.parametrize("application", APPLICATIONS, ids=lambda application: application.name)
def test_every_table_is_known_to_erasing_or_stays_for_a_reason(application: Any) -> None:
    tables = importlib.import_module(f"services.{application.name}.models").TABLES

    left_out = {
        f"{application.name}.{table._meta.table_name}"
        for table in tables
        if table not in PERSONAL_DATA[application.name].tables
    }

    assert left_out <= STAYS
