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
from shared.messaging.rabbitmq.topology import CONTENT_TYPE, DELIVERY_LIMIT, dead_name, exchange_name, queue_name
from shared.messaging.relay import TransportDown
from tests.shared.conftest import BLINKED, Street
from tests.support.run_servers import BrokerPrefix
from tests.support.servers.rabbitmq import Cluster, PrivateRabbit

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PATIENCE_SECONDS = 60
PAIR = pytest.mark.parametrize("pair", ["rabbitmq-sqlite"], indirect=True)


class NoFeed:
    """A publisher whose log cannot be reached."""

    is_at_hand = True

    def head(self) -> tuple[int, int]:
        raise ConnectionError

    def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
        raise ConnectionError

    def release(self) -> None: ...


def until(street: Street, happened: Callable[[], bool]) -> None:
    """Step both ends, each as often as it breaks, until it happened; the waiting has an end."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        for step in (street.relay.step, street.consumer.step):
            with contextlib.suppress(TransportDown, ConnectionError):
                step()
        time.sleep(0.02)


def step_for_ever(street: Street) -> None:
    while True:
        street.relay.step()


@contextlib.contextmanager
def channel_at(url: str) -> Iterator[Any]:
    with contextlib.closing(pika.BlockingConnection(pika.URLParameters(url))) as connection:
        yield connection.channel()


def event(seq: int, colour: str, source: str = "sender") -> str:
    return json.dumps({
        "specversion": "1.0", "id": new_id(), "source": f"urn:nld:systeem:houvast:{source}", "type": BLINKED.type,
        "subject": f"lamp/{new_id()}", "time": "2026-11-22T08:00:00Z", "sequence": f"{seq:010d}",
        "data": {"lamp_id": new_id(), "colour": colour},
    })  # fmt: skip


def told(seq: int) -> Any:
    return pika.BasicProperties(content_type=CONTENT_TYPE, headers={"epoch": 1, "seq": seq})


@pytest.fixture
def private(tmp_path: Path, private_rabbit: PrivateRabbit) -> Iterator[Street]:
    """A street whose broker can be stopped, wiped and blocked."""
    (tmp_path / "street").mkdir()
    made = Street(tmp_path / "street", Servers(None, private_rabbit.url, "houvast"))
    yield made
    made.close()


@PAIR
def test_events_come_by_the_broker_when_the_log_cannot_be_reached(street: Street) -> None:
    street.blink("red")
    until(street, lambda: street.effects() == ["red"])
    street.consumer._feeds = {"sender": NoFeed()}

    for colour in ("green", "blue"):
        street.blink(colour)

    until(street, lambda: street.effects() == ["red", "green", "blue"])


@PAIR
def test_what_was_said_before_we_were_bound_is_read_at_once_and_not_at_the_next_look(
    street: Street, broker_url: str
) -> None:
    street.consumer._head_check_seconds = PATIENCE_SECONDS * 10
    street.blink("red")
    until(street, lambda: street.effects() == ["red"])
    street.settle()
    street.consumer.close()
    mine, exchange = queue_name(street.servers.prefix, "hearer"), exchange_name(street.servers.prefix, "sender")

    with channel_at(broker_url) as channel:
        others = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_unbind(mine, exchange, "#")
        channel.queue_bind(others, exchange, "#")  # so that the broker says that it arrived
        street.blink("green")
        while street.relay.step():
            pass

    assert street.sender.outbox.sent() == 2
    until(street, lambda: street.effects() == ["red", "green"])


@PAIR
@pytest.mark.timeout(60)
def test_what_comes_in_while_somebody_else_is_looked_for_is_not_waited_for(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topology, "HEARTBEAT_SECONDS", 0)  # nothing else comes in
    street.blink("red")
    until(street, lambda: street.effects() == ["red"])
    street.settle()
    post: Any = street.consumer._post
    nobody = exchange_name(street.servers.prefix, "nobody")
    post._by_exchange[nobody] = "nobody"
    street.blink("green")
    while street.sender.outbox.sent() < 2:
        street.relay.step()

    post._unbound, post._again_at = {nobody}, 0.0
    post.wait(10_000)

    assert [delivery.seq for delivery in post.take(10)] == [2]


@PAIR
def test_who_may_not_listen_takes_nothing_from_who_does(street: Street) -> None:
    street.blink("red")
    until(street, lambda: street.effects() == ["red"])
    second: Any = street.new_consumer()

    worked = second.step()
    second._post.wait(0.1)

    assert not worked
    assert second._post._connection is None


@PAIR
def test_a_connection_in_silence_stays_and_nobody_waits_behind_its_heartbeats(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topology, "HEARTBEAT_SECONDS", 2)
    street.blink("red")
    until(street, lambda: street.effects() == ["red"])
    post: Any = street.consumer._post
    connection, beats = post._connection, post._connection.connection.bytes_recv

    while post._connection.connection.bytes_recv < beats + 3:
        post.wait(0.5)

    assert post._connection is connection


@PAIR
def test_a_gap_in_what_the_broker_brings_is_filled_from_the_log_in_order(street: Street, broker_url: str) -> None:
    street.blink("red")
    until(street, lambda: street.effects() == ["red"])
    street.blink("green")
    street.relay.step()
    with channel_at(broker_url) as channel:
        street.consumer.close()
        channel.queue_purge(queue_name(street.servers.prefix, "hearer"))
    street.blink("blue")

    until(street, lambda: len(street.effects()) == 3)

    assert street.effects() == ["red", "green", "blue"]


@PAIR
def test_an_event_that_no_queue_wanted_is_not_counted_as_handed_over(street: Street) -> None:
    street.blink("red")

    moved = [street.relay.step() for _ in range(2)]
    before = street.sender.outbox.sent()
    until(street, lambda: street.sender.outbox.sent() == 1)

    assert moved == [False, False]  # returned each time
    assert before == 0
    assert street.effects() == ["red"]


@pytest.mark.parametrize("pair", ["rabbitmq-sqlite", "rabbitmq-postgresql"], indirect=True)
def test_what_others_put_in_our_queue_is_kept_aside_and_never_believed(street: Street, broker_url: str) -> None:
    street.blink("red")
    until(street, lambda: street.effects() == ["red"])
    queue = queue_name(street.servers.prefix, "hearer")

    with channel_at(broker_url) as channel:
        channel.basic_publish("", queue, event(2, "forged").encode(), told(2))
        channel.basic_publish("", queue, b"\xff\xfe\0 no event", pika.BasicProperties(headers={"seq": "many"}))
    street.blink("green")
    until(street, lambda: len(street.effects()) == 2 and len(street.dead()) == 2)

    assert street.effects() == ["red", "green"]
    assert {dead.source for dead in street.dead()} == {"?"}


@PAIR
@pytest.mark.parametrize(
    "body", [b"not json", b'{"specversion": "1.0"}', b"[]", b"\x00", event(7, "other").encode()]
)
def test_an_event_that_was_damaged_on_the_way_is_read_from_the_log(
    street: Street, broker_url: str, body: bytes
) -> None:
    street.blink("red")
    until(street, lambda: street.effects() == ["red"])

    with channel_at(broker_url) as channel:
        channel.basic_publish(f"{street.servers.prefix}.sender", "x", body, told(2))
    for colour in ("green", "blue"):
        street.blink(colour)
    until(street, lambda: "blue" in street.effects())

    assert street.effects() == ["red", "green", "blue"]
    assert street.dead() == []


@PAIR
@pytest.mark.parametrize("error", [FileNotFoundError("x"), ConnectionResetError("x"), TimeoutError("x")])
def test_a_handler_that_fails_with_an_error_of_the_network_waits_in_our_own_store(
    street: Street, broker_url: str, error: OSError
) -> None:
    def fail(_heard: Any) -> None:
        raise error

    street.blink("red")
    until(street, lambda: street.effects() == ["red"])
    street.in_the_way = fail
    street.blink("green")
    until(street, lambda: street.waiting() == 1)

    street.in_the_way = lambda _heard: None
    street.let_time_pass()
    until(street, lambda: street.waiting() == 0)
    street.consumer.close()

    with channel_at(broker_url) as channel:
        left = channel.queue_declare(
            queue_name(street.servers.prefix, "hearer"), passive=True
        ).method.message_count
    assert street.effects() == ["red", "green"]
    assert left == 0


@PAIR
def test_whoever_takes_events_and_dies_each_time_does_not_keep_them(street: Street, broker_url: str) -> None:
    street.blink("red")
    until(street, lambda: street.effects() == ["red"])
    street.consumer.close()
    street.blink("green")
    until_sent = lambda: street.sender.outbox.sent() == 2  # noqa: E731
    while not until_sent():
        street.relay.step()
    queue = queue_name(street.servers.prefix, "hearer")

    for _ in range(DELIVERY_LIMIT + 1):
        with channel_at(broker_url) as channel:
            end = time.monotonic() + PATIENCE_SECONDS
            while channel.basic_get(queue)[0] is None and time.monotonic() < end:
                if channel.queue_declare(
                    dead_name(street.servers.prefix, "hearer"), passive=True
                ).method.message_count:
                    break
                time.sleep(0.05)
    until(street, lambda: street.effects() == ["red", "green"])

    with channel_at(broker_url) as channel:
        end = time.monotonic() + PATIENCE_SECONDS
        dead = channel.basic_get(dead_name(street.servers.prefix, "hearer"), auto_ack=True)
        while dead[0] is None and time.monotonic() < end:
            time.sleep(0.05)
            dead = channel.basic_get(dead_name(street.servers.prefix, "hearer"), auto_ack=True)
    assert dead[0] is not None


@PAIR
def test_a_queue_that_was_made_otherwise_does_not_stop_the_events(street: Street, broker_url: str) -> None:
    with channel_at(broker_url) as channel:
        channel.queue_declare(queue_name(street.servers.prefix, "hearer"), durable=True)

    street.blink("red")

    until(street, lambda: street.effects() == ["red"])


@PAIR
def test_a_refusal_in_the_middle_starts_again_from_the_lowest_unconfirmed(street: Street, broker_url: str) -> None:
    street.consumer.step()  # declares what it reads
    full = f"{street.servers.prefix}.full"
    with channel_at(broker_url) as channel:
        limits = {"x-queue-type": "quorum", "x-max-length": 3, "x-overflow": "reject-publish"}
        channel.queue_declare(full, durable=True, arguments=limits)
        until(street, lambda: street.sender.outbox.sent() == street.sender.outbox.head()[1])
        street.relay.step()
        channel.queue_bind(full, f"{street.servers.prefix}.sender", "#")

    said = refused = 0
    while not refused and said < 400:
        street.blink(str(said))
        said += 1
        try:
            street.relay.step()
        except TransportDown:
            refused += 1
    with channel_at(broker_url) as channel:
        channel.queue_delete(full)
    until(street, lambda: street.sender.outbox.sent() == said and len(street.effects()) == said)

    assert refused == 1
    assert street.effects() == [str(number) for number in range(said)]


@PAIR
def test_a_consumer_that_takes_over_goes_on_where_the_other_was(street: Street) -> None:
    street.blink("red")
    until(street, lambda: street.effects() == ["red"])
    second = street.new_consumer()

    second.step()
    street.blink("green")
    until(street, lambda: len(street.effects()) == 2)
    street.lapse(street.consumer_service, "consumer")
    street.consumer = second
    street.blink("blue")
    until(street, lambda: len(street.effects()) == 3)

    assert street.effects() == ["red", "green", "blue"]


def test_a_broker_that_lost_everything_is_filled_anew_and_nothing_is_lost(
    private: Street, private_rabbit: PrivateRabbit
) -> None:
    private.blink("red")
    until(private, lambda: private.effects() == ["red"])
    private.blink("green")
    private.relay.step()

    private_rabbit.wipe()
    private.blink("blue")
    private_rabbit.start()
    until(private, lambda: len(private.effects()) == 3)
    private.consumer._feeds = {"sender": NoFeed()}
    private.blink("white")
    until(private, lambda: len(private.effects()) == 4)

    assert private.effects() == ["red", "green", "blue", "white"]


def test_a_broker_that_blocks_is_waited_for_and_an_old_answer_counts_for_nothing(
    private: Street, private_rabbit: PrivateRabbit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "ANSWER_SECONDS", 2.0)
    private.blink("red")
    until(private, lambda: private.effects() == ["red"] and private.sender.outbox.sent() == 1)
    private_rabbit.ctl("set_vm_memory_high_watermark", "0")
    private.blink("green")

    with pytest.raises(TransportDown):
        step_for_ever(private)
    sent_while_blocked = private.sender.outbox.sent()
    private_rabbit.ctl("set_vm_memory_high_watermark", "0.4")
    until(private, lambda: private.sender.outbox.sent() == 2 and len(private.effects()) == 2)

    assert sent_while_blocked == 1
    assert private.effects() == ["red", "green"]


def test_a_cluster_that_loses_any_node_goes_on_and_nothing_is_lost(
    tmp_path: Path, rabbit_cluster: Cluster
) -> None:
    prefix = BrokerPrefix(rabbit_cluster.urls[0])
    street = Street(tmp_path, Servers(None, rabbit_cluster.urls[0], str(prefix)))
    said = 0
    try:
        for node in rabbit_cluster.nodes[1:]:
            for _ in range(20):
                said += 1
                street.blink(str(said))
            street.relay.step()
            node.kill()
            for _ in range(20):
                said += 1
                street.blink(str(said))
            until(street, lambda: len(street.effects()) == said)  # noqa: B023
            node.start()
    finally:
        street.close()

    assert street.effects() == [str(number + 1) for number in range(said)]
