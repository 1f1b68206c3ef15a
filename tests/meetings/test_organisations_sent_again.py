"""A form that is sent twice counts once; sent again with something else in it, the person reads so."""

from __future__ import annotations

from typing import Any


def test_a_form_that_is_sent_again_otherwise_is_not_lost_in_silence(harness: Any) -> None:
    vos, path = harness.visitor(harness.vos), f"/beheer/{harness.organisation_id}/organisatie"
    page = vos.open(path)
    first = vos.submit(page, path, name="De Kade", region="Lindeveen")
    again = vos.submit(page, path, name="De Kade", region="Lindeveen")

    otherwise = vos.submit(page, path, name="De Nieuwe Kade", region="Lindeveen")

    assert (first.status, again.status, otherwise.status) == (200, 200, 422)
    assert "al een keer opgeslagen, met iets anders erin" in otherwise.text
    assert harness.published("organisation_changed")["name"] == "De Kade"
    assert len(harness.events("organisation_changed")) == 2  # when it was made, and once since


def test_the_page_opened_anew_can_be_sent_after_all(harness: Any) -> None:
    vos, path = harness.visitor(harness.vos), f"/beheer/{harness.organisation_id}/organisatie"
    page = vos.open(path)
    vos.submit(page, path, name="De Kade", region="Lindeveen")
    vos.submit(page, path, name="De Nieuwe Kade", region="Lindeveen")

    done = vos.submit(vos.open(path), path, name="De Nieuwe Kade", region="Lindeveen")

    assert done.status == 200
    assert harness.published("organisation_changed")["name"] == "De Nieuwe Kade"
