"""Every bench runs and tells what it found in a shape for programs; how fast it was is nobody's test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import page
from tests.bench.__main__ import BENCHES
from tests.bench.rounds import Goal, Outcome

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bench", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


# Of the rows that differ only in their servers those with both, or with the one that it has.
PARTS = {"latency": "RabbitMQ transport, PostgreSQL", "web": "PostgreSQL"}


@pytest.mark.slow
@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_runs_in_small_and_tells_what_it_found(name: str, broker_url: str, database_url: str) -> None:
    part, servers = PARTS.get(name, ""), ("--broker", broker_url, "--database", database_url)
    result = json.loads(run(name, "--rounds", "1", "--amount", "40", "--json", "--row", part, *servers))

    assert result["bench"] == name
    assert len(result["rows"]) > 1
    assert all(part in row for row in result["rows"])
    figures = [spread for row in result["rows"].values() for spread in row.values()]
    assert all(spread["min"] <= spread["median"] <= spread["max"] for spread in figures)
    for row in result["rows"].values():
        assert all(row[name]["max"] == 0 for name in ("lost", "doubled") if name in row)


def test_what_there_is_to_measure_is_told() -> None:
    listed = run("--list")

    assert all(f"{name} " in listed for name in BENCHES)


def test_a_goal_is_judged_by_the_middle_of_the_rounds_and_left_out_when_its_row_was_not_measured() -> None:
    rounds = [{"ours": {"/s": rate}} for rate in (1.0, 3.0, 9.0)]
    reached = Goal("ours", 3, lambda figures: figures["ours"]["/s"])
    missed = Goal("ours, at most", 2, lambda figures: figures["ours"]["/s"], at_most=True)
    unknown = Goal("theirs", 1, lambda figures: figures["theirs"]["/s"])

    result = Outcome("lamps", rounds, [reached, missed, unknown]).as_json()

    assert [(goal["what"], goal["met"]) for goal in result["goals"]] == [("ours", True), ("ours, at most", False)]
    assert result["rows"]["ours"]["/s"] == {"min": 1.0, "median": 3.0, "max": 9.0}


def test_a_bench_that_is_measured_again_takes_the_place_of_its_older_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "FIGURES", tmp_path / "FIGURES.md")
    machine = {"date": "2026-11-24", "processor": "a", "cores": 2, "load_before": 0.1, "versions": {}}

    for bench, rate in (("relay", 1.0), ("events", 2.0), ("relay", 3.0)):
        outcome = Outcome(bench, [{"ours": {"/s": rate}}], [])
        page.write({**outcome.as_json(), "machine": machine}, ["events", "relay"])

    text = (tmp_path / "FIGURES.md").read_text()
    assert text.index("## events") < text.index("## relay")
    assert "| ours | 2 / 2 / 2 |" in text
    assert "| ours | 3 / 3 / 3 |" in text
    assert "1 / 1 / 1" not in text
