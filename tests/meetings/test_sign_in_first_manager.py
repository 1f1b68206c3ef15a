"""The ways in that need no mail: demo people, and the first manager of a new installation."""

from __future__ import annotations

import dataclasses
from typing import Any

from services.meetings.commands.sign_in import make_first_link
from services.meetings.queries.organisations import list_organisations
from shared.ids import new_id
from tests.meetings.actions import ask_link, press, secret_of

PASS, SESSION = "houvast-pass", "houvast-session"


def _token(visitor: Any) -> str:
    return str(visitor.open("/inloggen").form("/inloggen").fields["csrf_token"][0])


def test_demo_people_are_there_only_where_they_were_switched_on(harness: Any) -> None:
    visitor = harness.visitor()
    visitor.client.application = harness.app_with(dataclasses.replace(harness.settings, demo_people=False))
    page = visitor.open("/inloggen")

    answer = visitor.client.post(f"/inloggen/demo/{harness.kim}", data={"csrf_token": _token(visitor)})

    assert "Uitproberen" not in page.text
    assert answer.status_code == 409
    assert SESSION not in answer.headers.get("Set-Cookie", "")


def test_a_demo_person_that_is_none_is_not_found(harness: Any) -> None:
    visitor = harness.visitor()

    answer = visitor.client.post(f"/inloggen/demo/{new_id()}", data={"csrf_token": _token(visitor)})

    assert answer.status_code == 404


def settle(harness: Any, secret: str, **data: Any) -> Any:
    visitor = harness.visitor()
    values = {"name": "Bo", "email": "bo@example.org", "organisation": "Het Anker", "region": "Lindeveen"} | data
    page = visitor.open(f"/inloggen/eerste/{secret}")
    return visitor.submit(page, f"/inloggen/eerste/{secret}", **values)


def test_the_first_link_makes_the_organisation_and_its_manager_who_is_in_at_once(harness: Any) -> None:
    page = settle(harness, make_first_link())

    assert (page.path, page.status) == ("/", 200)
    assert "Je bent hier nog alleen" in page.text
    values = harness.published("staff_changed")
    assert values["grants"][0]["roles"] == ["coordinator", "manager"]


def test_the_first_link_works_once_and_a_mistake_does_not_use_it_up(harness: Any) -> None:
    secret = make_first_link()

    wrong = settle(harness, secret, email="bo@")
    right = settle(harness, secret)

    assert (wrong.status, right.path) == (400, "/")
    visitor = harness.visitor()
    assert visitor.open(f"/inloggen/eerste/{secret}").status == 410
    again = {"name": "X", "email": "x@example.org", "organisation": "X", "region": "X"}
    taken = visitor.client.post(f"/inloggen/eerste/{secret}", data={"csrf_token": _token(visitor), **again})
    assert taken.status_code == 410
    assert len(list_organisations(harness.actor(harness.vos))) == 1


def test_the_first_link_works_a_day_and_is_no_way_in_by_itself(harness: Any) -> None:
    secret = make_first_link()

    assert press(harness, secret).status == 410
    harness.clock_at("2026-11-17 10.01")
    assert harness.visitor().open(f"/inloggen/eerste/{secret}").status == 410


def test_a_mailed_link_makes_no_first_manager(harness: Any) -> None:
    ask_link(harness)

    assert harness.visitor().open(f"/inloggen/eerste/{secret_of(harness)}").status == 410
