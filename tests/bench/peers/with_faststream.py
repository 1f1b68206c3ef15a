"""FastStream: acknowledged after the work, publisher confirms, a quorum queue.

with_faststream.py publish | work
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import psycopg
from effect import BROKER, DATABASE, INSERT, PREFETCH, QUEUE, senders
from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue
from speak import answer

queue = RabbitQueue(QUEUE, durable=True, queue_type=QueueType.QUORUM)
broker = RabbitBroker(BROKER, default_channel=Channel(prefetch_count=PREFETCH), logger=None)
_open: list[Any] = []


@broker.subscriber(queue, ack_policy=AckPolicy.NACK_ON_ERROR)
async def note(n: int) -> None:
    """The handler."""
    if not _open:
        _open.append(await psycopg.AsyncConnection.connect(DATABASE))
    await _open[0].execute(INSERT.format("effect"), (n, time.time()))
    await _open[0].commit()


def publish() -> None:
    """Publish one by one what is asked."""
    loop = asyncio.new_event_loop()
    loop.run_until_complete(broker.connect())
    loop.run_until_complete(broker.declare_queue(queue))
    answer(senders(lambda n: loop.run_until_complete(broker.publish(n, queue=queue, persist=True))))


if __name__ == "__main__":
    publish() if sys.argv[1] == "publish" else asyncio.run(FastStream(broker, logger=None).run())
