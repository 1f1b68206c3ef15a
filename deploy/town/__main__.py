"""The commands of the door `./houvast` that work on the embedded town."""

from __future__ import annotations

import secrets
import sys
from datetime import datetime
from pathlib import Path

import click
import peewee
import psycopg

from deploy.town import operator_commands, servers
from deploy.town.options import DATA, JSON
from shared import log
from shared.errors import Refusal
from shared.settings import SettingsError
from shared.store import StoreUnavailable


@click.group(help="Houvast op deze computer.")
def town() -> None:
    """One group, a command each."""


@town.command(help="Start Houvast. Nog eens starten is veilig. Ctrl-C stopt.")
@DATA
@click.option("--port", default=8780, show_default=True, help="Poort van de pagina's; 0 kiest een vrije poort.")
@click.option(
    "--demo/--no-demo", default=True, help="Met of zonder de voorbeeldregio en de klok die je kunt verzetten."
)
@servers.options
def start(data: Path, port: int, demo: bool, database: str | None, broker: str | None) -> None:
    """Make what is missing, serve, and work until stopped."""
    from deploy.town.start import start_town

    sys.exit(start_town(data.resolve(), port, demo, database, broker))


@town.command(help="Laat zien hoe iemand van aanmelding tot bijeenkomst komt, met een klok die vooruitgaat.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Bewaar de opslag in deze map.")
@servers.options
def demo(keep: Path | None, database: str | None, broker: str | None) -> None:
    """Tell the journey; exit 0 only when it really happened."""
    from deploy.town.demo import tell_journey

    sys.exit(tell_journey(keep.resolve() if keep else None, servers.Servers(database, broker)))


@town.command(
    help="Speel in het klein een maand van verzonnen groepen na, en verklaar elk bericht: waarom het er is en"
    " waarom het zo eindigde. Raakt geen bestaande installatie aan."
)
@click.option("--groups", default=10, show_default=True, type=click.IntRange(1, 100), help="Hoeveel groepen.")
@click.option(
    "--from", "first_day", default="2026-10-05", show_default=True, type=click.DateTime(["%Y-%m-%d"]),
    help="De eerste dag.",
)  # fmt: skip
@click.option("--days", default=31, show_default=True, type=click.IntRange(2, 366), help="Hoeveel dagen.")
@click.option("--seed", type=int, help="De kans: dezelfde speelt hetzelfde na. Zonder wordt er een gekozen.")
@click.option(
    "--people",
    type=click.IntRange(1, 5000),
    help="Hoeveel mensen zich aanmelden; acht per groep als je niets zegt.",
)
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="Bewaar wat er gebeurde in deze map."
)
@JSON
def simulate(
    groups: int, first_day: datetime, days: int, seed: int | None, people: int | None, keep: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Exit 0 only when every message is explained and every promise was kept."""
    from deploy.town.simulate.run import simulate as play

    sys.exit(play(
        groups=groups, first_day=first_day.date(), days=days, people=people or 8 * groups, as_json=as_json,
        seed=secrets.randbelow(1_000_000) if seed is None else seed, keep=keep.resolve() if keep else None,
    ))  # fmt: skip


@town.command(help="Kijk of alles klopt: wie loopt achter, wat wacht, wat bleef liggen.")
@DATA
@JSON
def doctor(data: Path, as_json: bool) -> None:
    """Exit 0 only when all is consistent."""
    from deploy.town.doctor import examine

    sys.exit(examine(data.resolve(), as_json))


@town.command(help="Maak een sleutel voor de JSON API.")
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
    from deploy.town.token import make_token

    click.echo(make_token(data.resolve(), roles, organisations, hours))


@town.command(help="Breng de opslag bij na een nieuwe versie, zonder te starten.")
@DATA
def migrate(data: Path) -> None:
    """Make what is missing and bring the stores up to date."""
    from deploy.town.start import migrate_town

    sys.exit(migrate_town(data.resolve()))


for _command in operator_commands.ALL:
    town.add_command(_command)


def main() -> None:
    """Run, and say in Dutch what is wrong when it cannot."""
    log.configure("town")
    try:
        town(prog_name="houvast")
    except SettingsError as wrong:
        sys.exit(str(wrong))
    except (StoreUnavailable, peewee.OperationalError, psycopg.OperationalError) as error:
        log.trouble("store_unavailable", error)
        sys.exit(
            "De opslag geeft nu geen antwoord. Kijk of de databaseserver draait en of de schijf niet vol is. Doe"
            " na een nieuwe versie eerst ./houvast migrate."
        )
    except Refusal as refusal:
        from deploy.town.layout import SERVICES
        from shared.web.sentences import Sentences

        sentences = Sentences(SERVICES[0].room / "data" / "messages.nl.toml")
        sys.exit(sentences.say("refusals", refusal.code, **refusal.facts))


if __name__ == "__main__":
    main()
