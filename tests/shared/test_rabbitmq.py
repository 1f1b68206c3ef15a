"""What a broker can do to us: lose all, return, refuse, block, die; and what others may put in our queue."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pika
import pytest

from deploy.local.servers import Servers
from shared.ids import new_id
from shared.messaging.rabbitmq import publisher, topology
from shared.messaging.rabbitmq.consumer import RabbitConsumer
from shared.messaging.rabbitmq.topology import CONTENT_TYPE, DELIVERY_LIMIT, dead_name, exchange_name, queue_name
from shared.messaging.transport import TransportDown
from tests.shared.conftest import BLINKED, ServicePair
from tests.support.faulty_network import FaultyNetwork
from tests.support.run_servers import BrokerPrefix
from tests.support.servers.rabbitmq import Cluster, PrivateRabbit

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PATIENCE_SECONDS = 60
PAIR = pytest.mark.parametrize("pair", ["rabbitmq-sqlite"], indirect=True)


class NoFeed:
    """A publisher whose log cannot be reached."""

    is_local = True

    def head(self) -> tuple[int, int]:
        raise ConnectionError

    def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
        raise ConnectionError

    def release(self) -> None: ...


def until(harness: ServicePair, happened: Callable[[], bool]) -> None:
    """Step both ends, each as often as it breaks, until it happened; the waiting has an end."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        for step in (harness.relay.step, harness.consumer.step):
            with contextlib.suppress(TransportDown, ConnectionError):
                step()
        time.sleep(0.02)


def step_for_ever(harness: ServicePair) -> None:
    while True:
        harness.relay.step()


@contextlib.contextmanager
def channel_at(url: str) -> Iterator[Any]:
    with contextlib.closing(pika.BlockingConnection(pika.URLParameters(url))) as connection:
        yield connection.channel()


def event(seq: int, colour: str, source: str = "publisher") -> str:
    return json.dumps(
        {
            "specversion": "1.0",
            "id": new_id(),
            "source": f"urn:nld:systeem:houvast:{source}",
            "type": BLINKED.type,
            "subject": f"lamp/{new_id()}",
            "time": "2026-11-22T08:00:00Z",
            "sequence": f"{seq:010d}",
            "data": {"lamp_id": new_id(), "colour": colour},
        }
    )


def headers_of(seq: int) -> Any:
    return pika.BasicProperties(content_type=CONTENT_TYPE, headers={"epoch": 1, "seq": seq})


@pytest.fixture
def private(tmp_path: Path, private_rabbit: PrivateRabbit) -> Iterator[ServicePair]:
    """Two services whose broker can be stopped, wiped and blocked."""
    (tmp_path / "pair").mkdir()
    made = ServicePair(tmp_path / "pair", Servers(None, private_rabbit.url, "houvast"))
    yield made
    made.close()


@PAIR
def test_events_come_by_the_broker_when_the_log_cannot_be_reached(harness: ServicePair) -> None:
    harness.blink("red")
    until(harness, lambda: harness.effects() == ["red"])
    harness.consumer._feeds = {"publisher": NoFeed()}

    for colour in ("green", "blue"):
        harness.blink(colour)

    until(harness, lambda: harness.effects() == ["red", "green", "blue"])


@PAIR
def test_what_was_published_before_we_were_bound_is_read_at_once_and_not_at_the_next_check(
    harness: ServicePair, broker_url: str
) -> None:
    harness.consumer._head_check_seconds = PATIENCE_SECONDS * 10
    harness.blink("red")
    until(harness, lambda: harness.effects() == ["red"])
    harness.settle()
    harness.consumer.close()
    mine, exchange = (
        queue_name(harness.servers.prefix, "subscriber"),
        exchange_name(harness.servers.prefix, "publisher"),
    )

    with channel_at(broker_url) as channel:
        others = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_unbind(mine, exchange, "#")
        channel.queue_bind(others, exchange, "#")  # so that the broker says that it arrived
        harness.blink("green")
        while harness.relay.step():
            pass

    assert harness.publisher.outbox.sent() == 2
    until(harness, lambda: harness.effects() == ["red", "green"])


