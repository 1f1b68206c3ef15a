"""Whoever is not meant to, sees and changes nothing: another organisation, another role, nobody at all."""

from __future__ import annotations

import re
from typing import Any

import pytest


def addresses(harness: Any) -> list[tuple[str, str]]:
    """(method, address) of every page with something of ours in it."""
    values = {
        "group_id": harness.tuesday,
        "meeting_id": harness.tonight,
        "membership_id": harness.noor,
        "staff_id": harness.kim,
        "organisation_id": harness.organisation_id,
        "kind": "ritme",
    }
    matches = []
    for rule in harness.app.url_map.iter_rules():
        if rule.arguments and rule.arguments <= set(values) and not rule.rule.startswith(("/inloggen", "/api")):
            address = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: values[match[1]], rule.rule)
            matches += [(method, address) for method in rule.methods & {"GET", "POST"}]
    return matches


def test_nothing_of_an_organisation_exists_for_another_one(evening: Any) -> None:
    other = evening.register_organisation("Het Anker")
    roles = ("coordinator", "manager", "facilitator", "intro_worker", "messenger")
    stranger = evening.visitor(evening.colleague("Bo", *roles, organisation=other))
    token = stranger.open("/groepen/nieuw?soort=let_it_be").forms[-1].fields["csrf_token"][0]
    before = len(evening.events())
    full = {
        "csrf_token": token, "membership_id": evening.noor, "mark": "present", "step": "1", "headcount": "1",
        "reason": "stopped", "staff_id": evening.kim, "place": "co", "first_on": "2026-12-01", "at": "10:00",
        "every_weeks": "1", "minutes": "60", "name": "X", "region": "Y", "email": "x@example.org",
        "roles": "manager", "call_name": "Noor",
    }  # fmt: skip

    answers = {
        (method, address): stranger.client.open(address, method=method, data=full if method == "POST" else None)
        for method, address in addresses(evening)
    }

    assert len(answers) > 20
    closed = {asked: answer.status_code for asked, answer in answers.items() if answer.status_code != 404}
    # Who manages the installation is asked about no organisation: to everybody else that is closed.
    assert {address for _, address in closed} <= {f"/beheer/installatie/beheerders/{evening.kim}/weg"}
    assert set(closed.values()) <= {403}
    assert not any("Noor" in answer.text for answer in answers.values())
    assert len(evening.events()) == before


@pytest.mark.parametrize("role", ["messenger", "intro_worker", "facilitator"])
def test_who_works_here_in_another_role_changes_nothing_of_a_group(evening: Any, role: str) -> None:
    person = evening.visitor(evening.colleague("Bo", role))
    token = person.open("/").forms[0].fields["csrf_token"][0]
    before = len(evening.events())

    data = {
        "csrf_token": token,
        "membership_id": evening.noor,
        "mark": "present",
        "step": "1",
        "headcount": "1",
        "reason": "stopped",
    }
    posts = [address for method, address in addresses(evening) if method == "POST"]

    statuses = {address: person.client.post(address, data=data).status_code for address in posts}

    # Who gets to know people also tells a new member what a welcome could not say; there is nothing of that.
    welcomed = {f"/groepen/{evening.tuesday}/deelnemers/{evening.noor}/verteld"} & set(statuses)
    assert {statuses.pop(address) for address in welcomed} <= {403, 409}
    assert set(statuses.values()) <= {400, 403, 404}
    assert len(evening.events()) == before


def test_nobody_comes_in_without_signing_in(evening: Any) -> None:
    visitor = evening.visitor()

    for method, address in addresses(evening):
        if method == "GET":
            assert visitor.open(address).path.startswith("/inloggen"), address


@pytest.mark.parametrize("path", ["/groepen/x", "/bijeenkomsten/x", "/groepen/x/plannen", "/beheer/x/nel"])
def test_an_address_that_is_none_is_not_found(harness: Any, path: str) -> None:
    assert harness.visitor(harness.vos).open(path).status == 404
