"""What an organisation says of itself where somebody signs up; nobody is told to call where there is no number."""

from __future__ import annotations

from typing import Any

import pytest

PAGES = ("/aanmelden/de-kade", "/aanmelden/de-kade/bedankt", "/aanmelden/de-kade/bedankt?adres=nee")


@pytest.mark.parametrize("path", PAGES)
def test_a_number_that_was_filled_in_can_be_called(harness: Any, path: str) -> None:
    harness.organisation(profile={"telephone": "010 123 45 67", "opening_hours": "Op werkdagen"})

    page = harness.visitor().open(path).text

    assert 'Bel ons: <a href="tel:0101234567">010 123 45 67</a>. <span lang="nl">Op werkdagen' in page


@pytest.mark.parametrize("path", PAGES)
def test_without_a_number_no_page_says_that_one_can_call(harness: Any, path: str) -> None:
    harness.organisation(profile={"email": "info@dekade.example"})

    page = harness.visitor().open(path).text

    assert "Bel ons" not in page
    assert "Mail: " in page


@pytest.mark.parametrize("path", PAGES)
def test_where_nothing_was_filled_in_nothing_is_said(harness: Any, path: str) -> None:
    harness.organisation()

    page = harness.visitor().open(path).text

    assert "Vragen?" not in page
    assert "werkdag" not in page


def test_the_promise_in_days_stands_before_and_after_signing_up(harness: Any) -> None:
    harness.organisation(profile={"answer_within_days": 5})

    pages = [harness.visitor().open(path).text for path in PAGES]

    assert ["neemt binnen 5 werkdagen contact" in page for page in pages] == [True, True, False]


def test_what_it_is_and_what_it_reports_is_read_before_signing_up(harness: Any) -> None:
    harness.organisation(profile={"about": "Wij lopen samen op.", "reporting": "Aantallen, aan de gemeente."})

    page = harness.visitor().open("/aanmelden/de-kade").text

    assert "Wij lopen samen op." in page
    assert "Dit geven we door:" in page
    assert "Aantallen, aan de gemeente." in page
