"""Making the key files of an installation whose services run apart: `python -m deploy.keys FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from deploy.local.installation import NAMES
from deploy.local.key_files import make_keys
from shared.settings import SettingsError


@click.command(help="Maak in MAP het sleutelbestand van elke dienst. Wat er al is, blijft zoals het is.")
@click.argument("folder", metavar="MAP", type=click.Path(file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Make the key files, and print what to do next."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        is_new = make_keys(folder, NAMES)
    except SettingsError as error:
        sys.exit(str(error))
    if not is_new:
        click.echo(f"In {folder} staan de sleutels al. Er is niets veranderd.")
        return
    click.echo(f"In {folder} staan nu de sleutels van {', '.join(NAMES)}.")
    click.echo("Bewaar er meteen een kopie van op een andere plek: zonder sleutels is niets meer te lezen.")


if __name__ == "__main__":
    main(prog_name="python -m deploy.keys")
