"""One month from its first morning to its last night, in a folder of its own; gives the record of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random

from shared import clock
from tests.simulation.environment import Stage
from tests.simulation.meetings import look_ahead
from tests.simulation.observation import list_lives
from tests.simulation.participants import live_a_day, react
from tests.simulation.record import Record
from tests.simulation.runner import Play
from tests.simulation.setup import found
from tests.simulation.signups import let_people_come

_CURTAIN = time(7)


def play_month(
    folder: Path, *, groups: int, first_day: date, days: int, seed: int, people: int,
    say: Callable[[datetime], None] = lambda _: None,
) -> Record:  # fmt: skip
    """Play it with this chance; the same seed tells the same story.

    say  hears how far it is
    """
    began_at = clock.instant(first_day, _CURTAIN)
    record = Record(seed, began_at)
    stage = Stage(folder, began_at)
    try:
        play = Play(stage, record, Random(seed), clock.instant(first_day + timedelta(days=days), _CURTAIN))
        play.on_arrival = partial(react, play)
        found(play, groups)
        let_people_come(play, people, days)
        play.later(clock.instant(first_day, time(7, 30)), partial(look_ahead, play, set()))
        play.later(clock.instant(first_day, time(7, 35)), partial(live_a_day, play))
        play.run(say)
        assert len(record.arrivals) == stage.mailbox.count(), "all mail was read"
        record.lives = list_lives()
        record.refused = dict(play.refused)
    finally:
        stage.close()
    return record
