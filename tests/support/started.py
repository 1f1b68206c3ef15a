"""A running `./houvast start`, as whoever typed it sees it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from deploy.local.ports import free_port
from deploy.local.visitor import Visitor, over_http

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 90


class Started:
    """A running `start`, with what it said so far in a file."""

    def __init__(self, data: Path, log: Path, *options: str, port: int | None = None) -> None:
        self.port, self._log, self.data = port or free_port(), log, data
        command = [sys.executable, "-m", "deploy.local", "start", "--data", str(data), "--port", str(self.port)]
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [*command, *options], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )

    @property
    def output(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def until(self, happened: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not happened():
            assert time.monotonic() < end, self.output
            time.sleep(0.1)

    def until_greeted(self) -> Started:
        self.until(lambda: "Stoppen: Ctrl-C" in self.output)
        return self

    def pids(self) -> list[int]:
        return [int(line.split()[1]) for line in (self.data / "processes").read_text("ascii").splitlines()]

    def visitor(self) -> Visitor:
        return Visitor(over_http(f"http://127.0.0.1:{self.port}"))

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)
