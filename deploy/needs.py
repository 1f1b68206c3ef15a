"""What the tests need from Debian, and how it gets here."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Need:
    """A Debian package, and the file by which it shows that it is really there; * stands for a version.

    is_quick  tests of --quick need it too
    """

    package: str
    shown_by: str
    is_quick: bool = False

    @property
    def is_there(self) -> bool:
        return bool(glob(self.shown_by))


FALSE_CLOCK = Need("libfaketime", "/usr/lib/*/faketime/libfaketimeMT.so.1", is_quick=True)
NEEDS = (
    Need("chromium", "/usr/bin/chromium"),
    Need("fonts-dejavu-core", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    Need("rabbitmq-server", "/usr/lib/rabbitmq/bin/rabbitmq-server"),
    Need("postgresql", "/usr/lib/postgresql/*/bin/postgres", is_quick=True),
    Need("nginx-light", "/usr/sbin/nginx", is_quick=True),
    FALSE_CLOCK,
)


def fetch(needs: Sequence[Need]) -> list[Need]:
    """Install as root what is not there, or print the one command; return what is still missing."""
    missing = [need for need in needs if not need.is_there]
    if not missing:
        return []
    packages = [need.package for need in missing]
    click.echo(f"Voor de tests is nog nodig: {', '.join(packages)}.")
    sys.stdout.flush()
    script = ROOT / "deploy" / "setup" / "debian.sh"
    subprocess.run(["sh", str(script), *packages], stdin=subprocess.DEVNULL)
    return [need for need in missing if not need.is_there]
