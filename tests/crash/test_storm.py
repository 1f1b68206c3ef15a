"""The storm in short, on each courier and database; `tests/crash/storm.py` rages for as long as one likes."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.town.servers import Servers
from tests.crash.storm import storm

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize("seed", [1])
def test_a_storm_of_kills_under_load_loses_nothing_and_doubles_nothing(
    tmp_path: Path, pair: Servers, seed: int
) -> None:
    outcome = storm(tmp_path / "town", seed=seed, kills=5, people=3, servers=pair)

    assert outcome.broken == []
    assert outcome.answered > 0
