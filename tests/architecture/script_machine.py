"""A small made-up machine for the entry script: only the tools it needs, and a python3 that answers as set."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ["cat", "chmod", "cmp", "cp", "date", "dirname", "flock", "grep", "id", "mkdir", "mktemp", "mv"]
TOOLS += ["readlink", "rm", "sed", "setsid", "sh", "sleep", "sync", "tail", "touch"]

# Reads in the files of WORLD what it should be: `version`, `no-ensurepip`, `no-network`, `slow`.
PYTHON = """#!/bin/sh
world=WORLD
version=$(cat "$world/version" 2>/dev/null || echo '3, 11, 2')
echo "$*" >>"$world/calls"
case $* in
    *sys.executable*) echo "$0" ;;
    *python_version*) echo "$version" | sed 's/, /./g' ;;
    *version_info*) exec REAL -I -c "import sys; sys.version_info = ($version); ${2#*; }" ;;
    *ensurepip*) [ ! -e "$world/no-ensurepip" ] ;;
    '-m venv '*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    '-m pip install '*)
        if [ -e "$world/slow" ]; then echo $$ >"$world/busy"; exec sleep 60; fi
        if [ -e "$world/no-network" ]; then echo 'Temporary failure in name resolution'; exit 1; fi ;;
    '-m deploy.'*) echo "pid=$$ cwd=$(pwd) stdin=$(readlink /proc/$$/fd/0) path=$PYTHONPATH"; printf '<%s>' "$@" ;;
esac
"""
APT_GET = """#!/bin/sh
echo "apt-get $*" >>WORLD/calls
case $* in
    *update) touch WORLD/lists ;;
    *) [ -e WORLD/lists ] && rm -f WORLD/no-ensurepip ;;
esac
"""


class Machine:
    """A machine with the project in a folder with a space in its name."""

    def __init__(self, place: Path) -> None:
        self.bin = place / "bin"
        self.home = place / "mijn houvast"
        self.world = place
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(str(shutil.which(tool)))
        self.program("python3", PYTHON)
        (self.home / "deploy").mkdir(parents=True)
        shutil.copy(ROOT / "houvast", self.home)
        shutil.copytree(ROOT / "deploy" / "setup", self.home / "deploy" / "setup")
        (self.home / "requirements.txt").write_text("click==8.5.1\n")
        (self.home / "requirements-test.txt").write_text("click==8.5.1\npytest==9.2.0\n")

    def program(self, name: str, text: str) -> None:
        (self.bin / name).unlink(missing_ok=True)
        (self.bin / name).write_text(
            text.replace("WORLD", f"'{self.world}'").replace("REAL", f"'{sys.executable}'")
        )
        (self.bin / name).chmod(0o755)

    def is_(self, *states: str) -> None:
        for state in states:
            (self.world / state).touch()

    def begin(self, *words: str, cwd: Path | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.home / "houvast", *words],
            cwd=cwd or self.world,
            env={"PATH": str(self.bin), "LANG": "C.UTF-8", "PYTHONPATH": "/somewhere/else"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, cwd: Path | None = None) -> tuple[int, str, str]:
        script = self.begin(*words, cwd=cwd)
        out, err = script.communicate(timeout=60)
        return script.returncode, out, err

    def count(self, call: str) -> int:
        calls = self.world / "calls"
        return calls.read_text().count(call) if calls.exists() else 0

    def wait_for_pip(self) -> int:
        """Gives the process id of the pip that is busy."""
        busy = self.world / "busy"
        deadline = time.monotonic() + 30
        while not (busy.exists() and busy.read_text().strip()):
            assert time.monotonic() < deadline, "pip never began"
            time.sleep(0.02)
        return int(busy.read_text())


def alive(pid: int) -> bool:
    """A process that has ended and that nobody has asked after yet is not alive."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
