"""Where somebody begins who is not signed in."""

from __future__ import annotations

from typing import Any


def test_the_first_address_leads_somebody_unknown_to_three_ways_in(harness: Any) -> None:
    page = harness.visitor().open("/")

    assert (page.path, page.status) == ("/welkom", 200)
    cards = [("/aanmelden", "Ik wil meedoen"), ("/mijn", "Mijn pagina"), ("/inloggen", "Ik werk hier")]
    for href, label in cards:
        assert f'<a href="{href}">{label}</a>' in page.html


def test_who_works_here_comes_to_today_and_after_signing_out_to_the_page_to_sign_in(harness: Any) -> None:
    vos = harness.visitor(harness.vos)
    today = vos.open("/")
    left = vos.submit(today, "/inloggen/uit")

    assert (today.path, left.path) == ("/", "/inloggen")
    assert vos.open("/").path == "/welkom"


def test_a_page_for_staff_still_leads_to_the_page_to_sign_in(harness: Any) -> None:
    assert harness.visitor().open("/groepen").path.startswith("/inloggen")


def test_one_organisation_says_there_who_it_is_and_several_are_named(harness: Any) -> None:
    before = harness.visitor().open("/welkom").text
    harness.register_organisation("Het Anker")

    assert "Dit is de plek van De Kade." in before
    assert "Dit is de plek van De Kade en Het Anker." in harness.visitor().open("/welkom").text
