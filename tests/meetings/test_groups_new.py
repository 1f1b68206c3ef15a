"""Starting a group on one page: all of it or nothing, and nothing typed is lost."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.meetings.models import Group
from services.meetings.queries.groups import list_groups
from shared.ids import new_id

ROOT = Path(__file__).resolve().parents[2]


NEW = "/groepen/nieuw"


def start(harness: Any, person: Any, kind: str = "recovery_workgroup", **data: Any) -> Any:
    values = {
        "name": "Maandaggroep", "audience": "own", "admission": "rolling", "max_size": "8", "venue_id": "new",
        "venue_name": "Buurthuis De Brug", "venue_address": "Brugstraat 1, Lindeveen", "venue_area": "3412",
        "venue_features": ["wheelchair"], "first_on": "2026-11-30", "at": "19:30", "every_weeks": "1",
        "minutes": "120", "first_facilitator": harness.kim, "co_facilitator": harness.sam,
        "questionnaires": ["even_kijken"], "themes": "Hulp vragen, grenzen",
    } | data  # fmt: skip
    return person.submit(person.open(f"{NEW}?soort={kind}"), NEW, **values)


def test_a_group_is_started_on_one_page(harness: Any) -> None:
    page = start(harness, harness.visitor(harness.vos))

    assert page.status == 200
    assert "Maandag 19.30, elke week" in page.text
    values = harness.published("group_changed")
    assert (values["state"], values["weekday"], values["rules"]["max_size"]) == ("running", 0, 8)
    assert (values["themes"], values["questionnaires"]) == (["hulp vragen", "grenzen"], ["even_kijken"])
    assert values["facilitator_ids"] == [harness.kim, harness.sam]
    assert values["venue"]["features"] == ["wheelchair"]


def test_a_group_that_once_meets_in_the_hour_that_comes_twice_is_started_and_that_is_said(harness: Any) -> None:
    values = {"first_on": "2026-11-29", "at": "02:30", "every_weeks": "4"}

    page = start(harness, harness.visitor(harness.vos), **values)

    assert page.status == 200
    assert "een van deze keren is in de nacht" in page.text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": ""}, "name"),
        ({"audience": None}, "audience"),
        ({"admission": "intervals"}, "interval_weeks"),
        ({"max_size": "2"}, "max_size"),
        ({"venue_area": "34AB"}, "venue_area"),
        ({"venue_name": ""}, "venue_name"),
        ({"first_on": "2026-11-02"}, "first_on"),
        ({"first_on": "gisteren"}, "first_on"),
        ({"first_on": "2027-03-28", "at": "02:30"}, "at"),
        ({"at": ""}, "at"),
        ({"co_facilitator": "same"}, "co_facilitator"),
        ({"questionnaires": ["nel_kort"]}, "questionnaires"),
        ({"themes": "a,b,c,d,e,f,g"}, "themes"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(
    harness: Any, data: dict[str, Any], field: str
) -> None:
    vos = harness.visitor(harness.vos)
    data = {key: harness.kim if value == "same" else value for key, value in data.items()}

    page = start(harness, vos, **data)

    assert page.status in (400, 409)
    assert f'href="#f-{field}"' in page.html
    assert page.form(NEW).fields["venue_address"] == ["Brugstraat 1, Lindeveen"]
    assert list_groups(harness.actor(harness.vos)) == []


def test_the_same_form_sent_twice_starts_one_group_and_in_two_tabs_it_says_so(harness: Any) -> None:
    vos = harness.visitor(harness.vos)
    shown = vos.open(f"{NEW}?soort=let_it_be")
    values = {"name": "Donderdagkring", "venue_id": "none"}

    first, again = vos.submit(shown, NEW, **values), vos.submit(shown, NEW, **values)
    other_tab = vos.submit(vos.open(f"{NEW}?soort=let_it_be"), NEW, **values)

    assert first.path == again.path
    assert (other_tab.status, "Er is al een groep met deze naam" in other_tab.text) == (409, True)


def test_a_group_may_be_started_before_its_moment_and_place_are_known(harness: Any) -> None:
    page = start(
        harness,
        harness.visitor(harness.vos),
        first_on="",
        venue_id="none",
        first_facilitator="",
        co_facilitator="",
    )

    assert "Er staat geen bijeenkomst gepland" in page.text
    assert "Er is nog geen begeleider" in page.text
    assert harness.published("group_changed")["state"] == "preparing"


def test_an_emptied_maximum_is_no_maximum(harness: Any) -> None:
    start(harness, harness.visitor(harness.vos), max_size="")

    assert harness.published("group_changed")["rules"]["max_size"] is None


@pytest.mark.parametrize(
    ("kind", "chosen", "overrides"),
    [
        ("recovery_workgroup", ["call"], {}),
        ("recovery_workgroup", ["message", "call"], {"after_absence": ["message", "call"]}),
        ("recovery_workgroup", [], {"after_absence": []}),
        ("let_it_be", [], {}),
        ("let_it_be", ["message"], {"after_absence": ["message"]}),
    ],
)
def test_what_follows_an_absence_is_chosen_and_begins_as_the_kind_has_it(
    harness: Any, kind: str, chosen: list[str], overrides: dict[str, Any]
) -> None:
    vos = harness.visitor(harness.vos)
    usual = vos.open(f"{NEW}?soort={kind}").form(NEW).fields.get("after_absence", [])

    start(harness, vos, kind, after_absence=chosen)

    assert usual == (["call"] if kind == "recovery_workgroup" else [])
    group = Group.get()
    assert {name: value for name, value in group.overrides.items() if name == "after_absence"} == overrides


def test_where_no_names_are_kept_nothing_can_follow_an_absence(harness: Any) -> None:
    vos = harness.visitor(harness.vos)

    page = vos.open(f"{NEW}?soort=twelve_step")
    vos.submit(page, NEW, name="Zondagochtend", audience="own", admission="rolling", venue_id="none")

    assert "after_absence" not in page.form(NEW).offered
    assert "after_absence" not in Group.get().overrides


def test_who_coordinates_two_organisations_chooses_for_which_one(harness: Any) -> None:
    other = harness.register_organisation("Het Anker")
    harness.colleague("Vos", "coordinator", organisation=other)
    vos = harness.visitor(harness.vos)

    page = vos.open(f"{NEW}?soort=let_it_be&organisatie={other}")
    vos.submit(page, NEW, name="Ankergroep", venue_id="none")

    assert harness.published("group_changed")["organisation_id"] == other
    assert vos.open(f"{NEW}?soort=let_it_be&organisatie={new_id()}").status == 404
    assert vos.open(f"{NEW}?soort=theekransje").status == 404


ALONE = """
from services.meetings.app import service
from services.meetings.schemas.groups import NewGroupForm
print(NewGroupForm().validate({"first_on": "gisteren", "max_size": "veel"}))
"""


def test_a_process_of_this_service_alone_tells_in_dutch_what_to_fix() -> None:
    values = subprocess.run(
        [sys.executable, "-c", ALONE], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout

    assert "Vul dit nog in." in values
    assert "Kies een dag." in values
    assert not re.search(r"\b(Missing|Not a valid)\b", values)


def test_a_place_that_would_hold_messages_back_is_asked_about_once(harness: Any) -> None:
    vos, place = harness.visitor(harness.vos), {"venue_name": "Herstelhuis Midden"}

    asked = start(harness, vos, **place)

    assert asked.status == 409
    assert "In deze plek staat ‘herstel’" in asked.text
    assert list_groups(harness.actor(harness.vos)) == []
    started = vos.submit(asked, NEW, keeps_words="1")
    assert started.status == 200
    assert "Herstelhuis Midden" in started.text


def test_a_group_that_is_named_like_its_place_is_asked_about_and_how_a_name_begins_is_not(harness: Any) -> None:
    vos = harness.visitor(harness.vos)

    asked = start(harness, vos, name="Brugstraatgroep", venue_name="Zaal Brugstraatgroep")

    assert "In deze plek staat ‘Brugstraatgroep’" in asked.text
    assert start(harness, vos, name="De Brug").status == 200
    known = list_groups(harness.actor(harness.vos))[0]
    assert known.name == "De Brug"


def test_a_group_that_keeps_no_names_sends_nothing_and_is_asked_nothing(harness: Any) -> None:
    no_names = {"max_size": None, "questionnaires": None, "venue_name": "Herstelhuis Midden"}

    page = start(harness, harness.visitor(harness.vos), kind="twelve_step", **no_names)

    assert page.status == 200
