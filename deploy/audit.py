"""Looks whether a flaw is known of anything that is installed: `python -m deploy.audit`.

The list of known flaws lies on the internet. Where it cannot be reached nothing is wrong, and it is said.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import click

ROOT = Path(__file__).resolve().parent.parent
# The exit code of who could not look: EX_TEMPFAIL of sysexits.h.
UNREACHABLE = 75
_UNREACHABLE = "De lijst met bekende lekken is hier niet te bereiken."
ARGUMENTS = (
    "-r",
    "requirements-test.txt",
    "--disable-pip",
    "--require-hashes",
    "--format",
    "json",
    "--progress-spinner",
    "off",
    "--timeout",
    "10",
)


class Verdict(NamedTuple):
    """The exit code of an audit, and a sentence for the screen."""

    code: int
    sentence: str


def judge(output: str, errors: str) -> Verdict:
    """Read what pip-audit printed: `output` is its JSON, or empty when it stopped halfway."""
    if not output:
        why = (errors.strip().splitlines() or ["pip-audit stopped without a word"])[-1]
        if "requests.exceptions" in why or "ServiceError" in why:
            return Verdict(UNREACHABLE, f"{_UNREACHABLE} {why}")
        return Verdict(1, f"Het zoeken naar bekende lekken lukte niet. {why}")
    packages = json.loads(output)["dependencies"]
    flaws = [
        f"  {package['name']} {package['version']}: {flaw['id']}, weg in {', '.join(flaw['fix_versions']) or '-'}"
        for package in packages
        for flaw in package.get("vulns", ())
    ]
    if flaws:
        return Verdict(1, "\n".join(["Hiervan is een lek bekend:", *flaws]))
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if unknown:
        return Verdict(UNREACHABLE, f"{_UNREACHABLE} Niet nagekeken: {', '.join(unknown)}.")
    return Verdict(0, f"Van geen van de {len(packages)} onderdelen is een lek bekend.")


def main() -> None:
    """Exit 0 when nothing is known, 1 when something is, 75 when the list could not be reached."""
    command = [sys.executable, "-m", "pip_audit", *ARGUMENTS]
    ended = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    verdict = judge(ended.stdout, ended.stderr)
    click.echo(verdict.sentence)
    sys.exit(verdict.code)


if __name__ == "__main__":
    main()
