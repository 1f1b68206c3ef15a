"""Another system moves one meeting of the demo region, says that it is off, and reads what changed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from shared.ids import new_id

CHANGES, MEETINGS = "groepen/v1/wijzigingen", "groepen/v1/bijeenkomsten"


@pytest.fixture
def coming(region: Any) -> dict[str, Any]:
    """The last of the meetings that are planned: nobody is notified of it yet."""
    meeting: dict[str, Any] = region.client().items(f"{MEETINGS}?status=gepland")[-1]
    return meeting


def test_a_meeting_is_moved_off_and_on_again_and_each_is_a_change(region: Any, coming: dict[str, Any]) -> None:
    client = region.client("coordinator")
    day = (date.fromisoformat(coming["datum"]) + timedelta(days=1)).isoformat()
    about = {"bijeenkomstId": coming["id"]}
    place = {"naam": "Bibliotheek", "adres": "Markt 2, Lindeveen"}

    moved = client.post(CHANGES, {**about, "soort": "verplaatst", "datum": day, "tijd": "20:15:00", "plek": place})
    off = client.post(CHANGES, {**about, "soort": "gaat-niet-door"})
    on = client.post(CHANGES, {**about, "soort": "gaat-toch-door"})

    assert [answer.status_code for answer in (moved, off, on)] == [201, 201, 201]
    assert moved.headers["Location"] == f"/api/{CHANGES}/{moved.json['id']}"
    assert (moved.json["oudeDatum"], moved.json["oudeTijd"]) == (coming["datum"], coming["tijd"])
    assert client.items(f"{CHANGES}?bijeenkomstId={coming['id']}")[-3:] == [moved.json, off.json, on.json]
    now = client.get(f"{MEETINGS}/{coming['id']}").json
    assert (now["datum"], now["tijd"], now["status"]) == (day, "20:15:00", "gepland")
    assert now["anderePlek"] == "Bibliotheek"


def test_the_same_request_twice_is_one_change(region: Any, coming: dict[str, Any]) -> None:
    client, request_id = region.client("coordinator"), new_id()
    body = {"bijeenkomstId": coming["id"], "soort": "verplaatst", "minuten": coming["minuten"] + 15}

    first, again = (client.post(CHANGES, body, request_id) for _ in range(2))

    assert first.json == again.json


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"soort": "verplaatst", "datum": "2020-01-01"}, 409, "start_in_past"),
        ({"soort": "verplaatst", "tijd": "20.15"}, 400, "invalid"),
        ({"soort": "verplaatst", "tijd": "20:15:30"}, 400, "invalid"),
        ({"soort": "verplaatst", "plek": {"naam": "Bibliotheek"}}, 400, "invalid"),
        ({"soort": "verplaatst", "plek": {"naam": "  ", "adres": "Markt 2"}}, 409, "place_incomplete"),
        ({"soort": "zomaar"}, 400, "invalid"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    region: Any, coming: dict[str, Any], body: dict[str, Any], status: int, code: str
) -> None:
    answer = region.client("coordinator").post(CHANGES, {"bijeenkomstId": coming["id"], **body})

    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_without_the_role_or_of_others_nothing_is_changed(region: Any, coming: dict[str, Any]) -> None:
    body = {"bijeenkomstId": coming["id"], "soort": "gaat-niet-door"}
    (other,) = {*region.organisation_ids} - {coming["organisatieId"]}

    assert region.client("manager").post(CHANGES, body).status_code == 403
    assert region.client("coordinator", organisation_ids=[other]).post(CHANGES, body).status_code == 404
    assert region.client("coordinator").post(CHANGES, body | {"bijeenkomstId": new_id()}).status_code == 404


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("tellingen", {"mensen": -608278215}),
        ("tellingen", {"mensen": 201}),
        ("wijzigingen", {"soort": "verplaatst", "minuten": -25409}),
        ("wijzigingen", {"soort": "verplaatst", "datum": "99999999999-1-1"}),
    ],
)
def test_what_a_document_does_not_allow_is_refused_with_its_place(
    region: Any, coming: dict[str, Any], path: str, wrong: dict[str, Any]
) -> None:
    client = region.client("coordinator", "facilitator")

    answer = client.post(f"groepen/v1/{path}", {"bijeenkomstId": coming["id"], **wrong})

    assert 400 <= answer.status_code < 500
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("at", ["15:00:30", "15:00:00+05:00", "15:00:00Z", "15:00:00.5", "15:00"])
def test_a_time_with_seconds_or_an_offset_is_refused_with_a_sentence_and_its_place(
    region: Any, coming: dict[str, Any], at: str
) -> None:
    body = {"bijeenkomstId": coming["id"], "soort": "verplaatst", "datum": coming["datum"], "tijd": at}

    answer = region.client("coordinator").post(CHANGES, body)

    assert (answer.status_code, answer.json["code"]) == (400, "invalid")
    [error] = answer.json["errors"]
    assert error["location"] == {"pointer": "/tijd"}
    assert "in hele minuten en zonder tijdzone" in error["detail"]
