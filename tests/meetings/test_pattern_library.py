"""The page with every part of the pages in every state: only where the demo people are, and for who works here."""

from __future__ import annotations

import dataclasses
from typing import Any


def test_it_is_there_where_the_demo_people_are(harness: Any) -> None:
    page = harness.visitor(harness.kim).open("/voorbeelden")

    assert page.status == 200
    assert "1–5 van 504" in page.text


def test_it_is_nowhere_else(harness: Any) -> None:
    kim = harness.visitor(harness.kim)
    kim.client.application = harness.app_with(dataclasses.replace(harness.settings, demo_people=False))

    assert kim.open("/voorbeelden").status == 404


def test_the_address_of_its_list_says_page_and_order(harness: Any) -> None:
    page = harness.visitor(harness.kim).open("/voorbeelden?plaats=z&sorteer=name&richting=af&blad=99")

    assert 'aria-sort="descending"' in page.html
    assert page.link(r"/voorbeelden\?plaats=z&sorteer=name&richting=af&blad=10&tot=[0-9a-f-]{36}")
    assert page.link(r"/voorbeelden\?plaats=z&sorteer=turnout")
