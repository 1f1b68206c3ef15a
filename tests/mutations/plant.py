"""Faults planted: each must make a test fail that is about what it breaks.

    .venv/bin/python tests/mutations/plant.py [--area sending] [--only "comes twice"] [--jobs 1] [--json]

Each declared mutation (`tests/mutations/declared`) is written into a copy of this checkout, alone, and its tests
run there until the first fails, for a limited time; before that they run once without any. All of them take more
than half an hour. Exit code 0 only when every one was caught.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.mutations.mutations import ROOT, Mutation, list_mutations

LONGEST_SECONDS = 600
# Longer than any test that is named takes; one that hangs because of a fault has failed.
LONGEST_TEST_SECONDS = 90
PYTEST = (
    *("-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:randomly", "--timeout", str(LONGEST_TEST_SECONDS)),
    *("-p", "tests.support.plugins.without_chromium", "--no-header", "--tb=no"),
)
FAILED, PASSED = 1, 0


@dataclass(frozen=True)
class Outcome:
    """What came of one: caught (by which test), survived, or undecided, with the last lines of pytest."""

    area: str
    breaks: str
    result: str
    by: str
    seconds: float
    output: str


def copy_checkout(folder: Path) -> Path:
    """Copy what git would commit here, and nothing else."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def run_tests(folder: Path, tests: Iterable[str], seconds: float = LONGEST_SECONDS) -> tuple[int | None, str]:
    """Run these files there; gives the exit code of pytest and its last lines, None when it took too long."""
    # In a session of its own, so that servers and processes that a test started end with it.
    running = subprocess.Popen(
        [sys.executable, *PYTEST, *tests], cwd=folder, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        output, _ = running.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        output, _ = running.communicate()
        return None, output[-2000:]
    return running.returncode, output[-2000:]


def judge(mutation: Mutation, folder: Path) -> Outcome:
    """Plant a fault in the checkout in this folder, run its tests, and remove it."""
    began = time.monotonic()
    with mutation.planted(folder):
        code, output = run_tests(folder, mutation.tests)
    by = next((line.split()[1] for line in output.splitlines() if line.startswith("FAILED ")), "")
    # A fault with which a file cannot even be read is none that anybody would make.
    result = "survived" if code == PASSED else "caught" if code == FAILED and by else "undecided"
    return Outcome(mutation.area, mutation.breaks, result, by, round(time.monotonic() - began, 1), output)


@contextmanager
def copies(number: int) -> Iterator[queue.Queue[Path]]:
    """Give so many copies of the checkout, each for one at a time."""
    with tempfile.TemporaryDirectory(prefix="houvast-mutations-") as top:
        free: queue.Queue[Path] = queue.Queue()
        for index in range(number):
            free.put(copy_checkout(Path(top) / str(index)))
        yield free


def judge_all(mutations: list[Mutation], jobs: int, *, shows: bool) -> list[Outcome]:
    """Judge these, so many at once."""

    def judge_next(mutation: Mutation) -> Outcome:
        folder = free.get()
        try:
            outcome = judge(mutation, folder)
        finally:
            free.put(folder)
        if shows:
            print(f"{outcome.result:9} {outcome.seconds:5}s {outcome.breaks}", flush=True)
        return outcome

    with copies(jobs) as free, ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(judge_next, mutations))


def check_unmutated(mutations: list[Mutation]) -> None:
    """Say and end when the tests fail without any fault: then they tell nothing."""
    tests = sorted({test for mutation in mutations for test in mutation.tests})
    with copies(1) as free:
        code, output = run_tests(free.get(), tests, seconds=len(tests) * LONGEST_TEST_SECONDS)
    if code != PASSED:
        sys.exit(f"The tests fail without any fault.\n{output}")


def main() -> None:
    """Plant what was asked for and say what came of it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--area", action="append", default=[], help="only these files of declarations")
    options.add_argument("--only", default="", help="only what has this in its sentence")
    options.add_argument("--jobs", type=int, default=1, help="so many at once")
    options.add_argument("--unchecked", action="store_true", help="do not run the tests without any fault first")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    mutations = [
        mutation
        for mutation in list_mutations()
        if chosen.only in mutation.breaks and (not chosen.area or mutation.area in chosen.area)
    ]
    if not chosen.unchecked:
        check_unmutated(mutations)
    outcomes = judge_all(mutations, chosen.jobs, shows=not chosen.json)
    uncaught = [outcome for outcome in outcomes if outcome.result != "caught"]
    if chosen.json:
        print(json.dumps([asdict(outcome) for outcome in outcomes]))
    else:
        print(f"{len(outcomes) - len(uncaught)} of {len(outcomes)} caught")
        for outcome in uncaught:
            print(f"{outcome.result}: {outcome.breaks}\n{outcome.output if outcome.result == 'undecided' else ''}")
    sys.exit(1 if uncaught else 0)


if __name__ == "__main__":
    main()
