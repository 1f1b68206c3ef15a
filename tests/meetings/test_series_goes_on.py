"""A rhythm goes on by itself: eight weeks ahead, once, whoever and however many look after it."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.meetings.models import service
from tests.meetings.actions import days, prolong, rhythm

ROOT = Path(__file__).resolve().parents[2]
TUESDAY, HALF_PAST_SEVEN = date(2026, 11, 24), time(19, 30)


def test_a_rhythm_goes_on_by_itself_and_doing_it_again_makes_nothing_twice(harness: Any) -> None:
    group_id = harness.group()
    rhythm(harness, group_id)
    harness.clock_at("2026-12-01 10.00")

    prolong()
    made = days(group_id)
    prolong()

    assert made == [TUESDAY + timedelta(weeks=number) for number in range(11)]
    assert days(group_id) == made
    assert len(harness.events("meeting_scheduled")) == len(made)


def test_a_rhythm_stops_at_its_last_day_and_leaves_out_what_is_skipped(harness: Any) -> None:
    group_id, christmas = harness.group(), date(2026, 12, 22)
    rhythm(harness, group_id, end_on=date(2027, 2, 2), skipped=[christmas])
    harness.clock_at("2027-01-05 10.00")

    prolong()

    assert max(days(group_id)) == date(2027, 2, 2)
    assert christmas not in days(group_id)


def test_after_a_long_standstill_a_rhythm_has_no_hole(harness: Any) -> None:
    group_id = harness.group()
    rhythm(harness, group_id)
    harness.clock_at("2027-06-01 10.00")

    prolong()

    made = days(group_id)
    assert {later - earlier for earlier, later in itertools.pairwise(made)} == {timedelta(weeks=1)}
    assert made[-1] >= date(2027, 7, 27)


def test_a_single_meeting_in_the_way_of_a_rhythm_is_enough(harness: Any) -> None:
    group_id = harness.group()
    rhythm(harness, group_id)
    harness.meeting(group_id, on=date(2027, 1, 26))
    harness.clock_at("2026-12-08 10.00")

    prolong()

    assert days(group_id).count(date(2027, 1, 26)) == 1


def test_threads_that_prolong_at_once_make_every_meeting_once(harness: Any) -> None:
    groups = [harness.group(f"Groep {number}") for number in range(4)]
    for group_id in groups:
        rhythm(harness, group_id)
    harness.clock_at("2026-12-08 10.00")
    failed: list[BaseException] = []

    def work() -> None:
        try:
            prolong()
        except BaseException as error:
            failed.append(error)
        finally:
            service.database.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failed == []
    assert {len(days(group_id)) for group_id in groups} == {12}
    assert len(harness.events("meeting_scheduled")) == 48


PROLONG = """
import sys, pathlib
from services.meetings.app import application
from services.meetings.settings import Settings
from services.meetings.commands.series import prolong_series
folder = pathlib.Path(sys.argv[1])
application.service.open(Settings(
    stores=folder / "stores", keys_file=folder / "keys" / "meetings.json", public_url="",
    clock_file=folder / "clock",
))
sys.stdin.readline()
while prolong_series(): pass
"""


@pytest.mark.slow
def test_processes_that_prolong_at_once_make_every_meeting_once(harness: Any) -> None:
    groups = [harness.group(f"Groep {number}") for number in range(4)]
    for group_id in groups:
        rhythm(harness, group_id)
    harness.clock_at("2026-12-08 10.00")

    workers = [
        subprocess.Popen(
            [sys.executable, "-c", PROLONG, str(harness.folder)], cwd=ROOT, stdin=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate(timeout=60)

    assert [worker.returncode for worker in workers] == [0, 0]
    assert {len(days(group_id)) for group_id in groups} == {12}
    assert len(harness.events("meeting_scheduled")) == 48
