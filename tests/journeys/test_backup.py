"""`./houvast backup` and `restore`: what was kept comes back whole, and what was there is put aside."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from deploy.local.installation import NAMES, claim
from deploy.local.servers import database_of, remembered
from services.intake.models import Signup
from tests.crash.harness import RunningInstallation
from tests.crash.published_and_consumed import discrepancies
from tests.journeys.operating import (
    KILLED,
    CommandResult,
    everything,
    houvast,
    houvast_apart,
    houvast_killed_at,
    own_tables,
    tree,
)
from tests.support.inline_installation import open_installation
from tests.support.run_servers import DatabasePrefix

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SECRETS = (b"Lente", b"lente@example.org")
# Who sign up while a copy is made: how many before it begins, and how long each of three waits.
BEFOREHAND, BETWEEN_SECONDS = 6, 0.1


def take(data: Path, *words: str) -> Path:
    """Make a backup."""
    taken = houvast(data, "backup", "--to", str(data.parent / "copies"), *words)
    assert taken.returncode == 0, taken.stderr
    return Path(taken.stdout.strip())


def put_back(data: Path, backup: Path, *words: str) -> CommandResult:
    return houvast(data, "restore", "--from", str(backup), *words)


def sign_up(data: Path, call_name: str) -> None:
    with open_installation(data) as installation:
        installation.sign_up(call_name)
        installation.settle()


def signups(data: Path) -> int:
    with open_installation(data):
        return int(Signup.select().count())


def settled(data: Path) -> list[str]:
    """List what is still wrong once everything was consumed."""
    with open_installation(data) as installation:
        installation.settle()
        return installation.unhealthy_findings() + discrepancies()


@pytest.fixture
def second_prefix(database_url: str) -> Iterator[DatabasePrefix]:
    prefix = DatabasePrefix(database_url)
    yield prefix
    prefix.clear()


@pytest.fixture
def restore_into(
    request: pytest.FixtureRequest, data_folder: Path, tmp_path: Path
) -> Callable[[Path], tuple[Path, CommandResult]]:
    """Puts a backup back where nothing is yet: another folder, on a server under other names."""

    def build(backup: Path) -> tuple[Path, CommandResult]:
        words: list[str] = []
        if remembered(data_folder).database is not None:
            words = ["--database", request.getfixturevalue("second_prefix").url]
        return tmp_path / "elsewhere", put_back(tmp_path / "elsewhere", backup, "--yes", *words)

    return build


class TestTaking:
    def test_it_is_one_folder_that_only_its_owner_may_read_and_says_what_is_in_it(self, data_folder: Path) -> None:
        published = len(everything(data_folder)["intake.outbox"])

        backup = take(data_folder)

        manifest = json.loads((backup / "manifest.json").read_text("utf-8"))
        assert set(manifest["services"]) == set(NAMES)
        assert manifest["services"]["intake"]["seq"] == published > 0
        assert manifest["services"]["meetings"]["positions"]["intake"] == [1, published]
        assert manifest["services"]["intake"]["migrations"][0] == "0001_initial"
        assert manifest["version"]
        assert [path.name for path in backup.parent.iterdir()] == [backup.name]
        files = {path for path in backup.rglob("*") if path.is_file()}
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
        assert {path.stat().st_mode & 0o777 for path in (backup, backup / "stores")} == {0o700}

    def test_there_is_no_key_and_no_name_in_it_unless_keys_were_asked_for(self, files: Path) -> None:
        keys = [path.read_text("utf-8") for path in (files / "keys").iterdir()]
        secrets = {text for key in keys for text in _strings(json.loads(key)) if len(text) > 30}

        plain, with_keys = take(files), take(files, "--with-keys")

        content = b"".join(path.read_bytes() for path in plain.rglob("*") if path.is_file())
        assert not any(secret.encode() in content for secret in secrets)
        assert not any(secret in content for secret in SECRETS)
        assert tree(with_keys / "keys") == tree(files / "keys")
        assert "sleutels" in houvast(files, "backup", "--to", str(files.parent / "copies"), "--with-keys").stderr

    def test_a_dry_run_says_how_much_it_is_and_writes_nothing(self, data_folder: Path) -> None:
        before = tree(data_folder.parent)

        answer = houvast(data_folder, "backup", "--to", str(data_folder.parent / "copies"), "--dry-run")

        assert answer.returncode == 0, answer.stderr
        assert "MB" in answer.stderr
        assert tree(data_folder.parent) == before

    def test_a_program_gets_the_name_of_the_folder(self, files: Path) -> None:
        answer = houvast(files, "backup", "--to", str(files.parent / "copies"), "--json")

        assert Path(json.loads(answer.stdout)["backup"]).is_dir()

    def test_a_folder_without_an_installation_is_refused_and_stays_away(self, tmp_path: Path) -> None:
        answer = houvast(tmp_path / "nowhere", "backup", "--to", str(tmp_path / "copies"))

        assert answer.returncode == 2
        assert list(tmp_path.iterdir()) == []

    def test_killed_on_the_way_it_leaves_nothing_that_looks_like_a_backup(self, files: Path) -> None:
        before = everything(files)

        killed = houvast_killed_at(files, "store_copied:2", "backup", "--to", str(files.parent / "copies"))
        [half] = (files.parent / "copies").iterdir()
        refused = put_back(files, half, "--yes")

        assert killed == KILLED
        assert half.name.endswith(".partial")
        assert refused.returncode == 1
        assert "niet af" in refused.stderr
        assert everything(files) == before

    def test_where_it_cannot_write_it_says_so_and_leaves_nothing(self, files: Path) -> None:
        (files.parent / "copies").write_text("not a folder")

        answer = houvast(files, "backup", "--to", str(files.parent / "copies" / "more"))

        assert answer.returncode == 1
        assert "geen reservekopie gemaakt" in answer.stderr

    def test_of_a_database_server_it_needs_no_program_of_postgresql(
        self, files: Path, database_prefix: DatabasePrefix, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        houvast(files, "move", "--database", database_prefix.url)
        monkeypatch.setenv("PATH", str(files))

        made = houvast(files, "backup", "--to", str(files.parent / "copies"))

        assert made.returncode == 0, made.stderr

    def test_tables_that_are_not_ours_are_named_instead_of_left_out(
        self, files: Path, database_prefix: DatabasePrefix
    ) -> None:
        houvast(files, "move", "--database", database_prefix.url)
        with psycopg.connect(database_of(database_prefix.url, "intake")[0]) as connection:
            connection.execute("CREATE TABLE theirs AS SELECT 1 AS number")

        refused = houvast(files, "backup", "--to", str(files.parent / "copies"))

        assert refused.returncode == 1
        assert "theirs" in refused.stderr
        assert list((files.parent / "copies").iterdir()) == []

    def test_while_people_sign_up_every_copy_is_of_one_moment_and_comes_back_whole(
        self, data_folder: Path, restore_into: Callable[[Path], tuple[Path, CommandResult]]
    ) -> None:
        running = RunningInstallation(data_folder, remembered(data_folder))
        some_came, stop, come = threading.Event(), threading.Event(), []

        def keep_asking(number: int) -> None:
            # Not as fast as it goes: the copy is what is tried, and the machine has more to do.
            while not stop.wait(BETWEEN_SECONDS):
                name = f"M {number}.{len(come)}"
                running.visitor().submit("/aanmelden/de-kade", "/aanmelden/de-kade", call_name=name)
                come.append(name)
                if len(come) > BEFOREHAND:
                    some_came.set()

        people = [threading.Thread(target=keep_asking, args=(number,)) for number in range(3)]
        try:
            running.start()
            for person in people:
                person.start()
            assert some_came.wait(60)
            taken = [
                houvast_apart(data_folder, "backup", "--to", str(data_folder.parent / "copies"), "--with-keys")
                for _ in range(2)
            ]
        finally:
            stop.set()
            for person in people:
                person.join()
            running.close()

        folder, restored = restore_into(Path(taken[-1].stdout.strip()))
        assert [backup.returncode for backup in taken] == [0, 0], taken[-1].stderr
        assert restored.returncode == 0, restored.stderr
        assert restored.stdout == ""  # nobody had consumed what its publisher did not know
        assert signups(folder) > BEFOREHAND
        assert settled(folder) == []


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, str):
        yield value


class TestPuttingBack:
    def test_everything_is_as_it_was_what_was_there_is_kept_and_nobody_is_notified_twice(
        self, data_folder: Path
    ) -> None:
        with open_installation(data_folder) as installation:
            mails = installation.mailbox.count()
        before = own_tables(everything(data_folder))
        backup = take(data_folder)
        sign_up(data_folder, "Mies")

        restored = put_back(data_folder, backup, "--yes")

        assert restored.returncode == 0, restored.stderr
        assert own_tables(everything(data_folder)) == before
        with open_installation(data_folder) as installation:
            installation.settle()
            assert installation.mailbox.count() == mails
            assert installation.unhealthy_findings() == []
        assert aside(data_folder)

    def test_it_comes_back_where_nothing_was_with_the_keys_that_are_in_it(
        self, data_folder: Path, restore_into: Callable[[Path], tuple[Path, CommandResult]]
    ) -> None:
        before = own_tables(everything(data_folder))

        folder, restored = restore_into(take(data_folder, "--with-keys"))

        assert restored.returncode == 0, restored.stderr
        assert own_tables(everything(folder)) == before
        assert {path.stat().st_mode & 0o077 for path in (folder / "keys").iterdir()} == {0}
        assert settled(folder) == []

    def test_a_backup_of_files_goes_onto_a_database_server_and_the_other_way_round(
        self, files: Path, database_prefix: DatabasePrefix
    ) -> None:
        before = own_tables(everything(files))
        of_files, on_files = take(files), Path(shutil.copytree(files, files.with_name("on_files")))
        houvast(files, "move", "--database", database_prefix.url)
        of_server = take(files)
        sign_up(files, "Mies")

        restored = [put_back(files, of_files, "--yes"), put_back(on_files, of_server, "--yes")]

        assert [answer.returncode for answer in restored] == [0, 0], restored
        for data in (files, on_files):
            assert own_tables(everything(data)) == before
            assert settled(data) == []

    def test_what_the_server_cannot_keep_is_named_and_nothing_changes(
        self, files: Path, database_prefix: DatabasePrefix
    ) -> None:
        with closing(sqlite3.connect(files / "stores" / "meetings.sqlite3")) as store:
            store.execute("UPDATE venue SET name = 'a' || char(0) || 'b'")
            store.commit()
        backup = take(files, "--with-keys")

        refused = put_back(files.with_name("elsewhere"), backup, "--yes", "--database", database_prefix.url)

        assert refused.returncode == 1
        assert "venue.name: 2" in refused.stderr
        assert database_prefix.databases() == []

    def test_the_same_backup_can_be_put_back_again_and_what_is_published_then_is_consumed(
        self, data_folder: Path
    ) -> None:
        backup = take(data_folder)
        for name in ("Mies", "Puck"):
            put_back(data_folder, backup, "--yes")
            sign_up(data_folder, name)

        restored = put_back(data_folder, backup, "--yes")
        sign_up(data_folder, "Fien")

        assert restored.returncode == 0, restored.stderr
        with open_installation(data_folder) as installation:
            assert installation.unhealthy_findings() == []
            assert discrepancies() == []

    def test_without_a_yes_it_tells_what_would_happen_and_a_dry_run_too(self, data_folder: Path) -> None:
        backup = take(data_folder)
        before, rows = tree(data_folder), everything(data_folder)

        asked, rehearsed = put_back(data_folder, backup), put_back(data_folder, backup, "--dry-run", "--yes")

        assert (asked.returncode, rehearsed.returncode) == (2, 0)
        assert "--yes" in asked.stderr
        assert "opzij" in rehearsed.stderr
        assert tree(data_folder) == before
        assert everything(data_folder) == rows

    def test_a_dry_run_in_a_folder_that_is_not_there_does_not_make_it(self, files: Path, tmp_path: Path) -> None:
        backup = take(files, "--with-keys")

        rehearsed = put_back(tmp_path / "elsewhere", backup, "--dry-run")

        assert rehearsed.returncode == 0, rehearsed.stderr
        assert "nieuwe installatie" in rehearsed.stderr
        assert not (tmp_path / "elsewhere").exists()

    def test_an_installation_that_runs_is_refused(self, files: Path) -> None:
        backup = take(files)
        with claim(files):
            refused = put_back(files, backup, "--yes")

        assert refused.returncode == 1
        assert "Stop het eerst" in refused.stderr

    def test_somebody_at_the_database_is_not_thrown_out(
        self, files: Path, database_prefix: DatabasePrefix
    ) -> None:
        houvast(files, "move", "--database", database_prefix.url)
        backup, before = take(files), everything(files)
        url, name = database_of(database_prefix.url, "intake")

        with psycopg.connect(url):
            refused = put_back(files, backup, "--yes")

        assert refused.returncode == 1
        assert name in refused.stderr
        assert everything(files) == before
        assert len(database_prefix.databases()) == len(NAMES)


def aside(data: Path) -> list[str]:
    """List what was put aside."""
    database = remembered(data).database
    if database is None:
        return sorted(path.name for path in data.glob("stores.before-*/*.sqlite3"))
    beginning = urlsplit(database).path.lstrip("/")
    with psycopg.connect(urlsplit(database)._replace(path="/postgres").geturl()) as connection:
        rows = connection.execute("SELECT datname::text FROM pg_database WHERE datname ~ '_old_'").fetchall()
    return sorted(row[0] for row in rows if row[0].startswith(beginning))


class TestRefusing:
    @pytest.mark.parametrize(
        ("spoil", "expected"),
        [
            (lambda backup: (backup / "stores" / "intake.sqlite3").unlink(), "niet compleet"),
            (lambda backup: (backup / "manifest.json").unlink(), "geen reservekopie"),
            (lambda backup: (backup / "manifest.json").write_text("{}"), "geen reservekopie"),
            (lambda backup: change(backup, "/etc/passwd", "services", "intake", "file"), "niet compleet"),
            (lambda backup: change(backup, 2, "format"), "nieuwere versie"),
            (lambda backup: change(backup, ["0099_later"], "services", "meetings", "migrations"), "nieuwere"),
            (lambda backup: change(backup, {"index": "other"}, "services", "meetings", "keys"), "sleutels"),
            (lambda backup: change(backup, "stores/intake.dump", "services", "intake", "file"), "niet compleet"),
            (lambda backup: flip(backup / "stores" / "notifications.sqlite3"), "beschadigd"),
        ],
    )
    def test_a_backup_that_is_not_whole_or_not_of_here_is_refused_and_nothing_changes(
        self, files: Path, spoil: Callable[[Path], None], expected: str
    ) -> None:
        backup = take(files)
        before = tree(files)

        spoil(backup)
        refused = put_back(files, backup, "--yes")

        assert refused.returncode == 1
        assert expected in refused.stderr
        assert tree(files) == before

    def test_a_folder_that_is_not_there_is_no_backup(self, files: Path) -> None:
        refused = put_back(files, files.parent / "nowhere", "--yes")

        assert refused.returncode == 1
        assert "geen reservekopie" in refused.stderr

    def test_without_the_keys_that_sealed_it_nothing_is_put_back(self, files: Path, tmp_path: Path) -> None:
        backup = take(files)

        refused = put_back(tmp_path / "elsewhere", backup, "--yes")

        assert refused.returncode == 1
        assert "sleutels" in refused.stderr
        assert not (tmp_path / "elsewhere" / "stores").exists()

    def test_one_store_alone_does_not_make_an_installation(self, files: Path, tmp_path: Path) -> None:
        backup = take(files, "--with-keys")

        refused = put_back(tmp_path / "elsewhere", backup, "--yes", "--service", "intake")

        assert refused.returncode == 1
        assert "zonder --service" in refused.stderr


def change(backup: Path, value: Any, *where: str) -> None:
    """Another value in the manifest."""
    path = backup / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    inner = manifest
    for key in where[:-1]:
        inner = inner[key]
    inner[where[-1]] = value
    path.write_text(json.dumps(manifest))


def flip(path: Path) -> None:
    """Flip one bit of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


