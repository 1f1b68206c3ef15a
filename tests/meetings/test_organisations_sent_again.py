"""A form that is sent twice counts once; sent again with something else in it, the person is told."""

from __future__ import annotations

from typing import Any


def test_a_form_that_is_sent_again_otherwise_is_not_lost_in_silence(desk: Any) -> None:
    vos, path = desk.person(desk.vos), f"/beheer/{desk.organisation}/organisatie"
    page = vos.open(path)
    first = vos.submit(page, path, name="De Kade", region="Lindeveen")
    again = vos.submit(page, path, name="De Kade", region="Lindeveen")

    otherwise = vos.submit(page, path, name="De Nieuwe Kade", region="Lindeveen")

    assert (first.status, again.status, otherwise.status) == (200, 200, 422)
    assert "al een keer opgeslagen, met iets anders erin" in otherwise.text
    assert desk.said("organisation_changed")["name"] == "De Kade"
    assert len(desk.events("organisation_changed")) == 2  # when it was made, and once since


def test_the_page_opened_anew_can_be_sent_after_all(desk: Any) -> None:
    vos, path = desk.person(desk.vos), f"/beheer/{desk.organisation}/organisatie"
    page = vos.open(path)
    vos.submit(page, path, name="De Kade", region="Lindeveen")
    vos.submit(page, path, name="De Nieuwe Kade", region="Lindeveen")

    done = vos.submit(vos.open(path), path, name="De Nieuwe Kade", region="Lindeveen")

    assert done.status == 200
    assert desk.said("organisation_changed")["name"] == "De Nieuwe Kade"
