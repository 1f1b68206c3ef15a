"""What a transport is to the relay and to the consumer.

It may lose everything: the log of a publisher does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from shared.messaging.outbox import OutboxEntry


class TransportDown(Exception):
    """Raised when the transport cannot take events now; what is unconfirmed is handed over again later."""


class OutgoingTransport(Protocol):
    """Carries events to their consumers. It may lose them: the log does not."""

    def send(self, events: Sequence[OutboxEntry]) -> None:
        """Send a batch, in order, without waiting for its confirmation. Raises TransportDown."""

    def wait_confirmed(self) -> int:
        """Wait for the oldest unconfirmed batch; gives the number up to which it arrived.

        Raises TransportDown when that is not known: then nothing that was sent counts.
        """

    def ensure_connected(self) -> None:
        """Connect when there is nothing to send, so that consumers can bind. Raises TransportDown."""

    def close(self) -> None:
        """Disconnect."""


class Delivery(Protocol):
    """A message from the broker; source is None when it came from no publisher that is consumed."""

    @property
    def source(self) -> str | None:
        """The publisher whose exchange it came through."""

    @property
    def epoch(self) -> int:
        """The epoch of the publisher's store; 0 when the message does not say."""

    @property
    def seq(self) -> int:
        """Its sequence number; 0 when it has none."""

    @property
    def text(self) -> str:
        """The body: an event as JSON, or whatever was sent."""


class IncomingTransport(Protocol):
    """What the broker brings to one consumer."""

    def receive(self, limit: int) -> Sequence[Any]:
        """Return deliveries, oldest first; they stay on the broker until acknowledged."""

    def missed_sources(self) -> set[str]:
        """Return the publishers of whom something may have gone by; each is returned once."""

    def acknowledge(self, last: Any) -> None:
        """Acknowledge this delivery and all before it."""

    def close(self) -> None:
        """Give back what was not acknowledged."""
