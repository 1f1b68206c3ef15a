"""What other systems see of the demo region over the JSON API: their own organisations and no more than needed."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from deploy.local.token import make_token
from services.intake import events
from services.intake.models import service as intake_service
from shared.ids import new_id
from tests.contracts.conftest import LISTS, READ_ONE_BY_ONE, held_on_tuesday, id_of

pytestmark = pytest.mark.clock
NOUNS = ("kennismaking", "groepen", "vragenlijsten", "berichten")
SIGNUPS = "kennismaking/v1/aanmeldingen"
NOOR = {
    "roepnaam": "Noor",
    "aangemeldDoor": "verwijzer",
    "email": "noor@example.org",
    "mobiel": "06 12345678",
    "hulpvraag": "Weer eens onder de mensen zijn.",
    "toestemmingen": ["herinneringen"],
    "dagen": ["dinsdag"],
    "dagdelen": ["avond"],
    "postcodecijfers": "3412",
    "voor": "zichzelf",
    "themas": ["hulp vragen"],
}


@contextmanager
def statements() -> Iterator[Callable[[], int]]:
    """Gives how many questions the stores were asked since it was last called."""
    log, lines = logging.getLogger("peewee"), []
    handler, level = logging.Handler(), log.level
    handler.emit = lines.append  # type: ignore[method-assign]
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)

    def count() -> int:
        number = len([line for line in lines if "SELECT" in str(line.msg)])
        lines.clear()
        return number

    yield count
    log.removeHandler(handler)
    log.setLevel(level)


def signup(region: Any, **changed: Any) -> dict[str, Any]:
    return {**NOOR, "organisatieId": region.organisation_ids[0], **changed}


def group_of(region: Any, organisation_id: str) -> str:
    return id_of(region.client(organisation_ids=[organisation_id]).items("groepen/v1/groepen")[0])


@pytest.mark.parametrize(("path", "role"), LISTS.items())
def test_one_role_is_enough_and_the_list_is_whole_and_in_order(region: Any, path: str, role: str) -> None:
    items = region.client(role).items(path)

    ids = [id_of(item) for item in items]
    assert ids
    assert ids == sorted(set(ids))
    assert ids == [id_of(item) for item in region.client().get(f"{path}?aantal=200").json["items"]]


@pytest.mark.parametrize("path", READ_ONE_BY_ONE)
def test_each_of_a_list_can_be_read_alone_and_is_the_same(region: Any, path: str) -> None:
    client = region.client()

    for item in client.items(path)[:5]:
        assert client.get(f"{path}/{id_of(item)}").json == item


@pytest.mark.parametrize("path", LISTS)
def test_nobody_sees_what_is_of_another_organisation(region: Any, path: str) -> None:
    everything = {id_of(item): item["organisatieId"] for item in region.client().items(path)}

    for organisation_id in [*region.organisation_ids, new_id()]:
        client = region.client(organisation_ids=[organisation_id])
        own = {key for key, owner in everything.items() if owner == organisation_id}
        assert {id_of(item) for item in client.items(path)} == own
        if path in READ_ONE_BY_ONE:
            for key in set(everything) - own:
                assert client.get(f"{path}/{key}").status_code == 404


@pytest.mark.parametrize("path", LISTS)
def test_without_the_role_there_is_nothing_to_see(region: Any, path: str) -> None:
    others = {"kennismaking": "messenger", "vragenlijsten": "manager", "berichten": "coordinator"}
    role = "manager" if path.endswith("deelnames") else others.get(path.partition("/")[0], "nobody")

    answer = region.client(role).get(path)

    assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("path", LISTS)
def test_without_a_key_the_answer_says_how_to_ask(region: Any, path: str) -> None:
    answer = region.client_without_key().get(path)

    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_somebody_can_be_signed_up_by_another_system(region: Any) -> None:
    made = region.client("intro_worker").post(SIGNUPS, signup(region))

    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/{SIGNUPS}/{made.json['id']}"
    assert (made.json["roepnaam"], made.json["status"]) == ("Noor", "ontvangen")
    assert made.json["toestemmingen"] == ["herinneringen"]
    assert made.json["wens"] == {
        "dagen": ["dinsdag"],
        "dagdelen": ["avond"],
        "postcodecijfers": "3412",
        "voor": "zichzelf",
        "nodig": [],
        "themas": ["hulp vragen"],
        "lieverNietBij": [],
    }


def test_a_name_and_an_organisation_are_enough(region: Any) -> None:
    least = {"roepnaam": "Vos", "aangemeldDoor": "zelf", "organisatieId": region.organisation_ids[1]}

    made = region.client("coordinator").post(SIGNUPS, least)

    assert made.status_code == 201
    assert made.json["wens"]["dagen"] == []


def test_the_same_request_twice_signs_up_one_person(region: Any) -> None:
    client, request_id = region.client("intro_worker"), new_id()
    before = len(client.items(SIGNUPS))

    first = client.post(SIGNUPS, signup(region), request_id)
    again = client.post(SIGNUPS, signup(region), request_id)

    assert first.json == again.json
    assert len(client.items(SIGNUPS)) == before + 1


def test_another_key_may_use_the_same_request_id(region: Any) -> None:
    request_id = new_id()

    made = [region.client("intro_worker").post(SIGNUPS, signup(region), request_id).json["id"] for _ in range(2)]

    assert made[0] != made[1]


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"roepnaam": "   "}, {"/roepnaam"}),
        ({"email": "geen adres"}, {"/email"}),
        ({"mobiel": "030 1234567"}, {"/mobiel"}),
        ({"email": None}, {"/email"}),
        ({"dagen": ["dinsdag", "dinsdags"], "voor": "vriend"}, {"/dagen/1", "/voor"}),
        ({"aangemeldDoor": None, "roepnaam": 3, "bsn": "1"}, {"/aangemeldDoor", "/roepnaam", "/bsn"}),
        ({"hulpvraag": "x" * 601, "postcodecijfers": "0123"}, {"/hulpvraag", "/postcodecijfers"}),
    ],
)
def test_a_sign_up_that_is_not_right_says_where(region: Any, changed: dict[str, Any], wrong: set[str]) -> None:
    answer = region.client("intro_worker").post(SIGNUPS, signup(region, **changed))

    assert answer.status_code == 400
    assert {error["location"]["pointer"] for error in answer.json["errors"]} == wrong


def test_a_wish_for_messages_without_an_address_is_input_that_is_not_right(region: Any) -> None:
    body = signup(region)
    del body["email"], body["mobiel"]

    answer = region.client("intro_worker").post(SIGNUPS, body)

    assert (answer.status_code, answer.json["code"]) == (400, "consent_not_reachable")
    assert [error["location"]["pointer"] for error in answer.json["errors"]] == ["/email"]


def test_nobody_is_signed_up_with_an_organisation_of_others(region: Any) -> None:
    client = region.client("intro_worker", organisation_ids=[region.organisation_ids[0]])

    for organisation_id in (region.organisation_ids[1], new_id()):
        assert client.post(SIGNUPS, signup(region, organisatieId=organisation_id)).status_code == 404


def test_no_address_and_nobodys_own_words_leave_by_the_api(region: Any) -> None:
    client = region.client()
    made = client.post(SIGNUPS, signup(region))

    texts = [made.get_data(as_text=True)]
    for path in LISTS:
        texts.append(client.get(f"{path}?aantal=200").get_data(as_text=True))
    texts.append(client.get(f"{SIGNUPS}/{made.json['id']}").get_data(as_text=True))

    for text in texts:
        assert "example.org" not in text
        assert "612345678" not in text
        assert "onder de mensen" not in text


def test_names_are_told_only_to_who_gets_to_know_people(region: Any) -> None:
    client = region.client()

    for path in LISTS:
        if path != SIGNUPS:
            assert "Lente" not in client.get(f"{path}?aantal=200").get_data(as_text=True), path


def test_lists_can_be_narrowed(region: Any) -> None:
    client = region.client()
    (group,) = [item for item in client.items("groepen/v1/groepen") if item["naam"] == "Dinsdaggroep"]
    held = client.items(f"groepen/v1/bijeenkomsten?groepId={group['id']}&status=geweest")
    day = held[0]["datum"]

    assert len(held) == 1
    assert client.items(f"groepen/v1/bijeenkomsten?groepId={group['id']}&vanaf={day}&totEnMet={day}") == held
    assert len(client.items(f"groepen/v1/deelnames?groepId={group['id']}&status=actief")) == group["deelnemers"]
    assert client.items(f"groepen/v1/deelnames?groepId={new_id()}") == []
    placed = client.items(f"kennismaking/v1/plaatsingen?groepId={group['id']}&status=bevestigd")
    assert {item["deelnemerId"] for item in placed} == {
        item["deelnemerId"] for item in client.items(f"groepen/v1/deelnames?groepId={group['id']}")
    }
    talks = client.items(f"kennismaking/v1/kennismakingsgesprekken?aanmeldingId={placed[0]['aanmeldingId']}")
    assert [item["uitkomst"] for item in talks] == ["doet-mee"]
    assert {item["soort"] for item in client.items("berichten/v1/berichten?soort=welkom")} == {"welkom"}


def test_how_many_came_is_told_and_never_who(region: Any) -> None:
    client, held = region.client("coordinator"), held_on_tuesday(region)

    turnout = client.get(f"groepen/v1/bijeenkomsten/{held['id']}/aanwezigheid").json

    assert turnout.pop("afgerondOp").endswith("Z")
    assert turnout == {
        "bijeenkomstId": held["id"],
        "deelnemers": 4,
        "aanwezig": 3,
        "afgemeld": 1,
        "gemist": 0,
        "nietIngevuld": 0,
        "zonderNaam": 0,
    }


def test_who_was_there_is_told_only_to_who_leads_groups(region: Any) -> None:
    held = held_on_tuesday(region)
    path = f"groepen/v1/bijeenkomsten/{held['id']}/presenties"
    client = region.client_with({held["organisatieId"]: {"facilitator"}})

    marks = client.items(path)

    assert sorted(mark["presentie"] for mark in marks) == ["aanwezig", "aanwezig", "aanwezig", "afgemeld"]
    assert client.get(f"{path}/{marks[0]['deelnameId']}").json == marks[0]
    assert client.get(f"groepen/v1/tellingen/{held['id']}").json == {
        "id": held["id"],
        "mensen": 3,
        "zonderNaam": 0,
    }
    assert region.client("coordinator", "manager", "messenger").get(path).status_code == 403
    (other,) = {*region.organisation_ids} - {held["organisatieId"]}
    assert region.client_with({other: {"facilitator"}}).get(path).status_code == 404


def test_a_mark_and_a_count_by_another_system_are_taken_in_once(region: Any) -> None:
    held = held_on_tuesday(region)
    path = f"groepen/v1/bijeenkomsten/{held['id']}/presenties"
    client, request_id = region.client_with({held["organisatieId"]: {"facilitator"}}), new_id()
    member = next(mark for mark in client.items(path) if mark["presentie"] == "afgemeld")
    there = {"deelnameId": member["deelnameId"], "presentie": "aanwezig"}

    made = client.post(path, there, request_id)
    again = client.post(path, there, request_id)
    below = client.post("groepen/v1/tellingen", {"bijeenkomstId": held["id"], "mensen": 2})
    counted = client.post("groepen/v1/tellingen", {"bijeenkomstId": held["id"], "mensen": 6})
    client.post(path, there | {"presentie": "afgemeld"})
    client.post("groepen/v1/tellingen", {"bijeenkomstId": held["id"], "mensen": 3})

    assert (made.status_code, made.json) == (201, again.json)
    assert client.get(made.headers["Location"].removeprefix("/api/")).status_code == 200
    assert (below.status_code, below.json["code"]) == (409, "headcount_below_named")
    assert counted.json == {"id": held["id"], "mensen": 6, "zonderNaam": 2}


@pytest.mark.parametrize("noun", NOUNS)
def test_a_number_outside_what_the_document_says_is_refused_by_its_name(region: Any, noun: str) -> None:
    client = region.client()
    document = client.get(f"{noun}/v1/openapi.json").json
    for template, operation in document["paths"].items():
        path = re.sub(r"\{\w+\}", new_id(), template)
        for about in operation.get("get", {}).get("parameters", []):
            for wrong in outside(about["schema"]):
                answer = client.get(f"{noun}/v1{path}?{about['name']}={wrong}")
                assert (answer.status_code, named_in(answer)) == (400, {about["name"]}), (path, wrong)
        for name, about in properties_sent(document, operation).items():
            for wrong in outside(about):
                answer = client.post(f"{noun}/v1{path}", {name: wrong})
                assert answer.status_code == 400, (path, name, wrong)
                assert f"/{name}" in named_in(answer), (path, name, wrong)


def outside(about: Any) -> list[int]:
    """The numbers just below and just above those that may be sent; none for what is no number."""
    if about.get("type") != "integer":
        return []
    return [about["minimum"] - 1, about["maximum"] + 1]


def properties_sent(document: Any, operation: Any) -> Any:
    if "post" not in operation:
        return {}
    (body,) = operation["post"]["requestBody"]["content"].values()
    return document["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]["properties"]


def named_in(answer: Any) -> set[str]:
    return {place for error in answer.json["errors"] for place in error["location"].values()}


def test_before_a_meeting_is_closed_there_are_no_numbers(region: Any) -> None:
    client = region.client("manager")
    coming = client.items("groepen/v1/bijeenkomsten?status=gepland")[0]

    turnout = client.get(f"groepen/v1/bijeenkomsten/{coming['id']}/aanwezigheid").json

    assert turnout["afgerondOp"] is None
    assert turnout["aanwezig"] is None


def test_a_role_at_one_organisation_opens_nothing_at_another(region: Any) -> None:
    held = held_on_tuesday(region)
    (other,) = {*region.organisation_ids} - {held["organisatieId"]}
    client = region.client_with({held["organisatieId"]: {"messenger"}, other: {"coordinator"}})

    turnout = client.get(f"groepen/v1/bijeenkomsten/{held['id']}/aanwezigheid")

    assert turnout.status_code == 403
    assert {signup["organisatieId"] for signup in client.items(SIGNUPS)} <= {other}


def test_a_key_of_the_command_line_opens_just_what_it_names(region: Any) -> None:
    first, second = region.organisation_ids
    client = region.client_of(make_token(region.installation.data, ("messenger",), (first,), 1))

    assert {message["organisatieId"] for message in client.items("berichten/v1/berichten")} == {first}
    assert client.get(f"groepen/v1/groepen/{group_of(region, second)}").status_code == 404
    assert client.get(SIGNUPS).status_code == 403


def test_who_looks_at_a_person_is_written_down(region: Any) -> None:
    client = region.client("intro_worker")
    signup = client.items(SIGNUPS)[0]
    line = intake_service.audit.AuditEntry
    seen = line.select().where(line.about_id == signup["id"], line.event == "read", line.purpose == "api")
    before = seen.count()

    client.get(f"{SIGNUPS}/{signup['id']}")

    assert seen.count() == before + 1
    assert seen.order_by(line.id.desc()).get().actor_kind == "key"


@pytest.mark.parametrize("path", LISTS)
def test_a_longer_list_asks_the_store_no_more_questions(region: Any, path: str) -> None:
    client = region.client()
    with statements() as count:
        client.get(f"{path}?aantal=1")
        for_one = count()
        client.get(f"{path}?aantal=200")
        for_all = count()

    assert 0 < for_all <= for_one


def test_what_is_published_of_a_sign_up_is_published_once(region: Any) -> None:
    client, request_id = region.client("intro_worker"), new_id()
    outbox = intake_service.outbox.Outbox
    published = outbox.select().where(outbox.type == events.SIGNUP_RECEIVED.type)
    before = published.count()

    for _ in range(3):
        client.post(SIGNUPS, signup(region), request_id)

    assert published.count() == before + 1
