"""Every route of all services × everybody who may knock: who is not meant gets in, sees and changes nothing.

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
from shared.security.access import ASK_CODE, RENEW
from shared.security.actor import Actor
from tests.journeys.everyday import PLANTED, EverydayFacts
from tests.journeys.routes import ROLES, Doors, differences, sign, somebody, state
from tests.support.inline_installation import InlineInstallation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
Weeks = tuple[InlineInstallation, EverydayFacts]
# Lists show what is one's own, and in another organisation that is nothing; nothing else may answer a stranger.
OF_ONE_THING = {
    "group_id", "meeting_id", "membership_id", "organisation_id", "call_id", "signup_id", "talk_id",
    "participant_id", "message_id", "reply_id", "event_id",
}  # fmt: skip
# Leads back to the page of the event, as for an event that waits for nobody; that page is not there for them.
LEADS_BACK = {"POST /gebeurtenissen/<uuid:event_id>/opnieuw"}
KEYRINGS = {
    application.name: partial(getattr, application.service.encryption, "keyring") for application in APPLICATIONS
}


def betrayed(answer: Any) -> list[str]:
    said = answer.text + repr(list(answer.headers))
    return [word for word in PLANTED if word in said]


def test_there_are_doors_of_every_kind(weeks: Weeks) -> None:
    doors = Doors(*weeks)

    counts = {kind: len(list(doors.all(kind))) for kind in ("staff", "participant", "link", "key", "service")}

    assert min(counts.values()) > 10, counts


def test_nobody_at_all_gets_in(weeks: Weeks) -> None:
    doors, before = Doors(*weeks), state()

    for door in doors.all("staff", "participant", "key", "service"):
        answer = doors.knock(door)
        leads = answer.headers.get("Location", "")
        if door.asks.kind == "staff":
            assert answer.status_code == (302 if door.method == "GET" else 307), door
            assert leads.startswith(f"{RENEW}?naar="), door
        elif door.asks.kind == "participant":
            assert (answer.status_code, leads.partition("?")[0]) == (303, ASK_CODE), door
        else:
            assert answer.status_code == 401, door
        assert betrayed(answer) == [], door

    assert differences(before, state()) == set()


def wrong_passes(doors: Doors) -> dict[str, str]:
    organisation_id = doors.facts.ids["organisation_id"]
    everything = {organisation_id: frozenset(ROLES)}
    person = doors.facts.participant_id
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
    doors, before = Doors(*weeks), state()

    for what, text in wrong_passes(doors).items():
        for door in doors.all("staff"):
            if door.method in ("GET", "POST"):
                answer = doors.knock(door, cookies={doors.cookies.staff: text})
                assert answer.headers.get("Location", "").startswith(RENEW), (what, door)
        for door in doors.all("key"):
            answer = doors.knock(door, headers={"Authorization": f"Bearer {text}"})
            assert answer.status_code == 401 or what == "of a key", (what, door)

    assert differences(before, state()) == set()


def test_a_pass_of_somebody_who_works_here_opens_no_own_page(weeks: Weeks) -> None:
    doors = Doors(*weeks)
    staff = somebody(*ROLES, organisation_id=doors.facts.ids["organisation_id"])
    key = Actor(doors.facts.participant_id, "key")

    for door in doors.all("participant"):
        for actor in (staff, key, Actor(doors.facts.participant_id, "staff")):
            answer = doors.knock(door, staff=staff, participant=actor)
            assert answer.headers.get("Location", "").startswith(ASK_CODE), door


@pytest.mark.parametrize("role", [*ROLES, "participant", ""])
def test_who_holds_another_role_is_refused(weeks: Weeks, role: str) -> None:
    doors, before = Doors(*weeks), state()
    person = somebody(role, organisation_id=doors.facts.ids["organisation_id"])

    for door in doors.all("staff"):
        if door.asks.roles and role not in door.asks.roles:
            answer = doors.knock(door, staff=person)
            assert answer.status_code == 403, door
            assert betrayed(answer) == [], door
    for door in doors.all("key"):
        if role not in door.asks.roles:
            key = sign(Actor(person.id, "key", grants=person.grants))
            assert doors.knock(door, headers={"Authorization": f"Bearer {key}"}).status_code == 403, door

    assert differences(before, state()) == set()


def test_all_roles_in_another_organisation_find_nothing_and_change_nothing(weeks: Weeks) -> None:
    doors, before = Doors(*weeks), state()
    stranger = somebody(*ROLES, organisation_id=new_id())
    wrong = {}

    for door in doors.all("staff"):
        answer = doors.knock(door, staff=stranger)
        assert betrayed(answer) == [], door
        is_of_one_thing = bool(door.arguments & OF_ONE_THING)
        if answer.status_code >= 500 or (is_of_one_thing and answer.status_code != 404):
            if answer.status_code == 303 and str(door) in LEADS_BACK:
                continue
            wrong[str(door)] = answer.status_code
    key = sign(Actor(stranger.id, "key", grants=stranger.grants))
    for door in doors.all("key"):
        answer = doors.knock(door, headers={"Authorization": f"Bearer {key}"})
        assert betrayed(answer) == [], door
        if "id" in door.arguments and door.method == "GET" and answer.status_code != 404:
            wrong[str(door)] = answer.status_code

    assert wrong == {}
    assert differences(before, state()) == set()


@pytest.mark.parametrize("role", ROLES)
def test_no_door_breaks_or_changes_anything_for_one_role_that_looks(weeks: Weeks, role: str) -> None:
    doors, before = Doors(*weeks), state()
    person = somebody(role, organisation_id=doors.facts.ids["organisation_id"])

    for door in doors.all("staff"):
        if door.method == "GET":
            assert doors.knock(door, staff=person).status_code < 500, door

    assert differences(before, state()) == set()


def test_a_facilitator_who_leads_nothing_sees_nobody_and_changes_nothing(weeks: Weeks) -> None:
    doors, before = Doors(*weeks), state()
    person = somebody("facilitator", organisation_id=doors.facts.ids["organisation_id"])

    for door in doors.all("staff"):
        answer = doors.knock(door, staff=person)
        assert answer.status_code in (200, 204, 302, 303, 400, 403, 404), door
        assert betrayed(answer) == [], door

    assert differences(before, state()) == set()


def test_a_get_changes_nothing_for_who_may_come_in(weeks: Weeks) -> None:
    """Also as a mail scanner or a browser that looks ahead does it."""
    doors, before = Doors(*weeks), state()
    staff = somebody(*ROLES, organisation_id=doors.facts.ids["organisation_id"])
    participant = Actor(doors.facts.participant_id, "participant")
    ahead = {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender", "User-Agent": "MailScanner/1.0"}
    broken = {}

    for door in doors.all("staff", "participant", "link", "nobody"):
        if door.method in ("GET", "HEAD"):
            token = doors.token(door.asks.purpose) if door.asks.kind == "link" else "x"
            answer = doors.knock(door, staff=staff, participant=participant, headers=ahead, token=token)
            if answer.status_code >= 500:
                broken[str(door)] = answer.status_code

    assert broken == {}
    assert differences(before, state()) == set()


def test_without_the_token_of_a_form_nothing_is_taken(weeks: Weeks) -> None:
    doors = Doors(*weeks, checks_forms=True)
    before = state()
    staff = somebody(*ROLES, organisation_id=doors.facts.ids["organisation_id"])
    participant = Actor(doors.facts.participant_id, "participant")
    asked = [
        door
        for door in doors.all("staff", "participant", "link", "nobody")
        if door.method in ("POST", "PUT", "PATCH", "DELETE") and not door.asks.from_machines
    ]

    for door in asked:
        token = doors.token(door.asks.purpose) if door.asks.kind == "link" else "x"
        answer = doors.knock(door, staff=staff, participant=participant, token=token)
        assert answer.status_code == 400, door

    assert len(asked) > 60
    assert differences(before, state()) == set()


def bad_tokens(doors: Doors, purpose: str) -> dict[str, str]:
    good = doors.token(purpose)
    _, subject = doors.tokens()[purpose]
    until = clock.now() + timedelta(days=7)
    another_key = links.mint(KEYRINGS["notifications"](), "intake", purpose, subject, until)
    return {
        **{f"for {other}": doors.token(other) for other in doors.tokens() if other != purpose},
        "over": doors.token(purpose, days=-1),
        "with another key": another_key,
        "cut": good[:-2],
        "longer": good + "AAAA",
        "changed in front": ("B" if good[0] != "B" else "C") + good[1:],
        "changed behind": good[:-3] + ("B" if good[-3] != "B" else "C") + good[-2:],
        "empty": "-",
        "not of this alphabet": "€%00é",
        "only a signature": good[:27],
    }


def test_a_link_for_something_else_or_over_or_changed_opens_nothing(weeks: Weeks) -> None:
    doors, before = Doors(*weeks), state()

    for door in doors.all("link"):
        for what, token in bad_tokens(doors, door.asks.purpose).items():
            answer = doors.knock(door, token=token)
            assert answer.status_code == 410, (what, door)
            assert betrayed(answer) == [], (what, door)

    assert differences(before, state()) == set()


def test_every_purpose_of_a_link_is_tried(weeks: Weeks) -> None:
    doors = Doors(*weeks)

    assert {door.asks.purpose for door in doors.all("link")} == set(doors.tokens())


def test_somebody_on_their_own_pages_sees_and_changes_nothing_of_somebody_else(weeks: Weeks) -> None:
    installation, facts = weeks
    doors = Doors(installation, facts)
    other = Actor(facts.walk_in_id, "participant")
    before = {name: [row for row in rows if facts.participant_id in row] for name, rows in state().items()}

    for door in sorted(doors.all("participant"), key=lambda door: "weghalen" in door.rule):
        answer = doors.knock(door, participant=other)
        assert answer.status_code < 500, door
        assert not {"Zilverlijster", "Regenwulp"} & set(betrayed(answer)), door

    after = {name: [row for row in rows if facts.participant_id in row] for name, rows in state().items()}
    assert differences(before, after) == set()


def test_other_services_show_who_they_are_and_for_whom_they_ask(weeks: Weeks) -> None:
    doors, before = Doors(*weeks), state()
    organisation_id = doors.facts.ids["organisation_id"]
    for_whom = sign(Actor(new_id(), "staff", "", {organisation_id: frozenset({"operator"})}))
    visitors = {
        "a cookie's pass": sign(somebody(*ROLES, organisation_id=organisation_id)),
        "a participant": sign(Actor(doors.facts.participant_id, "participant")),
        "a key": sign(Actor(new_id(), "key", grants={organisation_id: frozenset({"operator"})})),
        "nobody": "",
    }

    for door in doors.all("service"):
        reader = "meetings" if door.service != "meetings" else "intake"
        other = next(name for name in ("questionnaires", "notifications") if name != door.service)
        token = service_tokens.sign(KEYRINGS[reader](), reader, door.service)
        for_another = service_tokens.sign(KEYRINGS[reader](), reader, other)
        strange = {
            "of another reader": {"X-Reader": other, "Authorization": f"Bearer {token}"},
            "for another service": {"X-Reader": reader, "Authorization": f"Bearer {for_another}"},
            "a staff pass": {"X-Reader": reader, "Authorization": f"Bearer {for_whom}"},
            "itself": {"X-Reader": door.service, "Authorization": f"Bearer {token}"},
        }
        for what, headers in strange.items():
            answer = doors.knock(door, headers=headers | {"X-Operator": for_whom})
            assert answer.status_code == 401, (what, door)
        if not door.rule.startswith("/operator"):
            continue
        for what, shown in visitors.items():
            headers = {"X-Reader": reader, "Authorization": f"Bearer {token}", "X-Operator": shown}
            assert doors.knock(door, headers=headers).status_code == 403, (what, door)

    assert differences(before, state()) == set()
