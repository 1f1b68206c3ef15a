"""One month from its first morning to its last night, in a folder of its own, and the record of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random

from shared import clock
from tests.simulation.environment import Environment
from tests.simulation.meetings import schedule_changes
from tests.simulation.observation import list_histories
from tests.simulation.participants import react, schedule_day
from tests.simulation.record import Record
from tests.simulation.runner import Runner
from tests.simulation.setup import set_up
from tests.simulation.signups import schedule_signups

_DAY_STARTS = time(7)


def run_month(
    folder: Path,
    *,
    groups: int,
    first_day: date,
    days: int,
    seed: int,
    people: int,
    inform: Callable[[datetime], None] = lambda _: None,
) -> Record:
    """Run it and return its record; the same seed gives the same month.

    say  gets how far it is
    """
    began_at = clock.instant(first_day, _DAY_STARTS)
    record = Record(seed, began_at)
    environment = Environment(folder, began_at)
    try:
        runner = Runner(
            environment, record, Random(seed), clock.instant(first_day + timedelta(days=days), _DAY_STARTS)
        )
        runner.on_arrival = partial(react, runner)
        set_up(runner, groups)
        schedule_signups(runner, people, days)
        runner.later(clock.instant(first_day, time(7, 30)), partial(schedule_changes, runner, set()))
        runner.later(clock.instant(first_day, time(7, 35)), partial(schedule_day, runner))
        runner.run(inform)
        assert len(record.arrivals) == environment.mailbox.count(), "all mail was read"
        record.histories = list_histories()
        record.refused = dict(runner.refused)
    finally:
        environment.close()
    return record
