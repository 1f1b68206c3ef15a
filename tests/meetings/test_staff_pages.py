"""Beheer: inviting, roles and permission, by page."""

from __future__ import annotations

import re
from typing import Any

import pytest


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
