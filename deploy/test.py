"""What `./houvast test` runs: style, types, dependencies, the arrows between layers, and every test."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import click

from deploy import audit, days, orphans
from deploy.needs import FALSE_CLOCK, NEEDS, fetch

ROOT = Path(__file__).resolve().parent.parent
# More than two cores: tests that start processes, a server or a browser wait for them longer than they work. Who
# is ready takes over half of what another still has to do, so that no core is left with nothing at the end.
SIDE_BY_SIDE = ("-n", "5", "--dist", "worksteal")
# What --quick runs besides the tests of the rules, within a minute on two cores: the guards, the mechanism, the
# contracts, the demo region, and evenings on which somebody was missed.
QUICK = (
    "tests/architecture",
    "tests/shared",
    "tests/contracts",
    "tests/journeys/test_everyday_absences.py",
    "tests/journeys/test_region.py",
)
_IMPORTED = re.compile(r"^from (services\.\S+) import", re.MULTILINE)
IMPORT_LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True)
class Check:
    """One thing that must be in order: what it is called on the screen, and what Python is given to run.

    is_pytest   whether it can write down which tests it skipped
    moment      what the clock shows as it begins; None is the time that it is
    busy_loops  how many processes beside it do nothing but keep the machine busy
    """

    name: str
    arguments: tuple[str, ...]
    is_pytest: bool = False
    moment: days.Moment | None = None
    busy_loops: int = 0


@dataclass(frozen=True)
class Outcome:
    """How a check went; `seconds` is wall time, `skipped` what it could not do and why."""

    name: str
    passed: bool
    seconds: float
    skipped: tuple[str, ...] = ()


# Through `python -m` and never through .venv/bin: those scripts name the folder they were made in.
STYLE_AND_SHAPE = (
    Check("stijl (ruff check)", ("-m", "ruff", "check", ".")),
    Check("opmaak (ruff format)", ("-m", "ruff", "format", "--check", ".")),
    Check("types (mypy)", ("-m", "mypy")),
    Check("pijlen tussen lagen (import-linter)", ("-c", IMPORT_LINTER, "--no-logo")),
    Check("wat we gebruiken (deptry)", ("-m", "deptry", ".")),
)
FLAWS = Check("bekende lekken (pip-audit)", ("-m", "deploy.audit"))


def names_tests(extra: Sequence[str]) -> bool:
    """Tell whether a file, a folder or a test is among what was typed."""
    return any(Path(argument.partition("::")[0]).exists() for argument in extra)


def tests_of_rules() -> list[str]:
    """Find the tests that know nothing of a service but its rules: those need no store and no clock."""
    return [
        str(path.relative_to(ROOT))
        for path in sorted(ROOT.glob("tests/*/test_*.py"))
        if (imported := _IMPORTED.findall(path.read_text(encoding="utf-8")))
        and all(".rules" in module for module in imported)
    ]


def tests(quick: bool, strict: bool, extra: Sequence[str]) -> Check:
    """Give pytest; `quick` leaves out what is slow or needs a browser, `strict` forbids skipping.

    Tests named among `extra` are run instead of the usual ones, and in one process: that begins at once.
    A later -n or -m among `extra` wins, as pytest has it.
    """
    named = names_tests(extra)
    arguments = ["-m", "pytest", "-p", "tests.support.plugins.without_chromium"]
    if not named:
        arguments += SIDE_BY_SIDE
    if strict:
        arguments += ["-p", "tests.support.plugins.no_skips"]
    if quick:
        arguments += ["-m", "not slow and not browser"]
        if not named:
            arguments += [*QUICK, *tests_of_rules()]
    return Check("tests (pytest)", (*arguments, *extra), is_pytest=True)


def on_other_days(has_false_clock: bool, strict: bool, extra: Sequence[str]) -> list[Check]:
    """Give the tests marked `clock` at each moment, and once now beside busy processes.

    Tests named among `extra` are run instead, marked or not.
    """
    moments = days.moments(datetime.now(days.ZONE).date()) if has_false_clock else []
    selection = (*SIDE_BY_SIDE, *days.NAMED) if names_tests(extra) else days.MARKED
    arguments = tests(False, strict, (*days.LEFT_OUT, *selection, *extra)).arguments
    checks = [
        Check(f"{moment.name} ({moment.at:%d-%m-%Y %H.%M})", arguments, is_pytest=True, moment=moment)
        for moment in moments
    ]
    busy = Check("nu, op een drukke computer", arguments, is_pytest=True, busy_loops=days.BUSY_LOOPS)
    return [*checks, busy]


def run(check: Check, number: int, total: int) -> Outcome:
    """Run one check with its output on the screen as it comes."""
    click.echo(f"\n── {number} van {total}: {check.name}")
    sys.stdout.flush()
    began = time.monotonic()
    with days.busy(check.busy_loops), TemporaryDirectory(prefix="houvast-") as folder:
        report = Path(folder) / "report.xml"
        # The first of two such options gives way: whoever asks for a report of their own gets that.
        written = (f"--junitxml={report}",) if check.is_pytest else ()
        command = [sys.executable, *check.arguments[:2], *written, *check.arguments[2:]]
        environ = {**days.environ_of(check.moment), **compiled_in(Path(folder))}
        ended = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, env=environ)
        skipped = skipped_tests(report) if report.exists() else ()
    unreachable = ended.returncode == audit.UNREACHABLE and check == FLAWS
    if unreachable:
        skipped = (f"{check.name}: de lijst is hier niet te bereiken",)
    return Outcome(check.name, ended.returncode == 0 or unreachable, time.monotonic() - began, skipped)


def compiled_in(folder: Path) -> dict[str, str]:
    """Have Python keep what it compiled for as long as the run takes, where it may not do so beside the sources.

    The tests start many hundreds of processes, and each would compile everything anew.
    """
    if not os.environ.get("PYTHONDONTWRITEBYTECODE"):
        return {}
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def skipped_tests(report: Path) -> tuple[str, ...]:
    """Count the tests that were skipped, and for want of what, from pytest's report in JUnit XML."""
    skips = ElementTree.parse(report).iterfind(".//skipped")  # noqa: S314 - written by our own run
    reasons = Counter(_lacking(skip) for skip in skips if skip.get("type") != "pytest.xfail")
    return tuple(
        f"{count} {'test' if count == 1 else 'tests'} ({reason})" for reason, count in sorted(reasons.items())
    )


