"""`./houvast move`: everything arrives on the server or nothing counts, whatever happens on the way."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from deploy.local.installation import NAMES, application_named, claim
from deploy.local.ports import free_port
from deploy.local.servers import Servers, database_of, make_databases, remember, remembered
from services.intake.models import Placement, Signup
from services.meetings.models import Group, Organisation
from shared.ids import new_id
from tests.crash.harness import RunningInstallation
from tests.journeys.operating import KILLED, CommandResult, everything, houvast, houvast_killed_at, tree
from tests.support.inline_installation import open_installation
from tests.support.run_servers import BrokerPrefix, DatabasePrefix

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

BEFORE_IT_COUNTS = [
    "move_begun",
    "move_marked",
    "table_copied:1",
    "table_copied:40",
    "service_moved:1",
    "service_moved:4",
    "move_verified",
]
ODD = 'een "tab"\t, een regel\n, een \\ en \\N, een ’ en een 🙂'


def move(data: Path, prefix: DatabasePrefix, *words: str) -> CommandResult:
    return houvast(data, "move", "--database", prefix.url, *words)


def kill_move(data: Path, prefix: DatabasePrefix, crash_at: str) -> int:
    return houvast_killed_at(data, crash_at, "move", "--database", prefix.url)


def without_notes(files: dict[str, str]) -> dict[str, str]:
    """Leave out what only shows that a command ran here."""
    return {name: value for name, value in files.items() if name not in ("moving", "running")}


@pytest.fixture
def odd(files: Path) -> Path:
    """Add values that are easily lost on the way."""
    with open_installation(files):
        service = application_named("meetings").service
        with service.transaction():
            parent = Organisation.create(id=new_id(), name=ODD, slug=ODD[:60], region="")
            # Stored before the organisation it points at.
            Organisation.update(parent_organisation=parent.id).where(Organisation.id != parent.id).execute()
            Group.update(themes=["", ODD, None, True, 1, 1.5, 1e20, {"b": [], "a": {"é": -0.25}}]).execute()
            service.inbox.dead_letter("intake", new_id(), "signup/1", ODD, "as it was")
    return files


def test_everything_arrives_as_it_was_and_the_installation_goes_on_there(
    odd: Path, database_prefix: DatabasePrefix
) -> None:
    before = everything(odd)

    moved = move(odd, database_prefix)

    assert moved.returncode == 0, moved.stderr
    assert everything(odd) == before
    assert remembered(odd) == Servers(database_prefix.url)
    assert sorted(path.name for path in (odd / "stores.moved").glob("*.sqlite3")) == sorted(
        f"{name}.sqlite3" for name in NAMES
    )
    assert not list((odd / "stores").iterdir())
    assert not (odd / "moving").exists()
    assert len(database_prefix.databases()) == len(NAMES)


def test_after_the_move_somebody_signs_up_and_everybody_hears_of_it(
    files: Path, database_prefix: DatabasePrefix
) -> None:
    move(files, database_prefix)

    with open_installation(files) as installation:
        before = Signup.select().count()
        installation.sign_up("Mies")
        installation.settle()
        ills = installation.unhealthy_findings()
        signups, placements = Signup.select().count(), Placement.select().count()

    assert signups == before + 1
    assert placements
    assert ills == []


def test_it_moves_to_a_broker_too_and_both_are_used(
    files: Path, database_prefix: DatabasePrefix, broker_prefix: BrokerPrefix
) -> None:
    remember(files, Servers(prefix=str(broker_prefix)))

    moved = move(files, database_prefix, "--broker", broker_prefix.url)

    assert moved.returncode == 0, moved.stderr
    servers = remembered(files)
    assert (servers.database, servers.broker) == (database_prefix.url, broker_prefix.url)
    running = RunningInstallation(files, servers)
    try:
        running.start()
        running.visitor().submit("/aanmelden/de-kade", "/aanmelden/de-kade", call_name="Mies")
        running.wait_until(running.is_well)
    finally:
        running.close()


def test_a_dry_run_tells_what_goes_where_and_changes_nothing(files: Path, database_prefix: DatabasePrefix) -> None:
    before = tree(files)

    answer = move(files, database_prefix, "--dry-run")

    assert answer.returncode == 0, answer.stderr
    assert all(f"{database_prefix}_{name}" in answer.stdout for name in NAMES)
    assert "niets veranderd" in answer.stderr
    assert tree(files) == before
    assert database_prefix.databases() == []


def test_databases_that_hold_something_of_somebody_are_left_alone(
    files: Path, database_prefix: DatabasePrefix
) -> None:
    make_databases(database_prefix.url, ["notifications"])
    url, name = database_of(database_prefix.url, "notifications")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE theirs AS SELECT 1 AS one")
    before = tree(files)

    refused = move(files, database_prefix)

    assert refused.returncode == 1
    assert name in refused.stderr
    assert tree(files) == before
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT one FROM theirs").fetchall() == [(1,)]
    assert database_prefix.databases() == [name]


def test_what_another_folder_began_is_left_alone(files: Path, database_prefix: DatabasePrefix) -> None:
    other = Path(shutil.copytree(files, files.with_name("other")))
    kill_move(other, database_prefix, "move_verified")

    refused = move(files, database_prefix)

    assert refused.returncode == 1
    assert "Daar staat al iets" in refused.stderr
    assert move(other, database_prefix).returncode == 0


def test_an_installation_that_runs_is_refused(files: Path, database_prefix: DatabasePrefix) -> None:
    with claim(files):
        refused = move(files, database_prefix)

    assert refused.returncode == 1
    assert "Stop het eerst" in refused.stderr
    assert database_prefix.databases() == []


def test_a_folder_without_an_installation_is_refused_and_stays_away(
    tmp_path: Path, database_prefix: DatabasePrefix
) -> None:
    refused = move(tmp_path / "nowhere", database_prefix)

    assert refused.returncode == 2
    assert "staat geen Houvast" in refused.stderr
    assert not (tmp_path / "nowhere").exists()


def test_who_moved_already_is_refused(files: Path, database_prefix: DatabasePrefix) -> None:
    move(files, database_prefix)
    before = everything(files)

    refused = move(files, database_prefix)

    assert refused.returncode == 1
    assert "al op een databaseserver" in refused.stderr
    assert everything(files) == before


@pytest.mark.parametrize(
    "words",
    [
        ("--database", "postgresql://postgres@127.0.0.1:{port}/houvast"),
        ("--database", "{url}", "--broker", "amqp://guest:guest@127.0.0.1:{port}/%2F"),
        ("--database", "{url}", "--broker", "geen adres"),
    ],
    ids=["database", "broker", "nonsense"],
)
def test_a_server_that_does_not_answer_is_refused_and_nothing_changes(
    files: Path, database_prefix: DatabasePrefix, words: tuple[str, ...]
) -> None:
    before = tree(files)

    refused = houvast(files, "move", *(word.format(port=free_port(), url=database_prefix.url) for word in words))

    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert tree(files) == before
    assert database_prefix.databases() == []


def test_without_saying_where_to_it_asks(files: Path) -> None:
    asked = houvast(files, "move")

    assert asked.returncode == 2
    assert "--database" in asked.stderr


@pytest.fixture
def store(files: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(files / "stores" / "meetings.sqlite3")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE venue SET name = hex(zeroblob(100)) WHERE id = (SELECT MIN(id) FROM venue)", "venue.name: 1"),
        ("UPDATE venue SET name = 'a' || char(0) || 'b'", "venue.name: 2"),
        ("UPDATE venue SET features = '[\"\\u0000\"]'", "venue.features: 2"),
        ("UPDATE meeting SET minutes = 3000000000", "meeting.minutes"),
        ("CREATE TABLE more (one)", "more"),
        ("DELETE FROM schema_migration WHERE name LIKE '0001%'", "migrate"),
    ],
    ids=["too long", "NUL", "NUL in JSON", "too large", "unknown table", "other version"],
)
def test_what_the_server_cannot_keep_is_named_beforehand_also_in_a_dry_run(
    files: Path, store: sqlite3.Connection, database_prefix: DatabasePrefix, change: str, expected: str
) -> None:
    store.execute(change)
    store.commit()
    store.close()

    rehearsed, moved = move(files, database_prefix, "--dry-run"), move(files, database_prefix)

    assert (rehearsed.returncode, moved.returncode) == (1, 1)
    assert expected in rehearsed.stderr
    assert expected in moved.stderr
    assert database_prefix.databases() == []


@pytest.mark.parametrize("step", BEFORE_IT_COUNTS)
def test_killed_before_it_counts_the_installation_is_as_it_was_and_a_new_move_begins_anew(
    odd: Path, database_prefix: DatabasePrefix, step: str
) -> None:
    before, rows = without_notes(tree(odd)), everything(odd)

    killed = kill_move(odd, database_prefix, step)
    between = without_notes(tree(odd))
    again = move(odd, database_prefix)

    assert killed == KILLED
    assert between == before
    assert again.returncode == 0, again.stderr
    assert everything(odd) == rows


def test_killed_when_it_counts_the_next_start_tidies_up(files: Path, database_prefix: DatabasePrefix) -> None:
    rows = everything(files)

    killed = kill_move(files, database_prefix, "move_remembered")
    begun = houvast(files, "migrate")

    assert killed == KILLED
    assert begun.returncode == 0, begun.stderr
    assert (files / "stores.moved").is_dir()
    assert not (files / "moving").exists()
    assert everything(files) == rows
    for name in NAMES:
        with psycopg.connect(database_of(database_prefix.url, name)[0]) as connection:
            assert connection.execute("SELECT to_regclass('houvast_unfinished')").fetchone() == (None,)


def test_an_installation_that_worked_on_after_a_broken_off_move_loses_nothing_of_that(
    files: Path, database_prefix: DatabasePrefix
) -> None:
    kill_move(files, database_prefix, "move_verified")
    with open_installation(files) as installation:
        installation.sign_up("Mies")
        installation.settle()
    rows = everything(files)

    moved = move(files, database_prefix)

    assert moved.returncode == 0, moved.stderr
    assert everything(files) == rows
