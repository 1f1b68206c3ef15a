"""The storm in short, with two seeds; `tests/crash/storm.py` rages for as long as one likes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.storm import storm

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_storm_of_kills_under_load_loses_nothing_and_doubles_nothing(tmp_path: Path, seed: int) -> None:
    outcome = storm(tmp_path / "town", seed=seed, kills=8, people=3)

    assert outcome.broken == []
    assert outcome.answered > 0
