"""The commands of `./houvast` that work on the local installation."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import peewee
import psycopg

from deploy.local import operator_commands, public_address, servers
from deploy.local.options import DATA, JSON
from shared import log
from shared.errors import Refusal
from shared.settings import SettingsError
from shared.storage import StoreUnavailable


@click.group(help="Houvast op deze computer.")
def installation() -> None:
    """Group the commands."""


@installation.command(help="Start Houvast. Nog eens starten is veilig. Ctrl-C stopt.")
@DATA
@click.option("--port", default=8780, show_default=True, help="Poort van de pagina's; 0 kiest een vrije poort.")
@click.option(
    "--demo/--no-demo", default=True, help="Met of zonder de voorbeeldregio en de klok die je kunt verzetten."
)
@servers.options
@public_address.options
@click.option(
    "--reload",
    is_flag=True,
    help="Voor wie aan Houvast werkt: zet de pagina's en het werk opnieuw aan als de code verandert. De opslag"
    " bijwerken doe je zelf, met migrate.",
)
def start(data: Path, **options: Any) -> None:
    """Make what is missing, serve, and work until stopped."""
    from deploy.local.start import StartOptions, start_installation

    sys.exit(start_installation(data.resolve(), StartOptions(**options)))


@installation.command(
    help="Laat zien hoe iemand van aanmelding tot bijeenkomst komt, met een klok die vooruitgaat."
)
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Bewaar de opslag in deze map.")
@servers.options
def demo(keep: Path | None, database: str | None, broker: str | None) -> None:
    """Run the demo; exit 0 only when all of it really happened."""
    from deploy.local.demo import run_demo

    sys.exit(run_demo(keep.resolve() if keep else None, servers.Servers(database, broker)))


@installation.command(help="Kijk of alles klopt: wie loopt achter, wat wacht, wat bleef liggen.")
@DATA
@JSON
def doctor(data: Path, as_json: bool) -> None:
    """Exit 0 only when all is consistent."""
    from deploy.local.doctor import examine

    sys.exit(examine(data.resolve(), as_json))


@installation.command(help="Maak een sleutel voor de JSON API.")
@DATA
@click.option("--role", "roles", multiple=True, required=True, help="Rol van de sleutel; mag vaker.")
@click.option(
    "--organisation", "organisations", multiple=True, required=True, help="Id van de organisatie; mag vaker."
)
@click.option(
    "--hours", default=12, show_default=True, type=click.IntRange(1, 24 * 90), help="Hoe lang hij geldt."
)
def token(data: Path, roles: tuple[str, ...], organisations: tuple[str, ...], hours: int) -> None:
    """Print a signed pass for the Authorization header."""
    from deploy.local.token import make_token

    click.echo(make_token(data.resolve(), roles, organisations, hours))


@installation.command(help="Breng de opslag bij na een nieuwe versie, zonder te starten.")
@DATA
def migrate(data: Path) -> None:
    """Make what is missing and bring the stores up to date."""
    from deploy.local.start import migrate_installation

    sys.exit(migrate_installation(data.resolve()))


for _command in operator_commands.ALL:
    installation.add_command(_command)


def main() -> None:
    """Run a command, and print in Dutch what is wrong when it cannot."""
    log.configure("installation")
    try:
        installation(prog_name="houvast")
    except SettingsError as error:
        sys.exit(str(error))
    except (StoreUnavailable, peewee.OperationalError, psycopg.OperationalError) as error:
        log.error("store_unavailable", error)
        sys.exit(
            "De opslag geeft nu geen antwoord. Kijk of de databaseserver draait en of de schijf niet vol is. Doe"
            " na een nieuwe versie eerst ./houvast migrate."
        )
    except Refusal as refusal:
        from deploy.local.installation import APPLICATIONS
        from shared.web.text import Texts

        texts = Texts(APPLICATIONS[0].folder / "data" / "messages.nl.toml")
        sys.exit(texts.text("refusals", refusal.code, **refusal.facts))


if __name__ == "__main__":
    main()
