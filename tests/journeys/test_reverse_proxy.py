"""The real installation as its page has it: who signs up, who signs in by mail, and what the reverse proxy
keeps out."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from deploy.local.visitor import Visitor, over_http
from tests.journeys.distributed import DistributedInstallation, Files, Servers
from tests.support.authenticator import secret_on, show_code, show_next_code
from tests.support.nginx import needs_nginx
from tests.support.servers import postgres, rabbitmq

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), needs_nginx]


@pytest.fixture(scope="module", params=[Files, Servers])
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, servers_folder: Path
) -> Iterator[DistributedInstallation]:
    """Start an installation with its first manager, Kim, of the organisation De Kade."""
    if request.param is Servers and not (postgres.is_installed() and rabbitmq.is_installed()):
        pytest.skip("Debians pakketten postgresql en rabbitmq-server ontbreken")
    place = Path(tempfile.mkdtemp(dir=servers_folder))
    place.chmod(0o711)  # PostgreSQL runs as another user when root tests
    made = DistributedInstallation(
        tmp_path_factory.mktemp("installation"), lambda passwords: request.param(place, passwords)
    )
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


def visitor(installation: DistributedInstallation) -> Visitor:
    return Visitor(over_http(installation.reverse_proxy.url, timeout_seconds=30))


def fetch(installation: DistributedInstallation, path: str, **headers: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(
            installation.reverse_proxy.url + path, headers=headers, timeout=30, allow_redirects=False
        )


def links_in(mails: list[Any]) -> list[str]:
    texts = [mail.get_body(("plain",)).get_content() for mail in mails]
    return [link[0] for text in texts if (link := re.search(r"/inloggen/link/[\w-]+", text))]


def test_somebody_signs_up_and_staff_who_signed_in_by_mail_see_it(installation: DistributedInstallation) -> None:
    noor, kim = visitor(installation), visitor(installation)
    installation.until(lambda: "/aanmelden/de-kade" in noor.open("/aanmelden").html)

    thanked = noor.submit(noor.open("/aanmelden/de-kade"), "/aanmelden/de-kade", call_name="Noor")
    kim.submit(kim.open("/inloggen"), "/inloggen", email="kim@example.org")
    installation.until(lambda: bool(links_in(installation.mailbox.messages())))
    link = links_in(installation.mailbox.messages())[0]
    show_next_code(kim, kim.submit(kim.open(link), link), installation.app_of_kim)

    assert thanked.path.startswith("/aanmelden/de-kade/bedankt")
    installation.until(lambda: "Noor" in kim.open("/kennismaking").text)


@pytest.mark.parametrize(
    "path", ["/feed/meetings", "/feed/meetings?after=0", "/groepen/%2e%2e/feed/intake", "/elders"]
)
def test_the_log_for_services_and_what_is_unknown_reach_nobody(
    installation: DistributedInstallation, path: str
) -> None:
    answer = fetch(installation, path)

    assert answer.status_code == 404
    assert "Deze pagina is er niet" in answer.text
    # Services ask each other too; what came through the reverse proxy says from where.
    assert not re.search(r"^127\.0\.0\.1 \w+ /(feed|elders)", installation.access_log(), re.MULTILINE)


def test_an_address_that_somebody_made_up_does_not_get_through(installation: DistributedInstallation) -> None:
    answer = fetch(installation, "/inloggen", **{"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7"})

    assert answer.status_code == 200
    assert "127.0.0.1 GET /inloggen" in installation.access_log()
    assert "203.0.113.7" not in installation.access_log()


def test_where_somebody_manages_there_is_no_second_first_link(installation: DistributedInstallation) -> None:
    answer = installation.ask_first_link()

    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "Er is al een beheerder" in answer.stderr


def test_a_page_says_nothing_of_what_serves_it(installation: DistributedInstallation) -> None:
    headers = fetch(installation, "/inloggen").headers

    assert headers["Server"] == "nginx"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Powered-By" not in headers


def test_nothing_secret_stands_in_what_the_installation_wrote_of_itself(
    installation: DistributedInstallation,
) -> None:
    link = links_in(installation.mailbox.messages())

    written = installation.output() + installation.reverse_proxy.log_text()

    assert not [part for part in link if part in written]
    assert not re.search(r"secret\d", written)
