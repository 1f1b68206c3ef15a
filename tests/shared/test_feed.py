"""The log of a service as the other services read it over HTTP, and nobody else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc import jwt
from werkzeug.test import Client

from deploy.town.layout import SERVICES
from services.meetings.commands.staff import register_organisation
from shared.auth import services
from shared.auth.actor import system
from shared.feed import FeedUnreachable, HttpFeed, LocalFeed
from shared.house import feeds_of
from shared.ids import new_id
from tests.serving import served as serving

HOUSES = {service.name: service.house for service in SERVICES}
MEETINGS = next(service for service in SERVICES if service.name == "meetings")


def token(reader: str, publisher: str) -> str:
    return services.sign(HOUSES[reader].privacy.keyring, reader, publisher)


@pytest.fixture
def log(town: Any) -> Client:
    """The log of meetings, in which three organisations were told of."""
    for number in range(3):
        register_organisation(system("meetings"), name=f"Plek {number}", region="Lindeveen", request_id=new_id())
    town.settle()
    return Client(MEETINGS.create_app(town.town.settings_of("meetings")))


@pytest.fixture
def served(log: Client) -> Iterator[str]:
    with serving(log.application) as address:
        yield address


def ask(log: Client, reader: str = "intake", given: str | None = None, query: str = "") -> Any:
    bearer = token("intake", "meetings") if given is None else given
    return log.get(f"/feed/meetings?{query}", headers={"Authorization": f"Bearer {bearer}", "X-Reader": reader})


def test_another_service_reads_the_letters_after_a_number_with_the_head(log: Client) -> None:
    answer = ask(log, query="after=1&limit=1").get_json()

    assert answer["epoch"] == 1
    assert answer["seq"] >= 3
    assert [seq for seq, _ in answer["letters"]] == [2]


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=-5", "limit=100000", "limit=x", ""])
def test_a_strange_question_gets_an_ordinary_answer(log: Client, query: str) -> None:
    assert ask(log, query=query).status_code == 200


def test_nobody_else_reads_it(log: Client) -> None:
    tries = {
        "nobody": log.get("/feed/meetings"),
        "no token": ask(log, given=""),
        "no reader": ask(log, reader=""),
        "who does not exist": ask(log, reader="nobody"),
        "in another's name": ask(log, reader="questionnaires"),
        "with a token for another": ask(log, given=token("intake", "questionnaires")),
        "itself": ask(log, reader="meetings"),
        "broken": ask(log, given="a.b.c"),
    }

    assert {name: answer.status_code for name, answer in tries.items()} == dict.fromkeys(tries, 401)


def test_a_token_whose_minute_is_over_is_refused(log: Client) -> None:
    key = services._key(HOUSES["intake"].privacy.keyring, "intake", "meetings")
    claims = {"iss": "intake", "aud": "meetings", "exp": int(time.time()) - 1}

    given = jwt.encode({"alg": "HS256"}, claims, key, algorithms=["HS256"])

    assert ask(log, given=given).status_code == 401


def test_the_front_door_of_the_town_gives_no_log_to_anybody(town: Any) -> None:
    client = Client(town.door)

    answers = [client.get(f"/feed/{name}").status_code for name in HOUSES]

    assert answers == [404] * len(HOUSES)


def test_over_http_the_log_is_the_same_as_in_the_store(town: Any, served: str) -> None:
    told = f"meetings={served} notifications={served}"
    settings = town.town.settings_of("intake")

    remote = feeds_of(HOUSES["intake"], type(settings)(**{**vars(settings), "feeds": told}), ["meetings"])[
        "meetings"
    ]
    here = LocalFeed(HOUSES["meetings"].outbox)

    assert isinstance(remote, HttpFeed)
    assert remote.head() == here.head()
    assert remote.after(0, 2) == here.after(0, 2)


def test_a_publisher_that_does_not_answer_is_said_to_be_unreachable(town: Any) -> None:
    feed = HttpFeed("http://127.0.0.1:9", "meetings", "intake", lambda: token("intake", "meetings"))

    with pytest.raises(FeedUnreachable):
        feed.head()
