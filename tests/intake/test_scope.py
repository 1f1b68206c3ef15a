"""Nobody of another organisation, and nobody without the role, sees or does anything here."""

from typing import Any

import pytest

from services.intake.commands import people, placements, signups, talks
from services.intake.queries import signups as queries
from shared.errors import NotFound, Refusal
from shared.ids import new_id

STAFF_ROUTES = [
    (path, method)
    for path, methods in {
        "/kennismaking/{signup}": ["GET"],
        "/kennismaking/{signup}/gesprek": ["GET", "POST"],
        "/kennismaking/{signup}/bereik": ["GET", "POST"],
        "/kennismaking/{signup}/wensen": ["GET", "POST"],
        "/kennismaking/{signup}/afsluiten": ["GET", "POST"],
        "/kennismaking/{signup}/plek": ["POST"],
        "/kennismaking/{signup}/openen": ["POST"],
        "/kennismaking/gesprek/{talk}/verplaatsen": ["GET", "POST"],
        "/kennismaking/gesprek/{talk}/afzeggen": ["GET", "POST"],
        "/kennismaking/gesprek/{talk}/gemist": ["POST"],
        "/kennismaking/gesprek/{talk}/verteld": ["POST"],
        "/kennismaking/plek/{placement}/terug": ["POST"],
        "/kennismaking/gesprek/{talk}/uitkomst": ["GET", "POST"],
        "/kennismaking/gesprek/{talk}/wensen": ["POST"],
    }.items()
    for method in methods
]
LISTS = ["/kennismaking", "/kennismaking/afgerond", "/kennismaking/nieuw"]


@pytest.fixture
def case(harness: Any) -> Any:
    class Case:
        organisation_id = harness.organisation()
        other_id = harness.organisation("Het Anker", "het-anker")
        host = harness.staff(organisation_id)
        group_id = harness.group(organisation_id)
        signup_id = harness.signed_up(organisation_id, "Noor")
        actor = harness.actor("intro_worker", organisation_id=organisation_id)
        placement_id = harness.place(actor, harness.signed_up(organisation_id, "Robin"), group_id)
        talk_id = talks.schedule_intro_talk(actor, signup_id=signup_id, **harness.agreed(host))

        def path(self, pattern: str) -> str:
            return pattern.format(signup=self.signup_id, talk=self.talk_id, placement=self.placement_id)

    return Case()


def ask(visitor: Any, method: str, path: str) -> Any:
    if method == "GET":
        return visitor.open(path)
    return visitor.send(path, VALID, page="/kennismaking/nieuw")


VALID = {
    "call_name": "X",
    "on": "2031-11-26",
    "at": "10:00",
    "minutes": "30",
    "form": "live_single",
    "place": "x",
    "host_staff_id": new_id(),
    "group_id": new_id(),
    "by": "us",
    "outcome": "word_follows",
    "reason": "other",
}


def test_every_staff_route_is_in_these_tests(harness: Any) -> None:
    rules = {rule.rule for rule in harness.app.url_map.iter_rules() if rule.rule.startswith("/kennismaking")}

    tested = {
        path.format(signup="<uuid:signup_id>", talk="<uuid:talk_id>", placement="<uuid:placement_id>")
        for path, _ in STAFF_ROUTES
    } | set(LISTS)
    # What is for others than those who get to know people is tried in test_erasing.
    assert {rule for rule in rules if not rule.startswith("/kennismaking/gegevens")} == tested


@pytest.mark.parametrize(("pattern", "method"), STAFF_ROUTES)
def test_somebody_of_another_organisation_finds_nothing(
    harness: Any, case: Any, pattern: str, method: str
) -> None:
    visitor = harness.visitor("intro_worker", "coordinator", organisation_id=case.other_id)
    published = len(harness.events())

    answer = ask(visitor, method, case.path(pattern))

    assert answer.status_code == 404
    assert "Noor" not in answer.text
    assert len(harness.events()) == published


@pytest.mark.parametrize(("pattern", "method"), STAFF_ROUTES)
@pytest.mark.parametrize("role", ["facilitator", "manager", "messenger"])
def test_another_role_may_not_come_in(harness: Any, case: Any, pattern: str, method: str, role: str) -> None:
    visitor = harness.visitor(role, organisation_id=case.organisation_id)

    client = visitor.client
    answer = client.open(case.path(pattern), method=method, base_url="http://127.0.0.1:1")

    assert answer.status_code == 403
    assert "Noor" not in answer.text


