"""A database server whose disk is full: refusals in Dutch, nothing half written, nothing lost, and on it goes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy.local.doctor import examine
from deploy.local.servers import Servers
from deploy.local.visitor import Page, Visitor, over_http
from services.meetings.models import Signup
from tests.crash.storm import Crowd, broken_promises
from tests.crash.supervised import SupervisedInstallation
from tests.support.run_servers import DISK_MEGABYTES, LITTLE_LOG
from tests.support.servers import postgres
from tests.support.servers.postgres import PrivatePostgres
from tests.support.servers.small_disk import MountRefused, SmallDisk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MOST_SIGN_UPS = 2000


@pytest.fixture
def server(servers_folder: Path) -> Iterator[PrivatePostgres]:
    """A server of our own on a small disk."""
    if not postgres.is_installed():
        pytest.skip(f"Debians pakket {postgres.PACKAGE} ontbreekt.")
    own = Path(tempfile.mkdtemp(dir=servers_folder))
    own.chmod(0o711)
    made = PrivatePostgres(own, settings=LITTLE_LOG)
    try:
        with made.on_small_disk(DISK_MEGABYTES):
            made.start()
            yield made
    except MountRefused:
        pytest.skip("Een kleine schijf aankoppelen mag alleen root, en niet in elke container.")


@pytest.fixture
def disk(server: PrivatePostgres) -> SmallDisk:
    """That disk."""
    assert server.disk is not None
    return server.disk


@pytest.fixture
def running(tmp_path: Path, server: PrivatePostgres) -> Iterator[SupervisedInstallation]:
    url = urlsplit(server.url)._replace(path="/houvast").geturl()
    made = SupervisedInstallation(tmp_path / "installation", Servers(url))
    try:
        made.start()
        yield made
    finally:
        made.close()


def sign_up(running: SupervisedInstallation, name: str) -> Page:
    """Somebody signs up once, and does not try again."""
    person = Visitor(over_http(running.installation.url, timeout_seconds=30))
    page = person.open("/aanmelden/de-kade")
    return person.submit(page, "/aanmelden/de-kade", call_name=name, help_question="x" * 500)


def sign_up_until_refused(running: SupervisedInstallation) -> tuple[list[str], Page]:
    """People sign up until one of them is refused: who did not, and the answer to who did."""
    accepted: list[str] = []
    for number in range(MOST_SIGN_UPS):
        page = sign_up(running, f"Noor {number}")
        if page.status != 200:
            return accepted, page
        accepted.append(f"Noor {number}")
    raise AssertionError("the disk never became full")


def test_a_full_disk_of_the_database_server_is_said_refused_kindly_and_got_over(
    running: SupervisedInstallation, disk: SmallDisk, capsys: pytest.CaptureFixture[str]
) -> None:
    before = running.pids()["work"]
    sign_up(running, "Merel")

    disk.fill()
    accepted, refusal = sign_up_until_refused(running)
    doctors_verdict = examine(running.installation.data, as_json=False)
    words = capsys.readouterr().out
    disk.free()
    last = sign_up(running, "Specht")
    running.wait_until(lambda: Signup.select().count() == len(accepted) + 2)
    running.wait_until(running.is_well)

    assert refusal.status == 503
    assert "Er is niets half opgeslagen" in refusal.text
    assert doctors_verdict == 1
    assert "schijf van de databaseserver: vol" in words
    assert last.status == 200
    crowd = Crowd(running, 0)
    crowd.signed_up = ["Merel", *accepted, "Specht"]
    assert broken_promises(running, crowd) == []
    assert running.pids()["work"] == before
    assert examine(running.installation.data, as_json=False) == 0


def test_a_database_server_that_a_full_disk_stopped_goes_on_where_it_was(
    running: SupervisedInstallation, server: PrivatePostgres, disk: SmallDisk
) -> None:
    sign_up(running, "Merel")

    disk.fill()
    accepted, _ = sign_up_until_refused(running)
    server.kill()
    away = sign_up_page_status(running)
    disk.free()
    server.start()
    running.forget_connections()
    last = sign_up(running, "Specht")
    running.wait_until(lambda: Signup.select().count() == len(accepted) + 2)

    assert away == 503
    assert last.status == 200
    running.wait_until(running.is_well)
    crowd = Crowd(running, 0)
    crowd.signed_up = ["Merel", *accepted, "Specht"]
    assert broken_promises(running, crowd) == []


def sign_up_page_status(running: SupervisedInstallation) -> int:
    """How the page answers on which people sign up."""
    return Visitor(over_http(running.installation.url, timeout_seconds=30)).open("/aanmelden/de-kade").status
