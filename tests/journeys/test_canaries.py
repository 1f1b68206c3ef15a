"""What was typed in the everyday cases is searched for everywhere: it may be read where somebody needs it, it lies
sealed, and it stands in no event, log line, address, audit line, export or page of who has nothing to do with it.
"""

from __future__ import annotations

import json
import logging
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from deploy.local.installation import APPLICATIONS, NAMES
from services.meetings.models import GroupFacilitator
from shared import log
from shared.security.actor import Actor
from tests.journeys import canary
from tests.journeys.canary import EMAIL, HELP_QUESTION, HOME, NAME
from tests.journeys.everyday import (
    ADDED_SENTENCE,
    COLLEAGUE,
    COLLEAGUE_EMAIL,
    LATER_EMAIL,
    PLANTED,
    REPLY,
    STRANGE_REPLY,
    WALK_IN,
    EverydayFacts,
    run_everyday_weeks,
)
from tests.journeys.operating import houvast
from tests.journeys.routes import ROLES, Route, Routes, sign, somebody
from tests.support.inline_installation import InlineInstallation, open_installation

pytestmark = [pytest.mark.clock, pytest.mark.slow, pytest.mark.timeout(300)]
Weeks = tuple[InlineInstallation, EverydayFacts]
PRIVATE = {
    "name": NAME,
    "walk-in": WALK_IN,
    "mail": EMAIL,
    "later mail": LATER_EMAIL,
    "mobile": "87654321",
    "stranger": "98123456",
    "help": HELP_QUESTION,
    "home": HOME,
    "line": ADDED_SENTENCE,
    "reply": REPLY,
    "strange reply": STRANGE_REPLY,
}


def planted_in(text: str) -> set[str]:
    return {word for word in PLANTED if word in text}


def test_they_can_be_found_where_they_are_meant_so_the_search_works(weeks: Weeks) -> None:
    installation, facts = weeks
    mailbox = canary.mailbox_bytes(installation.installation.data).decode("utf-8", "replace")

    assert {NAME, EMAIL, LATER_EMAIL, "87654321", "Wouwaap"} <= planted_in(mailbox)
    assert canary.found_in(
        canary.store_bytes(installation.installation.data), canary.traces_of(facts.participant_id)
    )


def test_nothing_lies_open_in_a_store_event_audit_line_or_dead_letter(data_folder: Path) -> None:
    with open_installation(data_folder) as installation:
        facts = run_everyday_weeks(installation)
        _bury_events_about(facts)

    stores = canary.store_bytes(data_folder).decode("utf-8", "replace")

    assert planted_in(stores) == set()


def test_nothing_leaves_by_what_operators_print_or_copy(data_folder: Path) -> None:
    with open_installation(data_folder) as installation:
        _bury_events_about(run_everyday_weeks(installation))

    printed = [
        *(houvast(data_folder, *words) for words in (("dead-letters", "--json"), ("dead-letters",), ("doctor",))),
        *(
            houvast(data_folder, "feed", "--service", name, "--after", "0", "--limit", "9999", "--data-too")
            for name in NAMES
        ),
    ]

    assert sum(len(item.stdout) for item in printed) > 10_000
    assert planted_in("".join(item.stdout + item.stderr for item in printed)) == set()


def _bury_events_about(facts: EverydayFacts) -> None:
    """Make them dead letters, as if one service could not read any of them."""
    for publisher in APPLICATIONS:
        for _, text in publisher.service.outbox.after(0, 10_000):
            if facts.participant_id in text:
                for application in APPLICATIONS:
                    if publisher.name in application.subscriptions.sources:
                        with application.service.transaction():
                            values = json.loads(text)
                            application.service.inbox.dead_letter(
                                publisher.name, values["id"], values["subject"], text, "data not understood: ['x']"
                            )


