"""A network between us and a server that can be cut: a proxy on the loopback address that does as asked."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from urllib.parse import urlsplit, urlunsplit

DELAY_SECONDS = 0.3
# So long does a server take to notice that nobody is there any more: PostgreSQL when it is asked to look, RabbitMQ
# by its heartbeat.
NOTICED_SECONDS = 8.0
FAULTS = ("drop", "delay", "half_open", "reset")
_CHUNK = 64 * 1024


class FaultyNetwork:
    """Passes on what comes in on `port` to the server at `url`, until a fault is set.

    drop       every connection is closed, and new ones are closed at once
    reset      the same with a reset in place of an end
    half_open  connections stay, new ones are taken, and nothing is passed on, not even that an end is closed;
               those stay dead afterwards, and the server keeps its side until it notices
    delay      everything is passed on later
    """

    def __init__(self, url: str) -> None:
        at = urlsplit(url)
        self._server = (at.hostname or "127.0.0.1", at.port or 0)
        self._entrance = socket.create_server(("127.0.0.1", 0))
        self.port = self._entrance.getsockname()[1]
        host = at.netloc.rpartition("@")[0] + ("@" if "@" in at.netloc else "") + f"127.0.0.1:{self.port}"
        self.url = urlunsplit(at._replace(netloc=host))
        self._fault: str | None = None
        self._lock = threading.Lock()
        self._pairs: list[_Pair] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> FaultyNetwork:
        return self

    def __exit__(self, *_: TracebackType | type | BaseException | None) -> None:
        self._entrance.close()
        self.cut("drop")

    def cut(self, fault: str) -> None:
        """Let this be the matter from now on."""
        with self._lock:
            self._fault = fault
            pairs = list(self._pairs)
            if fault in ("drop", "reset"):
                self._pairs.clear()
        for pair in pairs:
            if fault in ("drop", "reset"):
                pair.close(with_reset=fault == "reset")
            else:
                if fault == "half_open":
                    pair.die()
                pair.delay_seconds = DELAY_SECONDS if fault == "delay" else 0.0

    def repair(self) -> None:
        """Let the world be right again: what is connected from now on works."""
        with self._lock:
            self._fault = None
            for pair in self._pairs:
                pair.delay_seconds = 0.0

    def count(self) -> int:
        """Return how many connections came in since it was dropped or reset last."""
        with self._lock:
            return len(self._pairs)

    def ports(self) -> list[int]:
        """Where the server sees its connections come from."""
        with self._lock:
            pairs = list(self._pairs)
        return [port for pair in pairs if (port := pair.port_at_server()) is not None]

    @contextlib.contextmanager
    def out_of_order(self, fault: str) -> Iterator[None]:
        """Let this be the matter inside."""
        self.cut(fault)
        try:
            yield
        finally:
            self.repair()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._entrance.accept()
            except OSError:
                return
            with self._lock:
                pair = _Pair(client)
                pair.is_dead = self._fault == "half_open"
                pair.delay_seconds = DELAY_SECONDS if self._fault == "delay" else 0.0
                is_refused = self._fault in ("drop", "reset")
                if not is_refused:
                    self._pairs.append(pair)
            if is_refused:
                pair.close(with_reset=self._fault == "reset")
            else:
                threading.Thread(target=pair.run, args=(self._server,), daemon=True).start()


class _Pair:
    """One connection through us."""

    def __init__(self, client: socket.socket) -> None:
        self._ends = [client]
        self.is_dead = False
        self.delay_seconds = 0.0

    def run(self, server: tuple[str, int]) -> None:
        if self.is_dead:
            self._pump(self._ends[0], self._ends[0])
            return
        try:
            self._ends.append(socket.create_connection(server, timeout=5))
        except OSError:
            self.close()
            return
        client, other = self._ends
        other.settimeout(None)
        threading.Thread(target=self._pump, args=(other, client), daemon=True).start()
        self._pump(client, other)

    def port_at_server(self) -> int | None:
        """The port that the server sees; None when there is none (any more)."""
        with contextlib.suppress(OSError, IndexError):
            port: int = self._ends[1].getsockname()[1]
            return port or None
        return None

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(_CHUNK):
                time.sleep(self.delay_seconds)
                if not self.is_dead:
                    sink.sendall(chunk)
        # A network that passes nothing on does not pass on that one end was closed either.
        if self.is_dead:
            _end(source)
        else:
            self.close()

    def die(self) -> None:
        """Pass nothing on any more. The server's side ends when the server notices."""
        self.is_dead = True
        for end in self._ends[1:]:
            noticed = threading.Timer(NOTICED_SECONDS, _end, (end,))
            noticed.daemon = True
            noticed.start()

    def close(self, *, with_reset: bool = False) -> None:
        """End both sides."""
        for end in self._ends:
            _end(end, with_reset=with_reset)


def _end(end: socket.socket, *, with_reset: bool = False) -> None:
    with contextlib.suppress(OSError):  # it may be closed by now
        if with_reset:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.shutdown(socket.SHUT_RD)  # wakes who reads from it: as long as somebody does, it is not closed
        else:
            end.shutdown(socket.SHUT_RDWR)
    end.close()
