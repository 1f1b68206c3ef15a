"""The servers under the tests: started privately, joined, killed and wiped, with nothing left behind."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pika
import psycopg
import pytest
from pika.exceptions import AMQPError, ChannelClosedByBroker

from deploy.local.ports import free_port
from deploy.local.servers import accepts_login
from tests.support.leftovers import PREFIX, clear_leftovers, list_leftovers, owner
from tests.support.run_servers import BrokerPrefix, DatabasePrefix, end_run
from tests.support.servers import postgres, rabbitmq
from tests.support.servers.postgres import PrivatePostgres
from tests.support.servers.process import ServerProcess, until
from tests.support.servers.rabbitmq import Cluster, PrivateRabbit

ROOT = Path(__file__).resolve().parents[2]
slow = [pytest.mark.slow, pytest.mark.timeout(300)]
ASK_FOR_THE_SERVER = """
import sys
from pathlib import Path
from tests.support.servers.postgres import PrivatePostgres
from tests.support.run_servers import url_for_the_run
print(url_for_the_run(Path(sys.argv[1]), PrivatePostgres))
"""


@contextlib.contextmanager
def channel_at(url: str) -> Iterator[pika.channel.Channel]:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        yield connection.channel()
    finally:
        if connection.is_open:
            connection.close()


def has_queue(url: str, name: str) -> bool:
    try:
        with channel_at(url) as channel:
            channel.queue_declare(name, passive=True)
    except ChannelClosedByBroker:
        return False
    return True


def put(url: str, queue: str, text: str) -> None:
    """One lasting event in a quorum queue, confirmed by the broker."""
    with channel_at(url) as channel:
        channel.confirm_delivery()
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
        channel.basic_publish("", queue, text.encode(), pika.BasicProperties(delivery_mode=2), mandatory=True)


def take(url: str, queue: str) -> str:
    with channel_at(url) as channel:
        _, _, body = channel.basic_get(queue, auto_ack=True)
        return (body or b"").decode()


def take_once_there_is_a_leader(url: str, queue: str) -> str:
    """The nodes that are left choose one; until then the broker breaks off whoever asks."""
    taken: list[str] = []

    def is_ready() -> bool:
        with contextlib.suppress(AMQPError):
            taken.append(take(url, queue))
        return bool(taken)

    assert until(is_ready, 60)
    return taken[0]


def processes_of(folder: Path) -> list[Path]:
    """Where /proc tells of what runs in a folder, or was started with it in its command or environment."""
    processes = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            started_with = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            inside = Path(os.readlink(process / "cwd")).is_relative_to(folder)
            if inside or str(folder).encode() in started_with:
                processes.append(process)
    return processes


def opened_by(process: Path) -> list[str]:
    """What a process has open; nothing of what it closes while we look, or once it has gone."""
    opened = []
    with contextlib.suppress(OSError):
        for link in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                opened.append(os.readlink(link))
    return opened


def addresses_of(folder: Path) -> set[str]:
    """The addresses, as the kernel writes them, at which the processes of a folder wait for callers."""
    held = {opened for process in processes_of(folder) for opened in opened_by(process)}
    sockets = [
        line.split() for table in ("tcp", "tcp6") for line in Path("/proc/net", table).read_text().splitlines()[1:]
    ]
    return {
        socket[1].partition(":")[0] for socket in sockets if socket[3] == "0A" and f"socket:[{socket[9]}]" in held
    }


def test_nobody_is_taken_for_a_broker_or_a_database_who_does_not_answer_like_one(
    broker_url: str, database_url: str
) -> None:
    broker, database, nobody = urlsplit(broker_url).port, urlsplit(database_url).port, free_port()

    brokers = [accepts_login(f"amqp://guest:guest@127.0.0.1:{port}/%2F") for port in (database, nobody)]
    databases = [postgres.lets_in(f"postgresql://postgres@127.0.0.1:{port}/postgres") for port in (broker, nobody)]

    assert brokers == databases == [False, False]


@pytest.mark.slow
def test_who_accepts_a_call_and_then_says_nothing_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]

        answers = [accepts_login(f"amqp://guest:guest@127.0.0.1:{port}/%2F")]
        answers += [postgres.lets_in(f"postgresql://postgres@127.0.0.1:{port}/postgres")]

    assert answers == [False, False]


def test_a_broker_and_a_database_are_there_for_a_test(broker_url: str, database_url: str) -> None:
    assert accepts_login(broker_url)
    assert postgres.lets_in(database_url)


def test_what_was_made_under_a_broker_prefix_is_cleared_and_nothing_else(broker_url: str) -> None:
    mine, other = BrokerPrefix(broker_url), BrokerPrefix(broker_url)
    mine.also(f"{mine}.apart")
    made = [f"{mine}.intake", f"{mine}.meetings.dead", f"{mine}.apart", f"{other}.intake"]
    with channel_at(broker_url) as channel:
        for name in made:
            channel.exchange_declare(name, "topic", durable=True)
            channel.queue_declare(name, durable=True, arguments={"x-queue-type": "quorum"})

    mine.clear()

    assert [has_queue(broker_url, name) for name in made] == [False, False, False, True]
    other.clear()


def test_the_databases_under_a_prefix_are_dropped_also_when_somebody_is_in_one(database_url: str) -> None:
    prefix = DatabasePrefix(database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"create database {prefix}_intake template template0")
        connection.execute(f"create database {prefix}_meetings template template0")
    inside = psycopg.connect(f"{prefix.url}_intake")
    before = prefix.databases()

    prefix.clear()

    assert before == [f"{prefix}_intake", f"{prefix}_meetings"]
    assert prefix.databases() == []
    inside.close()


MAKES_ONE_AND_DIES = """
import os, signal, sys
import psycopg
from tests.support.run_servers import DatabasePrefix
prefix = DatabasePrefix(sys.argv[1])
with psycopg.connect(prefix.server_url, autocommit=True) as connection:
    connection.execute(f"create database {prefix}_intake template template0")
