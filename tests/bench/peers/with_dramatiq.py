"""Dramatiq: acknowledged after the work, publisher confirms, a quorum queue."""

from __future__ import annotations

from typing import Any

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from effect import BROKER, QUEUE, senders, write
from speak import answer


class QuorumBroker(RabbitmqBroker):
    """Its queues are quorum queues."""

    def _build_queue_arguments(self, queue_name: str) -> dict[str, Any]:
        return {**super()._build_queue_arguments(queue_name), "x-queue-type": "quorum"}


dramatiq.set_broker(QuorumBroker(url=BROKER, confirm_delivery=True))


@dramatiq.actor(queue_name=QUEUE, actor_name="note")
def note(n: int) -> None:
    """The handler."""
    write("effect", n)


if __name__ == "__main__":
    answer(senders(note.send))
