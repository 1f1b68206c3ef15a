"""What a transport is to the relay and to the consumer.

It may lose everything: the log of a publisher does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.messaging.outbox import OutboxEntry


class TransportDown(Exception):
    """Raised when the transport cannot take events now; what is unconfirmed is handed over again later."""


class OutgoingTransport(Protocol):
    """Carries events to their consumers. It may lose them: the log does not."""

    def send(self, events: Sequence[OutboxEntry]) -> None:
        """Send a batch, in order, without waiting for its confirmation. Raises TransportDown."""

    def wait_confirmed(self) -> int:
        """Wait for the oldest unconfirmed batch, and return the number up to which it arrived.

        Raises TransportDown when that is not known: then nothing that was sent counts.
        """

    def ensure_connected(self) -> None:
        """Connect when there is nothing to send, so that consumers can bind. Raises TransportDown."""

    def close(self) -> None:
        """Disconnect."""


@dataclass(frozen=True)
class Delivery:
    """A message from the broker.

    tag     what the broker calls it
    source  the publisher whose exchange it came through; None when it came from no publisher that is consumed
    epoch   that of the publisher's store; 0 when the message does not say
    seq     its sequence number; 0 when it has none
    text    the body: an event as JSON, or whatever was sent
    """

    tag: int
    source: str | None
    epoch: int
    seq: int
    text: str


class IncomingTransport(Protocol):
    """What the broker brings to one consumer."""

    def receive(self, limit: int) -> Sequence[Delivery]:
        """Return deliveries, oldest first; they stay on the broker until acknowledged."""

    def missed_sources(self) -> set[str]:
        """Return the publishers of whom something may have gone by; each is returned once."""

    def acknowledge(self, last: Delivery) -> None:
        """Acknowledge this delivery and all before it."""

    def close(self) -> None:
        """Give back what was not acknowledged."""
