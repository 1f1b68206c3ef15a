"""The folder of a test run, and its broker and database: those that run here, else private ones of the run.

Where the folder is in memory, the database server is always a private one: one that keeps its files on a disk is
waited for at each database that is dropped, and tests drop some hundreds.

The process that people started makes the folder, and removes it with all that runs in it at the end, after its
workers have gone; the workers get its place, and the first that needs a server starts it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.servers import Servers
from tests.support.leftovers import clear_leftovers
from tests.support.run_servers import BrokerPrefix, DatabasePrefix, end_run, servers_of, url_for_the_run
from tests.support.servers import postgres, rabbitmq
from tests.support.servers.postgres import PrivatePostgres
from tests.support.servers.rabbitmq import Cluster, PrivateRabbit

FOLDER = pytest.StashKey[Path]()
INPUT = "houvast_servers"
# Every commit waits for the disk, and the tests make many thousands. A process that is killed loses nothing that
# it wrote to memory either, so what they promise can be tried there as well.
MEMORY = Path("/dev/shm")
LEAST_FREE_BYTES = 4 * 2**30
INSTALL = "Installeer het met: .venv/bin/python -m tests.support.servers ensure"


@pytest.hookimpl(tryfirst=True)  # before pytest decides where the folders of its tests are
def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        config.stash[FOLDER] = Path(config.workerinput[INPUT])
        return
    folder = Path(tempfile.mkdtemp(prefix="houvast-", dir=_fast_place()))
    # PostgreSQL runs as another user when root tests; that one has to get through, and may read nothing here.
    folder.chmod(0o711)
    config.stash[FOLDER] = folder
    config.add_cleanup(lambda: end_run(folder))
    if config.option.basetemp is None and folder.is_relative_to(MEMORY):
        config.option.basetemp = str(folder / "tests")


def _fast_place() -> Path | None:
    """Memory where there is enough; None is where temporary files are, which people may choose with TMPDIR."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return None
    return MEMORY if shutil.disk_usage(MEMORY).free > LEAST_FREE_BYTES else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput[INPUT] = str(node.config.stash[FOLDER])


@pytest.fixture(scope="session")
def servers_folder(pytestconfig: pytest.Config) -> Path:
    """Where the servers of this run live; a short path, which other users may pass."""
    return pytestconfig.stash[FOLDER]


@pytest.fixture(scope="session")
def broker_url(servers_folder: Path) -> str:
    """A broker for all tests of the run; use it under a `broker_prefix` only."""
    server = rabbitmq.find()
    if server is not None:
        return server
    _needs_rabbitmq()
    return url_for_the_run(servers_folder, PrivateRabbit)


@pytest.fixture(scope="session")
def database_url(servers_folder: Path) -> str:
    """A PostgreSQL server for all tests of the run, as postgres; use it under a `database_prefix` only."""
    works_in_memory = servers_folder.is_relative_to(MEMORY) and postgres.is_installed()
    server = None if works_in_memory else postgres.find()
    if server is not None:
        clear_leftovers(server)
        return server
    _needs_postgres()
    return url_for_the_run(servers_folder, PrivatePostgres)


@pytest.fixture
def broker_prefix(broker_url: str) -> Iterator[BrokerPrefix]:
    """A setting `broker_prefix` of this test alone; what is made under it on `broker_prefix.url` is cleared."""
    prefix = BrokerPrefix(broker_url)
    yield prefix
    prefix.clear()


@pytest.fixture
def database_prefix(database_url: str) -> Iterator[DatabasePrefix]:
    """The begin of the names of this test's databases; those are dropped. `database_prefix.url` ends with it."""
    prefix = DatabasePrefix(database_url)
    yield prefix
    prefix.clear()


_OTHERS = ("local-postgres", "rabbitmq-sqlite", "rabbitmq-postgres")
PAIRS = ("local-sqlite", *(pytest.param(name, marks=pytest.mark.slow) for name in _OTHERS))


@pytest.fixture(params=PAIRS)
def pair(request: pytest.FixtureRequest) -> Servers:
    """Each transport with each database: the settings of an installation, under names of this test alone."""
    transport, _, store = request.param.partition("-")
    database = request.getfixturevalue("database_prefix") if store == "postgres" else None
    broker = request.getfixturevalue("broker_prefix") if transport == "rabbitmq" else None
    return servers_of(database, broker)


@pytest.fixture
def private_rabbit(tmp_path: Path) -> Iterator[PrivateRabbit]:
    """A running broker of this test alone, to stop, kill and wipe."""
    _needs_rabbitmq()
    rabbit = PrivateRabbit(tmp_path / "rabbitmq")
    try:
        rabbit.start()
        yield rabbit
    finally:
        rabbit.wipe()


@pytest.fixture
def private_postgres(servers_folder: Path) -> Iterator[PrivatePostgres]:
    """A running PostgreSQL server of this test alone, to stop and kill."""
    _needs_postgres()
    own = Path(tempfile.mkdtemp(dir=servers_folder))
    own.chmod(0o711)
    server = PrivatePostgres(own / "postgres")
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def _started_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    _needs_rabbitmq()
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.wipe()


@pytest.fixture
def rabbit_cluster(_started_cluster: Cluster) -> Cluster:
    """Three running nodes, started once for the tests of a process; a test may kill and stop nodes.

    What earlier tests made on it may still be there: use it under a `BrokerPrefix(url)`.
    """
    _started_cluster.start()
    return _started_cluster


def _needs_rabbitmq() -> None:
    if not rabbitmq.is_installed():
        pytest.skip(f"Debians pakket {rabbitmq.PACKAGE} ontbreekt. {INSTALL}")


def _needs_postgres() -> None:
    if not postgres.is_installed():
        pytest.skip(f"Debians pakket {postgres.PACKAGE} ontbreekt. {INSTALL}")
