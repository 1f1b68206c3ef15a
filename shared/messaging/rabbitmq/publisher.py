"""Publishing events to RabbitMQ with pika: a window of them at once, each confirmed, and returns counted.

An event counts as handed over only when the broker confirmed it and did not return it. After any doubt (nack,
close, time-out) the connection is thrown away and the relay starts again from its lowest unconfirmed number;
a consumer that gets an event twice counts it once.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import pika
from pika.channel import Channel
from pika.exceptions import AMQPError
from pika.frame import Method

from shared import log, watchdog
from shared.messaging.outbox import OutboxEntry
from shared.messaging.rabbitmq.buffered_connection import BufferedConnection
from shared.messaging.rabbitmq.topology import CONNECT_SECONDS, CONTENT_TYPE, HEARTBEAT_SECONDS, exchange_name
from shared.messaging.transport import TransportDown

# A broker that confirms nothing more for so long is taken to be gone.
ANSWER_SECONDS = 7.0
CLOSE_SECONDS = 2.0


@dataclass
class _Window:
    """Events in flight, with tags up to `last`; `done` is set when each has its answer, or none will come."""

    events: Sequence[OutboxEntry]
    lowest: int = 0
    last: int = 0
    unconfirmed: set[int] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)
    failure: str = ""
    done: threading.Event = field(default_factory=threading.Event)

    def fail(self, why: str) -> None:
        """Stop waiting for answers."""
        if not self.done.is_set():
            self.failure = why
            self.done.set()


class RabbitPublisher:
    """One connection in a thread of its own; used by one thread at a time."""

    def __init__(self, url: str, prefix: str, service: str) -> None:
        self._url, self._service = url, service
        self._exchange = exchange_name(prefix, service)
        self._connection: Any = None
        self._channel: Any = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._windows: deque[_Window] = deque()
        self._unconfirmed: list[_Window] = []  # not confirmed; touched by the connection's own thread only
        self._failure = ""
        self._tag = 0

    @property
    def is_open(self) -> bool:
        """Whether there is a connection with an open channel."""
        return self._ready.is_set() and self._channel is not None and self._channel.is_open

    def open(self) -> None:
        """Connect and declare our exchange. Raises TransportDown."""
        self.close()
        self._ready, self._windows, self._failure = threading.Event(), deque(), ""
        self._thread = threading.Thread(target=self._run, name=f"{self._service}.transport", daemon=True)
        self._thread.start()
        watchdog.report()
        if not self._ready.wait(CONNECT_SECONDS) or not self.is_open:
            self.close()
            raise TransportDown(self._failure or "no answer")

    def send(self, events: Sequence[OutboxEntry]) -> None:
        """Publish these, in order, behind what was sent before, and do not wait. Raises TransportDown."""
        if not self.is_open:
            if self._windows:
                self._throw_away("closed")
            self.open()
        window = _Window(events)
        self._windows.append(window)
        if not self.is_open:  # meanwhile: nobody would fail this window
            self._throw_away("closed")
        self._connection.ioloop.add_callback_threadsafe(lambda: self._publish(window))

    def wait_confirmed(self) -> int:
        """Wait for the oldest window, and return the number up to which all its events arrived in some queue.

        Raises TransportDown when that cannot be known: then nothing counts of what was sent.
        """
        window = self._windows[0]
        left = -1
        while not window.done.is_set() and len(window.unconfirmed) != left:
            watchdog.report()
            left = len(window.unconfirmed)
            window.done.wait(ANSWER_SECONDS)
        if not window.done.is_set():
            window.failure = "no confirmation in time"
        if window.failure:
            self._throw_away(window.failure)
        self._windows.popleft()
        returned = [event.seq for event in window.events if event.id in window.returned]
        if returned:
            log.event("events_unroutable", count=len(returned), seq=returned[0])
            return returned[0] - 1
        return window.events[-1].seq

    def _throw_away(self, why: str) -> NoReturn:
        self.close()
        raise TransportDown(why)

    def ensure_connected(self) -> None:
        """Connect and declare our exchange, so that consumers can bind to it. Raises TransportDown."""
        if not self.is_open:
            self.open()

    def close(self) -> None:
        """Throw the connection away."""
        watchdog.report()
        self._windows.clear()
        thread, self._thread = self._thread, None
        if thread is None:
            return
        with contextlib.suppress(Exception):  # whatever state it is in, it goes
            self._connection.ioloop.add_callback_threadsafe(self._stop)
        thread.join(CLOSE_SECONDS)
        self._channel = self._connection = None

    def _run(self) -> None:
        windows = self._windows
        try:
            connection = BufferedConnection(
                _parameters(self._url, f"houvast {self._service} relay"),
                on_open_callback=self._opened,
                on_open_error_callback=self._failed,
                on_close_callback=self._failed,
            )
            self._connection = connection
            connection.ioloop.start()
            connection.ioloop.close()
        except Exception as error:  # a transport that breaks is one that is down
            self._failed(None, error)
        for window in tuple(windows):
            window.fail("ended")

    def _opened(self, connection: pika.SelectConnection) -> None:
        connection.channel(on_open_callback=self._channel_opened)

    def _channel_opened(self, channel: Channel) -> None:
        self._channel, self._tag, self._unconfirmed = channel, 0, []
        channel.add_on_close_callback(self._close_in_doubt)
        channel.add_on_return_callback(self._returned)
        channel.exchange_declare(self._exchange, "topic", durable=True, callback=self._declared)

    def _declared(self, _answer: object) -> None:
        self._channel.confirm_delivery(self._confirmed, callback=lambda _ok: self._ready.set())

    def _close_in_doubt(self, _channel: object, why: object) -> None:
        """Fail every window and close the connection."""
        self._fail_windows(why)
        self._stop()

    def _failed(self, _connection: object, why: object) -> None:
        """End the loop: the connection is gone, or never came."""
        self._fail_windows(why)
        with contextlib.suppress(Exception):
            self._connection.ioloop.stop()

    def _fail_windows(self, why: object) -> None:
        self._channel = None
        self._failure = type(why).__name__ if isinstance(why, BaseException) else str(why)
        for window in tuple(self._windows):
            window.fail(self._failure)
        self._ready.set()

    def _stop(self) -> None:
        """Close the connection, which ends the loop."""
        if not self._connection.is_closing and not self._connection.is_closed:
            with contextlib.suppress(AMQPError):
                self._connection.close()

    def _publish(self, window: _Window) -> None:
        window.lowest, window.last = self._tag + 1, self._tag + len(window.events)
        window.unconfirmed.update(range(window.lowest, window.last + 1))
        self._tag = window.last
        self._unconfirmed.append(window)
        try:
            with self._connection.buffered():
                for event in window.events:
                    self._channel.basic_publish(
                        self._exchange,
                        event.type,
                        event.text.encode(),
                        _properties(event),
                        mandatory=True,
                    )
        except Exception as error:  # closed meanwhile
            self._close_in_doubt(None, error)

    def _confirmed(self, frame: Method) -> None:
        tag = frame.method.delivery_tag
        if isinstance(frame.method, pika.spec.Basic.Nack):
            self._close_in_doubt(None, "nacked")
            return
        for window in self._unconfirmed:
            if not frame.method.multiple:
                window.unconfirmed.discard(tag)
            while frame.method.multiple and window.lowest <= min(tag, window.last):
                window.unconfirmed.discard(window.lowest)
                window.lowest += 1
        while self._unconfirmed and not self._unconfirmed[0].unconfirmed:
            self._unconfirmed.pop(0).done.set()

    def _returned(self, _channel: object, _method: object, properties: pika.BasicProperties, _body: bytes) -> None:
        """Record that no queue took it; the broker tells so before it confirms."""
        for window in self._unconfirmed:
            window.returned.add(properties.message_id)


def _parameters(url: str, name: str) -> pika.URLParameters:
    parameters = pika.URLParameters(url)
    parameters.heartbeat, parameters.blocked_connection_timeout = HEARTBEAT_SECONDS, ANSWER_SECONDS
    parameters.connection_attempts, parameters.socket_timeout, parameters.stack_timeout = 1, 5, 10
    parameters.client_properties = {"connection_name": name}
    return parameters


def _properties(event: OutboxEntry) -> pika.BasicProperties:
    return pika.BasicProperties(
        content_type=CONTENT_TYPE,
        delivery_mode=2,
        message_id=event.id,
        type=event.type,
        app_id="houvast",
        headers={"epoch": event.epoch, "seq": event.seq},
    )
