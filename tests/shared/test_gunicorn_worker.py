"""The server before the threads: strangers who send half a request, too much or nonsense, over real sockets."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.local.ports import free_port
from shared.cli import gunicorn_options
from shared.web.app import MAX_BODY_BYTES

ROOT = Path(__file__).resolve().parents[2]
APP = """
from flask import Flask, request
from shared.web.app import MAX_BODY_BYTES

app = Flask("lengths")
app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES

@app.route("/", methods=["GET", "POST"])
def length():
    return str(len(request.get_data()))
"""
WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
THREADS = 8
HALVES = {
    "nothing": b"",
    "half a line": b"GET /inlo",
    "half a head": b"GET / HTTP/1.1\r\nHost: x\r\n",
    "half a body": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf",
    "half a chunk": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf",
    "one and a half": b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT",
    "a whole one that stays": b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder, port = tmp_path_factory.mktemp("app"), free_port()
    (folder / "lengths.py").write_text(APP, encoding="utf-8")
    options = [*gunicorn_options(f"127.0.0.1:{port}"), "--log-level", "error", "--pythonpath", str(folder)]
    process = subprocess.Popen([sys.executable, "-m", "gunicorn", *options, "lengths:app"], cwd=ROOT)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                connect(port).close()
                break
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def ask(port: int, request: bytes) -> bytes:
    """Send it and read until the server closes, or until a whole answer is there that keeps the connection."""
    with connect(port) as connection:
        connection.sendall(request)
        return read(connection)


def read(connection: socket.socket) -> bytes:
    answer = b""
    while data := connection.recv(65536):
        answer += data
        head, end, body = answer.partition(b"\r\n\r\n")
        length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":")
        if end and length != b":" and len(body) >= int(length.partition(b":")[2]):
            break
    return answer


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_others_are_answered_while_twice_as_many_as_there_are_threads_never_end(port: int, half: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(2 * THREADS):
            stack.enter_context(connect(port)).sendall(half)

        # All of them answered before the time of even one connection is over.
        answers = [ask(port, WHOLE) for _ in range(3 * THREADS)]

    assert {answer.split(b" ")[1] for answer in answers} == {b"200"}


@pytest.mark.slow
def test_who_sends_half_a_request_and_waits_is_disconnected(port: int) -> None:
    with ExitStack() as stack:
        waiting = [stack.enter_context(connect(port)) for _ in HALVES]
        for connection, half in zip(waiting, HALVES.values(), strict=True):
            connection.sendall(half)
        connection = waiting[list(HALVES).index("half a head")]

        assert connection.recv(10) == b""


def test_a_request_that_comes_in_pieces_is_answered_whole(port: int) -> None:
    pieces = (b"POST / HT", b"TP/1.1\r\nHost: x\r\nContent-", b"Length: 5\r\n\r", b"\nab", b"cde")
    chunks = (
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n",
        b"abc\r\n2\r\nde\r\n0\r",
        b"\n\r\n",
    )
    for parts in (pieces, chunks):
        with connect(port) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for part in parts:
                connection.sendall(part)
                time.sleep(0.02)
            answer = read(connection)
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith(b"\r\n\r\n5")


def test_a_connection_is_used_again_for_the_next_request(port: int) -> None:
    with connect(port) as connection:
        for body in (b"a", b"bc"):
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            assert read(connection).endswith(b"\r\n\r\n%d" % len(body))


def test_who_asks_whether_a_body_is_welcome_hears_that_it_is(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(b"ab")
        answer = b""
        while b"HTTP/1.1 200" not in answer:
            received = connection.recv(1000)
            assert received, answer
            answer += received


@pytest.mark.parametrize(
    "body", [b"Content-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1), b"Content-Length: 99999999999999999\r\n\r\n"]
)
def test_after_a_body_that_is_too_big_the_connection_says_that_it_closes(port: int, body: bytes) -> None:
    answer = ask(port, b"POST / HTTP/1.1\r\nHost: x\r\n" + body + b"x" * 1000)

    assert answer.startswith(b"HTTP/1.1 413")
    assert b"\r\nconnection: close\r\n" in answer.lower()


def test_a_chunked_body_that_is_too_big_ends_the_connection_too(port: int) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with connect(port) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 5)
        answer = read(connection)

    assert answer.startswith(b"HTTP/1.1 413")
    assert b"\r\nconnection: close\r\n" in answer.lower()


@pytest.mark.parametrize(
    ("request_text", "status", "heading"),
    [
        (b"GET /?" + b"x" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "Dit adres is te lang"),
        (b"GET /api/?" + b"x" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "Dit adres is te lang"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"x" * 9000 + b"\r\n\r\n", 431, "Te veel in één keer"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n", 400, "Dit kunnen we niet lezen"),
        (b"nonsense\r\n\r\n", 400, "Dit kunnen we niet lezen"),
        (b"GET /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400, "Dit kunnen we niet lezen"),
    ],
)
def test_what_is_no_request_gets_a_dutch_page_or_a_problem(
    port: int, request_text: bytes, status: int, heading: str
) -> None:
    head, _, body = ask(port, request_text).decode().partition("\r\n\r\n")

    assert head.startswith(f"HTTP/1.1 {status} ")
    assert "Connection: close" in head
    if request_text.startswith(b"GET /api/"):
        assert "Content-Type: application/problem+json" in head
        assert (json.loads(body)["status"], json.loads(body)["title"]) == (status, heading)
    else:
        assert "Content-Type: text/html; charset=utf-8" in head
        assert f"<h1>{heading}</h1>" in body
        assert '<html lang="nl">' in body
