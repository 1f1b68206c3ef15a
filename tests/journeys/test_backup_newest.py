"""`./houvast restore` from the folder in which backups are put: the newest one, and it is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from services.intake.models import Signup
from tests.journeys.operating import KILLED, everything, houvast, houvast_killed_at
from tests.support.inline_installation import open_installation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def take(data: Path) -> Path:
    taken = houvast(data, "backup", "--to", str(data.parent / "copies"))
    assert taken.returncode == 0, taken.stderr
    return Path(taken.stdout.strip())


def sign_up(data: Path, call_name: str) -> None:
    with open_installation(data) as installation:
        installation.sign_up(call_name)
        installation.settle()


def signups(data: Path) -> int:
    with open_installation(data):
        return int(Signup.select().count())


@pytest.fixture
def copies(data_folder: Path) -> list[Path]:
    """Two backups with one sign-up between them and one after; the older one has the name that sorts last."""
    first = take(data_folder)
    older = first.rename(first.with_name("houvast-z"))
    sign_up(data_folder, "Merel")
    newer = take(data_folder)
    sign_up(data_folder, "Specht")
    return [older, newer]


def test_the_newest_copy_is_named_and_put_back(data_folder: Path, copies: list[Path]) -> None:
    _, newer = copies
    before = signups(data_folder)

    asked = houvast(data_folder, "restore", "--from", str(newer.parent))
    done = houvast(data_folder, "restore", "--from", str(newer.parent), "--yes")

    assert (asked.returncode, done.returncode) == (2, 0), done.stderr
    assert f"Reservekopie {newer.name} van " in asked.stderr
    assert f"Reservekopie {newer.name} van " in done.stderr
    assert signups(data_folder) == before - 1


def test_a_copy_that_is_named_itself_is_the_one(data_folder: Path, copies: list[Path]) -> None:
    older, _ = copies
    before = signups(data_folder)

    assert houvast(data_folder, "restore", "--from", str(older), "--yes").returncode == 0

    assert signups(data_folder) == before - 2


def test_what_was_broken_off_is_finished_by_the_same_words(data_folder: Path, copies: list[Path]) -> None:
    _, newer = copies
    before = signups(data_folder)

    killed = houvast_killed_at(data_folder, "store_swapped:2", "restore", "--from", str(newer.parent), "--yes")
    finished = houvast(data_folder, "restore", "--from", str(newer.parent), "--yes")

    assert (killed, finished.returncode) == (KILLED, 0), finished.stderr
    assert signups(data_folder) == before - 1


def test_a_newest_copy_that_is_damaged_is_named_and_no_older_one_comes_back_instead(files: Path) -> None:
    take(files)
    newer = take(files)
    (newer / "stores" / "intake.sqlite3").write_bytes(b"")
    before = everything(files)

    answer = houvast(files, "restore", "--from", str(newer.parent), "--yes")

    assert (answer.returncode, f"{newer} is beschadigd" in answer.stderr) == (1, True)
    assert everything(files) == before


def test_copies_that_are_not_finished_and_other_folders_are_no_backups(files: Path) -> None:
    copy = take(files)
    unfinished = copy.rename(copy.with_name(f"{copy.name}.partial"))
    shutil.copytree(unfinished, unfinished.with_name("something-else"))

    answer = houvast(files, "restore", "--from", str(unfinished.parent), "--yes")

    assert answer.returncode == 1
    assert f"In {unfinished.parent} staat geen reservekopie" in answer.stderr
