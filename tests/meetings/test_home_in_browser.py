"""The pages that somebody sees first, and the form that fills them, in a real browser on a phone and a screen."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.meetings.test_organisations import save
from tests.support.http_server import served as serving
from tests.support.screens import NARROW, PHONE, SCREEN, check, follow

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = pytest.mark.parametrize("size", [NARROW, PHONE, SCREEN], ids=lambda size: str(size["width"]))
REPORTING = "Hoeveel mensen er komen, aan de gemeente."


@pytest.fixture
def served(harness: Any) -> Iterator[Any]:
    save(
        harness,
        reporting=REPORTING,
        opening_hours="Op werkdagen van 9.00 tot 17.00 uur",
        email="info@kade.example",
    )
    harness.app = harness.app_with(dataclasses.replace(harness.settings, demo_people=True))
    with serving(harness.app) as harness.url:
        yield harness


@SIZES
def test_the_first_pages_and_the_statements_fit_and_keep_nobody_out(
    served: Any, browser: Browser, size: dict[str, int]
) -> None:
    page = browser.new_context(base_url=served.url, locale="nl-NL", viewport=size).new_page()
    page.goto("/")
    check(page, "home")
    follow(page.get_by_role("link", name="Toegankelijkheid"))
    check(page, "accessibility")
    follow(page.get_by_role("link", name="Privacy"))
    check(page, "privacy")
    page.context.close()


@SIZES
def test_the_form_of_an_organisation_fits_and_says_by_each_field_what_is_wrong(
    served: Any, browser: Browser, size: dict[str, int]
) -> None:
    page = browser.new_context(base_url=served.url, locale="nl-NL", viewport=size).new_page()
    page.goto(f"/inloggen?naar=/beheer/{served.organisation_id}/organisatie")
    follow(page.get_by_role("button", name="Vos"))
    check(page, "organisation-form")
    page.get_by_label("Naam onder berichten").fill("Herstelgroep")
    follow(page.get_by_role("button", name="Bewaar"))
    check(page, "organisation-refused")
    page.get_by_label("Naam onder berichten").fill("Kade 1")
    follow(page.get_by_role("button", name="Bewaar"))
    check(page, "organisation-shown")
    page.goto("/account")
    check(page, "account")
    page.context.close()
