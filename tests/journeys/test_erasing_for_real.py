"""Forgetting in an installation of real processes: over a broker, and with processes that die on the way."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pika
import pytest

from deploy.local.installation import NAMES
from deploy.local.servers import Servers, remember, remembered
from services.intake.commands.erasure import request_erasure
from services.intake.models import Participant
from services.intake.queries.erasure import find_erasure
from services.notifications.models import Message
from shared.ids import new_id
from shared.messaging.rabbitmq.topology import dead_name, queue_name
from shared.security.actor import Actor
from tests.crash.harness import RunningInstallation
from tests.crash.published_and_consumed import discrepancies
from tests.journeys.canary import EMAIL, HELP_QUESTION, MOBILE, NAME, Traces, found_in, mailbox_bytes, traces_of
from tests.support.run_servers import BrokerPrefix

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def running(files: Path) -> Iterator[RunningInstallation]:
    made = RunningInstallation(files)
    made.start()
    yield made
    made.close()


def signed_up(installation: RunningInstallation) -> Traces:
    """Let somebody sign up at the pages, until every service knows."""
    before = {row.id for row in Participant.select(Participant.id)}
    form = {"call_name": NAME, "email": EMAIL, "mobile": MOBILE, "help_question": HELP_QUESTION}
    installation.visitor().submit("/aanmelden/de-kade", "/aanmelden/de-kade", **form)
    installation.wait_until(installation.is_well)
    [fresh] = {row.id for row in Participant.select(Participant.id)} - before
    return traces_of(str(fresh))


def ask_for_it(traces: Traces) -> None:
    themselves = Actor(traces.participant_id, "participant")
    request_erasure(themselves, participant_id=traces.participant_id, request_id=new_id())


def is_proven(traces: Traces) -> bool:
    proof = find_erasure(traces.participant_id)
    return proof is not None and proof.is_done and proof.logged_at is not None


def lying_in(broker: BrokerPrefix) -> bytes:
    """Read all that lies in the queues of every service, also in those for dead letters."""
    content = b""
    with contextlib.closing(pika.BlockingConnection(pika.URLParameters(broker.url))) as connection:
        channel = connection.channel()
        for name in NAMES:
            for queue in (queue_name(str(broker), name), dead_name(str(broker), name)):
                while (got := channel.basic_get(queue, auto_ack=False))[0] is not None:
                    content += got[2]
    return content


def test_over_a_broker_it_is_proven_and_no_queue_holds_anything(files: Path, broker_prefix: BrokerPrefix) -> None:
    remember(files, Servers(broker=broker_prefix.url, prefix=str(broker_prefix)))
    installation = RunningInstallation(files, remembered(files))
    try:
        installation.start()
        traces = signed_up(installation)

        ask_for_it(traces)
        installation.wait_until(lambda: is_proven(traces) and installation.is_well())

        assert discrepancies() == []
    finally:
        installation.close()
    stores = b"".join(path.read_bytes() for path in (files / "stores").glob("*.sqlite3*"))
    assert found_in(stores, traces) == []
    assert found_in(lying_in(broker_prefix), traces, ids_too=True) == []


@pytest.mark.parametrize("step", ["events_handling", "events_handled", "store_wiped", "event_published"])
def test_killed_on_the_way_it_is_finished_by_whoever_comes_after(running: RunningInstallation, step: str) -> None:
    traces = signed_up(running)
    running.kill("work")
    ask_for_it(traces)

    running.revive(work=f"{step}:1")
    running.wait_until(running.has_crashed)
    running.kill("work")  # waits until it is really gone
    running.revive()
    running.wait_until(lambda: is_proven(traces) and running.is_well())

    assert discrepancies() == []
    assert Message.select().where(Message.participant_id == traces.participant_id).count() == 0
    assert found_in(mailbox_bytes(running.installation.data), traces) == []