print(f"{prefix}_intake", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_run_left_is_dropped_and_nothing_of_one_that_may_be_alive(
    database_url: str, database_prefix: DatabasePrefix
) -> None:
    command = [sys.executable, "-c", MAKES_ONE_AND_DIES, database_url]
    left = subprocess.run(command, capture_output=True, text=True).stdout.strip()
    ours = f"{database_prefix}_intake"
    theirs = f"{PREFIX}0000_{owner().partition('_')[2]}_{database_prefix[-8:]}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"create database {ours} template template0")
        connection.execute(f"create database {theirs} template template0")
        there = set(list_leftovers(connection)) & {left, ours, theirs}

        clear_leftovers(database_url)

        names = {name for (name,) in connection.execute("select datname::text from pg_database")}
        connection.execute(f"drop database {theirs}")

    assert there == {left}
    assert names & {left, ours, theirs} == {ours, theirs}


def test_prefixes_are_words_that_no_other_test_has(broker_prefix: str, database_prefix: DatabasePrefix) -> None:
    again = DatabasePrefix(database_prefix.server_url)

    assert broker_prefix.isascii()
    assert not again.startswith(database_prefix)
    assert database_prefix.url.endswith(f"/{database_prefix}")


def test_a_server_process_is_known_and_ended_by_who_did_not_start_it(tmp_path: Path) -> None:
    ServerProcess(tmp_path / "sleep.pid").start(["sleep", "60"], dict(os.environ))
    stranger = ServerProcess(tmp_path / "sleep.pid")
    ran = stranger.pid()

    stranger.end()

    assert ran is not None
    assert stranger.pid() is None
    assert processes_of(tmp_path) == []


def test_a_pid_that_now_belongs_to_another_process_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "old.pid").write_text(f"{os.getpid()} 1")

    process = ServerProcess(tmp_path / "old.pid")

    assert process.pid() is None
    process.end()


