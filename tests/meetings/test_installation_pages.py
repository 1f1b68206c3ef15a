"""Beheer of the whole installation, by page."""

from __future__ import annotations

from typing import Any

import pytest

from services.meetings.commands.installation import appoint_installation_manager
from services.meetings.queries.installation import installation_manager_ids
from shared.ids import new_id
from shared.security.actor import system

HOME, NEW = "/beheer/installatie", "/beheer/installatie/organisaties/nieuw"
FILLED_IN = {"organisation": "Het Anker", "region": "Lindeveen", "name": "Bo", "email": "bo@example.org"}


@pytest.fixture(autouse=True)
def appointed(harness: Any) -> None:
    """Let Vos manage the installation."""
    appoint_installation_manager(system("installation"), email="vos@example.org", request_id=new_id())


def test_an_organisation_is_added_by_page_and_its_manager_passes_it_on(harness: Any) -> None:
    vos = harness.visitor(harness.vos)
    assert HOME in vos.open("/beheer").html

    added = vos.submit(vos.open(NEW), NEW, **FILLED_IN)
    appointed = vos.submit(added, f"{HOME}/beheerders", email="bo@example.org")

    assert (added.path, added.status) == (HOME, 200)
    assert "De eerste beheerder kan nu inloggen" in added.text
    assert "Het Anker" in added.text
    assert "Deze beheerder kan nu ook organisaties toevoegen" in appointed.text
    assert "Beheerder van de installatie" in vos.open("/beheer").text
    left = vos.submit(appointed, f"{HOME}/beheerders/{harness.vos}/weg")
    assert (left.path, HOME in left.html) == ("/beheer", False)
    assert len(installation_manager_ids()) == 1


def test_who_alone_can_add_organisations_is_offered_no_way_out(harness: Any) -> None:
    page = harness.visitor(harness.vos).open(HOME)

    assert f"{HOME}/beheerders/{harness.vos}/weg" not in page.html


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"organisation": "de kade"}, "organisation"),
        ({"region": " "}, "region"),
        ({"name": "x" * 81}, "name"),
        ({"email": "bo@"}, "email"),
    ],
)
def test_what_cannot_be_added_keeps_what_was_typed(harness: Any, data: dict[str, Any], field: str) -> None:
    vos = harness.visitor(harness.vos)

    page = vos.submit(vos.open(NEW), NEW, **(FILLED_IN | data))

    assert page.status in (400, 409)
    assert f'href="#f-{field}"' in page.html
    assert 'value="bo@' in page.html
    assert len(harness.events("organisation_changed")) == 1


def test_an_address_of_nobody_who_manages_is_said_at_the_field(harness: Any) -> None:
    vos = harness.visitor(harness.vos)

    page = vos.submit(vos.open(HOME), f"{HOME}/beheerders", email="kim@example.org")

    assert (page.status, 'href="#f-email"' in page.html) == (409, True)
    assert "werkt hier geen beheerder" in page.text


def test_another_manager_finds_no_link_and_no_page(harness: Any) -> None:
    bo = harness.visitor(harness.colleague("Bo", "manager", "coordinator"))
    page = bo.open("/beheer")

    assert HOME not in page.html
    assert (bo.open(HOME).status, bo.open(NEW).status) == (403, 403)
    for path in (NEW, f"{HOME}/beheerders", f"{HOME}/beheerders/{harness.vos}/weg"):
        assert bo.tap(path, **FILLED_IN).status_code == 403, path