@PAIR
@pytest.mark.timeout(60)
def test_what_comes_in_while_somebody_else_is_looked_for_is_not_waited_for(
    harness: ServicePair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topology, "HEARTBEAT_SECONDS", 0)  # nothing else comes in
    harness.blink("red")
    until(harness, lambda: harness.effects() == ["red"])
    harness.settle()
    incoming: Any = harness.consumer._incoming
    nobody = exchange_name(harness.servers.prefix, "nobody")
    incoming._by_exchange[nobody] = "nobody"
    harness.blink("green")
    while harness.publisher.outbox.sent() < 2:
        harness.relay.step()

    incoming._unbound, incoming._reconnect_at = {nobody}, 0.0
    incoming.wait(10_000)

    assert [delivery.seq for delivery in incoming.receive(10)] == [2]


@PAIR
def test_who_has_no_lease_takes_nothing_from_who_has(harness: ServicePair) -> None:
    harness.blink("red")
    until(harness, lambda: harness.effects() == ["red"])
    second: Any = harness.new_consumer()

    worked = second.step()
    second._incoming.wait(0.1)

    assert not worked
    assert second._incoming._connection is None


@PAIR
def test_a_connection_in_silence_stays_and_nobody_waits_behind_its_heartbeats(
    harness: ServicePair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topology, "HEARTBEAT_SECONDS", 2)
    harness.blink("red")
    until(harness, lambda: harness.effects() == ["red"])
    incoming: Any = harness.consumer._incoming
    connection, beats = incoming._connection, incoming._connection.connection.bytes_recv

    while incoming._connection.connection.bytes_recv < beats + 3:
        incoming.wait(0.5)

    assert incoming._connection is connection


@PAIR
def test_a_gap_in_what_the_broker_brings_is_filled_from_the_log_in_order(
    harness: ServicePair, broker_url: str
) -> None:
    harness.blink("red")
    until(harness, lambda: harness.effects() == ["red"])
    harness.blink("green")
    harness.relay.step()
    with channel_at(broker_url) as channel:
        harness.consumer.close()
        channel.queue_purge(queue_name(harness.servers.prefix, "subscriber"))
    harness.blink("blue")

    until(harness, lambda: len(harness.effects()) == 3)

    assert harness.effects() == ["red", "green", "blue"]


@PAIR
def test_an_event_that_no_queue_wanted_is_not_counted_as_handed_over(harness: ServicePair) -> None:
    harness.blink("red")

    moved = [harness.relay.step() for _ in range(2)]
    before = harness.publisher.outbox.sent()
    until(harness, lambda: harness.publisher.outbox.sent() == 1)

    assert moved == [False, False]  # returned each time
    assert before == 0
    assert harness.effects() == ["red"]


@pytest.mark.parametrize("pair", ["rabbitmq-sqlite", "rabbitmq-postgresql"], indirect=True)
def test_what_others_put_in_our_queue_is_kept_aside_and_never_believed(
    harness: ServicePair, broker_url: str
) -> None:
    harness.blink("red")
    until(harness, lambda: harness.effects() == ["red"])
    queue = queue_name(harness.servers.prefix, "subscriber")

    with channel_at(broker_url) as channel:
        channel.basic_publish("", queue, event(2, "forged").encode(), headers_of(2))
        channel.basic_publish("", queue, b"\xff\xfe\0 no event", pika.BasicProperties(headers={"seq": "many"}))
    harness.blink("green")
    until(harness, lambda: len(harness.effects()) == 2 and len(harness.dead()) == 2)

    assert harness.effects() == ["red", "green"]
    assert {dead.source for dead in harness.dead()} == {"?"}


