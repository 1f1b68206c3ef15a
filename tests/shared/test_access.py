"""Two doors for people: a pass of one never opens the other."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable

import pytest
from flask import Flask, g
from joserfc.jwk import OKPKey
from werkzeug.wrappers import Response

from shared.errors import Forbidden
from shared.security import passes
from shared.security.access import (
    Cookies,
    NotSignedIn,
    authorize,
    requires_key,
    requires_participant,
    requires_staff,
)
from shared.security.actor import Actor
from shared.security.encryption import Keyring

STAFF = Actor("staff-1", "staff", "Kim", {"org-1": frozenset({"coordinator"})})
PERSON = Actor("person-1", "participant")
KEY = Actor("key-1", "key", grants={"org-1": frozenset({"coordinator"})})
PLAIN, SAFE = Cookies.of("http://127.0.0.1:8000"), Cookies.of("https://houvast.example")

Visit = Callable[..., "Response | None"]


@pytest.fixture
def keys() -> Keyring:
    signing = OKPKey.generate_key("Ed25519")
    return Keyring(
        {
            "pass_private": signing.as_dict(private=True),
            "pass_public": signing.as_dict(private=False),
            "links": {"service": base64.b64encode(os.urandom(32)).decode()},
        }
    )


@pytest.fixture
def come(keys: Keyring) -> Visit:
    """Come to a page that asks for somebody, with these cookies; gives where one is sent, or nothing."""
    app = Flask("door")

    def coming(
        rule: Callable[..., object], path: str = "/mijn", *, bearer: str = "", **cookies: str
    ) -> Response | None:
        header = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = {"Cookie": header, "Authorization": f"Bearer {bearer}"}
        with app.test_request_context(path, headers=headers):
            answer = authorize(rule(lambda: None), keys, "service", PLAIN)
            come_in.append(g.actor)
            return answer

    come_in: list[Actor] = []
    coming.who = come_in  # type: ignore[attr-defined]
    return coming


def test_who_typed_the_code_is_let_in(come: Visit, keys: Keyring) -> None:
    answer = come(requires_participant(), **{PLAIN.participant: passes.sign(keys, PERSON)})

    assert answer is None
    assert come.who == [PERSON]  # type: ignore[attr-defined]


def test_who_has_no_pass_is_led_to_the_page_about_the_code_and_back_afterwards(come: Visit) -> None:
    answer = come(requires_participant(), "/mijn/berichten?wat=x")

    assert answer is not None
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/mijn/code?naar=/mijn/berichten"


@pytest.mark.parametrize("other", [STAFF, KEY], ids=lambda actor: actor.kind)
def test_a_pass_of_somebody_else_does_not_open_the_pages_of_a_person(
    come: Visit, keys: Keyring, other: Actor
) -> None:
    for cookie in (PLAIN.participant, PLAIN.staff):
        answer = come(requires_participant(), **{cookie: passes.sign(keys, other)})

        assert answer is not None
        assert answer.headers["Location"].startswith("/mijn/code")


def test_the_pass_of_a_person_does_not_open_the_pages_of_who_works_here(come: Visit, keys: Keyring) -> None:
    for cookie in (PLAIN.participant, PLAIN.staff):
        answer = come(requires_staff(), "/beheer", **{cookie: passes.sign(keys, PERSON)})

        assert answer is not None
        assert answer.headers["Location"] == "/inloggen/verder?naar=/beheer"


def test_somebody_who_is_both_comes_in_by_each_door_as_who_belongs_there(come: Visit, keys: Keyring) -> None:
    both = {PLAIN.participant: passes.sign(keys, PERSON), PLAIN.staff: passes.sign(keys, STAFF)}

    come(requires_participant(), **both)
    come(requires_staff("coordinator"), "/", **both)

    assert come.who == [PERSON, STAFF]  # type: ignore[attr-defined]


@pytest.mark.parametrize("other", [STAFF, PERSON], ids=lambda actor: actor.kind)
def test_the_pass_of_a_browser_is_no_key_for_a_program(come: Visit, keys: Keyring, other: Actor) -> None:
    come(requires_key("coordinator"), bearer=passes.sign(keys, KEY))

    with pytest.raises(NotSignedIn):
        come(requires_key("coordinator"), bearer=passes.sign(keys, other))

    assert come.who == [KEY]  # type: ignore[attr-defined]


def test_a_page_that_has_no_access_rule_is_not_served(come: Visit) -> None:
    with pytest.raises(Forbidden):
        come(lambda view: view)


def test_over_tls_the_cookies_are_bound_to_the_whole_host() -> None:
    assert SAFE.staff.startswith("__Host-")
    assert SAFE.participant.startswith("__Host-")
    assert SAFE.staff != SAFE.participant
