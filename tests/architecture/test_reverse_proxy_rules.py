"""The reverse proxy of the real installation: who gets which request, what it refuses, and what it does not
pass on."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from deploy.local.installation import NAMES
from deploy.local.ports import free_port
from deploy.local.web import PathDispatcher
from deploy.paths import installed_paths
from deploy.reverse_proxy.nginx import COMPOSE, GUARDED, render
from shared.web.app import MAX_BODY_BYTES
from tests.support.certificate import make_certificate
from tests.support.nginx import Nginx, needs_nginx

COMMITTED = Path(__file__).resolve().parents[2] / "deploy" / "reverse_proxy" / "houvast.conf"
DECLARED = list(installed_paths())


class Echo(BaseHTTPRequestHandler):
    """Answers with what came in."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        seen = {
            "service": self.server.service,  # type: ignore[attr-defined]
            "method": self.command,
            "path": self.path,
            "headers": {k.lower(): v for k, v in self.headers.items()},
            "length": len(self.rfile.read(length)),
        }
        body = json.dumps(seen).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """nginx with four services behind it that answer what they were asked."""
    echoes = []
    for name in NAMES:
        echo = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
        echo.service = name  # type: ignore[attr-defined]
        threading.Thread(target=echo.serve_forever, daemon=True).start()
        echoes.append(echo)
    upstreams = {name: f"127.0.0.1:{echo.server_port}" for name, echo in zip(NAMES, echoes, strict=True)}
    nginx = Nginx(tmp_path_factory.mktemp("proxy") / "nginx", upstreams)
    yield nginx
    nginx.stop()
    for echo in echoes:
        echo.shutdown()
        echo.server_close()


def ask(proxy: Nginx, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Any:
    """(status, headers, text), with the path exactly as it is written."""
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        connection.putheader("Content-Length", str(len(body)))
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def seen(proxy: Nginx, path: str, method: str = "GET", body: bytes = b"") -> dict[str, Any]:
    status, _, text = ask(proxy, path, method, body)
    assert status == 200, text
    return dict(json.loads(text))


def installation_gives_it_to(path: str) -> str:
    """Who gets this path in the embedded installation."""
    echoes = {name: lambda *_, name=name: name for name in NAMES}
    return str(PathDispatcher(echoes)({"PATH_INFO": path}, None))


def test_the_committed_file_is_the_one_that_the_code_makes() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == render(COMPOSE), (
        "run `python -m deploy.reverse_proxy > deploy/reverse_proxy/houvast.conf`"
    )


@needs_nginx
@pytest.mark.parametrize("path", DECLARED)
def test_a_declared_path_and_what_lies_below_it_go_where_the_installation_sends_them(
    proxy: Nginx, path: str
) -> None:
    below = path.rstrip("/") + "/een/twee-3?naar=%2Fgroepen%2F//x"
    asked = [path] if path == "/" else [path, path + "/", below]

    answers = [seen(proxy, path) for path in asked]

    services = [installation_gives_it_to(path.partition("?")[0]) for path in asked]
    assert [answer["service"] for answer in answers] == services
    assert [answer["path"] for answer in answers] == asked


@needs_nginx
@pytest.mark.parametrize(
    "path",
    [
        "/feed", "/feed/meetings", "/feed/meetings?after=0&limit=500", "/FEED/meetings", "//feed/meetings",
        "/groepen/../feed/meetings", "/groepen/%2e%2e/feed/meetings", "/groepen/..%2ffeed/meetings",
        "/feed/meetings/../../", "/feed/..", "/feed/meetings%2f..%2f..", "/./feed/meetings", "/feed//meetings",
        "/groepen/%5c../feed/meetings", "/feed/meetings%00/..", "/feed/meetings#/../../", "/feed%3f/../groepen",
        "/%66eed/meetings", "/onbekend", "/regiox", "/groepenx", "/mijnx", "/_refused/404.html", "/_refused",
        "/static", "/api", "/static/elders/x.css",
        "/.env", "/groepen/./x", "/groepen//x",
    ],
)  # fmt: skip
def test_what_nobody_declared_or_is_oddly_written_reaches_nobody(proxy: Nginx, path: str) -> None:
    status, headers, text = ask(proxy, path)

    assert status in (400, 404)
    assert "service" not in text
    assert "nginx/" not in text + headers["Server"]


@needs_nginx
def test_a_refusal_is_a_dutch_page_for_a_person_and_a_problem_for_a_program(proxy: Nginx) -> None:
    page, problem = ask(proxy, "/onbekend"), ask(proxy, "/api/onbekend")

    assert page[1]["Content-Type"] == "text/html; charset=utf-8"
    assert "Deze pagina is er niet" in page[2]
    assert "default-src 'none'" in page[1]["Content-Security-Policy"]
    assert problem[1]["Content-Type"] == "application/problem+json"
    assert json.loads(problem[2])["status"] == problem[0] == 404


@needs_nginx
@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [("/inloggen?" + "x" * 9000, {}, 414), ("/inloggen", {"Cookie": "x" * 9000}, 400), ("/groepen/%00", {}, 400)],
)
def test_what_nginx_itself_cannot_read_gets_a_dutch_page_too(
    proxy: Nginx, path: str, headers: dict[str, str], status: int
) -> None:
    answer = ask(proxy, path, **headers)

    assert answer[0] == status
    assert '<html lang="nl">' in answer[2]