@PAIR
@pytest.mark.parametrize(
    "body", [b"not json", b'{"specversion": "1.0"}', b"[]", b"\x00", event(7, "other").encode()]
)
def test_an_event_that_was_damaged_in_transit_is_read_from_the_log(
    harness: ServicePair, broker_url: str, body: bytes
) -> None:
    harness.blink("red")
    until(harness, lambda: harness.effects() == ["red"])

    with channel_at(broker_url) as channel:
        channel.basic_publish(f"{harness.servers.prefix}.publisher", "x", body, headers_of(2))
    for colour in ("green", "blue"):
        harness.blink(colour)
    until(harness, lambda: "blue" in harness.effects())

    assert harness.effects() == ["red", "green", "blue"]
    assert harness.dead() == []


@PAIR
@pytest.mark.parametrize("error", [FileNotFoundError("x"), ConnectionResetError("x"), TimeoutError("x")])
def test_a_handler_that_fails_with_an_error_of_the_network_waits_in_our_own_store(
    harness: ServicePair, broker_url: str, error: OSError
) -> None:
    def fail(_event: Any) -> None:
        raise error

    harness.blink("red")
    until(harness, lambda: harness.effects() == ["red"])
    harness.after_effect = fail
    harness.blink("green")
    until(harness, lambda: harness.waiting() == 1)

    harness.after_effect = lambda _event: None
    harness.make_retries_due()
    until(harness, lambda: harness.waiting() == 0)
    harness.consumer.close()

    with channel_at(broker_url) as channel:
        left = channel.queue_declare(
            queue_name(harness.servers.prefix, "subscriber"), passive=True
        ).method.message_count
    assert harness.effects() == ["red", "green"]
    assert left == 0


@PAIR
def test_whoever_takes_events_and_dies_each_time_does_not_keep_them(harness: ServicePair, broker_url: str) -> None:
    harness.blink("red")
    until(harness, lambda: harness.effects() == ["red"])
    harness.consumer.close()
    harness.blink("green")
    until_sent = lambda: harness.publisher.outbox.sent() == 2  # noqa: E731
    while not until_sent():
        harness.relay.step()
    queue = queue_name(harness.servers.prefix, "subscriber")

    for _ in range(DELIVERY_LIMIT + 1):
        with channel_at(broker_url) as channel:
            end = time.monotonic() + PATIENCE_SECONDS
            while channel.basic_get(queue)[0] is None and time.monotonic() < end:
                if channel.queue_declare(
                    dead_name(harness.servers.prefix, "subscriber"), passive=True
                ).method.message_count:
                    break
                time.sleep(0.05)
    until(harness, lambda: harness.effects() == ["red", "green"])

    with channel_at(broker_url) as channel:
        end = time.monotonic() + PATIENCE_SECONDS
        dead = channel.basic_get(dead_name(harness.servers.prefix, "subscriber"), auto_ack=True)
        while dead[0] is None and time.monotonic() < end:
            time.sleep(0.05)
            dead = channel.basic_get(dead_name(harness.servers.prefix, "subscriber"), auto_ack=True)
    assert dead[0] is not None


@PAIR
def test_a_queue_that_was_made_otherwise_does_not_stop_the_events(harness: ServicePair, broker_url: str) -> None:
    with channel_at(broker_url) as channel:
        channel.queue_declare(queue_name(harness.servers.prefix, "subscriber"), durable=True)

    harness.blink("red")

    until(harness, lambda: harness.effects() == ["red"])


