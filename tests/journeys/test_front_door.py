"""The real town as its page has it: who signs up, who signs in by mail, and what the front door keeps out."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from deploy.servers import postgres, rabbitmq
from deploy.town.visitor import Visitor, over_http
from tests.apps import secret_on, show_code, show_next_code
from tests.journeys.real_town import Files, RealTown, Servers
from tests.nginx import needs_nginx

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), needs_nginx]


@pytest.fixture(scope="module", params=[Files, Servers])
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, servers_folder: Path
) -> Iterator[RealTown]:
    """A town with its first manager, Kim, of the organisation De Kade."""
    if request.param is Servers and not (postgres.is_installed() and rabbitmq.is_installed()):
        pytest.skip("Debians pakketten postgresql en rabbitmq-server ontbreken")
    place = Path(tempfile.mkdtemp(dir=servers_folder))
    place.chmod(0o711)  # PostgreSQL runs as another user when root tests
    made = RealTown(tmp_path_factory.mktemp("town"), lambda passwords: request.param(place, passwords))
    try:
        made.start()
        kim = visitor(made)
        link = urlsplit(made.ask_first_link().stdout.strip()).path
        asked = kim.submit(
            kim.open(link), link, name="Kim", email="kim@example.org", organisation="De Kade", region="Lindeveen"
        )
        made.app_of_kim = secret_on(asked)
        show_code(kim, asked)
        yield made
    finally:
        made.close()


def visitor(town: RealTown) -> Visitor:
    return Visitor(over_http(town.door.url, timeout_seconds=30))


def ask(town: RealTown, path: str, **headers: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(town.door.url + path, headers=headers, timeout=30, allow_redirects=False)


def links_in(mails: list[Any]) -> list[str]:
    texts = [mail.get_body(("plain",)).get_content() for mail in mails]
    return [found[0] for text in texts if (found := re.search(r"/inloggen/link/[\w-]+", text))]


def test_somebody_signs_up_and_staff_who_signed_in_by_mail_see_it(town: RealTown) -> None:
    noor, kim = visitor(town), visitor(town)
    town.until(lambda: "/aanmelden/de-kade" in noor.open("/aanmelden").html)

    thanked = noor.submit(noor.open("/aanmelden/de-kade"), "/aanmelden/de-kade", call_name="Noor")
    kim.submit(kim.open("/inloggen"), "/inloggen", email="kim@example.org")
    town.until(lambda: bool(links_in(town.mailbox.messages())))
    link = links_in(town.mailbox.messages())[0]
    show_next_code(kim, kim.submit(kim.open(link), link), town.app_of_kim)

    assert thanked.path.startswith("/aanmelden/de-kade/bedankt")
    town.until(lambda: "Noor" in kim.open("/kennismaking").text)


@pytest.mark.parametrize(
    "path", ["/feed/meetings", "/feed/meetings?after=0", "/regio/%2e%2e/feed/intake", "/elders"]
)
def test_the_log_for_services_and_what_is_unknown_reach_nobody(town: RealTown, path: str) -> None:
    answer = ask(town, path)

    assert answer.status_code == 404
    assert "Deze pagina is er niet" in answer.text
    # Services ask each other too; what came through the door says from where.
    assert not re.search(r"^127\.0\.0\.1 \w+ /(feed|elders)", town.seen(), re.MULTILINE)


def test_an_address_that_somebody_made_up_does_not_get_through(town: RealTown) -> None:
    answer = ask(town, "/inloggen", **{"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7"})

    assert answer.status_code == 200
    assert "127.0.0.1 GET /inloggen" in town.seen()
    assert "203.0.113.7" not in town.seen()


def test_where_somebody_manages_there_is_no_second_first_link(town: RealTown) -> None:
    answer = town.ask_first_link()

    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "Er is al iemand die hier beheert" in answer.stderr


def test_a_page_says_nothing_of_what_serves_it(town: RealTown) -> None:
    headers = ask(town, "/inloggen").headers

    assert headers["Server"] == "nginx"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Powered-By" not in headers


def test_nothing_secret_stands_in_what_the_town_wrote_of_itself(town: RealTown) -> None:
    link = links_in(town.mailbox.messages())

    written = town.said() + town.door.said()

    assert not [one for one in link if one in written]
    assert not re.search(r"secret\d", written)
