"""The language in which a page is written ends with its request."""

from __future__ import annotations

from flask import Flask

from shared import language
from shared.security.access import public
from shared.web import page_language


def app_that_says_its_language() -> Flask:
    app = Flask("languages")
    page_language.register(app, lambda *_: None, is_https=True)
    app.before_request(page_language.begin)

    @app.get("/")
    @public("a page of this test")
    def page() -> str:
        return language.current()

    @app.get("/staff")
    @public("a page of this test", for_staff=True)
    def staff_page() -> str:
        return language.current()

    return app


def test_what_a_thread_does_after_a_page_is_in_dutch_again() -> None:
    client = app_that_says_its_language().test_client()

    assert client.get("/", headers={"Accept-Language": "en"}).text == "en"
    assert language.current() == "nl"


def test_a_page_for_who_works_here_is_in_dutch() -> None:
    client = app_that_says_its_language().test_client()

    assert client.get("/staff?taal=en", headers={"Accept-Language": "en"}).text == "nl"


def test_over_tls_the_choice_is_kept_for_tls_only() -> None:
    client = app_that_says_its_language().test_client()

    assert client.get("/?taal=en").headers["Set-Cookie"] == "taal=en; Secure; HttpOnly; Path=/; SameSite=Lax"
    assert "Set-Cookie" not in client.get("/?taal=fr").headers