@pytest.mark.parametrize("path", [*LISTS, *(path for path, _ in STAFF_ROUTES)])
def test_who_is_not_signed_in_is_sent_to_sign_in(harness: Any, case: Any, path: str) -> None:
    method = "GET" if (path, "GET") in STAFF_ROUTES or path in LISTS else "POST"

    answer = harness.visitor().client.open(case.path(path), method=method)

    assert answer.status_code in (302, 307)
    assert answer.headers["Location"].startswith("/inloggen/verder?naar=")


@pytest.mark.parametrize("path", ["/kennismaking", "/kennismaking/afgerond"])
def test_a_list_shows_only_people_of_ones_own_organisations(harness: Any, case: Any, path: str) -> None:
    harness.signed_up(case.other_id, "Sam")
    closed, their_coordinator = (
        harness.signed_up(case.other_id, "Sam"),
        harness.actor("coordinator", organisation_id=case.other_id),
    )
    signups.close_signup(their_coordinator, signup_id=closed, reason="other", request_id=new_id())

    theirs = harness.visitor("coordinator", organisation_id=case.other_id).open(path).text
    ours = harness.visitor("coordinator", organisation_id=case.organisation_id).open(path).text

    assert "Sam" in theirs
    assert "Noor" not in theirs
    assert "Sam" not in ours


@pytest.mark.parametrize(
    "path", ["/kennismaking/{}", "/kennismaking/{}/gesprek", "/kennismaking/gesprek/{}/uitkomst"]
)
@pytest.mark.parametrize("strange", ["x", "01990000-0000-7000-8000-000000000009", "%27%20OR%201=1"])
def test_an_id_that_is_none_is_not_found(harness: Any, case: Any, path: str, strange: str) -> None:
    visitor = harness.visitor("coordinator", organisation_id=case.organisation_id)

    assert visitor.open(path.format(strange)).status_code == 404


def test_commands_find_nothing_of_another_organisation(harness: Any, case: Any) -> None:
    stranger = harness.actor("coordinator", organisation_id=case.other_id)
    signup, talk = {"signup_id": case.signup_id}, {"talk_id": case.talk_id}
    asked: list[tuple[Any, dict[str, Any]]] = [
        (talks.schedule_intro_talk, signup | harness.agreed(case.host)),
        (talks.move_intro_talk, talk | harness.agreed(case.host)),
        (talks.call_off_intro_talk, talk | {"by": "us"}),
        (talks.mark_intro_talk_missed, talk),
        (talks.complete_intro_talk, talk | {"outcome": "word_follows"}),
        (talks.decide_after_talk, talk | {"outcome": "word_follows"}),
        (placements.place_participant, signup | {"group_id": case.group_id}),
        (signups.close_signup, signup | {"reason": "other"}),
        (signups.reopen_signup, signup),
        (signups.change_wishes, signup),
        (people.change_contact, signup | {"call_name": "X", "purposes": []}),
        (
            signups.register_signup,
            {"organisation_id": case.organisation_id, "call_name": "X", "signed_up_by": "staff"},
        ),
    ]

    for command, fields in asked:
        with pytest.raises(NotFound):
            command(stranger, **({"request_id": new_id()} | fields))


def test_who_signs_themselves_up_cannot_say_that_staff_did(harness: Any, case: Any) -> None:
    with pytest.raises(NotFound):
        harness.signed_up(case.organisation_id, signed_up_by="staff")
    with pytest.raises(Refusal, match="signed_up_by_unknown"):
        harness.signed_up(case.organisation_id, signed_up_by="nobody")


def test_every_access_to_somebody_is_written_down(harness: Any, case: Any) -> None:
    from services.intake.models import service as intake

    actor = harness.actor("coordinator", organisation_id=case.organisation_id)
    visitor = harness.visitor_of(actor)

    visitor.open(f"/kennismaking/{case.signup_id}")
    visitor.open("/kennismaking")

    table = intake.audit.AuditEntry
    entries = [
        (entry.event, entry.about_kind, entry.about_id, entry.organisation_id, entry.actor_roles)
        for entry in table.select().where(table.actor_id == actor.id).order_by(table.id)
    ]
    assert entries == [
        ("read", "signup", case.signup_id, case.organisation_id, "coordinator"),
        ("search", "signup", "list", case.organisation_id, "coordinator"),
    ]


def test_a_coordinator_of_two_organisations_sees_both_and_which_is_which(harness: Any, case: Any) -> None:
    harness.signed_up(case.other_id, "Sam")
    actor = harness.actor("coordinator", organisation_id=case.organisation_id)
    both = type(actor)(
        actor.id, "staff", "Kim", actor.grants | {case.other_id: frozenset({"coordinator"})}, actor.menu
    )

    assert {signup.organisation for signup in queries.list_waiting(both)} == {"De Kade", "Het Anker"}
    page = harness.visitor_of(both).open("/kennismaking").text
    assert "bij De Kade" in page
    assert "bij Het Anker" in page
