"""`./houvast start --url` behind a real nginx with TLS: every link, cookie and header follows the address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from deploy.local.installation import NAMES
from deploy.local.ports import free_port
from deploy.local.public_address import PublicAddress, remembered_address, settle_address
from deploy.local.visitor import Visitor, over_http
from services.notifications.channels.mailbox import Mailbox
from tests.journeys.operating import houvast
from tests.support.authenticator import show_code
from tests.support.certificate import make_certificate
from tests.support.nginx import Nginx, needs_nginx
from tests.support.started import Started

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
GROUPS = "https://groepen.voorbeeld.nl"


@pytest.fixture
def port() -> int:
    """Where the installation behind the proxy listens."""
    return free_port()


@pytest.fixture
def proxy(tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an nginx with TLS, that believes who comes from this machine about where they come from."""
    make_certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "certificate.pem"))
    secure = free_port()
    lines = (
        f"listen 127.0.0.1:{secure} ssl;"
        f" ssl_certificate {tmp_path}/certificate.pem; ssl_certificate_key {tmp_path}/key.pem;"
        " set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;"
    )
    nginx = Nginx(tmp_path / "nginx", dict.fromkeys(NAMES, f"127.0.0.1:{port}"), lines)
    yield f"https://localhost:{secure}"
    nginx.stop()


def first_link(installation: Started, address: str) -> str:
    link = re.search(rf"{address}(/inloggen/eerste/[\w-]+)", installation.output)
    assert link is not None, installation.output
    return link[1]


def come_in(visitor: Visitor, link: str) -> str:
    """Become the first manager; gives where that leads."""
    form = visitor.open(link)
    page = visitor.submit(
        form, link, name="Kim", email="kim@example.org", organisation="De Kade", region="Lindeveen"
    )
    return show_code(visitor, page).path


@needs_nginx
def test_behind_a_proxy_every_link_cookie_and_header_follows_its_address(
    start: Callable[..., Started], proxy: str, port: int
) -> None:
    installation = start("--no-demo", "--url", proxy, port=port).until_greeted()

    kim = Visitor(over_http(proxy, timeout_seconds=30))
    assert come_in(kim, first_link(installation, proxy)) == "/"
    kim.submit(kim.open("/"), "/inloggen/uit")
    asked = Visitor(over_http(proxy, timeout_seconds=30))
    asked.submit(asked.open("/inloggen"), "/inloggen", email="kim@example.org")
    mailbox = Mailbox(installation.data / "mailbox")
    installation.until(lambda: mailbox.count() == 1)
    answer = requests.get(f"{proxy}/inloggen", timeout=30)

    assert f"{proxy}/inloggen/link/" in str(mailbox.messages()[0].get_body(("plain",)))
    assert answer.headers["Strict-Transport-Security"]
    assert "Secure" in answer.headers["Set-Cookie"]
    document = requests.get(f"{proxy}/api/groepen/v1/openapi.json", timeout=30).json()
    assert document["servers"][0]["url"].startswith(proxy)


@needs_nginx
def test_behind_a_proxy_a_limit_is_for_the_network_of_the_visitor(
    start: Callable[..., Started], proxy: str, port: int
) -> None:
    start("--no-demo", "--url", proxy, port=port).until_greeted()

    def ask(network: str) -> int:
        session = requests.Session()
        session.headers["X-Forwarded-For"] = network
        page = session.get(f"{proxy}/inloggen", timeout=30).text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        form = {"csrf_token": token, "email": "kim@example.org"}
        return session.post(f"{proxy}/inloggen", data=form, timeout=30).status_code

    assert [ask("203.0.113.7") for _ in range(31)] == [200] * 30 + [429]
    assert ask("198.51.100.7") == 200


def test_the_folder_remembers_the_address_until_it_is_asked_to_forget_it(tmp_path: Path) -> None:
    assert settle_address(tmp_path, None, None) == PublicAddress()
    assert settle_address(tmp_path, GROUPS, None) == PublicAddress(GROUPS, 1)
    assert settle_address(tmp_path, GROUPS, 2) == PublicAddress(GROUPS, 2)

    assert settle_address(tmp_path, None, None) == PublicAddress(GROUPS, 2)
    assert settle_address(tmp_path, GROUPS, None) == PublicAddress(GROUPS, 2)
    assert remembered_address(tmp_path) == PublicAddress(GROUPS, 2)
    assert settle_address(tmp_path, "", None) == PublicAddress() == remembered_address(tmp_path)


def test_a_later_start_keeps_the_address_and_says_so(start: Callable[..., Started]) -> None:
    start("--no-demo", "--url", f"{GROUPS}/").until_greeted().stop()

    again = start("--no-demo").until_greeted()

    assert f"Houvast staat klaar: {GROUPS}\n" in again.output
    assert f"http://127.0.0.1:{again.port}" in again.output
    assert first_link(again, GROUPS)
    assert "Secure" in requests.get(f"http://127.0.0.1:{again.port}/inloggen", timeout=30).headers["Set-Cookie"]


def test_a_setting_that_does_nothing_here_is_named(
    start: Callable[..., Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEETINGS_PUBLIC_URL", GROUPS)

    installation = start("--no-demo").until_greeted()

    assert "gelden niet bij ./houvast start: MEETINGS_PUBLIC_URL" in installation.output
    assert "--url" in installation.output


@pytest.mark.parametrize(
    "typed",
    [
        "groepen.voorbeeld.nl",
        "https://",
        "https://x/pad",
        "https://x?y",
        "https://a:b@x",
        "ftp://x",
        "https://münchen.de",
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_made(tmp_path: Path, typed: str) -> None:
    refused = houvast(tmp_path / "installation", "start", "--url", typed)

    assert refused.returncode == 2
    assert "https://groepen.voorbeeld.nl" in refused.stderr
    assert not (tmp_path / "installation").exists()
