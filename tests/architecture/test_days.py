"""The run on other days shows its processes another time, and waits as long as ever."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from deploy import days
from deploy.needs import FALSE_CLOCK
from deploy.test import on_other_days
from shared import clock

ROOT = Path(__file__).resolve().parents[2]
SHOWS = """
import subprocess, sys, threading, time
from datetime import UTC, datetime
began = time.monotonic()
time.sleep(0.05), threading.Event().wait(0.05)
print(time.monotonic() - began >= 0.09)
print(datetime.now(UTC).isoformat(), flush=True)
subprocess.run([sys.executable, "-c", "from datetime import *; print(datetime.now(UTC).isoformat())"])
"""


PACKAGE = FALSE_CLOCK.package
MISSING = f"Debians pakket {PACKAGE} ontbreekt. Installeer het met: sh deploy/setup/debian.sh {PACKAGE}"


@pytest.mark.skipif(days.find_library() is None, reason=MISSING)
def test_every_process_sees_the_same_other_time_and_sleeps_as_it_should() -> None:
    moment = days.Moment("leap day", datetime(2028, 2, 29, 12, tzinfo=UTC))

    shown = subprocess.run(
        [sys.executable, "-c", SHOWS], env=days.environ_of(moment), capture_output=True, text=True, check=True
    )

    slept, *times = shown.stdout.split()
    assert slept == "True"
    assert times == sorted(times)
    assert {datetime.fromisoformat(text).date() for text in times} == {moment.at.date()}


@pytest.mark.parametrize(
    "today", [date(2026, 11, 30), date(2026, 12, 31), date(2027, 3, 28), date(2028, 2, 29), date(2028, 12, 31)]
)
def test_a_week_the_ends_of_year_and_february_and_both_change_nights_are_tried(today: date) -> None:
    moments = [moment.at for moment in days.moments(today)]

    assert {moment.weekday() for moment in moments[:7]} == set(range(7))
    assert all(moment.date() > today for moment in moments)
    assert {(12, 31), (2, 28), (2, 29)} <= {(moment.month, moment.day) for moment in moments}
    in_four_hours = [clock.local(moment.astimezone(UTC) + timedelta(hours=4)) for moment in moments]
    changes = [later.utcoffset() - at.utcoffset() for at, later in zip(moments, in_four_hours, strict=True)]
    assert {timedelta(hours=1), timedelta(hours=-1)} <= set(changes)


@pytest.mark.slow
def test_what_is_marked_is_run_there_of_every_service_and_of_the_whole() -> None:
    moment, *_, busy = on_other_days(True, False, ())

    shown = subprocess.run(
        [sys.executable, *moment.arguments, "--collect-only", "-q"], cwd=ROOT, capture_output=True, text=True
    )

    run = {line.partition("::")[0].split("/")[1] for line in shown.stdout.splitlines() if "::" in line}
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert run >= {"contracts", "intake", "journeys", "meetings", "notifications", "shared"}
    assert "clock and not browser" in moment.arguments
    assert busy.arguments == moment.arguments


def test_a_test_that_is_named_is_run_there_marked_or_not() -> None:
    moment, *_ = on_other_days(True, False, ("tests/meetings/test_kinds_rules.py",))

    assert "tests/meetings/test_kinds_rules.py" in moment.arguments
    assert not [argument for argument in moment.arguments if "clock" in argument]
