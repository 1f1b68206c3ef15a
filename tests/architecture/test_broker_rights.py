"""What the real installation's definitions allow on a real broker: each service its own, and nothing of the
others."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker, ProbableAccessDeniedError, ProbableAuthenticationError

from deploy.local.installation import APPLICATIONS, NAMES
from deploy.rabbitmq.definitions import PREFIX, VHOST, definitions, hash_password, rights, variable
from shared.messaging.outbox import OutboxEntry
from shared.messaging.rabbitmq.consumer import RabbitConsumer
from shared.messaging.rabbitmq.publisher import RabbitPublisher
from shared.messaging.rabbitmq.topology import dead_name, exchange_name, queue_name
from shared.settings import SettingsError
from tests.support.real_servers import broker_url, start_broker

PASSWORDS = {variable(name): f"secret-of-{name}" for name in NAMES}
SOURCES = {application.name: application.subscriptions.sources for application in APPLICATIONS}
PAIRS = [(name, other) for name in NAMES for other in NAMES if name != other]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Where each service signs in, on a broker that has loaded the definitions and on which all have declared."""
    rabbit = start_broker(tmp_path_factory.mktemp("broker"), PASSWORDS)

    def url_of(name: str) -> str:
        return broker_url(rabbit.port, name, f"secret-of-{name}")

    for name in NAMES:
        Sending(url_of(name), name).close()
    for name in NAMES:
        Listening(url_of(name), name).close()
    yield url_of
    rabbit.wipe()


class Sending(RabbitPublisher):
    """The sender of a service as its work process has it, with its exchange declared."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(url, PREFIX, name)
        self.open()


class Listening(RabbitConsumer):
    """The transport of a service as its work process has it, bound to all whose events it consumes."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(url, PREFIX, name, SOURCES[name])
        self.receive(1)


def event(seq: int) -> OutboxEntry:
    return OutboxEntry(seq, f"event-{seq}", "nl.houvast.some.thing.v1", "{}")


def attempt(url: str, act: Callable[[Any], Any]) -> int:
    """0 when the broker allowed it, else its code."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        act(channel)
    except ChannelClosedByBroker as refused:
        return refused.reply_code
    finally:
        connection.close()
    return 0


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_service_publishes_and_consumes_with_the_rights_it_has(broker: Callable[[str], str], name: str) -> None:
    post = Listening(broker(name), name)
    senders = [Sending(broker(source), source) for source in sorted(SOURCES[name])]

    for sender in senders:
        sender.send([event(1)])
    sources = set()
    for _ in range(20):
        if sources != SOURCES[name]:
            post.missed_sources()
            post.wait(1)
            sources |= {delivery.source for delivery in post.receive(10)}

    assert sources == SOURCES[name]
    post.close()
    for sender in senders:
        sender.close()


REFUSED: dict[str, Callable[[Any, str, str], Any]] = {
    "say in its name": lambda at, other, _: at.basic_publish(exchange_name(PREFIX, other), "x", b""),
    "write into its queue": lambda at, other, _: at.basic_publish("", queue_name(PREFIX, other), b""),
    "read its queue": lambda at, other, _: at.basic_get(queue_name(PREFIX, other)),
    "listen at its queue": lambda at, other, _: at.basic_consume(queue_name(PREFIX, other), lambda *_: None),
    "read its dead letters": lambda at, other, _: at.basic_get(dead_name(PREFIX, other)),
    "empty its queue": lambda at, other, _: at.queue_purge(queue_name(PREFIX, other)),
    "remove its queue": lambda at, other, _: at.queue_delete(queue_name(PREFIX, other)),
    "remove its exchange": lambda at, other, _: at.exchange_delete(exchange_name(PREFIX, other)),
    "pour its own events into it": lambda at, other, name: at.queue_bind(
        queue_name(PREFIX, other), exchange_name(PREFIX, name), "#"
    ),
    "take it off what it consumes": lambda at, other, name: at.queue_unbind(
        queue_name(PREFIX, other), exchange_name(PREFIX, name), "#"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("act", REFUSED.values(), ids=REFUSED)
def test_a_service_is_refused_what_is_of_another(
    broker: Callable[[str], str], act: Callable[[Any, str, str], Any]
) -> None:
    codes = {
        (name, other): attempt(broker(name), lambda at, it=other, by=name: act(at, it, by))
        for name, other in PAIRS
    }

    assert codes == dict.fromkeys(PAIRS, 403)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_service_consumes_only_what_its_code_subscribes_to(broker: Callable[[str], str], name: str) -> None:
    def bind_to(other: str) -> Callable[[Any], Any]:
        return lambda at: at.queue_bind(queue_name(PREFIX, name), exchange_name(PREFIX, other), "x")

    allowed = {other for other in NAMES if other != name and not attempt(broker(name), bind_to(other))}

    assert allowed == SOURCES[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_service_makes_nothing_under_another_name_and_enters_no_other_vhost(
    broker: Callable[[str], str], name: str
) -> None:
    url = broker(name)

    codes = {
        attempt(url, lambda at: at.queue_declare("anything")),
        attempt(url, lambda at: at.exchange_declare(f"{exchange_name(PREFIX, name)}x", "topic")),
    }

    assert codes == {403}
    with pytest.raises(ProbableAccessDeniedError):
        pika.BlockingConnection(pika.URLParameters(url.removesuffix(VHOST) + "%2F"))


@pytest.mark.slow
def test_guest_is_not_there(broker: Callable[[str], str]) -> None:
    port = pika.URLParameters(broker("intake")).port

    with pytest.raises(ProbableAuthenticationError):
        pika.BlockingConnection(pika.URLParameters(f"amqp://guest:guest@127.0.0.1:{port}/{VHOST}"))


@pytest.mark.parametrize("application", APPLICATIONS, ids=lambda application: application.name)
def test_rights_are_written_as_whole_names(application: Any) -> None:
    names = [*(exchange_name(PREFIX, name) for name in NAMES), *(queue_name(PREFIX, name) for name in NAMES)]

    patterns = rights(application)

    assert set(patterns) == {"configure", "write", "read"}
    for pattern in patterns.values():
        assert not re.search(pattern, "amq.default")
        assert not [name for name in names if re.search(pattern, f"{name}x") or re.search(pattern, f"x{name}")]


def test_nobody_may_read_the_queue_of_another() -> None:
    readers = {
        (application.name, other)
        for application in APPLICATIONS
        for other in NAMES
        if re.search(rights(application)["read"], queue_name(PREFIX, other))
    }

    assert readers == {(name, name) for name in NAMES}


def test_a_password_is_kept_as_a_salted_hash_only() -> None:
    made = definitions(PASSWORDS)

    for user in made["users"]:
        kept = user["password_hash"]
        name = user["name"].removeprefix(f"{PREFIX}_")
        assert kept == hash_password(f"secret-of-{name}", base64.b64decode(kept)[:4])
        assert not user["tags"]
    assert len({user["password_hash"] for user in made["users"]}) == len(NAMES)
    assert "secret-of" not in json.dumps(made)


def test_without_a_password_nothing_is_made_and_the_answer_says_what_to_set() -> None:
    with pytest.raises(SettingsError, match="INTAKE_BROKER_PASSWORD"):
        definitions({**PASSWORDS, "INTAKE_BROKER_PASSWORD": ""})
