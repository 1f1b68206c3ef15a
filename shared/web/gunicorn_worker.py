"""A worker of gunicorn whose threads get whole requests only.

There are few threads and each answers one request at a time, so half a request in a thread would keep others
waiting. Here the main loop reads, without blocking, until head and body are there or the time for them is over.
"""

from __future__ import annotations

import contextlib
import errno
import re
import selectors
import socket
import threading
import time
from functools import partial
from http import HTTPStatus

from gunicorn.http import errors
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

from shared import log
from shared.web.app import MAX_BODY_BYTES
from shared.web.bare_answers import HEADERS, bare_answer

HEAD_SECONDS = 10
BODY_SECONDS = 30  # 256 KiB at the speed of a poor connection
SEND_SECONDS = 10  # for one piece of an answer that nobody takes in
_LINGER_SECONDS = 2
# More than gunicorn takes (a line of 4094 and 100 fields of 8190): what goes on has it refused there.
_MAX_HEAD_BYTES = 4094 + 100 * 8190
_READ_BYTES = 65536
# What a head says of its body; one look at it for all three.
_BODY = re.compile(
    rb"\n(?:content-length:[ \t]*(?P<length>[0-9]{1,18})[ \t]*(?=\r?\n|\Z)"
    rb"|(?P<chunked>transfer-encoding:)|(?P<expects>expect:[ \t]*100-continue))",
    re.IGNORECASE,
)
_FOR_PROGRAMS = re.compile(rb"\A\S+ /api[/ ?]|^accept:[ \t]*application/(problem\+)?json", re.I | re.MULTILINE)
_STATUS = (
    (errors.InvalidResponseHeader, 500),
    (errors.InvalidResponseHeaderName, 500),
    (errors.ConfigurationProblem, 500),
    (errors.LimitRequestLine, 414),
    (errors.LimitRequestHeaders, 431),
    (errors.ForbiddenProxyRequest, 403),
    (errors.ParseException, 400),
)


class Connection(TConn):
    """A connection with what was received of its next request.

    deadline    when the whole request, or what is left of the connection, must be there (monotonic)
    is_too_big  its body is more than we take, and is not read
    """

    def __init__(self, worker: Worker, client: socket.socket, address: object, server: object) -> None:
        super().__init__(worker.cfg, client, address, server)
        self._worker = worker
        self.deadline = 0.0
        self.start_request()

    def start_request(self) -> None:
        """Await the head of the next request."""
        self.received, self.is_too_big = bytearray(), False
        self._body_starts, self._ends_at, self._searched = 0, 0, 0

    def is_whole(self, data: bytes) -> bool:
        """Add what was received; tell whether the request can be answered, or refused, without waiting."""
        self.received += data
        if not self._body_starts and not self._read_head():
            return len(self.received) > _MAX_HEAD_BYTES
        if self._ends_at:
            return self.is_too_big or len(self.received) >= self._ends_at
        self.is_too_big = len(self.received) - self._body_starts > MAX_BODY_BYTES
        return self.is_too_big or self.received.endswith(b"0\r\n\r\n")

    def _read_head(self) -> bool:
        position = self.received.find(b"\r\n\r\n", max(0, self._searched - 3))
        self._searched = len(self.received)
        if position < 0:
            return False
        self._body_starts, head = position + 4, bytes(self.received[:position])
        of_body = {match.lastgroup: match for match in reversed(list(_BODY.finditer(head)))}
        if "chunked" not in of_body:
            length = int(of_body["length"]["length"]) if "length" in of_body else 0
            self._ends_at = self._body_starts + length
            self.is_too_big = length > MAX_BODY_BYTES
        if "expects" in of_body and not self.is_too_big:
            with contextlib.suppress(OSError):
                self.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.deadline = time.monotonic() + BODY_SECONDS
        return True

    def init(self) -> None:
        """Hand what was received to the parser; in the thread that answers."""
        super().init()
        self.sock.settimeout(SEND_SECONDS)
        self.parser.unreader.unread(bytes(self.received))

    def close(self, graceful: bool = False) -> None:
        """Close; gracefully, without letting the main loop wait for whoever does not close too."""
        if graceful:
            self._worker.linger(self)
        else:
            super().close()