def _lacking(skip: ElementTree.Element) -> str:
    reason = f"{skip.get('message', '')} {skip.text or ''}"
    packages = [need.package for need in NEEDS if need.package in reason]
    return f"zonder {' en '.join(packages)}" if packages else skip.get("message", "")


def summary(outcomes: Sequence[Outcome]) -> str:
    """Write a line for each check, and last a sentence that says how it stands and what was skipped."""
    lines = [f"  {'goed     ' if o.passed else 'NIET GOED'}  {o.seconds:6.1f} s  {o.name}" for o in outcomes]
    broken = [outcome.name for outcome in outcomes if not outcome.passed]
    skipped = "; ".join(skip for outcome in outcomes for skip in outcome.skipped)
    verdict = "Alles is in orde"
    if broken:
        verdict = f"Nog niet in orde: {', '.join(broken)} (hierboven staat bij elk wat er is)"
    lines.append(f"{verdict}, overgeslagen: {skipped}." if skipped else f"{verdict}.")
    return "\n".join(lines)


HELP = """\
Zo gebruik je het:  ./houvast test [--quick | --days] [TEST...] [opties van pytest]

  Controleert de code: stijl, types, wat we gebruiken, de pijlen tussen lagen en alle tests.
  Wat de tests van Debian nodig hebben haalt het zelf op, of het laat de opdracht daarvoor zien.
  Noem je bestanden, mappen of tests, dan doet het alleen die, en meteen.
  Wat je verder nog meegeeft, gaat naar pytest.

  --quick  alleen wat binnen een minuut kan: de bewakers, het mechaniek, de beslisregels en een hele reis;
           noem je zelf tests, dan daarvan de snelle
  --days   alleen wat van de klok leeft, op elke dag van een week, om het nieuwe jaar, eind februari, in de
           nachten waarin de klok verspringt, en met twee drukke processen ernaast; dat duurt een half uur
  --help   laat dit zien"""


def show_help(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    """Show the help in Dutch, where click's own would be half English."""
    if wanted:
        click.echo(HELP)
        context.exit()


def choose(quick: bool, other_days: bool, strict: bool, extra: Sequence[str]) -> list[Check]:
    """Fetch what the chosen checks need and return the checks; where all must be there, nothing may lack."""
    if names_tests(extra) and not other_days:
        return [tests(quick, strict, extra)]
    needs = [FALSE_CLOCK] if other_days else [need for need in NEEDS if need.is_quick or not quick]
    missing = fetch(needs)
    if missing and strict:
        sys.exit(f"Hier ontbreekt nog: {', '.join(need.package for need in missing)}.")
    if other_days:
        return on_other_days(FALSE_CLOCK not in missing, strict, extra)
    return [*STYLE_AND_SHAPE, *(() if quick else (FLAWS,)), tests(quick, strict, extra)]


@click.command(add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.option("--help", "-h", is_flag=True, is_eager=True, expose_value=False, callback=show_help)
@click.option("--quick", is_flag=True)
@click.option("--days", "other_days", is_flag=True)
@click.argument("extra", nargs=-1, type=click.UNPROCESSED)
def main(quick: bool, other_days: bool, extra: tuple[str, ...]) -> None:
    """Run every check, also after one that is not in order, and end with how it all stands."""
    strict = os.environ.get("CI", "").lower() in {"1", "true"}
    checks = choose(quick, other_days, strict, extra)
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
