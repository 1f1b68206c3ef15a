"""The statements on privacy and accessibility, filled from what an organisation says of itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.meetings.test_organisations import save


@pytest.mark.parametrize("path", ["/privacy", "/privacy/de-kade", "/toegankelijkheid", "/welkom"])
def test_a_statement_says_whom_to_call_only_where_there_is_a_number(harness: Any, path: str) -> None:
    before = harness.visitor().open(path).html
    save(harness)
    after = harness.visitor().open(path).html

    assert "Bel ons" not in before
    assert 'Bel ons: <a href="tel:0101234567">' in after


def test_the_privacy_statement_says_what_is_reported_and_what_people_are_called(harness: Any) -> None:
    before = harness.visitor().open("/privacy/de-kade").text
    save(harness, reporting="Aantallen, aan de gemeente.")
    after = harness.visitor().open("/privacy/de-kade").text

    assert "heeft hier niet ingevuld wat zij over groepen doorgeeft" in before
    assert "Aantallen, aan de gemeente." in after
    assert ("Andere deelnemers" in before, "Andere bondgenoten" in after) == (True, True)


def test_with_several_organisations_one_chooses_whose_statement_to_read(harness: Any) -> None:
    alone = harness.visitor().open("/privacy").path
    harness.register_organisation("Het Anker")

    assert alone == "/privacy/de-kade"
    assert 'href="/privacy/het-anker"' in harness.visitor().open("/privacy").html
    assert harness.visitor().open("/privacy/nergens").status == 404


def test_every_page_of_who_takes_part_leads_to_both(harness: Any) -> None:
    for path in ("/welkom", "/mijn/code", "/inloggen"):
        page = harness.visitor().open(path).html
        assert 'href="/privacy"' in page
        assert 'href="/toegankelijkheid"' in page
