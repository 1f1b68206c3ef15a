"""The peers live in an environment of their own, .venv-bench, made at the first asking."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import click

from tests.bench.stand import ROOT, BenchFailed

LIST = Path(__file__).with_name("peers.txt")
FOLDER = ROOT / ".venv-bench"
INSTALL = ("-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check")


def python() -> Path:
    """Its Python, with everything that the list names."""
    stamp, interpreter = FOLDER / "made-from", FOLDER / "bin" / "python"
    if not stamp.exists() or stamp.read_bytes() != LIST.read_bytes():
        click.echo("De andere pakketten haal ik nu op, in .venv-bench. Dit hoeft maar één keer.", err=True)
        shutil.rmtree(FOLDER, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(FOLDER)])
        _run(
            [
                str(interpreter),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-input",
                "--disable-pip-version-check",
                "-r",
                str(LIST),
            ]
        )
        shutil.copyfile(LIST, stamp)
    return interpreter


def versions(*names: str) -> dict[str, str]:
    """name -> version of these packages, as the list has them."""
    pins = dict(line.strip().split("==") for line in LIST.read_text(encoding="ascii").splitlines() if "==" in line)
    return {name: pins[name] for name in names}


def _run(command: list[str]) -> None:
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if ended.returncode:
        last = "\n".join((ended.stdout + ended.stderr).splitlines()[-5:])
        raise BenchFailed(f"De andere pakketten komen er niet:\n{last}")
