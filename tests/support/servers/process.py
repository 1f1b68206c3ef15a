"""One server process that outlives who started it: known by a file, and stopped by pid from anywhere."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from shared.errors import HouvastError

START_SECONDS = 90
STOP_SECONDS = 30
FAMILY_SECONDS = 3
# What this process started itself: somebody has to wait for it, or it stays behind as a zombie.
_children: dict[int, subprocess.Popen[bytes]] = {}


class ServerError(HouvastError):
    """A server did not start or refused what was asked; the message ends with its own last words."""


class ServerProcess:
    """A server by the name of `file`, in which its pid and the tick at which it began are kept."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._log = file.with_suffix(".out")

    def start(self, command: Sequence[str], environ: Mapping[str, str], user: str | None = None) -> None:
        """Start it in a session of its own, in the folder of the file; as `user` only when root asks."""
        with self._log.open("wb") as log:
            child = subprocess.Popen(
                command,
                env=environ,
                cwd=self._file.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )
        _children[child.pid] = child
        self._file.write_text(f"{child.pid} {begin_of(child.pid)}", encoding="ascii")

    def pid(self) -> int | None:
        """Its process id, or None when it does not run."""
        try:
            pid, began = self._file.read_text(encoding="ascii").split()
        except (FileNotFoundError, ValueError):
            return None
        _reap(int(pid))
        return int(pid) if begin_of(int(pid)) == began else None

    def wait_until(self, answers: Callable[[], bool]) -> None:
        """Wait until it answers; ServerError when it ended, or is not there after START_SECONDS."""
        if not until(lambda: self.pid() is None or answers(), START_SECONDS):
            raise ServerError(f"{self._file} does not answer after {START_SECONDS} s.\n{self.last_words()}")
        if self.pid() is None:
            raise ServerError(f"{self._file} ended while it started.\n{self.last_words()}")

    def last_words(self) -> str:
        """The end of what it wrote on its output."""
        words = self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""
        return "\n".join(words.splitlines()[-15:])

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send the signal and wait until it is gone, and what it started too; what stays too long is killed."""
        pid = self.pid()
        if pid is None:
            return
        family = _family(pid)
        _send(pid, number)
        if not until(lambda: self.pid() is None, STOP_SECONDS):
            _send(pid, signal.SIGKILL)
        if not until(lambda: not _left_of(family), FAMILY_SECONDS):
            for pid in _left_of(family):
                _send(pid, signal.SIGKILL)
            until(lambda: not _left_of(family), STOP_SECONDS)


def until(happened: Callable[[], bool], seconds: float) -> bool:
    """Wait for something to happen; whether it did within `seconds`."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def is_listening(port: int) -> bool:
    """Tell whether somebody listens on this port of the loopback address."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def kept(file: Path, default: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What was chosen when this file was first asked for, so that a server is itself again in another process.

    `default` fills what was never chosen; a value of `wanted` that is not None goes before what was kept.
    """
    earlier = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    chosen = {**default, **earlier, **{name: value for name, value in wanted.items() if value is not None}}
    if chosen != earlier:
        file.touch(mode=0o600)
        file.write_text(json.dumps(chosen), encoding="utf-8")
    return chosen


def begin_of(pid: int) -> str | None:
    """The tick at which a process began: with its pid it is one process for ever. None when it is no more."""
    state = _stat(pid)
    return None if state is None or state[0] in "ZX" else state[19]


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name: state first, then the parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _family(pid: int) -> dict[int, str | None]:
    """A process and all that come from it, each with the tick at which it began."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    parents = {pid: int(state[1]) for pid in pids if (state := _stat(pid)) is not None}
    family = [pid]
    for elder in family:
        family += [child for child, parent in parents.items() if parent == elder]
    return {pid: begin_of(pid) for pid in family}


def _left_of(family: Mapping[int, str | None]) -> list[int]:
    for pid in family:
        _reap(pid)
    return [pid for pid, began in family.items() if began is not None and begin_of(pid) == began]


def _reap(pid: int) -> None:
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
