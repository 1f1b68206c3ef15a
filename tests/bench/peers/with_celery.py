"""Celery: acknowledged after the work, publisher confirms, a quorum queue."""

from __future__ import annotations

from celery import Celery
from celery.worker.consumer import Consumer
from effect import BROKER, PREFETCH, QUEUE, senders, write
from kombu import Exchange, Queue
from speak import answer

app = Celery("peer", broker=BROKER)
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_default_queue=QUEUE,
    task_queues=[Queue(QUEUE, Exchange(QUEUE), routing_key=QUEUE, queue_arguments={"x-queue-type": "quorum"})],
    worker_prefetch_multiplier=PREFETCH,
    worker_enable_remote_control=False,
    broker_transport_options={"confirm_publish": True},
    broker_connection_retry_on_startup=True,
)
# It would leave thirty queues for tasks of later on the broker.
Consumer.Blueprint.default_steps = [
    step for step in Consumer.Blueprint.default_steps if "delayed" not in str(step)
]


@app.task(name="note")
def note(n: int) -> None:
    """The handler."""
    write("effect", n)


if __name__ == "__main__":
    answer(senders(lambda n: note.apply_async((n,), queue=QUEUE)))
