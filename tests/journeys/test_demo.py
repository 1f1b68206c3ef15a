"""The journey as anybody can have it shown: over HTTP, through two processes, four stores, events and SMTP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.demo import run_demo
from deploy.local.doctor import examine
from deploy.local.installation import APPLICATIONS
from deploy.local.servers import Servers

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.clock, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(autouse=True)
def _nothing_stays_open() -> Iterator[None]:
    yield
    for application in APPLICATIONS:
        application.service.database.close()


def test_the_demo_tells_the_whole_journey_and_it_really_happened(tmp_path: Path) -> None:
    demo = subprocess.run(
        [sys.executable, "-m", "deploy.local", "demo", "--keep", str(tmp_path / "installation")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert demo.returncode == 0, demo.stdout + demo.stderr
    for event in (
        "signup_received",
        "intro_talk_scheduled",
        "intro_talk_held",
        "participant_placed",
        "membership_changed",
        "measurement_opened",
        "measurement_completed",
        "meeting_scheduled",
        "meeting_took_place",
    ):
        assert event in demo.stdout
    assert demo.stdout.count("┌ Aan noor@example.org") == 6
    assert "30 stellingen" in demo.stdout


def test_the_journey_is_the_same_on_each_transport_with_each_database(tmp_path: Path, pair: Servers) -> None:
    code = run_demo(tmp_path / "installation", pair)

    assert code == 0
    assert examine(tmp_path / "installation", as_json=True) == 0


def test_afterwards_the_doctor_finds_everything_consistent_and_nothing_open_to_read(tmp_path: Path) -> None:
    folder = tmp_path / "installation"
    subprocess.run(
        [sys.executable, "-m", "deploy.local", "demo", "--keep", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )

    demo = subprocess.run(
        [sys.executable, "-m", "deploy.local", "doctor", "--data", str(folder), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert demo.returncode == 0, demo.stdout
    stores = b"".join(path.read_bytes() for path in (folder / "stores").iterdir())
    assert b"noor@example.org" not in stores
    assert b"Noor" not in stores
    modes = {path.name: path.stat().st_mode & 0o077 for path in (folder / "keys").iterdir()}
    assert not any(modes.values())
