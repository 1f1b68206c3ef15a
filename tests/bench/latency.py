"""Commit to handled, in milliseconds: from the commit of a command to the commit of its effect at the listeners.

    .venv/bin/python tests/bench/latency.py [--rounds 5] [--events 150] [--per-second 50] [--json]

A real work process handles what this process commits, on stores in a folder of its own on this machine's disk.
Prints the median over the rounds of p50 and p99, with the lowest and the highest round. It stops by itself.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from deploy.servers.process import free_port  # noqa: E402
from deploy.town import labour  # noqa: E402
from deploy.town.layout import Town  # noqa: E402
from services.meetings.commands.staff import register_organisation  # noqa: E402
from services.meetings.models import house  # noqa: E402
from shared import log  # noqa: E402
from shared.auth.actor import system  # noqa: E402
from shared.ids import new_id  # noqa: E402

US = system("meetings")


def work(report: Path) -> None:
    """The work process, writing down when each batch was committed by whom."""
    file = report.open("a", buffering=1)

    def watch(_logger: Any, _method: str, line: Any) -> Any:
        if line.get("event") == "letters_handled" and line.get("source") == "meetings":
            file.write(f"{line['service']} {line['seq']} {time.time()}\n")
        return line

    log.configure("town", level=logging.DEBUG, watchers=[watch, _silence])
    labour.run()


def _silence(_logger: Any, _method: str, line: Any) -> Any:
    import structlog

    raise structlog.DropEvent


def one_round(events: int, per_second: float, report: Path, number: int) -> list[float]:
    """Commit so many events at an even pace; gives the milliseconds until each was handled by every listener."""
    first = house.outbox.head()[1]
    committed: list[float] = []
    started = time.monotonic()
    for index in range(events):
        register_organisation(US, name=f"Ronde {number} {index}", region="Lindeveen", request_id=new_id())
        committed.append(time.time())
        time.sleep(max(0.0, started + (index + 1) / per_second - time.monotonic()))
    return _latencies(committed, first, report)


def _latencies(committed: list[float], first: int, report: Path) -> list[float]:
    until = time.monotonic() + 30
    last = first + len(committed)
    while time.monotonic() < until:
        batches = [line.split() for line in report.read_text(encoding="ascii").splitlines()]
        handled = {
            name: [(int(seq), float(at)) for one, seq, at in batches if one == name] for name, _, _ in batches
        }
        if len(handled) == 3 and all(rows[-1][0] >= last for rows in handled.values()):
            return [
                max(next(at for seq, at in rows if seq > first + index) - moment for rows in handled.values())
                * 1000
                for index, moment in enumerate(committed)
            ]
        time.sleep(0.1)
    raise SystemExit("the listeners did not catch up")


def main() -> None:
    """Measure and say it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--events", type=int, default=150)
    options.add_argument("--per-second", type=float, default=50)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder), free_port(), free_port())
        town.prepare()
        log.configure("bench")
        report = Path(folder) / "report"
        report.touch()
        worker = subprocess.Popen(
            [sys.executable, __file__, "work", str(report)], env={**os.environ, **town.environment()}, cwd=ROOT
        )
        try:
            one_round(20, chosen.per_second, report, 0)
            rounds = [
                one_round(chosen.events, chosen.per_second, report, number + 1) for number in range(chosen.rounds)
            ]
        finally:
            worker.terminate()
            worker.wait()
    say(rounds, as_json=chosen.json)


def say(rounds: list[list[float]], *, as_json: bool) -> None:
    """Lowest, median and highest round of p50 and p99."""
    found = {}
    for name, at in (("p50", 50), ("p99", 99)):
        each = [statistics.quantiles(one, n=100)[at - 1] for one in rounds]
        found[name] = {"min": min(each), "median": statistics.median(each), "max": max(each)}
    if as_json:
        print(json.dumps({"commit_to_handled_ms": found, "rounds": len(rounds)}))
        return
    for name, values in found.items():
        print(f"{name}: " + " / ".join(f"{values[key]:.1f}" for key in ("min", "median", "max")) + " ms")


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        work(Path(sys.argv[2]))
    else:
        main()
