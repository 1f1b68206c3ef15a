"""Beheer: the places to meet, by page."""

from __future__ import annotations

from typing import Any


def test_a_manager_sees_where_the_groups_of_the_organisation_meet(harness: Any) -> None:
    vos = harness.visitor(harness.vos)

    page = vos.open(f"/beheer/{harness.organisation_id}/locaties")

    assert page.status == 200
    assert "Waar groepen bij elkaar komen" in page.text


def test_who_manages_nothing_there_finds_no_such_page(harness: Any) -> None:
    sam = harness.visitor(harness.sam)

    assert sam.open(f"/beheer/{harness.organisation_id}/locaties").status in (403, 404)
