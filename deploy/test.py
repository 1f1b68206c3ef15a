"""What `./houvast test` runs: style, types, the arrows between rooms, and every test."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path

import click

from deploy import orphans

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_PACKAGES = ("chromium", "fonts-dejavu-core")
# What --quick runs: the guards, the mechanism, the decisions, the contracts and a whole journey.
QUICK = (
    "tests/architecture",
    "tests/shared",
    "tests/contracts",
    "tests/journeys",
    *sorted(glob("tests/*/test_rules*.py", root_dir=ROOT)),
)
IMPORT_LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True)
class Check:
    """One thing that must be in order: what it is called on the screen, and what Python is given to run."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """How a check went; `seconds` is wall time."""

    name: str
    passed: bool
    seconds: float


# Through `python -m` and never through .venv/bin: those scripts name the folder they were made in.
STYLE_AND_SHAPE = (
    Check("stijl (ruff check)", ("-m", "ruff", "check", ".")),
    Check("opmaak (ruff format)", ("-m", "ruff", "format", "--check", ".")),
    Check("types (mypy)", ("-m", "mypy")),
    Check("pijlen tussen kamers (import-linter)", ("-c", IMPORT_LINTER, "--no-logo")),
)


def tests(quick: bool, strict: bool, extra: Sequence[str]) -> Check:
    """pytest on both cores; `quick` leaves out what is slow or needs a browser, `strict` forbids skipping.

    A later -n or -m among `extra` wins, as pytest has it. Files named there are run instead of those of QUICK.
    """
    arguments = ["-m", "pytest", "-n", "2", "-p", "tests.support.plugins.without_chromium"]
    if strict:
        arguments += ["-p", "tests.support.plugins.no_skips"]
    if quick:
        arguments += ["-m", "not slow and not browser"]
        if not any(Path(one.partition("::")[0]).exists() for one in extra):
            arguments += QUICK
    return Check("tests (pytest)", (*arguments, *extra))


def run(check: Check, number: int, total: int) -> Outcome:
    """Runs one check with its output on the screen as it comes."""
    click.echo(f"\n── {number} van {total}: {check.name}")
    sys.stdout.flush()
    began = time.monotonic()
    ended = subprocess.run([sys.executable, *check.arguments], cwd=ROOT, stdin=subprocess.DEVNULL)
    return Outcome(check.name, ended.returncode == 0, time.monotonic() - began)


def fetch_chromium() -> None:
    """Lets root install the browser; anybody else reads the one command. Without it its tests are skipped."""
    click.echo("Voor de tests in een browser is chromium nodig, en dat staat hier nog niet.")
    sys.stdout.flush()
    script = ROOT / "deploy" / "setup" / "debian.sh"
    subprocess.run(["sh", str(script), *CHROMIUM_PACKAGES], stdin=subprocess.DEVNULL)
    if shutil.which("chromium") is None:
        click.echo("De tests in een browser sla ik nu over; de andere gaan gewoon door.")


def summary(outcomes: Sequence[Outcome]) -> str:
    """A line a check, and one sentence that says how it stands."""
    lines = [f"  {'goed     ' if o.passed else 'NIET GOED'}  {o.seconds:6.1f} s  {o.name}" for o in outcomes]
    broken = [o.name for o in outcomes if not o.passed]
    if broken:
        lines.append(f"Nog niet in orde: {', '.join(broken)}. Hierboven staat bij elk wat er is.")
    else:
        lines.append("Alles is in orde.")
    return "\n".join(lines)


HELP = """\
Zo gebruik je het:  ./houvast test [--quick] [opties van pytest]

  Controleert de code: stijl, types, de pijlen tussen kamers en alle tests.
  Wat je verder nog meegeeft, gaat naar pytest.

  --quick  alleen wat binnen een minuut kan: de bewakers, het mechaniek, de beslisregels en een hele reis;
           noem je zelf tests, dan daarvan de snelle
  --help   laat dit zien"""


def show_help(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    """In Dutch, where click's own would be half English."""
    if wanted:
        click.echo(HELP)
        context.exit()


@click.command(add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.option("--help", "-h", is_flag=True, is_eager=True, expose_value=False, callback=show_help)
@click.option("--quick", is_flag=True)
@click.argument("extra", nargs=-1, type=click.UNPROCESSED)
def main(quick: bool, extra: tuple[str, ...]) -> None:
    """Runs every check, also after one that is not in order, and ends with how it all stands."""
    strict = os.environ.get("CI", "").lower() in {"1", "true"}
    if not quick and shutil.which("chromium") is None:
        fetch_chromium()
    checks = (*STYLE_AND_SHAPE, tests(quick, strict, extra))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    orphans.adopt()
    try:
        outcomes = [run(check, number, len(checks)) for number, check in enumerate(checks, start=1)]
    finally:
        left = orphans.end_orphans()
        if left:
            click.echo(f"Er liepen nog {left} processen van de tests; die heb ik beëindigd.")
    click.echo(f"\n── Zo staat het ervoor\n{summary(outcomes)}")
    sys.exit(0 if all(outcome.passed for outcome in outcomes) else 1)


if __name__ == "__main__":
    main(prog_name="./houvast test")