class Worker(ThreadWorker):
    """gunicorn's worker with threads, with the reading of requests in its main loop."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self._reading: set[Connection] = set()
        self._lingering: set[Connection] = set()
        self._answering = threading.local()

    def accept(self, bound: socket.socket) -> None:
        """Accept a connection, and read what it asks."""
        try:
            client, address = bound.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        self._read(Connection(self, client, address, bound.getsockname()))

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """Read the next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._read(conn)

    def _read(self, conn: Connection) -> None:
        conn.start_request()
        conn.deadline = time.monotonic() + (HEAD_SECONDS if self.alive else STOP_KEEPALIVE_LINGER)
        self._receive(conn, conn.sock)  # most requests are there at once, whole

    def _receive(self, conn: Connection, client: socket.socket) -> None:
        try:
            data = client.recv(_READ_BYTES)
        except BlockingIOError:
            data = None
        except OSError:
            data = b""
        if data is None or (data and not conn.is_whole(data)):
            self._await_more(conn)
        elif data:
            self._stop_reading(conn)
            conn.data_ready = True
            self.enqueue_req(conn)
        else:
            self._drop(conn)

    def _await_more(self, conn: Connection) -> None:
        if conn not in self._reading:
            self._reading.add(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._receive, conn))

    def _stop_reading(self, conn: Connection) -> None:
        if conn in self._reading:
            self._reading.discard(conn)
            self.poller.unregister(conn.sock)

    def _drop(self, conn: Connection) -> None:
        self._stop_reading(conn)
        self.nr_conns -= 1
        conn.close()

    def linger(self, conn: Connection) -> None:
        """Say that nothing follows and close a moment later, so that an answer is not cut off."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))
        except (OSError, KeyError, ValueError):
            conn.close()
            return
        conn.deadline = time.monotonic() + _LINGER_SECONDS
        self._lingering.add(conn)

    def _drain(self, conn: Connection, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if client.recv(_READ_BYTES):
                return
        self._end_lingering(conn)

    def _end_lingering(self, conn: Connection) -> None:
        self.poller.unregister(conn.sock)
        self._lingering.discard(conn)
        conn.close()

    def murder_pending(self) -> None:
        """Close every connection whose time is over; called about once a second."""
        now = time.monotonic()
        for conn in [conn for conn in self._reading if conn.deadline < now]:
            self._drop(conn)
        for conn in [conn for conn in self._lingering if conn.deadline < now]:
            self._end_lingering(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        super()._cap_keepalive(deadline)
        for conn in list(self._reading):
            if conn.received:
                conn.deadline = min(conn.deadline, deadline)
            else:
                self._drop(conn)

    def handle(self, conn: Connection) -> object:
        """Answer one whole request, in a thread; what is too big is refused unread, and nothing can follow it."""
        self._answering.conn = conn
        if conn.is_too_big:
            conn.sock.settimeout(SEND_SECONDS)
            self._refuse(conn.sock, 413)
            return False
        return super().handle(conn)

    def _keepalive_after(self, conn: Connection, keepalive: object) -> bool:
        # What came behind the request may be half of the next: who sends that ahead may send it anew.
        return super()._keepalive_after(conn, keepalive) and not conn.parser.unreader.buf.getvalue()

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: Exception) -> None:
        """Refuse what is no request with a page or problem of ours; nothing of what was asked is logged."""
        status = next((status for kind, status in _STATUS if isinstance(exc, kind)), 500)
        if status >= 500:
            log.error("request_failed", exc)
        self._refuse(client, status)

    def _refuse(self, client: socket.socket, status: int) -> None:
        is_program = _FOR_PROGRAMS.search(self._answering.conn.received[:_READ_BYTES]) is not None
        content_type, body = bare_answer(status, for_program=is_program)
        headers = [("Content-Type", content_type), ("Content-Length", str(len(body))), ("Connection", "close")]
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        lines += [f"{name}: {value}" for name, value in (*headers, *HEADERS)]
        with contextlib.suppress(OSError):
            client.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
