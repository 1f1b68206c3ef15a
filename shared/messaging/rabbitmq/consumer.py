"""Receiving from RabbitMQ: a small loop of our own over kombu, raw messages, one connection for one thread.

Nothing here decides whether an event counts: that is the inbox. So whatever goes wrong, the connection is thrown
away and made anew, everything is declared again, and the publisher's log fills what was lost.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from typing import Any

from amqp.exceptions import AMQPError, NotFound
from kombu import Connection, Consumer, Message
from kombu.exceptions import KombuError

from shared import log, watchdog
from shared.messaging.rabbitmq.topology import connect, declare_queues, exchange_name, publisher_exchange
from shared.messaging.transport import Delivery
from shared.polling import HasDescriptor, is_readable

PREFETCH = 200
RECONNECT_SECONDS = 1.0
# A frame that began to come in is all there within this time, or the connection is lost.
FRAME_SECONDS = 5.0
_BROKEN = (AMQPError, KombuError, OSError)


class RabbitConsumer:
    """The queue of one consumer. `wait` and `receive` are called by one thread."""

    def __init__(self, url: str, prefix: str, service: str, sources: Iterable[str]) -> None:
        self._url, self._prefix, self._service = url, prefix, service
        self._by_exchange = {exchange_name(prefix, source): source for source in sorted(sources)}
        self._connection: Any = None
        self._channel: Any = None
        self._unbound: set[str] = set()
        self._missed: set[str] = set()
        self._arrived: list[Delivery] = []
        self._reconnect_at = 0.0

    def wait(self, seconds: float) -> bool:
        """Wait until something has come in, at most so long; True when there may be something.

        It is `receive` that connects, so that who has no lease takes nothing from who has.
        """
        if self._arrived:
            return True
        if self._connection is None:
            time.sleep(seconds)
            return False
        with self._disconnecting_on_error():
            self._ensure_connected()
            self._drain(0 if self._arrived or self._missed else seconds)
        return bool(self._arrived or self._missed)

    def receive(self, limit: int) -> list[Delivery]:
        """Return what has come in, oldest first; it stays on the broker until it is acknowledged."""
        with self._disconnecting_on_error():
            if self._ensure_connected():
                self._drain(0)
        received, self._arrived = self._arrived[:limit], self._arrived[limit:]
        return received

    def missed_sources(self) -> set[str]:
        """Return the publishers whose events may have gone by before our queue was bound.

        Each is returned once.
        """
        missed, self._missed = self._missed, set()
        return missed

    def acknowledge(self, last: Delivery) -> None:
        """Acknowledge this delivery and all before it."""
        with self._disconnecting_on_error():
            if self._channel is not None:
                self._channel.basic_ack(last.tag, multiple=True)

    def close(self) -> None:
        """Disconnect: what was not acknowledged goes to whoever consumes next."""
        connection = self._forget()
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.close()

    def _forget(self) -> Connection | None:
        connection, self._connection, self._channel = self._connection, None, None
        self._arrived = []
        return connection

    def _ensure_connected(self) -> bool:
        if self._connection is not None:
            if self._unbound and time.monotonic() >= self._reconnect_at:
                self._bind()
            return True
        if time.monotonic() < self._reconnect_at:
            return False
        self._reconnect_at = time.monotonic() + RECONNECT_SECONDS
        self._connection = connect(self._url, f"houvast {self._service} consumer")
        watchdog.lose(watchdog.BROKER)
        with watchdog.may_take(watchdog.CONNECT_SECONDS):
            # Once: kombu by itself tries again after a pause, while its thread reports nothing.
            self._connection.ensure_connection(max_retries=0, reraise_as_library_errors=False)
        watchdog.reach(watchdog.BROKER)
        self._channel = self._connection.channel()
        self._queue = declare_queues(self._channel, self._prefix, self._service)
        self._unbound = set(self._by_exchange)
        self._bind()
        self._channel.basic_qos(0, PREFETCH, False)
        # Raw messages: kombu throws away what it cannot decode, and calls every OSError a lost broker.
        Consumer(self._channel, queues=[self._queue], on_message=self._on_message, auto_declare=False).consume()
        log.event("broker_connected")
        return True

    def _bind(self) -> None:
        """Bind to the publishers. One without an exchange yet is tried again; its log fills the gap."""
        self._reconnect_at = time.monotonic() + RECONNECT_SECONDS
        for name in sorted(self._unbound):
            with self._connection.channel() as channel:
                try:
                    publisher_exchange(self._prefix, self._by_exchange[name], passive=True).bind(channel).declare()
                except NotFound:
                    continue
            self._queue.bind_to(name, routing_key="#")
            self._unbound.discard(name)
            self._missed.add(self._by_exchange[name])

    def _drain(self, seconds: float) -> None:
        """Read what is there; wait for the first byte when there is nothing."""
        self._connection.heartbeat_check()
        socket, timeout = self._connection.connection.sock, seconds
        while len(self._arrived) < PREFETCH and _has_data(socket, timeout):
            self._read_frames(socket)
            timeout = 0.0

    def _read_frames(self, socket: HasDescriptor) -> None:
        """Read on to the end of an event, or as far as it has come: behind a heartbeat comes nothing."""
        while not self._connection.connection.blocking_read(FRAME_SECONDS) and _has_data(socket, 0):
            pass

    def _on_message(self, message: Message) -> None:
        headers, exchange = message.headers or {}, message.delivery_info.get("exchange", "")
        body = message.body
        text = body if isinstance(body, str) else bytes(body).decode(errors="replace")
        self._arrived.append(
            Delivery(
                message.delivery_tag,
                self._by_exchange.get(exchange),
                _number(headers.get("epoch")),
                _number(headers.get("seq")),
                text,
            )
        )

    @contextlib.contextmanager
    def _disconnecting_on_error(self) -> Iterator[None]:
        try:
            yield
        except _BROKEN as error:
            if self._connection is not None:
                log.event("broker_connection_lost", error=type(error).__name__)
            self._reconnect_at = time.monotonic() + RECONNECT_SECONDS
            connection = self._forget()
            if connection is not None:
                with contextlib.suppress(Exception):
                    connection.collect()  # without a word: who is gone would never answer that


def _has_data(socket: HasDescriptor, seconds: float) -> bool:
    # What TLS has read already does not show on the socket.
    is_buffered = getattr(socket, "pending", int)() > 0
    return is_buffered or is_readable(socket, seconds)


def _number(value: object) -> int:
    return value if isinstance(value, int) and 0 < value < 2**62 else 0
