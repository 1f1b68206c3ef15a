"""Beheer: the places to meet, by page."""

from __future__ import annotations

from typing import Any


def test_a_manager_sees_where_the_groups_of_the_organisation_meet(desk: Any) -> None:
    vos = desk.person(desk.vos)

    page = vos.open(f"/beheer/{desk.organisation}/locaties")

    assert page.status == 200
    assert "Waar groepen bij elkaar komen" in page.text


def test_who_manages_nothing_there_finds_no_such_page(desk: Any) -> None:
    sam = desk.person(desk.sam)

    assert sam.open(f"/beheer/{desk.organisation}/locaties").status in (403, 404)