def test_no_log_line_says_any_of_it_whatever_happens(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("test", level=logging.DEBUG)
    try:
        with open_installation(files) as installation:
            facts = run_everyday_weeks(installation)
            _press_everything(Routes(installation, facts))
            installation.settle()
    finally:
        output = capsys.readouterr()
        log.configure("test", level=logging.ERROR)

    assert output.err.count("\n") > 1000
    assert planted_in(output.out + output.err) == set()


def test_no_address_says_any_of_it(weeks: Weeks) -> None:
    """Also none that a page or a mail leads to: addresses stay in histories, in logs of others, over shoulders."""
    routes = Routes(*weeks)
    addresses: set[str] = set()

    for _, answer in _press_everything(routes):
        read = re.findall(r"""(?:href|action|src)=["']([^"']*)""", answer.text)
        addresses |= {item for item in read if not item.startswith("tel:")}  # to ring somebody, on their own page
        addresses.add(answer.headers.get("Location", ""))
    addresses |= set(
        re.findall(r"https?://\S+", canary.mailbox_bytes(weeks[0].installation.data).decode("utf-8", "replace"))
    )

    assert len(addresses) > 200
    assert planted_in(" ".join(addresses)) - {"hop.example"} == set()


def _press_everything(routes: Routes) -> Iterable[tuple[Route, Any]]:
    """Ask for every route, by everybody who may: first to read, then to change things, at last to erase."""
    organisation_id = routes.facts.ids["organisation_id"]
    leads = GroupFacilitator.get(GroupFacilitator.group == routes.facts.ids["group_id"]).staff_id
    everybody = Actor(leads, "staff", "Sam", {organisation_id: frozenset(ROLES)})
    participant = Actor(routes.facts.participant_id, "participant")

    def order(route: Route) -> tuple[bool, bool, str]:
        return (route.method == "POST", "weghalen" in route.rule, route.rule)

    pressed = []
    for route in sorted(routes.all("staff", "participant", "link", "public"), key=order):
        token = routes.token(route.access_rule.purpose) if route.access_rule.kind == "link" else "x"
        answer = routes.request(route, staff=everybody, participant=participant, token=token)
        assert answer.status_code < 500, route
        pressed.append((route, answer))
    return pressed


_TALKS = {
    "/kennismaking/gesprek/<uuid:talk_id>/afzeggen",
    "/kennismaking/gesprek/<uuid:talk_id>/uitkomst",
    "/kennismaking/gesprek/<uuid:talk_id>/verplaatsen",
}
_WISHES = {"/kennismaking/<uuid:signup_id>", "/kennismaking/<uuid:signup_id>/wensen"}
_OUTCOME = {"/kennismaking/gesprek/<uuid:talk_id>/uitkomst"}
_REACH = {"/kennismaking/<uuid:signup_id>", "/kennismaking/<uuid:signup_id>/bereik"}
_NUMBER = {"/kennismaking/<uuid:signup_id>/gesprek", "/kennismaking/gesprek/<uuid:talk_id>/verplaatsen"}
_GETS_TO_KNOW = {
    "name": {
        "/kennismaking/afgerond",
        "/kennismaking/<uuid:signup_id>/afsluiten",
        "/kennismaking/<uuid:signup_id>/gesprek",
        *_WISHES,
        *_REACH,
        *_TALKS,
    },
    "later mail": _REACH,
    "mobile": _REACH | _NUMBER,
    "help": _WISHES | _OUTCOME,
    "home": _NUMBER,
    # Who walked in is asked how they can be reached.
    "walk-in": {"/kennismaking", "/kennismaking/afgerond"},
}
_FAREWELL = "/groepen/<uuid:group_id>/deelnemers/<uuid:membership_id>/afscheid"
_REPLY = "/berichten/antwoorden/<uuid:reply_id>"
# The mailbox is that of people who were invented, on a machine of one's own.
_POSTBOX = {"/berichten/postbus", "/berichten/postbus/<name>"}
_TELL = "/bijeenkomsten/<uuid:meeting_id>/vertellen"
_EVENING = {f"/bijeenkomsten/<uuid:meeting_id>{page}" for page in ("", "/afmeldingen", "/lijst")}
# Who may read what, and where; what is not here is read by nobody. A coordinator knows who belongs to a group, and
# never who was there, who was missed or who will not come.
MAY_READ: dict[str, dict[str, set[str]]] = {
    "coordinator": {
        **_GETS_TO_KNOW,
        "name": {
            *_GETS_TO_KNOW["name"],
            "/groepen/<uuid:group_id>",
            _FAREWELL,
            "/kennismaking/gegevens/<uuid:participant_id>/weghalen",
        },
        "walk-in": {*_GETS_TO_KNOW["walk-in"], "/groepen/<uuid:group_id>", _TELL},
    },
    "intro_worker": _GETS_TO_KNOW,
    "facilitator": {},
    "manager": {"name": {"/kennismaking/gegevens/<uuid:participant_id>/weghalen"}},
    "messenger": dict.fromkeys(("name", "mail", "later mail", "mobile", "line"), _POSTBOX),
    "who leads the group": {
        "name": {"/berichten/antwoorden", _REPLY, "/groepen/<uuid:group_id>", _FAREWELL, *_EVENING},
        "walk-in": {"/groepen/<uuid:group_id>", _TELL, *_EVENING},
        "mobile": {_REPLY},
        "reply": {_REPLY},
    },
}


def read_by(routes: Routes, person: Actor) -> dict[str, set[str]]:
    read = defaultdict(set)
    for route in routes.all("staff"):
        if route.method == "GET":
            answer = routes.request(route, staff=person)
            for secret, words in PRIVATE.items():
                if words in answer.text:
                    read[secret].add(route.rule)
    return dict(read)


@pytest.mark.parametrize("who", list(MAY_READ))
def test_who_works_here_reads_what_they_need_and_no_more(weeks: Weeks, who: str) -> None:
    routes = Routes(*weeks)
    organisation_id = routes.facts.ids["organisation_id"]
    if who == "who leads the group":
        leads = GroupFacilitator.get(GroupFacilitator.group == routes.facts.ids["group_id"]).staff_id
        person = Actor(leads, "staff", "Sam", {organisation_id: frozenset({"facilitator"})})
    else:
        person = somebody(who, organisation_id=organisation_id)

    too_much = {
        secret: where - MAY_READ[who].get(secret, set()) for secret, where in read_by(routes, person).items()
    }

    assert {secret: where for secret, where in too_much.items() if where} == {}


def test_a_coordinator_who_manages_as_well_never_learns_who_was_missed(weeks: Weeks) -> None:
    """Not from the messages, and not from the calls: there is a number, and no more."""
    routes = Routes(*weeks)
    person = somebody("coordinator", "manager", "messenger", organisation_id=routes.facts.ids["organisation_id"])

    pages = [
        routes.request(route, staff=person).text
        for route in routes.all("staff")
        if route.method == "GET" and route.rule in ("/berichten/<uuid:message_id>", "/bellijst", "/")
    ]

    assert len(pages) == 3
    assert [page for page in pages if NAME in page or ADDED_SENTENCE in page] == []


def test_somebody_reads_all_of_their_own_and_nothing_of_others(weeks: Weeks) -> None:
    routes = Routes(*weeks)
    person = Actor(routes.facts.participant_id, "participant")

    read = " ".join(
        routes.request(route, participant=person).text
        for route in routes.all("participant")
        if route.method == "GET"
    )

    assert NAME in read
    assert LATER_EMAIL in read
    assert HELP_QUESTION in read
    assert not {WALK_IN, "98123456", "Grutto", COLLEAGUE, COLLEAGUE_EMAIL} & planted_in(read)


def test_programs_with_a_key_get_no_name_address_or_words(weeks: Weeks) -> None:
    """But for the call name of who signed up, for the programs of who gets to know them."""
    routes = Routes(*weeks)
    key = sign(
        Actor(routes.facts.walk_in_id, "key", grants={routes.facts.ids["organisation_id"]: frozenset(ROLES)})
    )

    for route in routes.all("key"):
        if route.method == "GET":
            answer = routes.request(route, headers={"Authorization": f"Bearer {key}"})
            assert answer.status_code < 500, route
            may_name = {NAME, WALK_IN} if "aanmelding" in route.rule else set()
            assert planted_in(answer.text) <= may_name, route


def test_the_trace_of_every_event_about_somebody_says_nothing_of_them(weeks: Weeks) -> None:
    routes = Routes(*weeks)
    facts, organisation_id = routes.facts, routes.facts.ids["organisation_id"]
    staff = somebody("manager", "messenger", organisation_id=organisation_id)
    _bury_events_about(facts)
    route = next(item for item in routes.all("staff") if item.rule == "/gebeurtenissen/<uuid:event_id>")
    events = [text for application in APPLICATIONS for _, text in application.service.outbox.after(0, 10_000)]
    about = [json.loads(text)["id"] for text in events if facts.participant_id in text]

    pages = [routes.request(route, staff=staff, event_id=event_id) for event_id in about]

    assert len(pages) > 20
    assert {page.status_code for page in pages} == {200}
    assert planted_in(" ".join(page.text for page in pages)) == set()


def test_the_access_log_as_a_file_names_who_looked_and_never_whom(weeks: Weeks) -> None:
    routes = Routes(*weeks)
    _press_everything(routes)
    manager = somebody("manager", organisation_id=routes.facts.ids["organisation_id"])
    route = next(item for item in routes.all("staff") if item.rule == "/beheer/inzage.csv")

    answer = routes.request(route, staff=manager)

    assert answer.text.count("\n") > 20
    assert planted_in(answer.text) - {COLLEAGUE} == set()
