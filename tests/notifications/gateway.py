"""A gateway for text messages that behaves as CM.com says of itself, and can be set to be contrary.

It takes messages at one address and keeps every one: two with one reference are two messages, for nothing says
that it drops any. It also makes what it posts to our webhooks: what came of them, and what is texted back.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "00000000-0000-0000-0000-000000000000"
SILENT, HANGS_UP, HANGS_UP_AFTER = "silent", "hangs up", "hangs up after taking it"


@dataclass
class Gateway:
    """How it behaves, and what it took.

    answers  what it answers to the next messages in turn: an HTTP status, (status, code of CM), SILENT, HANGS_UP
             or HANGS_UP_AFTER; when they are used up it takes what is sent
    meanwhile  what happens in the world while it takes the next messages, before it answers
    moved_to   where it says that it is from now on
    """

    answers: list[Any] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    meanwhile: list[Callable[[], None]] = field(default_factory=list)
    asked: int = 0
    url: str = ""
    moved_to: str = ""

    def texts(self) -> list[tuple[str, str]]:
        """(number, text) of all that was taken."""
        return [(message["to"][0]["number"], message["body"]["content"]) for message in self.taken]

    def references(self) -> list[str]:
        """The references of all that was taken, doubles too."""
        return [message["reference"] for message in self.taken]

    def status(self, code: int | str, *, at: int = -1, error: str = "") -> dict[str, Any]:
        """What it posts when this is known of a message that it took."""
        message = self.taken[at]
        return {
            "messages": {
                "msg": {
                    "received": "2026-11-23T18:02:10",
                    "to": message["to"][0]["number"],
                    "reference": message["reference"],
                    "status": {"code": str(code), "errorCode": error, "errorDescription": ""},
                    "operator": "20408",
                }
            }
        }

    def reply(
        self, number: str, text: str, *, reference: str = "", at: str = "2026-11-23T18:05:00"
    ) -> dict[str, Any]:
        """What it posts when somebody texts back."""
        return {
            "from": {"number": number.replace("+", "00"), "name": ""},
            "to": {"number": "0031600000000"},
            "message": {"text": text, "media": {"mediaUri": "", "contentType": "", "title": ""}, "custom": {}},
            "reference": reference,
            "groupings": ["", "", ""],
            "timeUtc": at,
            "channel": "SMS",
            "messageContext": "",
        }


@contextmanager
def serving(gateway: Gateway, port: int = 0) -> Iterator[Gateway]:
    """This gateway on the loopback address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(gateway))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    gateway.url = f"http://127.0.0.1:{server.server_port}/v1.0/message"
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            gateway.asked += 1
            answer = gateway.answers.pop(0) if gateway.answers else None
            if answer == HANGS_UP:
                self._hang_up()
                return
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.headers.get("X-CM-PRODUCTTOKEN") != TOKEN:
                self._respond(401, {"details": "Product token not valid.", "errorCode": 103, "messages": []})
                return
            self._answer(answer, body["messages"]["msg"])

        def do_GET(self) -> None:
            gateway.asked += 1
            self._respond(405, None)

        def _answer(self, answer: Any, messages: list[dict[str, Any]]) -> None:
            wrong = [_wrong(message) for message in messages]
            if answer in (None, HANGS_UP_AFTER, SILENT) and not any(wrong):
                gateway.taken += messages
                if gateway.meanwhile:
                    gateway.meanwhile.pop(0)()
                acts.get(answer, lambda handler: handler._respond(200, _report(messages, wrong)))(self)
            elif answer is None:
                self._respond(400, _report(messages, wrong))
            elif isinstance(answer, tuple):
                self._respond(answer[0], _report(messages, [answer[1]] * len(messages)))
            else:
                self._respond(answer, None)

        def _respond(self, status: int, body: Any) -> None:
            content = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if gateway.moved_to:
                self.send_header("Location", gateway.moved_to)
            self.end_headers()
            self.wfile.write(content)

        def _hang_up(self) -> None:
            self.close_connection = True
            self.connection.close()

        def log_message(self, *_: Any) -> None: ...

    acts: dict[Any, Callable[[Any], None]] = {
        HANGS_UP_AFTER: lambda handler: handler._hang_up(),
        SILENT: lambda _: time.sleep(3),
    }
    return Handler


def _wrong(message: dict[str, Any]) -> int:
    """The code of what is wrong with a message; 0 when it is good."""
    number = message["to"][0]["number"]
    if not number.startswith("00") or not number.isdigit() or len(number) < 10:
        return 303
    if not message["from"]:
        return 301
    if not message["body"]["content"]:
        return 304
    return 0 if len(message["reference"]) <= 32 and message["reference"].isalnum() else 305


def _report(messages: list[dict[str, Any]], wrong: list[int]) -> dict[str, Any]:
    made = sum(not code for code in wrong)
    return {
        "details": f"Created {made} message(s)",
        "errorCode": 201 if any(wrong) else 0,
        "messages": [
            {
                "to": message["to"][0]["number"],
                "status": "Rejected" if code else "Accepted",
                "reference": message["reference"],
                "parts": 0 if code else 1,
                "messageDetails": "" if code else None,
                "messageErrorCode": code,
            }
            for message, code in zip(messages, wrong, strict=True)
        ],
    }
