"""A pass or link is believed only when it is ours, unchanged, in time and for this purpose."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from shared import clock
from shared.security import links, passes
from shared.security.actor import Actor
from shared.security.encryption import Keyring

pytestmark = pytest.mark.clock


def keyring() -> Keyring:
    signing = OKPKey.generate_key("Ed25519")
    return Keyring(
        {
            "pass_private": signing.as_dict(private=True),
            "pass_public": signing.as_dict(private=False),
            "links": {"questionnaires": base64.b64encode(os.urandom(32)).decode()},
        }
    )


KIM = Actor("staff-1", "staff", "Kim", {"org-1": frozenset({"coordinator"})}, (("Vandaag", "/"),))


@pytest.fixture
def moving(tmp_path: Path) -> Iterator[None]:
    clock.follow(tmp_path / "clock")
    yield
    clock.follow(None)


def test_a_pass_says_who_it_is_of() -> None:
    keys = keyring()

    assert passes.check(keys, passes.sign(keys, KIM)) == KIM


def test_a_pass_of_somebody_who_typed_a_code_says_only_who() -> None:
    keys = keyring()
    somebody = Actor("person-1", "participant")

    checked = passes.check(keys, passes.sign(keys, somebody, seconds=passes.PARTICIPANT_SECONDS))

    assert checked == somebody
    assert not checked.is_staff
    assert not checked.roles


@pytest.mark.parametrize("kind", ["link", "system", "public", "owner"])
def test_a_pass_of_a_kind_that_carries_none_is_of_nobody(kind: str) -> None:
    keys = keyring()

    assert passes.check(keys, passes.sign(keys, Actor("x", kind))) is None


@pytest.mark.parametrize("seconds", [0, -5])
def test_a_pass_that_is_over_is_of_nobody(seconds: int) -> None:
    keys = keyring()

    assert passes.check(keys, passes.sign(keys, KIM, seconds=seconds)) is None


def test_a_pass_of_another_installation_is_of_nobody() -> None:
    assert passes.check(keyring(), passes.sign(keyring(), KIM)) is None


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "é" * 9])
def test_nonsense_is_no_pass(text: str) -> None:
    assert passes.check(keyring(), text) is None


def test_a_pass_that_was_changed_is_of_nobody() -> None:
    keys = keyring()
    head, _, signature = passes.sign(keys, KIM).split(".")
    other = passes.sign(keys, Actor("staff-2", "staff")).split(".")[1]

    assert passes.check(keys, f"{head}.{other}.{signature}") is None


def test_a_link_says_its_subject_for_its_own_purpose_only() -> None:
    keys = keyring()
    token = links.mint(keys, "questionnaires", "fill_in", "m-1", clock.now() + timedelta(days=1))

    checked = links.check(keys, "questionnaires", "fill_in", token)

    assert checked is not None
    assert checked.subject == "m-1"
    assert links.check(keys, "questionnaires", "something_else", token) is None


def test_every_changed_character_of_a_link_makes_it_no_link() -> None:
    keys = keyring()
    token = links.mint(keys, "questionnaires", "fill_in", "m-1", clock.now() + timedelta(days=1))

    changed = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token) - 1)]

    assert all(links.check(keys, "questionnaires", "fill_in", token) is None for token in changed)
    assert links.check(keys, "questionnaires", "fill_in", "é") is None


@pytest.mark.usefixtures("moving")
def test_a_link_expires_by_the_time_of_the_people() -> None:
    keys = keyring()
    token = links.mint(keys, "questionnaires", "fill_in", "m-1", clock.now() + timedelta(days=1))

    clock.move_to(clock.wall() + timedelta(days=2))

    checked = links.check(keys, "questionnaires", "fill_in", token)
    assert checked is not None
    assert links.is_expired(checked)
