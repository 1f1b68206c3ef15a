"""Every page that others than staff open, in English: nothing on it is left in Dutch, and it says what it is.

The routes are those that the apps serve, so a new page is looked at from its first day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from services.intake.commands.people import change_language
from services.meetings.models import Group
from shared.ids import new_id
from shared.security.actor import Actor
from tests.journeys.everyday import HELP_QUESTION, PLANTED, EverydayFacts
from tests.journeys.routes import Route, Routes, sign, somebody
from tests.support.dutch import dutch_in
from tests.support.inline_installation import InlineInstallation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
Weeks = tuple[InlineInstallation, EverydayFacts]
ENGLISH = {"Accept-Language": "en-GB,en;q=0.8,nl;q=0.5"}
# What went out before is shown as it went.
AS_IT_WENT = re.compile(r'(?s)<div class="message-text.*?</div>')


def pages_for_others(routes: Routes) -> Iterator[Route]:
    for route in routes.all("public", "link", "participant"):
        if route.method == "GET" and not route.access_rule.is_for_staff:
            yield route


def opened(routes: Routes, route: Route, *, headers: dict[str, str], language: str = "") -> TestResponse:
    purpose = route.access_rule.purpose if route.access_rule.kind == "link" else ""
    token = {"token": routes.token(purpose)} if purpose else {}
    person = Actor(routes.facts.participant_id, "participant")
    return routes.request(route, participant=person, headers=headers, **token)


def write_in(weeks: Weeks, language: str) -> None:
    installation, facts = weeks
    person = Actor(facts.participant_id, "participant")
    change_language(person, participant_id=facts.participant_id, language=language, request_id=new_id())
    installation.settle()


def left_in_dutch(page: str) -> list[str]:
    """What a page says in Dutch, but for what somebody typed: names, what a group is about, what one hopes for."""
    typed = [text for group in Group.select() for text in (group.name, *group.themes)]
    for text in (*typed, HELP_QUESTION, *PLANTED):
        page = page.replace(str(text), "")
    return dutch_in(AS_IT_WENT.sub("", page))


def is_page(answer: TestResponse) -> bool:
    return answer.mimetype == "text/html" and answer.status_code not in (302, 303)


def test_a_page_for_somebody_who_reads_english_has_no_dutch_on_it(weeks: Weeks) -> None:
    routes = Routes(*weeks)
    write_in(weeks, "en")

    seen = 0
    for route in pages_for_others(routes):
        answer = opened(routes, route, headers=ENGLISH)
        if is_page(answer):
            seen += 1
            assert '<html lang="en"' in answer.text, route
            assert left_in_dutch(answer.text) == [], route
    assert seen > 15


def test_somebody_reads_their_own_language_whatever_their_browser_asks_for(weeks: Weeks) -> None:
    routes = Routes(*weeks)

    for language in ("en", "nl"):
        write_in(weeks, language)
        for route in routes.all("link", "participant"):
            if route.method == "GET":
                answer = opened(routes, route, headers={"Accept-Language": "nl" if language == "en" else "en"})
                if is_page(answer):
                    assert f'<html lang="{language}"' in answer.text, route
                    # We know it, so there is nothing to choose.
                    assert 'class="languages"' not in answer.text, route


def test_who_is_not_known_reads_what_the_browser_asks_for_and_may_choose_otherwise(weeks: Weeks) -> None:
    routes = Routes(*weeks)

    for route in routes.all("public"):
        if route.method == "GET" and not route.access_rule.is_for_staff:
            for asked, language in (("en", "en"), ("nl", "nl"), ("de", "nl"), ("", "nl")):
                answer = routes.request(route, headers={"Accept-Language": asked} if asked else {})
                if is_page(answer):
                    assert f'<html lang="{language}"' in answer.text, route
                    assert 'class="languages"' in answer.text, route


def test_a_link_that_is_over_or_unknown_is_explained_in_english(weeks: Weeks) -> None:
    routes = Routes(*weeks)

    for route in routes.all("link"):
        if route.method == "GET":
            expired = routes.token(route.access_rule.purpose, days=-1)
            for token in ("nothing", expired):
                answer = routes.request(route, headers=ENGLISH, token=token)
                assert answer.status_code == 410, route
                assert left_in_dutch(answer.text) == [], route


def test_a_refused_form_is_explained_in_english(weeks: Weeks) -> None:
    routes = Routes(*weeks)
    write_in(weeks, "en")

    for route in routes.all("public", "link", "participant"):
        if route.method == "POST" and not route.access_rule.is_for_staff and not route.access_rule.from_machines:
            purpose = route.access_rule.purpose if route.access_rule.kind == "link" else ""
            client = routes.apps[route.service].test_client()
            client.set_cookie(routes.cookies.participant, sign(Actor(routes.facts.participant_id, "participant")))
            token = {"token": routes.token(purpose)} if purpose else {}
            wrong = {
                "request_id": new_id(),
                "email": "x",
                "mobile": "x",
                "contact": "x",
                "audience": "x",
                "code": "1",
            }
            answer = client.post(routes.address(route, **token), data=wrong, headers=ENGLISH)
            if answer.status_code >= 400 and answer.mimetype == "text/html":
                assert left_in_dutch(answer.text) == [], route


def test_who_works_here_reads_dutch_whatever_their_browser_asks_for(weeks: Weeks) -> None:
    routes = Routes(*weeks)
    person = somebody("manager", organisation_id=routes.facts.ids["organisation_id"])

    for rule in ("/inloggen", "/beheer"):
        route = next(each for each in routes.all("public", "staff") if str(each) == f"GET {rule}")
        answer = routes.request(route, staff=person, headers=ENGLISH)
        assert '<html lang="nl"' in answer.text, route
        assert 'class="languages"' not in answer.text, route


def test_a_choice_lasts_for_the_browser_and_tells_nothing_else(weeks: Weeks) -> None:
    routes = Routes(*weeks)
    route = next(each for each in routes.all("public") if str(each) == "GET /aanmelden/<slug>")
    client = routes.apps[route.service].test_client()
    page = client.get(f"{routes.address(route)}?taal=en", headers={"Accept-Language": "nl"})

    cookie = next(value for value in page.headers.getlist("Set-Cookie") if value.startswith("taal="))
    assert re.fullmatch(r"taal=en; HttpOnly; Path=/; SameSite=Lax", cookie)
    assert '<html lang="en"' in client.get(routes.address(route), headers={"Accept-Language": "nl"}).text
    assert '<html lang="nl"' in client.get(f"{routes.address(route)}?taal=nl", headers=ENGLISH).text
    assert not client.get(f"{routes.address(route)}?taal=xx").headers.getlist("Set-Cookie")