class TestDying:
    @pytest.mark.parametrize("step", ["store_made_ready:1", "store_made_ready:4"])
    def test_killed_while_it_is_made_ready_nothing_has_changed_and_it_can_be_done_again(
        self, data_folder: Path, step: str
    ) -> None:
        backup, then = take(data_folder), own_tables(everything(data_folder))
        sign_up(data_folder, "Mies")
        before = everything(data_folder)

        killed = houvast_killed_at(data_folder, step, "restore", "--from", str(backup), "--yes")
        between = everything(data_folder)
        again = put_back(data_folder, backup, "--yes")

        assert killed == KILLED
        assert between == before
        assert again.returncode == 0, again.stderr
        assert own_tables(everything(data_folder)) == then
        assert not (data_folder / "stores.restoring").exists()

    @pytest.mark.parametrize("step", ["restore_noted", "store_swapped:1", "store_swapped:4"])
    def test_killed_halfway_nothing_starts_until_it_is_finished(self, data_folder: Path, step: str) -> None:
        backup, then = take(data_folder), own_tables(everything(data_folder))
        sign_up(data_folder, "Mies")

        killed = houvast_killed_at(data_folder, step, "restore", "--from", str(backup), "--yes")
        between = [houvast(data_folder, *words) for words in (("migrate",), ("doctor",), ("start", "--port", "0"))]
        looked = put_back(data_folder, backup, "--dry-run")
        finished = put_back(data_folder, backup, "--yes")

        assert killed == KILLED
        assert [answer.returncode for answer in (*between, looked)] == [1] * 4
        assert all(f"--from {backup} --yes" in answer.stderr for answer in (*between, looked))
        assert finished.returncode == 0, finished.stderr
        assert own_tables(everything(data_folder)) == then
        assert len(aside(data_folder)) == len(NAMES)
        assert settled(data_folder) == []

    def test_what_a_killed_installation_had_not_yet_put_in_its_file_goes_aside_with_it(
        self, files: Path, tmp_path: Path
    ) -> None:
        backup = take(files)
        with open_installation(files) as installation:
            installation.sign_up("Mies")
            many = int(Signup.select().count())
            killed = Path(shutil.copytree(files, tmp_path / "killed"))  # the way kill -9 leaves it
        assert (killed / "stores" / "intake.sqlite3-wal").stat().st_size > 0

        put_back(killed, backup, "--yes")

        [kept] = killed.glob("stores.before-*")
        with closing(sqlite3.connect(kept / "intake.sqlite3")) as store:
            assert store.execute("SELECT count(*) FROM signup").fetchone() == (many,)
        assert signups(killed) == many - 1
