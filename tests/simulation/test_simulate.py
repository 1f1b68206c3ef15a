"""A small month, played and judged: all messages explained, all promises kept, also over a clock change."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tests.simulation.oracle.verdict import judge
from tests.simulation.record import Record
from tests.simulation.scenario import run_month

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def runner(folder: Path, seed: int, *, days: int = 12) -> Record:
    return run_month(folder, groups=3, first_day=date(2026, 10, 15), days=days, seed=seed, people=18)


@pytest.mark.parametrize("seed", [11, 12])
def test_in_a_small_month_every_message_is_explained_and_every_promise_kept(tmp_path: Path, seed: int) -> None:
    record = runner(tmp_path, seed)

    verdict = judge(record)

    assert verdict.unexplained == []
    assert verdict.broken == []
    assert len(record.arrivals) > 20
    assert sum(verdict.rows.values()) == len(record.histories)


def test_the_same_chance_plays_the_same_month(tmp_path: Path) -> None:
    first, second = (runner(tmp_path / name, 13, days=4) for name in ("first", "second"))

    output = [Counter(action.kind for action in record.actions) for record in (first, second)]

    assert output[0] == output[1]


def test_the_command_shows_how_far_it_is_keeps_the_record_and_says_it_to_a_program(tmp_path: Path) -> None:
    answer = subprocess.run(
        [
            sys.executable, "-m", "tests.simulation", "--groups", "2", "--days", "3", "--people", "6",
            "--seed", "1", "--from", "2027-03-27", "--keep", str(tmp_path / "kept"), "--json",
        ],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip

    assert answer.returncode == 0, answer.stderr
    output = json.loads(answer.stdout)
    assert (output["seed"], output["unexplained"], output["broken"]) == (1, [], [])
    assert sum(row["count"] for row in output["messages"]) > 0
    assert "dag 1 van 3" in answer.stderr
    assert json.loads((tmp_path / "kept" / "record.json").read_text())["seed"] == 1


def test_a_folder_in_which_there_is_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text("van mij")

    answer = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--keep", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert answer.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["brief.txt"]
