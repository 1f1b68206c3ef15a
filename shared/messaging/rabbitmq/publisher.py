"""Handing events to RabbitMQ with pika: a window of them at once, each confirmed, and returns counted.

An event counts as handed over only when the broker confirmed it and did not return it. After any doubt (nack,
close, time-out) the connection is thrown away and the relay starts again from its lowest unconfirmed number;
whoever gets an event twice counts it once.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import pika
from pika.exceptions import AMQPError

from shared import log
from shared.messaging.outbox import OutboxEntry
from shared.messaging.rabbitmq.buffered_connection import BufferedConnection
from shared.messaging.rabbitmq.topology import CONTENT_TYPE, HEARTBEAT_SECONDS, exchange_name
from shared.messaging.relay import TransportDown

ANSWER_SECONDS = 30.0
CONNECT_SECONDS = 10.0


@dataclass
class _Window:
    """Events on their way, with tags up to `last`; `done` is set when each has its answer, or none will come."""

    events: Sequence[OutboxEntry]
    lowest: int = 0
    last: int = 0
    waiting: set[int] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)
    trouble: str = ""
    done: threading.Event = field(default_factory=threading.Event)

    def fail(self, why: str) -> None:
        """Nothing more will be heard of it."""
        if not self.done.is_set():
            self.trouble = why
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
        self._published: list[_Window] = []  # not confirmed; touched by the connection's own thread only
        self._trouble = ""
        self._tag = 0

    @property
    def is_open(self) -> bool:
        """Whether the broker is there for us."""
        return self._ready.is_set() and self._channel is not None and self._channel.is_open

    def open(self) -> None:
        """Connect and declare our exchange. Raises TransportDown."""
        self.close()
        self._ready, self._windows, self._trouble = threading.Event(), deque(), ""
        self._thread = threading.Thread(target=self._run, name=f"{self._service}.transport", daemon=True)
        self._thread.start()
        if not self._ready.wait(CONNECT_SECONDS) or not self.is_open:
            self.close()
            raise TransportDown(self._trouble or "no answer")

    def send(self, events: Sequence[OutboxEntry]) -> None:
        """Hand these over, in order, behind what was sent before, and do not wait. Raises TransportDown."""
        if not self.is_open:
            if self._windows:
                self._throw_away("closed")
            self.open()
        window = _Window(events)
        self._windows.append(window)
        if not self.is_open:  # meanwhile: nobody would tell this one
            self._throw_away("closed")
        self._connection.ioloop.add_callback_threadsafe(lambda: self._publish(window))

    def settle(self) -> int:
        """Wait for the first that were sent; gives the last number up to which all of them arrived somewhere.

        Raises TransportDown when that cannot be known: then nothing counts of what was sent.
        """
        window = self._windows[0]
        if not window.done.wait(ANSWER_SECONDS):
            window.trouble = "no confirmation in time"
        if window.trouble:
            self._throw_away(window.trouble)
        self._windows.popleft()
        lost = [event.seq for event in window.events if event.id in window.returned]
        if lost:
            log.event("events_unroutable", count=len(lost), seq=lost[0])
            return lost[0] - 1
        return window.events[-1].seq

    def _throw_away(self, why: str) -> NoReturn:
        self.close()
        raise TransportDown(why)

    def stay_ready(self) -> None:
        """Be connected, with our exchange declared, so that consumers can bind to it. Raises TransportDown."""
        if not self.is_open:
            self.open()

    def close(self) -> None:
        """Throw the connection away."""
        self._windows.clear()
        thread, self._thread = self._thread, None
        if thread is None:
            return
        with contextlib.suppress(Exception):  # whatever state it is in, it goes
            self._connection.ioloop.add_callback_threadsafe(self._stop)
        thread.join(CONNECT_SECONDS)
        self._channel = self._connection = None

    def _run(self) -> None:
        windows = self._windows
        try:
            connection: Any = BufferedConnection(
                _parameters(self._url, f"houvast {self._service} relay"), on_open_callback=self._opened,
                on_open_error_callback=self._failed, on_close_callback=self._failed,
            )  # fmt: skip
            self._connection = connection
            connection.ioloop.start()
            connection.ioloop.close()
        except Exception as error:  # a transport that breaks is one that is down
            self._failed(None, error)
        for window in tuple(windows):
            window.fail("ended")

    def _opened(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._channel_opened)

    def _channel_opened(self, channel: Any) -> None:
        self._channel, self._tag, self._published = channel, 0, []
        channel.add_on_close_callback(self._give_up)
        channel.add_on_return_callback(self._returned)
        channel.exchange_declare(self._exchange, "topic", durable=True, callback=self._declared)

    def _declared(self, _answer: Any) -> None:
        self._channel.confirm_delivery(self._confirmed, callback=lambda _ok: self._ready.set())

    def _give_up(self, _channel: Any, why: Any) -> None:
        """In doubt: whoever waits is told, and the connection is closed."""
        self._tell(why)
        self._stop()

    def _failed(self, _connection: Any, why: Any) -> None:
        """The connection is gone, or never came: the loop ends."""
        self._tell(why)
        with contextlib.suppress(Exception):
            self._connection.ioloop.stop()

    def _tell(self, why: Any) -> None:
        self._channel = None
        self._trouble = type(why).__name__ if isinstance(why, BaseException) else str(why)
        for window in tuple(self._windows):
            window.fail(self._trouble)
        self._ready.set()

    def _stop(self) -> None:
        """Say goodbye; the loop ends when the connection is closed."""
        if not self._connection.is_closing and not self._connection.is_closed:
            with contextlib.suppress(AMQPError):
                self._connection.close()

    def _publish(self, window: _Window) -> None:
        window.lowest, window.last = self._tag + 1, self._tag + len(window.events)
        window.waiting.update(range(window.lowest, window.last + 1))
        self._tag = window.last
        self._published.append(window)
        try:
            with self._connection.gathered():
                for event in window.events:
                    self._channel.basic_publish(
                        self._exchange,
                        event.type,
                        event.text.encode(),
                        _properties(event),
                        mandatory=True,
                    )
        except Exception as error:  # closed meanwhile
            self._give_up(None, error)

    def _confirmed(self, frame: Any) -> None:
        tag = frame.method.delivery_tag
        if isinstance(frame.method, pika.spec.Basic.Nack):
            self._give_up(None, "nacked")
            return
        for window in self._published:
            if not frame.method.multiple:
                window.waiting.discard(tag)
            while frame.method.multiple and window.lowest <= min(tag, window.last):
                window.waiting.discard(window.lowest)
                window.lowest += 1
        while self._published and not self._published[0].waiting:
            self._published.pop(0).done.set()

    def _returned(self, _channel: Any, _method: Any, properties: Any, _body: bytes) -> None:
        """Before its confirmation comes the news that no queue wanted it."""
        for window in self._published:
            window.returned.add(properties.message_id)


def _parameters(url: str, name: str) -> Any:
    parameters = pika.URLParameters(url)
    parameters.heartbeat, parameters.blocked_connection_timeout = HEARTBEAT_SECONDS, 10
    parameters.connection_attempts, parameters.socket_timeout, parameters.stack_timeout = 1, 5, 10
    parameters.client_properties = {"connection_name": name}
    return parameters


def _properties(event: OutboxEntry) -> Any:
    return pika.BasicProperties(
        content_type=CONTENT_TYPE, delivery_mode=2, message_id=event.id, type=event.type, app_id="houvast",
        headers={"epoch": event.epoch, "seq": event.seq},
    )  # fmt: skip
