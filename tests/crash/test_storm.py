"""The storm in short, on each transport and database; `tests/crash/storm.py` rages for as long as one likes."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from deploy.local.servers import Servers
from tests.crash.storm import storm
from tests.support.servers.rabbitmq import PrivateRabbit

# People who never pause would take all of the machine, on which other tests run.
PAUSE_SECONDS = 0.05
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize("seed", [1])
def test_a_storm_of_kills_under_load_loses_nothing_and_doubles_nothing(
    tmp_path: Path, pair: Servers, seed: int
) -> None:
    outcome = storm(
        tmp_path / "installation", seed=seed, kills=5, people=3, servers=pair, pause_seconds=PAUSE_SECONDS
    )

    assert outcome.broken == []
    assert outcome.answered > 0


def test_a_broker_that_is_wiped_under_load_loses_nothing_and_doubles_nothing(
    tmp_path: Path, private_rabbit: PrivateRabbit
) -> None:
    def wipe_and_start() -> None:
        time.sleep(2)  # the storm is under way by then, and if it is not, it comes before the load
        private_rabbit.wipe()
        private_rabbit.start()

    trouble = threading.Thread(target=wipe_and_start)
    trouble.start()

    outcome = storm(
        tmp_path / "installation",
        seed=3,
        kills=6,
        people=3,
        servers=Servers(None, private_rabbit.url),
        pause_seconds=PAUSE_SECONDS,
    )
    trouble.join()

    assert outcome.broken == []
    assert outcome.answered > 0
