"""Mijn account: what who works here sees and changes of themselves."""

from __future__ import annotations

from typing import Any

import pytest


def test_somebody_changes_how_they_are_called_and_others_see_it(harness: Any) -> None:
    kim = harness.visitor(harness.kim)

    page = kim.submit(kim.open("/account"), "/account", name="Kim de Wit")

    assert "Bewaard." in page.text
    assert 'value="Kim de Wit"' in page.html
    assert harness.events("staff_changed")[-1].data["staff_id"] == harness.kim
    assert "Kim de Wit" in harness.visitor(harness.vos).open("/beheer").text


@pytest.mark.parametrize(
    ("name", "sentence"), [("", "Vul dit nog in."), ("K" * 81, "Maak dit korter: hoogstens 80 tekens.")]
)
def test_a_name_that_cannot_be_is_refused(harness: Any, name: str, sentence: str) -> None:
    kim = harness.visitor(harness.kim)
    count = len(harness.events("staff_changed"))

    page = kim.submit(kim.open("/account"), "/account", name=name)

    assert sentence in page.text
    assert len(harness.events("staff_changed")) == count


def test_it_shows_address_roles_and_who_can_help_with_a_lost_app(harness: Any) -> None:
    page = harness.visitor(harness.sam).open("/account").text

    assert "sam@example.org" in page
    assert "Begeleider, Kennismaker" in page
    assert "Bij De Kade zijn dat Vos." in page


def test_the_own_log_shows_what_one_did_and_nothing_that_others_did(harness: Any) -> None:
    kim = harness.visitor(harness.kim)
    before = kim.open("/account").text
    kim.submit(kim.open("/account"), "/account", name="Kim de Wit")

    assert "Er staat nog niets." in before
    assert "Er staat nog niets." not in kim.open("/account").text
    assert "Er staat nog niets." in harness.visitor(harness.sam).open("/account").text


def test_who_does_not_work_here_is_led_to_the_page_to_sign_in(harness: Any) -> None:
    assert harness.visitor().open("/account").path.startswith("/inloggen")
