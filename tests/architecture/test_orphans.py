"""A check that is broken off leaves nothing running."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A parent that ends at once; its child lives in a session of its own and does not listen to SIGTERM.
LEAVES_ONE = """
import os, signal, subprocess, sys
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", stubborn], start_new_session=True, stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
os._exit(1)
"""
MINDS = """
import subprocess, sys
from deploy import orphans
orphans.PATIENCE_SECONDS = 0.5
orphans.adopt()
ended = subprocess.run([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE, text=True)
print(ended.stdout.strip(), orphans.end_orphans(), orphans.end_orphans())
"""


def test_what_lost_its_parent_is_ended_also_when_it_does_not_listen() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", MINDS, LEAVES_ONE], cwd=ROOT, capture_output=True, text=True, timeout=60
    )

    pid, first, second = ended.stdout.split()
    assert (first, second) == ("1", "0"), ended.stderr
    assert not Path(f"/proc/{pid}").exists()


def test_who_watches_nobody_is_done_at_once() -> None:
    script = "from deploy import orphans; orphans.adopt(); print(orphans.end_orphans())"

    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)

    assert ended.stdout.strip() == "0", ended.stderr
