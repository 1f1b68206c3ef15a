"""The access log for who manages: complete, of the own organisation only, and never what was read."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from services.meetings.models import service
from services.meetings.queries.access_log import KINDS
from shared.security.actor import Actor
from tests.meetings.harness import MeetingsHarness

HERE = "/beheer/inzage"


@pytest.fixture
def looked(evening: MeetingsHarness) -> MeetingsHarness:
    """Kim opened the group and the meeting."""
    kim = evening.visitor(evening.kim)
    for path in (f"/groepen/{evening.tuesday}", evening.here):
        kim.open(path)
    return evening


def sheet_of(harness: MeetingsHarness, query: str = "") -> list[dict[str, str]]:
    answer = harness.visitor(harness.vos).client.get(f"{HERE}.csv{query}", follow_redirects=True)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="inzage.csv"'
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))


def test_a_manager_sees_who_looked_at_whom(looked: MeetingsHarness) -> None:
    text = looked.visitor(looked.vos).open(HERE).text

    assert "Kim" in text
    assert "De presentie, Dinsdaggroep, dinsdag 24 november" in text
    assert "De deelnemers, Dinsdaggroep" in text


def test_the_moments_go_by_the_clock_of_the_people(looked: MeetingsHarness) -> None:
    looked.clock_at("2027-03-02 10.00")
    looked.visitor(looked.kim).open(f"/groepen/{looked.tuesday}")

    assert "dinsdag 2 maart, 10.00 Kim" in looked.visitor(looked.vos).open(HERE).text
    assert "2027-03-02T10:00" in sheet_of(looked, "?vanaf=2027-03-02")[-1]["wanneer"]


def test_a_colleague_is_a_colleague_in_the_file(looked: MeetingsHarness) -> None:
    assert {row["soort"] for row in sheet_of(looked) if row["wie"] == "Kim"} == {"Een collega"}


def test_no_name_of_somebody_who_takes_part_stands_in_it(looked: MeetingsHarness) -> None:
    vos = looked.visitor(looked.vos)

    for shown in (vos.open(HERE).text, str(sheet_of(looked))):
        assert "Noor" not in shown
        assert "Robin" not in shown


def test_looking_in_the_access_log_is_a_line_in_it(looked: MeetingsHarness) -> None:
    vos = looked.visitor(looked.vos)
    vos.open(HERE)
    sheet_of(looked)

    lines = [row for row in sheet_of(looked) if row["waarover"] == "Het logboek"]
    assert [(row["wie"], row["wat"]) for row in lines] == [
        ("Vos", "Gedownload als bestand"),
        ("Vos", "Bekeken"),
    ]


def test_one_person_one_sort_and_some_days_can_be_chosen(looked: MeetingsHarness) -> None:
    assert {row["wie"] for row in sheet_of(looked, f"?wie={looked.kim}")} == {"Kim"}
    assert {row["wat"] for row in sheet_of(looked, "?wat=read")} == {"Bekeken"}
    assert sheet_of(looked, "?tot=2020-01-01") == []
    assert sheet_of(looked, "?vanaf=2020-01-01")


def test_what_cannot_be_read_of_the_question_is_said_and_the_rest_is_shown(looked: MeetingsHarness) -> None:
    page = looked.visitor(looked.vos).open(f"{HERE}?vanaf=gisteren&voor=x")

    assert page.status == 200
    assert "Kies een dag." in page.text
    assert "Kim" in page.text


def test_it_goes_on_page_by_page_and_no_line_is_left_out_or_twice(looked: MeetingsHarness) -> None:
    kim = looked.actor(looked.kim)
    with service.transaction():
        for number in range(120):
            service.audit.record(
                kim, "read", "membership", f"m-{number}", purpose="x", organisation_id=looked.organisation_id
            )
    vos = looked.visitor(looked.vos)
    pages = [vos.open(HERE)]
    while older := re.search(r'href="(/beheer/inzage\?[^"]*voor=\d+)"', pages[-1].html):
        pages.append(vos.open(older[1].replace("&amp;", "&")))

    everything = sum(page.html.count("<tr") - 1 for page in pages)
    assert len(pages) == 3
    # The first look was noted after it was shown.
    assert everything == len(sheet_of(looked)) - 1


@pytest.mark.parametrize("role", ["coordinator", "facilitator", "messenger", "intro_worker"])
def test_only_a_manager_sees_it(looked: MeetingsHarness, role: str) -> None:
    other = looked.visitor(looked.colleague("Els", role))

    assert other.open(HERE).status == 403
    assert other.open(f"{HERE}.csv").status == 403


def test_the_access_log_of_another_organisation_does_not_exist(looked: MeetingsHarness) -> None:
    other = looked.register_organisation("Het Anker")
    els = looked.visitor(looked.colleague("Els", "manager", organisation=other))

    assert els.open(f"{HERE}?organisatie={looked.organisation_id}").status == 404
    assert "Kim" not in els.open(HERE).text.split("Collega")[0].replace("Iedereen", "")


@pytest.mark.parametrize("name", ["=cmd", "+31", "-1", "@SUM(A1)", "＝cmd", "＠SUM"])
def test_a_cell_that_a_spreadsheet_would_reckon_with_is_text(looked: MeetingsHarness, name: str) -> None:
    evil = looked.colleague(name, "coordinator")
    looked.visitor(evil).open(f"/groepen/{looked.tuesday}")

    assert {row["wie"] for row in sheet_of(looked, f"?wie={evil}")} == {f"'{name}"}


def test_who_did_something_without_being_staff_is_said_by_what_they_are(looked: MeetingsHarness) -> None:
    values: dict[str, Any] = {"purpose": "x", "organisation_id": looked.organisation_id}
    service.audit.record(Actor("key:1", "key"), "read", "membership", "m", **values)
    service.audit.record(Actor("p", "participant"), "read", "participant", "p", **values)

    text = looked.visitor(looked.vos).open(HERE).text

    assert "Een programma" in text
    assert "Een deelnemer" in text


def test_whatever_is_written_in_the_access_log_is_shown_in_words() -> None:
    service = Path(__file__).parents[2] / "services" / "meetings"
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted(service.rglob("*.py")))
    texts = tomllib.loads((service / "data" / "messages.nl.toml").read_text(encoding="utf-8"))

    written = set(re.findall(r'about_kind="(\w+)"', source))
    written |= set(re.findall(r'audit\.record\(\s*\w+, "\w+", "(\w+)"', source))

    assert {"calls", "meeting", "group_calendar"} <= written
    assert written <= KINDS
    assert set(texts["access_kinds"]) >= KINDS


@pytest.mark.parametrize(
    "query", ["vanaf=0001-01-01", "tot=9999-12-31", "voor=0", "voor=" + "9" * 40, "vanaf=31-2-26"]
)
def test_a_question_that_no_calendar_answers_breaks_nothing(looked: MeetingsHarness, query: str) -> None:
    vos = looked.visitor(looked.vos)

    assert "De deelnemers, Dinsdaggroep" in vos.open(f"{HERE}?{query}").text
    assert sheet_of(looked, f"?{query}")
