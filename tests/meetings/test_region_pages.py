"""The page of a region and its files: for coordinators alone, without a name, and safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from services.meetings.models import Group
from tests.meetings.harness import MeetingsHarness
from tests.meetings.region_history import make_history

HERE = "/regio"
FILES = (f"{HERE}/groepen.csv", f"{HERE}/totalen.csv")


@pytest.fixture
def region(harness: MeetingsHarness) -> MeetingsHarness:
    """A history of two organisations; Vos coordinates the first one."""
    harness.history = make_history(harness, 7, people=30)  # type: ignore[attr-defined]
    return harness


def sheet_of(harness: Any, path: str, staff_id: str = "") -> list[dict[str, str]]:
    answer = harness.visitor(staff_id or harness.vos).client.get(path, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.data.startswith("\ufeff".encode())
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))


def test_a_coordinator_finds_it_in_the_menu_and_sees_sums_and_groups(region: MeetingsHarness) -> None:
    vos = region.visitor(region.vos)
    page = vos.open(vos.open("/").link(HERE))

    for words in ("Mensen die meedoen", "Bijeenkomsten gehouden", "Opkomst", "Eerste vrije plek", "Nog te bellen"):
        assert words in page.text
    for row in Group.select():
        assert (row.name in page.text) == (row.organisation_id == region.organisation_id)


def test_each_number_says_how_it_was_counted(region: MeetingsHarness) -> None:
    page = region.visitor(region.vos).open(HERE)

    assert page.html.count("figure__note") == 6
    assert "Hoe is dit geteld?" in page.text
    assert "Terugkomen telt niet mee." in page.text


@pytest.mark.parametrize("role", ["facilitator", "manager", "intro_worker", "messenger"])
def test_nobody_but_a_coordinator_comes_in(region: MeetingsHarness, role: str) -> None:
    other = region.visitor(region.colleague("Els", role))

    assert [other.open(path).status for path in (HERE, *FILES)] == [403] * 3
    assert HERE not in other.open("/").html


def test_another_organisation_does_not_exist(region: MeetingsHarness) -> None:
    _, theirs = region.history.organisations  # type: ignore[attr-defined]
    vos = region.visitor(region.vos)

    assert [vos.open(f"{path}?organisatie={theirs}").status for path in (HERE, *FILES)] == [404] * 3


def test_who_coordinates_both_sees_both_and_can_choose_one(region: MeetingsHarness) -> None:
    ours, theirs = region.history.organisations  # type: ignore[attr-defined]
    region.colleague("Vos", "coordinator", organisation=theirs)

    assert {row["organisatie"] for row in sheet_of(region, FILES[0])} == {"De Kade", "Het Anker"}
    assert {row["organisatie"] for row in sheet_of(region, f"{FILES[0]}?organisatie={ours}")} == {"De Kade"}
    page = region.visitor(region.vos).open(f"{HERE}?organisatie={theirs}")
    assert page.status == 200
    assert "Wis filters" in page.text
    assert "Het Anker" in page.html.split('class="under-lead">')[1].split("</p>")[0]


def test_the_file_has_a_row_for_each_group_that_was_chosen_and_a_column_for_each_week(
    region: MeetingsHarness,
) -> None:
    rows = sheet_of(region, FILES[0])
    kinds = {row["soort"] for row in rows}

    assert len(rows) == 3
    assert len([name for name in rows[0] if name.startswith("week van ")]) == 12
    assert len(kinds) > 1
    chosen = next(row for row in Group.select().where(Group.organisation == region.organisation_id))
    assert [row["groep"] for row in sheet_of(region, f"{FILES[0]}?plek={chosen.venue_id or 'geen'}")] == [
        chosen.name
    ]


def test_the_sums_are_a_file_too_with_their_change(region: MeetingsHarness) -> None:
    rows = sheet_of(region, FILES[1])

    assert [row["cijfer"] for row in rows] == [
        "Mensen die meedoen", "Nieuw", "Gestopt", "Van aanmelding tot eerste bijeenkomst",
        "Bijeenkomsten gehouden", "Opkomst",
    ]  # fmt: skip
    assert re.fullmatch(r"\d+", rows[4]["aantal"])
    assert re.fullmatch(r"-?\d+", rows[4]["verschil met ervoor"])


def test_a_few_people_are_a_few_on_the_page_and_in_the_files(harness: MeetingsHarness) -> None:
    group = harness.group()
    for name in ("Noor", "Robin"):
        harness.member(group, name)

    page, (row,) = harness.visitor(harness.vos).open(HERE), sheet_of(harness, FILES[0])

    assert "minder dan 4 van 8" in page.text
    assert row["plekken bezet"] == "minder dan 4"
    assert sheet_of(harness, FILES[1])[0]["aantal"] == "minder dan 4"
    assert not [name for name in ("Noor", "Robin") if name in page.html]


def test_a_cell_that_a_spreadsheet_would_reckon_with_is_text(harness: MeetingsHarness) -> None:
    harness.group("=HYPERLINK(1)")

    assert [row["groep"] for row in sheet_of(harness, FILES[0])] == ["'=HYPERLINK(1)"]


def test_what_cannot_be_read_of_the_address_is_left_out(region: MeetingsHarness) -> None:
    vos = region.visitor(region.vos)

    assert "De laatste 12 weken" in vos.open(f"{HERE}?periode=1900-9&blad=x").text
    assert "1 juli 2026" in vos.open(f"{HERE}?periode=2026-3").text
    assert "Hier komen de groepen te staan die hierbij passen." in vos.open(f"{HERE}?soort=onbekend").text


def test_more_groups_than_a_page_holds_stand_on_one_to_print(harness: MeetingsHarness) -> None:
    for number in range(32):
        Group.create(
            id=f"00000000-0000-7000-8000-{number:012}", organisation=harness.organisation_id,
            name=f"Kring {number}", kind="let_it_be", overrides={}, state="running", themes=[],
        )  # fmt: skip
    vos = harness.visitor(harness.vos)
    page = vos.open(HERE)

    assert page.html.count("<tr") == 31
    assert vos.open(page.link(rf"{HERE}\?alles=1")).html.count("<tr") == 33


def test_a_region_without_groups_says_what_will_come(harness: MeetingsHarness) -> None:
    page = harness.visitor(harness.vos).open(HERE)

    assert page.status == 200
    assert "Hier komen de groepen te staan" in page.text
