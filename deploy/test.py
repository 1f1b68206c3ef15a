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
from datetime import datetime
from glob import glob
from pathlib import Path

import click

from deploy import days, orphans

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
    """One thing that must be in order: what it is called on the screen, and what Python is given to run.

    moment      what the clock shows as it begins; None is the time that it is
    busy_loops  how many processes beside it do nothing but keep the machine busy
    """

    name: str
    arguments: tuple[str, ...]
    moment: days.Moment | None = None
    busy_loops: int = 0


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


def on_other_days(strict: bool, extra: Sequence[str]) -> list[Check]:
    """The tests that live by the clock at each moment, and once now beside busy processes.

    Files named among `extra` are run instead of those of SELECTION.
    """
    found = days.moments(datetime.now(days.ZONE).date()) if find_false_clock(strict) else []
    named = any(Path(one.partition("::")[0]).exists() for one in extra)
    ask = tests(False, strict, (*days.LEFT_OUT, *(() if named else days.SELECTION), *extra)).arguments
    checks = [Check(f"{one.name} ({one.at:%d-%m-%Y %H.%M})", ask, moment=one) for one in found]
    return [*checks, Check("nu, op een drukke computer", ask, busy_loops=days.BUSY_LOOPS)]


def run(check: Check, number: int, total: int) -> Outcome:
    """Runs one check with its output on the screen as it comes."""
    click.echo(f"\n── {number} van {total}: {check.name}")
    sys.stdout.flush()
    began = time.monotonic()
    with days.busy(check.busy_loops):
        ended = subprocess.run(
            [sys.executable, *check.arguments], cwd=ROOT, stdin=subprocess.DEVNULL,
            env=days.environ_of(check.moment),
        )  # fmt: skip
    return Outcome(check.name, ended.returncode == 0, time.monotonic() - began)


def install(*packages: str) -> None:
    """Lets root install these; anybody else reads the one command."""
    sys.stdout.flush()
    script = ROOT / "deploy" / "setup" / "debian.sh"
    subprocess.run(["sh", str(script), *packages], stdin=subprocess.DEVNULL)


def find_false_clock(strict: bool) -> bool:
    """Whether another time can be shown; where everything must be there, going on without ends the run."""
    if days.find_library() is None:
        click.echo(f"Om op een andere dag te testen is {days.PACKAGE} nodig, en dat staat hier nog niet.")
        install(days.PACKAGE)
    if days.find_library() is not None:
        return True
    if strict:
        sys.exit("Zonder een andere klok zijn de andere dagen niet te testen.")
    click.echo("De andere dagen sla ik nu over; op een drukke computer test ik wel.")
    return False


def fetch_chromium() -> None:
    """Lets root install the browser, or says how. Without it its tests are skipped."""
    click.echo("Voor de tests in een browser is chromium nodig, en dat staat hier nog niet.")
    install(*CHROMIUM_PACKAGES)
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
Zo gebruik je het:  ./houvast test [--quick | --days] [opties van pytest]

  Controleert de code: stijl, types, de pijlen tussen kamers en alle tests.
  Wat je verder nog meegeeft, gaat naar pytest.

  --quick  alleen wat binnen een minuut kan: de bewakers, het mechaniek, de beslisregels en een hele reis;
           noem je zelf tests, dan daarvan de snelle
  --days   alleen wat van de klok leeft, op elke dag van een week, om het nieuwe jaar, eind februari, in de
           nachten waarin de klok verspringt, en met twee drukke processen ernaast; dat duurt een half uur
  --help   laat dit zien"""


def show_help(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    """In Dutch, where click's own would be half English."""
    if wanted:
        click.echo(HELP)
        context.exit()


@click.command(add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.option("--help", "-h", is_flag=True, is_eager=True, expose_value=False, callback=show_help)
@click.option("--quick", is_flag=True)
@click.option("--days", "other_days", is_flag=True)
@click.argument("extra", nargs=-1, type=click.UNPROCESSED)
def main(quick: bool, other_days: bool, extra: tuple[str, ...]) -> None:
    """Runs every check, also after one that is not in order, and ends with how it all stands."""
    strict = os.environ.get("CI", "").lower() in {"1", "true"}
    if other_days:
        checks = on_other_days(strict, extra)
    else:
        if not quick and shutil.which("chromium") is None:
            fetch_chromium()
        checks = [*STYLE_AND_SHAPE, tests(quick, strict, extra)]
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
