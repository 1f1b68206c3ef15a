"""A web server asked by some browsers at once, each over a lasting connection and with one request at a time."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

CONNECTIONS = 8
PATIENCE_SECONDS = 60


class WebFailed(Exception):
    """It did not answer, or with another status than the one that was expected."""


@dataclass
class _Browser:
    """One connection; `wanted` is the length of the answer that comes, 0 as long as that is not known."""

    socket: socket.socket
    read: bytearray = field(default_factory=bytearray)
    wanted: int = 0


def rate(port: int, request: Callable[[], bytes], amount: int, status: int) -> float:
    """Requests a second; `request` gives a whole one each time, and each must be answered with this status."""
    browsers = [_Browser(socket.create_connection(("127.0.0.1", port), timeout=5)) for _ in range(CONNECTIONS)]
    began, asked, answered = time.monotonic(), 0, 0
    try:
        with selectors.DefaultSelector() as waiting:
            for browser in browsers:
                waiting.register(browser.socket, selectors.EVENT_READ, browser)
                browser.socket.sendall(request())
                asked += 1
            while answered < asked:
                ready = waiting.select(PATIENCE_SECONDS)
                if not ready or time.monotonic() - began > PATIENCE_SECONDS:
                    raise WebFailed("no answer in time")
                for key, _ in ready:
                    if _is_whole(key.data, status):
                        answered += 1
                        if asked < amount:
                            key.data.socket.sendall(request())
                            asked += 1
        return amount / (time.monotonic() - began)
    finally:
        for browser in browsers:
            browser.socket.close()


def _is_whole(browser: _Browser, status: int) -> bool:
    """Read what there is; whether that was the end of an answer."""
    chunk = browser.socket.recv(65536)
    if not chunk:
        raise WebFailed("a connection was closed")
    browser.read += chunk
    if not browser.wanted:
        head, separator, _ = bytes(browser.read).partition(b"\r\n\r\n")
        if not separator:
            return False
        lines = head.split(b"\r\n")
        if lines[0].split()[1] != str(status).encode():
            raise WebFailed(bytes(browser.read).decode(errors="replace")[:2000])
        lengths = [line.split(b":")[1] for line in lines[1:] if line.lower().startswith(b"content-length:")]
        browser.wanted = len(head) + 4 + int(lengths[0])
    if len(browser.read) < browser.wanted:
        return False
    browser.read.clear()
    browser.wanted = 0
    return True


def request(method: str, path: str, port: int, body: bytes = b"", **headers: str) -> bytes:
    """A request as it goes over the line; underscores in the names of headers are dashes."""
    fields = {"Host": f"127.0.0.1:{port}", "Content-Length": str(len(body)), **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body
