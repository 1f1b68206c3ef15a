"""Whether an installation works that should: its processes, its broker, and the parts of each service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from deploy.local.installation import APPLICATIONS, Installation
from deploy.local.servers import accepts_login
from shared import clock

# A lease is renewed at half its time; a process that was started anew has taken it within this.
GRACE = timedelta(seconds=5)
_PROCESSES = {"web": "de pagina's", "work": "het werk op de achtergrond"}
_PARTS = {"relay": "gebeurtenissen doorsturen", "consumer": "gebeurtenissen verwerken"}


class Part(NamedTuple):
    """Something that should work: of which service, its name in Dutch, and whether it does."""

    service: str
    name: str
    works: bool


def is_running(data: Path) -> bool:
    """Whether somebody started the installation in this folder and did not stop it."""
    return any(_processes(data).values())


def parts(installation: Installation) -> Iterator[Part]:
    """Give everything that should work in an open installation that is running."""
    for name, is_alive in _processes(installation.data).items():
        yield Part("houvast", _PROCESSES.get(name, name), is_alive)
    if installation.servers.broker is not None:
        yield Part("houvast", "RabbitMQ", accepts_login(installation.servers.broker))
    wall, longest = clock.wall(), timedelta(seconds=2 * installation.lease_seconds)
    for application in APPLICATIONS:
        for lease, name in _PARTS.items():
            until = application.service.leases.held_until(lease)
            # One that lasts longer than any can was taken by a clock that was wrong.
            yield Part(application.name, name, until is not None and wall - GRACE < until < wall + longest)


def _processes(data: Path) -> dict[str, bool]:
    """Return which processes were started here, each with whether it is there."""
    path = data / "processes"
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return {name: _is_alive(int(pid)) for name, pid in (line.split() for line in lines)}


def _is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"
