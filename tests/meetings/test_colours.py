"""The colour of an organisation: whatever it chooses can be read, in light and in dark."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from services.meetings.rules.colours import (
    DARK_SURFACES,
    ENOUGH,
    LIGHT_SURFACES,
    contrast,
    dark_tokens,
    light_tokens,
)
from tests.meetings.test_organisations import save

ACTION = "--basis-color-action-1-"
COLOURS = [f"#{red}{green}{blue}" for red, green, blue in product(("00", "55", "aa", "ff"), repeat=3)]


def test_contrast_is_that_of_the_guideline() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", COLOURS)
def test_links_and_buttons_can_be_read_in_every_colour(colour: str) -> None:
    for tokens, surfaces in ((light_tokens(colour), LIGHT_SURFACES), (dark_tokens(colour), DARK_SURFACES)):
        own = {name.removeprefix(ACTION): value for name, value in tokens.items()}
        ink = own["inverse-color-default"]
        pairs = [(own["color-default"], surface) for surface in (*surfaces, own["bg-subtle"])]
        pairs += [(own["color-hover"], surface) for surface in (*surfaces, own["bg-subtle"])]
        pairs += [(ink, own["inverse-bg-default"]), (ink, own["inverse-bg-hover"])]
        assert [pair for pair in pairs if contrast(*pair) < ENOUGH] == []


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert light_tokens("#1d4f91")[f"{ACTION}inverse-bg-default"] == "#1d4f91"


def test_pages_of_who_takes_part_ask_for_the_colour_that_was_chosen(harness: Any) -> None:
    before = [harness.visitor().open(path).html for path in ("/welkom", "/privacy/de-kade")]
    save(harness, colour="#1d4f91")
    after = [harness.visitor().open(path).html for path in ("/welkom", "/privacy/de-kade")]

    assert ["huisstijl" in page for page in before] == [False, False]
    assert ['href="/huisstijl/de-kade.css"' in page for page in after] == [True, True]
    visitor = harness.visitor()
    assert "--basis-color-action-1-inverse-bg-default: #1d4f91;" in visitor.open("/huisstijl/de-kade.css").html
    assert visitor.last_response.mimetype == "text/css"
    assert visitor.open("/huisstijl/nergens.css").status == 404


@pytest.mark.parametrize("colour", ["blauw", "#12345", "#12345g", "red;}"])
def test_what_is_no_colour_is_refused(harness: Any, colour: str) -> None:
    page = save(harness, colour=colour)

    assert "Schrijf de kleur als #" in page.text
    assert harness.published("organisation_changed")["profile"]["colour"] == ""