def test_ensure_says_in_dutch_what_is_there(broker_url: str, database_url: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.support.servers", "ensure"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert [line.split()[0] for line in ended.stdout.splitlines()] == ["RabbitMQ", "PostgreSQL"]
    assert "de tests" in ended.stdout
    assert ended.stderr == ""


class TestPrivatePostgres:
    pytestmark = slow

    def test_it_keeps_what_was_committed_through_kill_9(self, private_postgres: PrivatePostgres) -> None:
        with psycopg.connect(private_postgres.url) as connection:
            connection.execute("create table kept (word text)")
            connection.execute("insert into kept values ('blijft')")

        private_postgres.kill()
        left = processes_of(private_postgres.folder)
        private_postgres.start()

        assert left == []
        with psycopg.connect(private_postgres.url) as connection:
            assert connection.execute("select word from kept").fetchall() == [("blijft",)]

    def test_nothing_runs_any_more_once_it_is_stopped(self, private_postgres: PrivatePostgres) -> None:
        lingering = psycopg.connect(private_postgres.url)

        private_postgres.stop()

        assert processes_of(private_postgres.folder) == []
        assert not private_postgres.is_running()
        lingering.close()

    def test_the_processes_of_a_run_share_one_that_goes_with_the_run(self, servers_folder: Path) -> None:
        run = Path(tempfile.mkdtemp(dir=servers_folder))
        run.chmod(0o711)
        command = [sys.executable, "-c", ASK_FOR_THE_SERVER, str(run)]

        asking = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        urls = [process.communicate()[0].strip() for process in asking]
        answered = postgres.lets_in(urls[0])
        end_run(run)

        assert urls[0] == urls[1]
        assert answered
        assert not run.exists()
        assert processes_of(run) == []


class TestPrivateRabbit:
    pytestmark = slow

    def test_it_starts_again_with_what_it_had_and_empty_once_wiped(self, private_rabbit: PrivateRabbit) -> None:
        put(private_rabbit.url, "events", "blijft")

        private_rabbit.stop()
        after_stop = processes_of(private_rabbit.folder)
        private_rabbit.start()
        kept = take(private_rabbit.url, "events")
        private_rabbit.wipe()
        after_wipe = processes_of(private_rabbit.folder)
        private_rabbit.start()

        assert kept == "blijft"
        assert after_stop == after_wipe == []
        assert not has_queue(private_rabbit.url, "events")

    def test_it_starts_again_after_kill_9(self, private_rabbit: PrivateRabbit) -> None:
        """What was made in the last seconds before it may be gone: RabbitMQ syncs names later than events."""
        private_rabbit.kill()
        left = processes_of(private_rabbit.folder)
        gone = not private_rabbit.is_running()
        private_rabbit.start()

        assert (left, gone) == ([], True)
        assert accepts_login(private_rabbit.url)

    def test_it_listens_on_the_loopback_address_only(self, private_rabbit: PrivateRabbit) -> None:
        addresses = addresses_of(private_rabbit.folder)

        assert addresses == {"0100007F", "00000000000000000000000001000000"}

    def test_it_is_steered_by_rabbitmqctl(self, private_rabbit: PrivateRabbit) -> None:
        private_rabbit.ctl("set_vm_memory_high_watermark", "0.3")

        assert private_rabbit.node in private_rabbit.ctl("status")
        with pytest.raises(rabbitmq.ServerError, match="no_such_queue"):
            private_rabbit.ctl("delete_queue", "no_such_queue")


class TestCluster:
    pytestmark = slow

    @pytest.mark.parametrize("victim", [0, 2])
    def test_an_event_is_still_there_when_a_node_is_killed(self, rabbit_cluster: Cluster, victim: int) -> None:
        prefix = BrokerPrefix(rabbit_cluster.urls[victim])
        put(prefix.url, f"{prefix}.intake", "blijft")

        rabbit_cluster.nodes[victim].kill()
        kept = take_once_there_is_a_leader(rabbit_cluster.urls[1], f"{prefix}.intake")
        rabbit_cluster.nodes[victim].start()

        assert kept == "blijft"
        assert has_queue(rabbit_cluster.urls[victim], f"{prefix}.intake")
        prefix.clear()
