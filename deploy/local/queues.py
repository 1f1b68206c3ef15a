"""Events that are still under way on the broker, and may go: the logs of their publishers have them too."""

from __future__ import annotations

import contextlib

import pika
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError, ChannelClosedByBroker

from deploy.local.installation import NAMES
from shared.messaging.rabbitmq.topology import queue_name


def empty_queues(broker: str, prefix: str) -> bool:
    """Empty what every service has still to read; return False when the broker does not let us."""
    try:
        with contextlib.closing(pika.BlockingConnection(pika.URLParameters(broker))) as connection:
            for name in NAMES:
                with contextlib.suppress(ChannelClosedByBroker):  # there is no such queue
                    connection.channel().queue_purge(queue_name(prefix, name))
    except (AMQPError, AMQPConnectorException, OSError):
        return False
    return True
