"""Every route of all services × everybody who may ask: who is not meant gets in, sees and changes nothing.

The routes are those that the apps serve, so a new one is tried from its first day.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from deploy.local.installation import APPLICATIONS
from shared import clock
from shared.ids import new_id
from shared.security import links, service_tokens
from shared.security.access import CODE_PATH, RENEW_PATH
from shared.security.actor import Actor
from tests.journeys.everyday import PLANTED, EverydayFacts
from tests.journeys.routes import ROLES, Routes, differences, sign, somebody, state
from tests.support.inline_installation import InlineInstallation

pytestmark = [pytest.mark.clock, pytest.mark.slow, pytest.mark.timeout(300)]
Weeks = tuple[InlineInstallation, EverydayFacts]
# Lists show what is one's own, and in another organisation that is nothing; nothing else may answer a stranger.
OF_ONE_THING = {
    "group_id",
    "meeting_id",
    "membership_id",
    "organisation_id",
    "call_id",
    "signup_id",
    "talk_id",
    "participant_id",
    "message_id",
    "reply_id",
    "event_id",
}
# Leads back to the page of the event, as for an event that waits for nobody; that page is not there for them.
LEADS_BACK = {"POST /gebeurtenissen/<uuid:event_id>/opnieuw"}
KEYRINGS = {
    application.name: partial(getattr, application.service.encryption, "keyring") for application in APPLICATIONS
}


def betrayed(answer: Any) -> list[str]:
    shown = answer.text + repr(list(answer.headers))
    return [word for word in PLANTED if word in shown]


def test_there_are_routes_of_every_kind(weeks: Weeks) -> None:
    routes = Routes(*weeks)

    counts = {kind: len(list(routes.all(kind))) for kind in ("staff", "participant", "link", "key", "service")}

    assert min(counts.values()) > 10, counts


def test_nobody_at_all_gets_in(weeks: Weeks) -> None:
    routes, before = Routes(*weeks), state()

    for route in routes.all("staff", "participant", "key", "service"):
        answer = routes.request(route)
        leads = answer.headers.get("Location", "")
        if route.access_rule.kind == "staff":
            assert answer.status_code == (302 if route.method == "GET" else 307), route
            assert leads.startswith(f"{RENEW_PATH}?naar="), route
        elif route.access_rule.kind == "participant":
            assert (answer.status_code, leads.partition("?")[0]) == (303, CODE_PATH), route
        else:
            assert answer.status_code == 401, route
        assert betrayed(answer) == [], route

    assert differences(before, state()) == set()


def wrong_passes(routes: Routes) -> dict[str, str]:
    organisation_id = routes.facts.ids["organisation_id"]
    everything = {organisation_id: frozenset(ROLES)}
    person = routes.facts.participant_id
    good = sign(Actor(new_id(), "staff", "Bo", everything))
    return {
        "of a participant": sign(Actor(person, "participant")),
        "of a participant with roles": sign(Actor(person, "participant", grants=everything)),
        "of a key": sign(Actor(new_id(), "key", grants=everything)),
        "over": sign(Actor(new_id(), "staff", "Bo", everything), seconds=-1),
        "of another kind": sign(Actor(new_id(), "system", grants=everything)),
        "changed": good[:-6] + ("AAAAAA" if good[-6:] != "AAAAAA" else "BBBBBB"),
        "unsigned": "eyJhbGciOiJub25lIn0." + good.split(".")[1] + ".",
        "nonsense": "x.y.z",
    }


def test_a_pass_that_is_another_ones_or_over_or_changed_is_no_pass(weeks: Weeks) -> None:
    routes, before = Routes(*weeks), state()

    for defect, text in wrong_passes(routes).items():
        for route in routes.all("staff"):
            if route.method in ("GET", "POST"):
                answer = routes.request(route, cookies={routes.cookies.staff: text})
                assert answer.headers.get("Location", "").startswith(RENEW_PATH), (defect, route)
        for route in routes.all("key"):
            answer = routes.request(route, headers={"Authorization": f"Bearer {text}"})
            assert answer.status_code == 401 or defect == "of a key", (defect, route)

    assert differences(before, state()) == set()


def test_a_pass_of_somebody_who_works_here_opens_no_own_page(weeks: Weeks) -> None:
    routes = Routes(*weeks)
    staff = somebody(*ROLES, organisation_id=routes.facts.ids["organisation_id"])
    key = Actor(routes.facts.participant_id, "key")

    for route in routes.all("participant"):
        for actor in (staff, key, Actor(routes.facts.participant_id, "staff")):
            answer = routes.request(route, staff=staff, participant=actor)
            assert answer.headers.get("Location", "").startswith(CODE_PATH), route


@pytest.mark.parametrize("role", [*ROLES, "participant", ""])
def test_who_holds_another_role_is_refused(weeks: Weeks, role: str) -> None:
    routes, before = Routes(*weeks), state()
    person = somebody(role, organisation_id=routes.facts.ids["organisation_id"])

    for route in routes.all("staff"):
        if route.access_rule.roles and role not in route.access_rule.roles:
            answer = routes.request(route, staff=person)
            assert answer.status_code == 403, route
            assert betrayed(answer) == [], route
    for route in routes.all("key"):
        if role not in route.access_rule.roles:
            key = sign(Actor(person.id, "key", grants=person.grants))
            assert routes.request(route, headers={"Authorization": f"Bearer {key}"}).status_code == 403, route

    assert differences(before, state()) == set()


def test_all_roles_in_another_organisation_find_nothing_and_change_nothing(weeks: Weeks) -> None:
    routes, before = Routes(*weeks), state()
    stranger = somebody(*ROLES, organisation_id=new_id())
    wrong = {}

    for route in routes.all("staff"):
        answer = routes.request(route, staff=stranger)
        assert betrayed(answer) == [], route
        is_of_one_thing = bool(route.arguments & OF_ONE_THING)
        if answer.status_code >= 500 or (is_of_one_thing and answer.status_code != 404):
            if answer.status_code == 303 and str(route) in LEADS_BACK:
                continue
            wrong[str(route)] = answer.status_code
    key = sign(Actor(stranger.id, "key", grants=stranger.grants))
    for route in routes.all("key"):
        answer = routes.request(route, headers={"Authorization": f"Bearer {key}"})
        assert betrayed(answer) == [], route
        if "id" in route.arguments and route.method == "GET" and answer.status_code != 404:
            wrong[str(route)] = answer.status_code

    assert wrong == {}
    assert differences(before, state()) == set()


@pytest.mark.parametrize("role", ROLES)
def test_no_route_breaks_or_changes_anything_for_one_role_that_reads(weeks: Weeks, role: str) -> None:
    routes, before = Routes(*weeks), state()
    person = somebody(role, organisation_id=routes.facts.ids["organisation_id"])

    for route in routes.all("staff"):
        if route.method == "GET":
            assert routes.request(route, staff=person).status_code < 500, route

    assert differences(before, state()) == set()


def test_a_facilitator_who_leads_nothing_sees_nobody_and_changes_nothing(weeks: Weeks) -> None:
    routes, before = Routes(*weeks), state()
    person = somebody("facilitator", organisation_id=routes.facts.ids["organisation_id"])

    for route in routes.all("staff"):
        answer = routes.request(route, staff=person)
        assert answer.status_code in (200, 204, 302, 303, 400, 403, 404), route
        assert betrayed(answer) == [], route

    assert differences(before, state()) == set()


def test_a_get_changes_nothing_for_who_may_come_in(weeks: Weeks) -> None:
    """Also as a mail scanner or a browser that looks ahead does it."""
    routes, before = Routes(*weeks), state()
    staff = somebody(*ROLES, organisation_id=routes.facts.ids["organisation_id"])
    participant = Actor(routes.facts.participant_id, "participant")
    ahead = {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender", "User-Agent": "MailScanner/1.0"}
    broken = {}

    for route in routes.all("staff", "participant", "link", "public"):
        if route.method in ("GET", "HEAD"):
            token = routes.token(route.access_rule.purpose) if route.access_rule.kind == "link" else "x"
            answer = routes.request(route, staff=staff, participant=participant, headers=ahead, token=token)
            if answer.status_code >= 500:
                broken[str(route)] = answer.status_code

    assert broken == {}
    assert differences(before, state()) == set()


def test_without_the_token_of_a_form_nothing_is_taken(weeks: Weeks) -> None:
    routes = Routes(*weeks, checks_forms=True)
    before = state()
    staff = somebody(*ROLES, organisation_id=routes.facts.ids["organisation_id"])
    participant = Actor(routes.facts.participant_id, "participant")
    asked = [
        route
        for route in routes.all("staff", "participant", "public")
        if route.method in ("POST", "PUT", "PATCH", "DELETE") and not route.access_rule.from_machines
    ]

    for route in asked:
        answer = routes.request(route, staff=staff, participant=participant)
        assert answer.status_code == 400, route

    assert len(asked) > 60
    assert differences(before, state()) == set()


def bad_tokens(routes: Routes, purpose: str) -> dict[str, str]:
    good = routes.token(purpose)
    _, subject = routes.tokens()[purpose]
    until = clock.now() + timedelta(days=7)
    another_key = links.mint(KEYRINGS["notifications"](), "intake", purpose, subject, until)
    return {
        **{f"for {other}": routes.token(other) for other in routes.tokens() if other != purpose},
        "over": routes.token(purpose, days=-1),
        "with another key": another_key,
        "cut": good[:-2],
        "longer": good + "AAAA",
        "changed in front": ("B" if good[0] != "B" else "C") + good[1:],
        "changed behind": good[:-3] + ("B" if good[-3] != "B" else "C") + good[-2:],
        "empty": "-",
        "not of this alphabet": "€%2Cé",
        "only a signature": good[:27],
    }


def test_a_link_for_something_else_or_over_or_changed_opens_nothing(weeks: Weeks) -> None:
    routes, before = Routes(*weeks), state()

    for route in routes.all("link"):
        for defect, token in bad_tokens(routes, route.access_rule.purpose).items():
            answer = routes.request(route, token=token)
            assert answer.status_code == 410, (defect, route)
            assert betrayed(answer) == [], (defect, route)

    assert differences(before, state()) == set()


def test_every_purpose_of_a_link_is_tried(weeks: Weeks) -> None:
    routes = Routes(*weeks)

    assert {route.access_rule.purpose for route in routes.all("link")} == set(routes.tokens())


def test_somebody_on_their_own_pages_sees_and_changes_nothing_of_somebody_else(weeks: Weeks) -> None:
    installation, facts = weeks
    routes = Routes(installation, facts)
    other = Actor(facts.walk_in_id, "participant")
    before = {name: [row for row in rows if facts.participant_id in row] for name, rows in state().items()}

    for route in sorted(routes.all("participant"), key=lambda route: "weghalen" in route.rule):
        answer = routes.request(route, participant=other)
        assert answer.status_code < 500, route
        assert not {"Zilverlijster", "Regenwulp"} & set(betrayed(answer)), route

    after = {name: [row for row in rows if facts.participant_id in row] for name, rows in state().items()}
    assert differences(before, after) == set()


def test_other_services_show_who_they_are_and_for_whom_they_ask(weeks: Weeks) -> None:
    routes, before = Routes(*weeks), state()
    organisation_id = routes.facts.ids["organisation_id"]
    for_whom = sign(Actor(new_id(), "staff", "", {organisation_id: frozenset({"operator"})}))
    visitors = {
        "a cookie's pass": sign(somebody(*ROLES, organisation_id=organisation_id)),
        "a participant": sign(Actor(routes.facts.participant_id, "participant")),
        "a key": sign(Actor(new_id(), "key", grants={organisation_id: frozenset({"operator"})})),
        "nobody": "",
    }

    for route in routes.all("service"):
        reader = "meetings" if route.service != "meetings" else "intake"
        other = next(name for name in ("questionnaires", "notifications") if name != route.service)
        token = service_tokens.sign(KEYRINGS[reader](), reader, route.service)
        for_another = service_tokens.sign(KEYRINGS[reader](), reader, other)
        strange = {
            "of another reader": {"X-Reader": other, "Authorization": f"Bearer {token}"},
            "for another service": {"X-Reader": reader, "Authorization": f"Bearer {for_another}"},
            "a staff pass": {"X-Reader": reader, "Authorization": f"Bearer {for_whom}"},
            "itself": {"X-Reader": route.service, "Authorization": f"Bearer {token}"},
        }
        for defect, headers in strange.items():
            answer = routes.request(route, headers=headers | {"X-Operator": for_whom})
            assert answer.status_code == 401, (defect, route)
        if not route.rule.startswith("/operator"):
            continue
        for defect, shown in visitors.items():
            headers = {"X-Reader": reader, "Authorization": f"Bearer {token}", "X-Operator": shown}
            assert routes.request(route, headers=headers).status_code == 403, (defect, route)

    assert differences(before, state()) == set()
