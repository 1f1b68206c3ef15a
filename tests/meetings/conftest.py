"""A harness for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.meetings.harness import MeetingsHarness


@pytest.fixture
def harness(tmp_path: Path, empty_installation: Path) -> Iterator[MeetingsHarness]:
    """Meetings, opened for one test."""
    opened = MeetingsHarness(tmp_path / "meetings", empty_installation)
    yield opened
    opened.close()


@pytest.fixture
def evening(harness: MeetingsHarness) -> MeetingsHarness:
    """The Tuesday group five minutes after its meeting began, with Noor and Robin."""
    harness.tuesday = harness.group()
    harness.tonight = harness.meeting(harness.tuesday)
    harness.noor, harness.robin = (harness.member(harness.tuesday, name) for name in ("Noor", "Robin"))
    harness.here = f"/bijeenkomsten/{harness.tonight}"
    harness.clock_at("2026-11-24 19.35")
    return harness
