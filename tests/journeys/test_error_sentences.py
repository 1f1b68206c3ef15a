"""Every form of every service, sent empty and with nonsense: each sentence above it names its field."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest

from shared.security.actor import Actor
from shared.web.error_labels import is_general
from shared.web.forms import FormSchema
from tests.journeys.everyday import EverydayFacts
from tests.journeys.routes import ROLES, Route, Routes, sign, somebody
from tests.support.inline_installation import InlineInstallation

pytestmark = [pytest.mark.clock, pytest.mark.slow, pytest.mark.timeout(300)]
SUMMARY = re.compile(r'<a href="#f-([^"]*)">([^<]*)</a>')
# In the address of the form stands which of several it is.
KINDS = ("ritme", "een", "dagen")


def schemas(above: type[FormSchema] = FormSchema) -> Iterator[type[FormSchema]]:
    for schema in above.__subclasses__():
        yield schema
        yield from schemas(schema)


def sentences(routes: Routes, route: Route, staff: Actor, typed: str) -> dict[str, str]:
    """What stands above a form when all its fields hold this: field -> sentence."""
    person = Actor(routes.facts.participant_id, "participant")
    client, shown = routes.apps[route.service].test_client(), {}
    client.set_cookie(routes.cookies.staff, sign(staff))
    client.set_cookie(routes.cookies.participant, sign(person))
    data = {name: typed for schema in schemas() for name in schema().fields}
    for kind in KINDS if "kind" in route.arguments else KINDS[:1]:
        kept = {"kind": "recovery_workgroup", "organisation_id": routes.argument_values["organisation_id"]}
        answer = client.post(routes.address(route, kind=kind), data=data | (kept if typed else {}))
        assert "\x1a" not in answer.text, route
        shown |= {f"{route} {name}": html.unescape(sentence) for name, sentence in SUMMARY.findall(answer.text)}
    return shown


@pytest.mark.parametrize("typed", ["", "-1", "x" * 700, "99999999999-1-1"], ids=["empty", "low", "long", "no day"])
def test_each_sentence_above_a_form_names_its_field(
    weeks: tuple[InlineInstallation, EverydayFacts], typed: str
) -> None:
    routes = Routes(*weeks)
    staff = somebody(*ROLES, organisation_id=routes.argument_values["organisation_id"])
    shown: dict[str, str] = {}
    for route in routes.all("staff", "participant", "public"):
        if route.method == "POST":
            shown |= sentences(routes, route, staff, typed)

    assert len(shown) > 10, shown
    assert [f"{where}: {sentence}" for where, sentence in shown.items() if is_general(sentence)] == []


def test_the_label_of_the_page_stands_before_a_sentence_that_could_be_about_any_field(
    weeks: tuple[InlineInstallation, EverydayFacts],
) -> None:
    routes = Routes(*weeks)
    staff = somebody(*ROLES, organisation_id=routes.argument_values["organisation_id"])
    [plan] = [route for route in routes.all("staff") if route.rule.endswith("/plannen/<kind>")]

    shown = sentences(routes, plan, staff, "").items()

    assert {(where.rpartition(" ")[2], sentence) for where, sentence in shown} >= {
        ("first_on", "Eerste dag: vul dit nog in."),
        ("at", "Hoe laat begint het? Vul dit nog in."),
    }
