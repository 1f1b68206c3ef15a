"""Every form of every service, filled in at random with right and hostile values, as each role: never broken.

What is sent follows from a seed, so it is the same each time and on both databases.
"""

from __future__ import annotations

import random
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from services.meetings.models import GroupFacilitator
from shared.ids import new_id
from shared.security.actor import Actor
from shared.web.forms import FormSchema
from tests.journeys.routes import ROLES, Route, Routes, somebody
from tests.journeys.strange import Everybody, draw_form, schemas_read

pytestmark = [pytest.mark.clock, pytest.mark.slow, pytest.mark.timeout(600)]
FORMS_OF_EACH = 3
# What takes away what other forms are about.
LAST = ("weghalen", "weg", "afsluiten", "afzeggen", "afscheid", "uit")
KINDS = ("ritme", "een", "dagen")
READ_FROM_ADDRESSES = {
    "AccessLogForm", "EventsFilter", "FlowFilter", "GroupFilterForm", "OwnPageAsked", "RegionForm",
    "WaitingFilterForm",
}  # fmt: skip


def test_forms_filled_in_at_random_are_answered_with_the_form_or_a_page_of_ours(
    routes: Routes, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody, chance, wrong, count = Everybody(routes), random.Random(20261130), {}, 0
    forms = [
        (route, {"kind": kind} if kind else {})
        for route in routes.all("staff", "participant", "link", "public")
        for kind in (KINDS if "kind" in route.arguments else [""])
        if route.method == "POST"
    ]
    leader_id = GroupFacilitator.get(GroupFacilitator.group == routes.facts.ids["group_id"]).staff_id
    unread = all_forms()

    for route, instead in sorted(
        forms, key=lambda form: (form[0].rule.endswith("/weghalen"), form[0].rule.endswith(LAST))
    ):
        filled = {**routes.filled, "request_id": new_id()}
        read = schemas_read(everybody, route, filled, monkeypatch, **instead)
        unread -= read
        for actor in people_at(route, routes, leader_id):
            for _ in range(FORMS_OF_EACH):
                form = draw_form(chance, read, routes.filled)
                answer = everybody.send_drawn(route, everybody.address(route, **instead), form, actor)
                count += 1
                if defect := defect_of(answer):
                    wrong[f"{route} {actor and sorted(actor.roles)} {str(form.pairs)[:300]}"] = defect

    assert wrong == {}
    assert count > 1000
    assert {schema.__name__ for schema in unread} == READ_FROM_ADDRESSES


def people_at(route: Route, routes: Routes, leader_id: str) -> list[Actor | None]:
    """Return who tries a route: each role alone, who leads the group with all of them, a participant, nobody."""
    where = routes.facts.ids["organisation_id"]
    if route.access_rule.kind == "staff":
        people = [somebody(*roles, organisation_id=where) for roles in (*zip(ROLES, strict=True), ROLES)]
        return [*people[:-1], replace(people[-1], id=leader_id)]
    if route.access_rule.kind == "participant":
        return [Actor(routes.facts.participant_id, "participant")]
    return [None]


def defect_of(answer: TestResponse) -> str:
    """Return what is wrong with an answer to a form; empty when it leads on or shows a page of ours."""
    if answer.status_code in (301, 302, 303, 307, 308):
        there = urlsplit(answer.location)
        return "" if there.netloc in ("", "localhost") and there.path.startswith("/") else answer.location
    if answer.status_code == 204 or (answer.status_code == 200 and answer.mimetype == "text/plain"):
        return ""
    is_page = answer.mimetype == "text/html" and "<h1" in answer.text
    if answer.status_code >= 500 or not is_page:
        return f"{answer.status_code} {answer.mimetype}"
    has_form = "<form" in answer.text
    return f"{answer.status_code} without a form" if answer.status_code in (400, 409, 422) and not has_form else ""


def all_forms() -> set[type[FormSchema]]:
    """Return every form that any service declares."""
    classes = [FormSchema]
    for parent in classes:
        classes += parent.__subclasses__()
    return {schema for schema in classes if schema.__module__.startswith("services.")}