@pytest.mark.parametrize(
    "path",
    [
        *("/feed/meetings", "//feed/meetings", "/groepen/../feed/meetings", "/./feed/meetings", "/feed/.."),
        *("/feed//meetings", "/feed/meetings/../..", "/groepen\\../feed/meetings", "/groepen/\x00"),
        "/operator/meetings",
    ],
)
def test_the_embedded_installation_hands_no_odd_path_to_an_app_either(path: str) -> None:
    answered = []
    dispatcher = PathDispatcher(dict.fromkeys(NAMES, lambda *_: [b"service"]))

    body = b"".join(dispatcher({"PATH_INFO": path}, lambda *args: answered.append(args)))  # type: ignore[arg-type]

    assert [status for status, _ in answered] == ["404 Not Found"]
    assert "Deze pagina is er niet" in body.decode()


@needs_nginx
def test_what_a_request_says_of_its_own_route_is_replaced_or_left_out(proxy: Nginx) -> None:
    lies = {
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "elders.example",
        "X-Forwarded-Port": "444",
        "X-Forwarded-Prefix": "/x",
        "X-Forwarded-Protocol": "ssl",
        "X-Forwarded-Ssl": "on",
        "X-Real-IP": "203.0.113.7",
        "Forwarded": "for=203.0.113.7",
        "Proxy": "http://x",
        "X_Forwarded_For": "203.0.113.7",
        "SCRIPT_NAME": "/x",
        "REMOTE_ADDR": "203.0.113.7",
    }

    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
    connection.request("GET", "/groepen", headers=lies)
    headers = json.loads(connection.getresponse().read())["headers"]
    connection.close()

    forwarded = {name: value for name, value in headers.items() if "forwarded" in name or "203.0.113.7" in value}
    assert forwarded == {"x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http"}
    assert headers["host"] == f"127.0.0.1:{proxy.port}"
    assert not {"proxy", "script_name", "remote_addr"} & set(headers)


@needs_nginx
def test_a_body_is_passed_on_up_to_what_a_service_takes(proxy: Nginx) -> None:
    whole = seen(proxy, "/groepen/nieuw", "POST", b"x" * MAX_BODY_BYTES)
    status, _, text = ask(proxy, "/groepen/nieuw", "POST", b"x" * (MAX_BODY_BYTES + 1))

    assert whole["length"] == MAX_BODY_BYTES
    assert status == 413
    assert "Maak de tekst korter" in text


@needs_nginx
@pytest.mark.parametrize("path", GUARDED)
def test_who_guesses_very_often_is_asked_to_wait_and_who_looks_is_not(proxy: Nginx, path: str) -> None:
    guesses = [ask(proxy, f"{path}/x", "POST") for _ in range(60)]
    reads = [ask(proxy, f"{path}/x")[0] for _ in range(60)]

    refused = [text for status, _, text in guesses if status == 429]
    assert refused
    assert all("Wacht een minuut" in text for text in refused)
    assert set(reads) == {200}


@needs_nginx
def test_taps_on_other_pages_are_never_too_many(proxy: Nginx) -> None:
    taps = [ask(proxy, "/bijeenkomsten/x/wie", "POST")[0] for _ in range(100)]
    answers = [ask(proxy, "/mijn/vragenlijst/x/uitspraken", "POST")[0] for _ in range(100)]

    assert {*taps, *answers} == {200}


@needs_nginx
def test_a_service_that_is_away_is_told_kindly_and_stands_in_the_log(tmp_path: Path) -> None:
    proxy = Nginx(tmp_path / "nginx", dict.fromkeys(NAMES, "127.0.0.1:1"))

    status, _, text = ask(proxy, "/mijn/vragenlijst/geheim?ook=geheim")
    proxy.stop()

    assert status == 502
    assert "Probeer het over een paar minuten opnieuw" in text
    assert '"questionnaires" GET 502' in proxy.log_text()


@needs_nginx
def test_no_log_holds_a_path_or_an_address(proxy: Nginx) -> None:
    for path in ("/mijn/vragenlijst/geheim", "/inloggen/link/geheim", "/onbekend/geheim", "/groepen/..%2fgeheim"):
        ask(proxy, path + "?ook=geheim")

    assert '"questionnaires" GET 200' in proxy.log_text()
    assert "geheim" not in proxy.log_text()
    assert "127.0.0.1" not in proxy.log_text()


@needs_nginx
def test_with_the_lines_for_tls_whoever_comes_without_is_sent_there(proxy: Nginx, tmp_path: Path) -> None:
    make_certificate(tmp_path)
    port = free_port()
    lines = (COMMITTED.parent / "tls.conf").read_text("utf-8")
    lines = lines.replace("listen 8443", f"listen 127.0.0.1:{port}").replace("/etc/nginx/tls", str(tmp_path))
    secure = Nginx(tmp_path / "nginx", proxy.upstreams, lines)

    status, headers, _ = ask(secure, "/groepen?a=b")
    trusting = ssl.create_default_context(cafile=str(tmp_path / "certificate.pem"))
    connection = http.client.HTTPSConnection("localhost", port, context=trusting, timeout=30)
    connection.request("GET", "/groepen", headers={"X-Forwarded-Proto": "http"})
    passed_on = json.loads(connection.getresponse().read())["headers"]
    connection.close()
    secure.stop()

    assert (status, headers["Location"]) == (308, "https://127.0.0.1/groepen?a=b")
    assert passed_on["x-forwarded-proto"] == "https"
