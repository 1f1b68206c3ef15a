"""Outages in short, on each transport and database; `tests/crash/outages.py` goes on for as long as one likes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import requests

from deploy.local.doctor import examine
from deploy.local.installation import Installation
from deploy.local.servers import Servers, remember
from services.meetings.models import Signup
from tests.crash.outages import rage
from tests.crash.supervised import SupervisedInstallation
from tests.support.inline_installation import close_stores
from tests.support.servers.postgres import PrivatePostgres
from tests.support.servers.rabbitmq import PrivateRabbit

# A thread that reports nothing for less than this ends its process.
LONGER_THAN_ANY_LIMIT_SECONDS = 12

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_whatever_goes_wrong_under_load_loses_nothing_doubles_nothing_and_work_goes_on(
    tmp_path: Path, pair: Servers
) -> None:
    outcome = rage(tmp_path / "installation", seed=1, rounds=3, people=1, servers=pair)

    assert outcome.broken == []
    assert outcome.answered > 0


@pytest.fixture
def private_servers(private_postgres: PrivatePostgres, private_rabbit: PrivateRabbit) -> Servers:
    return Servers(urlsplit(private_postgres.url)._replace(path="/houvast").geturl(), private_rabbit.url)


@pytest.fixture
def running(tmp_path: Path, private_servers: Servers) -> Iterator[SupervisedInstallation]:
    made = SupervisedInstallation(tmp_path / "installation", private_servers)
    made.start()
    yield made
    made.close()


def sign_up(running: SupervisedInstallation) -> None:
    """Somebody signs up, and meetings hears of it."""
    before = Signup.select().count()
    running.visitor().submit("/aanmelden/de-kade", "/aanmelden/de-kade", call_name="Noor")
    running.wait_until(lambda: Signup.select().count() > before)


def test_servers_that_restart_and_connections_that_they_end_are_got_over(
    running: SupervisedInstallation, private_postgres: PrivatePostgres, private_rabbit: PrivateRabbit
) -> None:
    sign_up(running)

    assert running.end_connections("query LIKE 'LISTEN%%'") > 0
    sign_up(running)
    private_rabbit.ctl("close_all_connections", "an operator wanted so")
    sign_up(running)
    private_postgres.stop()
    private_postgres.start()
    running.forget_connections()
    sign_up(running)
    private_rabbit.stop()
    private_rabbit.start()
    sign_up(running)


def test_the_doctor_says_that_a_server_is_away_and_that_all_is_well_again(
    running: SupervisedInstallation, private_postgres: PrivatePostgres, capsys: pytest.CaptureFixture[str]
) -> None:
    data, answers = running.installation.data, []
    running.wait_until(lambda: examine(data, as_json=False) == 0)
    for network, name in ((running.broker, "RabbitMQ"), (running.database, "de databaseserver")):
        assert network is not None
        with network.out_of_order("drop"):
            capsys.readouterr()
            assert examine(data, as_json=False) == 1
            answers.append(f"{name}: ligt stil" in capsys.readouterr().out)

    running.wait_until(lambda: examine(data, as_json=False) == 0)

    assert answers == [True, True]


def test_the_doctor_says_that_a_server_is_full(
    tmp_path: Path, private_postgres: PrivatePostgres, capsys: pytest.CaptureFixture[str]
) -> None:
    servers = Servers(urlsplit(private_postgres.url)._replace(path="/houvast").geturl())
    installation = Installation(tmp_path / "installation", 0, 0, servers=servers)
    remember(installation.data, servers)
    installation.prepare()
    close_stores()

    with ExitStack() as everybody:
        with suppress(psycopg.OperationalError):
            while True:
                everybody.enter_context(psycopg.connect(private_postgres.url))
        is_full = examine(installation.data, as_json=False)
    words = capsys.readouterr().out

    assert is_full == 1
    assert "de databaseserver: vol" in words
    assert examine(installation.data, as_json=False) == 0
    close_stores()


def test_what_cannot_be_reached_is_logged_and_tried_again_by_the_same_process(
    running: SupervisedInstallation,
) -> None:
    before = running.pids()["work"]

    for network in running.networks:
        with network.out_of_order("half_open"):
            logged = running.log().count("worker_cut_off")
            running.wait_until(lambda logged=logged: running.log().count("worker_cut_off") > logged)
            time.sleep(LONGER_THAN_ANY_LIMIT_SECONDS)
    sign_up(running)

    assert "worker_in_trouble" not in running.log()
    assert running.pids()["work"] == before


def test_a_page_that_cannot_reach_its_store_asks_to_come_back_later(running: SupervisedInstallation) -> None:
    assert running.database is not None
    with running.database.out_of_order("drop"):
        answer = requests.get(f"{running.installation.url}/aanmelden/de-kade", timeout=60)

    assert answer.status_code == 503


def test_an_installation_that_is_asked_to_stop_in_the_middle_of_an_outage_stops(
    running: SupervisedInstallation,
) -> None:
    assert running.supervisor is not None
    for network in running.networks:
        network.cut("half_open")
    time.sleep(1)  # so that some are waiting for an answer

    running.supervisor.terminate()

    assert running.supervisor.wait(60) is not None
    assert not (running.installation.data / "processes").exists()
