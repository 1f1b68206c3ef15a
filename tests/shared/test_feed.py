"""The log of a service as the other services read it over HTTP, and nobody else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc import jwt
from werkzeug.test import Client

from deploy.local.installation import APPLICATIONS
from services.meetings.commands.organisations import register_organisation
from shared.ids import new_id
from shared.messaging.feed import FeedUnreachable, HttpFeed, LocalFeed
from shared.security import service_tokens
from shared.security.actor import system
from shared.service import open_feeds
from tests.support.http_server import served as serving

SERVICES = {application.name: application.service for application in APPLICATIONS}
MEETINGS = next(application for application in APPLICATIONS if application.name == "meetings")


def token(reader: str, publisher: str) -> str:
    return service_tokens.sign(SERVICES[reader].encryption.keyring, reader, publisher)


@pytest.fixture
def log(installation: Any) -> Client:
    """The log of meetings, which has three organisations."""
    for number in range(3):
        register_organisation(system("meetings"), name=f"Plek {number}", region="Lindeveen", request_id=new_id())
    installation.settle()
    return Client(MEETINGS.create_app(installation.installation.settings_of("meetings")))


@pytest.fixture
def served(log: Client) -> Iterator[str]:
    with serving(log.application) as address:
        yield address


def ask(log: Client, reader: str = "intake", given: str | None = None, query: str = "") -> Any:
    bearer = token("intake", "meetings") if given is None else given
    return log.get(f"/feed/meetings?{query}", headers={"Authorization": f"Bearer {bearer}", "X-Reader": reader})


def test_another_service_reads_the_events_after_a_number_with_the_head(log: Client) -> None:
    answer = ask(log, query="after=1&limit=1").get_json()

    assert answer["epoch"] == 1
    assert answer["seq"] >= 3
    assert [seq for seq, _ in answer["events"]] == [2]


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=-5", "limit=100000", "limit=x", ""])
def test_a_strange_question_gets_an_ordinary_answer(log: Client, query: str) -> None:
    assert ask(log, query=query).status_code == 200


def test_nobody_else_reads_it(log: Client) -> None:
    answers = {
        "nobody": log.get("/feed/meetings"),
        "no token": ask(log, given=""),
        "no reader": ask(log, reader=""),
        "who does not exist": ask(log, reader="nobody"),
        "in another's name": ask(log, reader="questionnaires"),
        "with a token for another": ask(log, given=token("intake", "questionnaires")),
        "itself": ask(log, reader="meetings"),
        "broken": ask(log, given="a.b.c"),
    }

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 401)


def test_a_token_whose_minute_is_over_is_refused(log: Client) -> None:
    key = service_tokens._key(SERVICES["intake"].encryption.keyring, "intake", "meetings")
    claims = {"iss": "intake", "aud": "meetings", "exp": int(time.time()) - 1}

    given = jwt.encode({"alg": "HS256"}, claims, key, algorithms=["HS256"])

    assert ask(log, given=given).status_code == 401


def test_the_reverse_proxy_of_the_installation_gives_no_log_to_anybody(installation: Any) -> None:
    client = Client(installation.app)

    answers = [client.get(f"/feed/{name}").status_code for name in SERVICES]

    assert answers == [404] * len(SERVICES)


def test_over_http_the_log_is_the_same_as_in_the_store(installation: Any, served: str) -> None:
    feeds = f"meetings={served} notifications={served}"
    settings = installation.installation.settings_of("intake")

    remote = open_feeds(SERVICES["intake"], type(settings)(**{**vars(settings), "feeds": feeds}), ["meetings"])[
        "meetings"
    ]
    here = LocalFeed(SERVICES["meetings"].outbox)

    assert isinstance(remote, HttpFeed)
    assert remote.head() == here.head()
    assert remote.after(0, 2) == here.after(0, 2)


def test_a_publisher_that_does_not_answer_is_unreachable(installation: Any) -> None:
    feed = HttpFeed("http://127.0.0.1:9", "meetings", "intake", lambda: token("intake", "meetings"))

    with pytest.raises(FeedUnreachable):
        feed.head()