@PAIR
def test_a_refusal_in_the_middle_starts_again_from_the_lowest_unconfirmed(
    harness: ServicePair, broker_url: str
) -> None:
    harness.consumer.step()  # declares what it reads
    full = f"{harness.servers.prefix}.full"
    with channel_at(broker_url) as channel:
        limits = {"x-queue-type": "quorum", "x-max-length": 3, "x-overflow": "reject-publish"}
        channel.queue_declare(full, durable=True, arguments=limits)
        until(harness, lambda: harness.publisher.outbox.sent() == harness.publisher.outbox.head()[1])
        harness.relay.step()
        channel.queue_bind(full, f"{harness.servers.prefix}.publisher", "#")

    published = refused = 0
    while not refused and published < 400:
        harness.blink(str(published))
        published += 1
        try:
            harness.relay.step()
        except TransportDown:
            refused += 1
    with channel_at(broker_url) as channel:
        channel.queue_delete(full)
    until(harness, lambda: harness.publisher.outbox.sent() == published and len(harness.effects()) == published)

    assert refused == 1
    assert harness.effects() == [str(number) for number in range(published)]


@PAIR
def test_a_consumer_that_takes_over_goes_on_where_the_other_was(harness: ServicePair) -> None:
    harness.blink("red")
    until(harness, lambda: harness.effects() == ["red"])
    second = harness.new_consumer()

    second.step()
    harness.blink("green")
    until(harness, lambda: len(harness.effects()) == 2)
    harness.expire_lease(harness.subscriber, "consumer")
    harness.consumer = second
    harness.blink("blue")
    until(harness, lambda: len(harness.effects()) == 3)

    assert harness.effects() == ["red", "green", "blue"]


def test_a_broker_that_lost_everything_is_filled_anew_and_nothing_is_lost(
    private: ServicePair, private_rabbit: PrivateRabbit
) -> None:
    private.blink("red")
    until(private, lambda: private.effects() == ["red"])
    private.blink("green")
    private.relay.step()

    private_rabbit.wipe()
    private.blink("blue")
    private_rabbit.start()
    until(private, lambda: len(private.effects()) == 3)
    private.consumer._feeds = {"publisher": NoFeed()}
    private.blink("white")
    until(private, lambda: len(private.effects()) == 4)

    assert private.effects() == ["red", "green", "blue", "white"]


def test_a_broker_that_blocks_is_waited_for_and_an_old_answer_counts_for_nothing(
    private: ServicePair, private_rabbit: PrivateRabbit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "ANSWER_SECONDS", 2.0)
    private.blink("red")
    until(private, lambda: private.effects() == ["red"] and private.publisher.outbox.sent() == 1)
    private_rabbit.ctl("set_vm_memory_high_watermark", "0")
    private.blink("green")

    with pytest.raises(TransportDown):
        step_for_ever(private)
    sent_while_blocked = private.publisher.outbox.sent()
    private_rabbit.ctl("set_vm_memory_high_watermark", "0.4")
    until(private, lambda: private.publisher.outbox.sent() == 2 and len(private.effects()) == 2)

    assert sent_while_blocked == 1
    assert private.effects() == ["red", "green"]


def test_a_broker_that_is_silent_is_tried_once_at_a_time(broker_prefix: BrokerPrefix) -> None:
    with FaultyNetwork(broker_prefix.url) as network, network.out_of_order("half_open"):
        consumer = RabbitConsumer(network.url, broker_prefix, "subscriber", ["publisher"])

        assert consumer.receive(1) == []

        assert network.count() == 1
        consumer.close()


def test_a_cluster_that_loses_any_node_goes_on_and_nothing_is_lost(
    tmp_path: Path, rabbit_cluster: Cluster
) -> None:
    prefix = BrokerPrefix(rabbit_cluster.urls[0])
    harness = ServicePair(tmp_path, Servers(None, rabbit_cluster.urls[0], str(prefix)))
    published = 0
    try:
        for node in rabbit_cluster.nodes[1:]:
            for _ in range(20):
                published += 1
                harness.blink(str(published))
            harness.relay.step()
            node.kill()
            for _ in range(20):
                published += 1
                harness.blink(str(published))
            until(harness, lambda: len(harness.effects()) == published)  # noqa: B023
            node.start()
    finally:
        harness.close()

    assert harness.effects() == [str(number + 1) for number in range(published)]
