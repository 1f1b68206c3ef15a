"""Beheer: inviting, roles and permission, by page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from services.meetings.commands.staff import change_roles
from shared.ids import new_id
from shared.security.actor import system


def test_a_manager_invites_changes_and_confirms(harness: Any) -> None:
    vos = harness.visitor(harness.vos)
    home = f"/beheer/{harness.organisation_id}"

    invited = vos.submit(
        vos.open(f"{home}/medewerkers/nieuw"),
        f"{home}/medewerkers/nieuw",
        name="Bo",
        email="bo@example.org",
        roles=["messenger"],
    )
    address = next(
        href
        for href in re.findall(rf'href="({home}/medewerkers/[0-9a-f-]+)"', invited.html)
        if "Bo" in vos.open(href).text
    )
    changed = vos.submit(vos.open(address), address, roles=["messenger", "facilitator"])
    confirmed = vos.submit(vos.open(f"{home}/nel"), f"{home}/nel")

    assert "Begeleider, Berichtenmedewerker" in changed.text
    assert "In deze proefopstelling logt iedereen in zonder app." in vos.open(address).text
    assert "Groepen kunnen hem kiezen" in confirmed.text


def test_a_colleague_who_is_new_is_invited_by_who_added_them_and_nobody_twice(harness: Any) -> None:
    vos, path = harness.visitor(harness.vos), f"/beheer/{harness.organisation_id}/medewerkers/nieuw"

    page = vos.submit(vos.open(path), path, name="Bo", email="bo@example.org", roles=["messenger"])
    vos.submit(vos.open(path), path, name="Bo", email="bo@example.org", roles=["facilitator"])

    [invitation] = harness.events("staff_invited")
    assert invitation.data["invited_by_staff_id"] == harness.vos
    assert "gaat er een mail met een uitnodiging" in page.text


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"csrf_token": "of an older tab"}, "Er is nog niets veranderd"),
        ({"name": "B\0o"}, "Die zijn weg"),
    ],
    ids=["an older tab", "a NUL"],
)
def test_a_form_that_was_refused_before_it_was_read_goes_on_with_one_press(
    harness: Any, changed: dict[str, Any], says: str
) -> None:
    vos, path = harness.visitor(harness.vos), f"/beheer/{harness.organisation_id}/medewerkers/nieuw"
    values = {"name": "Bo", "email": "bo@example.org", "roles": ["messenger", "facilitator"]} | changed

    again = vos.submit(vos.open(path), path, **values)
    count = len(harness.events("staff_changed"))
    page = vos.submit(again, path, roles=["messenger", "facilitator"])

    assert (again.status, count) == (400, 3)
    assert says in again.text
    assert page.status == 200
    assert "Bo" in page.text
    assert len(harness.events("staff_changed")) == 4


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"email": "bo@"}, "email"),
        ({"roles": []}, "roles"),
        ({"name": " "}, "name"),
        ({"roles": ["koning"]}, "roles"),
    ],
)
def test_an_invitation_that_cannot_be_keeps_what_was_typed(harness: Any, data: dict[str, Any], field: str) -> None:
    vos, path = harness.visitor(harness.vos), f"/beheer/{harness.organisation_id}/medewerkers/nieuw"
    values = {"name": "Bo", "email": "bo@example.org", "roles": ["messenger"]} | data

    page = vos.submit(vos.open(path), path, **values)

    assert page.status in (400, 409)
    assert f'href="#f-{field}"' in page.html
    assert len(harness.events("staff_changed")) == 3


def test_the_last_manager_is_told_to_make_another_one_first(harness: Any) -> None:
    vos, path = harness.visitor(harness.vos), f"/beheer/{harness.organisation_id}/medewerkers/{harness.vos}"

    page = vos.submit(vos.open(path), path, roles=["coordinator"])

    assert (page.status, "Maak eerst iemand anders beheerder" in page.text) == (409, True)


@pytest.fixture
def public_url(harness: Any) -> Iterator[Callable[[str], None]]:
    """Return what sets the address under which people open the pages."""
    kept = harness.app.extensions["settings"]

    def choose(url: str) -> None:
        harness.app.extensions["settings"] = replace(kept, public_url=url)

    yield choose
    harness.app.extensions["settings"] = kept


def test_a_name_that_holds_messages_back_is_asked_about_once_and_said_at_beheer(
    harness: Any, public_url: Callable[[str], None]
) -> None:
    public_url("http://kadegroep.example")
    vos, there = harness.visitor(harness.vos), f"/beheer/{harness.organisation_id}/organisatie"

    asked = vos.submit(vos.open(there), there, name="Kadegroep", region="Lindeveen")
    assert asked.status == 409
    assert "De naam ‘Kadegroep’ staat ook in het webadres van Houvast." in asked.text
    kept = vos.submit(asked, there, keeps_words="1")

    assert kept.path.startswith("/beheer?")
    assert "Berichten met een link worden nu tegengehouden." in kept.text
    public_url("http://houvast.example")
    assert "tegengehouden" not in vos.open("/beheer").text


def test_beheer_says_so_when_what_every_message_shows_betrays(
    harness: Any, public_url: Callable[[str], None]
) -> None:
    public_url("http://zelfhulp.example")

    page = harness.visitor(harness.vos).open("/beheer")

    assert "Berichten aan deelnemers worden nu tegengehouden." in page.text
    assert "‘zelfhulp’" in page.text
    assert "tegengehouden" not in harness.visitor(harness.kim).open("/").text


def test_who_cannot_give_a_role_reads_whom_to_ask_and_who_can_reads_where(harness: Any) -> None:
    coordinator = harness.colleague("Bo", "coordinator")
    for staff_id in (harness.kim, harness.sam):
        change_roles(system("installation"), **_without_roles(harness, staff_id))

    asked, own = (
        harness.visitor(staff_id).open("/groepen/nieuw?soort=let_it_be") for staff_id in (coordinator, harness.vos)
    )

    assert "Vraag Vos om die rol te geven." in asked.text
    assert "Vraag Vos om te zeggen dat de organisatie die heeft." in asked.text
    assert "/beheer" not in asked.html
    assert f'Geef die rol bij <a href="/beheer?organisatie={harness.organisation_id}">Beheer</a>.' in own.html


def _without_roles(harness: Any, staff_id: str) -> dict[str, Any]:
    return {
        "organisation_id": harness.organisation_id,
        "staff_id": staff_id,
        "roles": ["messenger"],
        "request_id": new_id(),
    }
