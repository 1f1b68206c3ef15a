"""The commands with which somebody operates an installation: moving, backups, and events that need a person."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from deploy.local import servers
from deploy.local.options import DATA, DRY_RUN, JSON, installation_in, one_service
from deploy.organisation import options as organisation_options

_MOST_REASON = 200
_FOLDER = click.Path(file_okay=False, path_type=Path)


def _reason(_context: click.Context, _option: click.Parameter, value: str) -> str:
    text = " ".join(value.split())
    if not text or len(text) > _MOST_REASON:
        raise click.BadParameter(f"Schrijf waarom, in hooguit {_MOST_REASON} tekens en zonder namen.")
    return text


@click.command(
    help="Verhuis de opslag naar PostgreSQL, en desgewenst de gebeurtenissen naar RabbitMQ. Houvast moet daarvoor"
    " gestopt zijn. Alles gaat over of niets, en de oude opslag blijft bewaard. Terug naar bestanden kan met een"
    " reservekopie."
)
@DATA
@servers.options
@DRY_RUN
def move(data: Path, database: str | None, broker: str | None, dry_run: bool) -> None:
    """Move from files to servers."""
    from deploy.local.move import move_installation

    installation = installation_in(data.resolve())
    if database is None:
        raise click.UsageError("Zeg met --database waar het heen gaat.")
    sys.exit(move_installation(installation, database, broker, dry_run))


@click.command("dead-letters", help="Laat zien welke gebeurtenissen niet verwerkt zijn; nooit de inhoud.")
@DATA
@JSON
def dead_letters(data: Path, as_json: bool) -> None:
    """List what waits for a person."""
    from deploy.local.dead_letters import list_dead_letters

    sys.exit(list_dead_letters(installation_in(data.resolve()), as_json))


@click.command(help="Laat een gebeurtenis die niet verwerkt is opnieuw proberen. Kan terwijl Houvast draait.")
@DATA
@one_service(required=True, about="De dienst die de gebeurtenis niet verwerkte.")
@click.option("--id", "ids", type=int, multiple=True, help="Het nummer uit dead-letters; mag vaker.")
@click.option("--all", "everything", is_flag=True, help="Alle gebeurtenissen die deze dienst niet verwerkte.")
@click.option(
    "--reason",
    required=True,
    callback=_reason,
    help="Waarom het nu wel zal lukken. Dit wordt bewaard; noem geen namen van mensen.",
)
@DRY_RUN
def replay(data: Path, service: str, ids: tuple[int, ...], everything: bool, reason: str, dry_run: bool) -> None:
    """Retry dead letters."""
    from deploy.local.dead_letters import replay as again

    installation = installation_in(data.resolve())
    if bool(ids) == everything:
        raise click.UsageError("Kies --id NUMMER, of --all voor alle gebeurtenissen van deze dienst.")
    sys.exit(again(installation, service, None if everything else list(ids), reason, dry_run))


@click.command(help="Laat zien wat een dienst publiceerde: nummer, tijd, soort en onderwerp van elke gebeurtenis.")
@DATA
@one_service(required=True, about="De dienst die publiceerde.")
@click.option(
    "--after", type=click.IntRange(0), help="Vanaf het nummer hierna. Zonder dit: de laatste gebeurtenissen."
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Hoogstens zoveel.")
@click.option("--data-too", is_flag=True, help="Ook de inhoud. Wat versleuteld is, blijft versleuteld.")
@JSON
def feed(data: Path, service: str, after: int | None, limit: int, data_too: bool, as_json: bool) -> None:
    """Print the log of one service."""
    from deploy.local.dead_letters import show_feed

    sys.exit(show_feed(installation_in(data.resolve()), service, after, limit, data_too, as_json))


@click.command(
    help="Maak een reservekopie van alle opslag. Kan terwijl Houvast draait. De mail in de postbus zit er niet in."
)
@DATA
@click.option("--to", "to", type=_FOLDER, required=True, help="Map waarin de map met de kopie komt.")
@click.option(
    "--with-keys",
    is_flag=True,
    help="Ook de sleutels. Wie zo'n kopie heeft kan alles lezen. Zonder dit: bewaar de map keys zelf apart.",
)
@click.option(
    "--keep-days",
    type=click.IntRange(1),
    help="Gooi daarna kopieën in die map weg die ouder zijn dan zoveel dagen.",
)
@DRY_RUN
@JSON
def backup(data: Path, to: Path, with_keys: bool, keep_days: int | None, dry_run: bool, as_json: bool) -> None:
    """Copy all stores as they are at one moment."""
    from deploy.local.backup import take_backup

    installation = installation_in(data.resolve())
    options = {"with_keys": with_keys, "dry_run": dry_run, "as_json": as_json}
    sys.exit(take_backup(installation, to.resolve(), keep_days=keep_days, **options))


@click.command(
    help="Zet een reservekopie terug. Houvast moet daarvoor gestopt zijn. Wat er nu staat gaat opzij en blijft"
    " bewaard."
)
@DATA
@click.option(
    "--from",
    "source",
    type=_FOLDER,
    required=True,
    help="De map die backup maakte, of de map waarin kopieën staan: dan de nieuwste.",
)
@one_service(required=False, about="Alleen de opslag van deze dienst. Zonder dit: alles.")
@click.option("--yes", is_flag=True, help="Ik weet het zeker. Zonder dit gebeurt er niets.")
@servers.options
@DRY_RUN
def restore(
    data: Path,
    source: Path,
    service: str | None,
    yes: bool,
    database: str | None,
    broker: str | None,
    dry_run: bool,
) -> None:
    """Put back what a backup holds."""
    from deploy.local.manifest import newest_backup
    from deploy.local.restore import RestoreRequest, restore_installation

    request = RestoreRequest(
        data.resolve(), newest_backup(source.resolve()), service, database, broker, dry_run, yes
    )
    sys.exit(restore_installation(request))


@click.command(
    "lost-app",
    help="Koppel de app met codes los van een collega die haar telefoon kwijt is, als er geen twee beheerders zijn"
    " die dat samen kunnen. Bij de volgende keer inloggen komt er een nieuwe.",
)
@DATA
@click.option("--email", prompt="E-mailadres waarmee deze collega inlogt", help="Het adres van deze collega.")
def lost_app(data: Path, email: str) -> None:
    """Forget the app with codes of a colleague."""
    from deploy.lost_app import forget

    installation_in(data.resolve()).open()
    forget(email)


@click.group(help="Organisaties die met deze installatie werken.")
def organisation() -> None:
    """Group the commands."""


@organisation.command(help="Voeg een organisatie toe, met een eerste beheerder. Kan terwijl Houvast draait.")
@DATA
@organisation_options
def add(data: Path, **typed: str) -> None:
    """Add an organisation and print the link of its first manager."""
    from deploy.organisation import add as add_organisation

    here = installation_in(data.resolve())
    here.open()
    add_organisation(here.last_url, **typed)


ALL = (move, dead_letters, replay, feed, backup, restore, lost_app, organisation)
