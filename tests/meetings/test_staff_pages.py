"""Beheer: inviting, roles and permission, by page."""

from __future__ import annotations

import re
from typing import Any

import pytest


def test_a_manager_invites_changes_and_confirms(desk: Any) -> None:
    vos = desk.person(desk.vos)
    home = f"/beheer/{desk.organisation}"

    invited = vos.submit(
        vos.open(f"{home}/medewerkers/nieuw"), f"{home}/medewerkers/nieuw", name="Bo", email="bo@example.org",
        roles=["messenger"],
    )  # fmt: skip
    address = next(
        href for href in re.findall(rf'href="({home}/medewerkers/[0-9a-f-]+)"', invited.html)
        if "Bo" in vos.open(href).text
    )  # fmt: skip
    changed = vos.submit(vos.open(address), address, roles=["messenger", "facilitator"])
    confirmed = vos.submit(vos.open(f"{home}/nel"), f"{home}/nel")

    assert "Begeleider, Berichtenmedewerker" in changed.text
    assert "Groepen kunnen hem kiezen" in confirmed.text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"email": "bo@"}, "email"),
        ({"roles": []}, "roles"),
        ({"name": " "}, "name"),
        ({"roles": ["koning"]}, "roles"),
    ],
)
def test_an_invitation_that_cannot_be_keeps_what_was_typed(desk: Any, data: dict[str, Any], field: str) -> None:
    vos, path = desk.person(desk.vos), f"/beheer/{desk.organisation}/medewerkers/nieuw"
    told = {"name": "Bo", "email": "bo@example.org", "roles": ["messenger"]} | data

    page = vos.submit(vos.open(path), path, **told)

    assert page.status in (400, 409)
    assert f'href="#f-{field}"' in page.html
    assert len(desk.events("staff_changed")) == 3


def test_the_last_manager_is_told_to_make_another_one_first(desk: Any) -> None:
    vos, path = desk.person(desk.vos), f"/beheer/{desk.organisation}/medewerkers/{desk.vos}"

    page = vos.submit(vos.open(path), path, roles=["coordinator"])

    assert (page.status, "Maak eerst iemand anders beheerder" in page.text) == (409, True)
