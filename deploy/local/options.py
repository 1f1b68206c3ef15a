"""What the commands of `./houvast` have in common: where an installation is, and that there is one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from deploy.local.installation import NAMES, Installation, InstallationError
from deploy.local.servers import remembered

F = TypeVar("F", bound=Callable[..., object])
_VAR = Path(__file__).resolve().parents[2] / "var"
DATA = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=_VAR,
    show_default="var bij Houvast",
    help="Map waarin alles van deze installatie staat.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Als JSON, voor een programma.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Kijk of het kan en vertel wat er zou gebeuren; doe niets.")


class NotHere(InstallationError):
    """There is no installation in the folder that was named."""

    exit_code = 2

    def __init__(self, data: Path) -> None:
        super().__init__(f"In {data} staat geen Houvast. Start het eerst, of wijs de goede map aan met --data.")


def one_service(*, required: bool, about: str) -> Callable[[F], F]:
    """Add `--service NAME`."""
    return click.option("--service", type=click.Choice(NAMES), required=required, help=about)


def installation_in(data: Path) -> Installation:
    """Return the installation in this folder as it was left, not opened. Raises NotHere."""
    servers = remembered(data)
    if not (data / "stores").is_dir() and servers.database is None:
        raise NotHere(data)
    return Installation.stopped(data, servers)
