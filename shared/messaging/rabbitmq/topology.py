"""The names on the broker, and how they are declared: one exchange a publisher, one queue a consumer.

Only the publisher's own user may write to its exchange, so the exchange that an event came through says who sent
it. Queues are quorum queues with a delivery limit of our own on every version; what exceeds it goes to a queue
of dead letters that is declared first and is never its own source.
"""

from __future__ import annotations

from amqp import Channel
from kombu import Connection, Exchange, Queue

DELIVERY_LIMIT = 20
# A broker that is silent for twice as long is gone, whatever the network pretends.
HEARTBEAT_SECONDS = 4
CONNECT_SECONDS = 4.0
CONTENT_TYPE = "application/cloudevents+json"


def exchange_name(prefix: str, service: str) -> str:
    """Return the exchange that a service publishes to."""
    return f"{prefix}.{service}"


def queue_name(prefix: str, service: str) -> str:
    """Return the queue of a consumer. Not the name of its exchange: rights do not tell the two apart."""
    return f"{prefix}.{service}.inbox"


def dead_name(prefix: str, service: str) -> str:
    """Return the queue of events that crashed their consumer again and again."""
    return f"{prefix}.{service}.dead"


def publisher_exchange(prefix: str, service: str, *, passive: bool = False) -> Exchange:
    """Return the exchange of a publisher; passive only checks whether it is there."""
    return Exchange(exchange_name(prefix, service), type="topic", durable=True, passive=passive)


def declare_queues(channel: Channel, prefix: str, service: str) -> Queue:
    """Declare the queue of a consumer, after the queue of its dead letters, and return it."""
    dead = dead_name(prefix, service)
    # Its own exchange, because whoever may write to the default one may write to everybody's queue.
    dead_letters = Exchange(dead, type="fanout", durable=True)
    Queue(dead, dead_letters, durable=True, queue_arguments={"x-queue-type": "quorum"}).bind(channel).declare()
    queue = Queue(
        queue_name(prefix, service),
        durable=True,
        queue_arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": dead,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        },
    ).bind(channel)
    queue.queue_declare()
    return queue


def connect(url: str, name: str) -> Connection:
    """Return a new connection; `name` is shown to whoever operates the broker."""
    options = {"client_properties": {"connection_name": name}, "read_timeout": 5, "write_timeout": 5}
    return Connection(url, heartbeat=HEARTBEAT_SECONDS, connect_timeout=CONNECT_SECONDS, transport_options=options)
