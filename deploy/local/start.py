"""`./houvast start`: two processes, kept running until somebody presses Ctrl-C."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import click
import peewee

from deploy.local.demo_region import is_half_loaded, list_demo_people, load_region
from deploy.local.installation import APPLICATIONS, AlreadyRunning, Installation, claim
from deploy.local.log_file import log_file, open_log
from deploy.local.ports import free_port, is_free
from deploy.local.processes import Processes, inform, refuse
from deploy.local.public_address import settle_address
from deploy.local.servers import remembered, settle_on
from services.meetings.commands.sign_in import make_first_link
from services.meetings.queries.staff import has_staff
from shared import log
from shared.discretion import betraying_words_of_sender
from shared.storage import StoreUnavailable


@dataclass(frozen=True)
class StartOptions:
    """What was asked for at a start; what is None stays as the folder remembers it."""

    port: int
    demo: bool = True
    database: str | None = None
    broker: str | None = None
    url: str | None = None
    proxies: int | None = None
    reload: bool = False


def start_installation(data: Path, options: StartOptions) -> int:
    """Serve until stopped; return the exit code."""
    try:
        claimed = claim(data)
    except AlreadyRunning:
        return refuse(
            f"Houvast draait al met de map {data}. Stop het daar eerst, of kies met --data een andere map."
        )
    with claimed:
        os.close(open_log(data))
        log.configure("installation", file=log_file(data))
        port = options.port
        if port and not is_free(port):
            return refuse(f"Poort {port} is bezet. Kies een andere met --port, bijvoorbeeld --port {port + 1}.")
        installation = Installation(
            data,
            port or free_port(),
            free_port(),
            demo=options.demo,
            servers=settle_on(data, options.database, options.broker),
            address=settle_address(data, options.url, options.proxies),
        )
        _inform_of_overruled(installation)
        _prepare(installation)
        installation.remember_url()
        processes = Processes(installation, claim=(claimed.fileno(),), reload=options.reload)
        return processes.run(lambda: greet(installation))


def migrate_installation(data: Path) -> int:
    """Do only what must happen before a start; return the exit code. Raises AlreadyRunning."""
    with claim(data):
        Installation(data, 0, 0, servers=remembered(data)).prepare()
        click.echo("De opslag is bij.")
    return 0


def _prepare(installation: Installation) -> None:
    inform("Opslag en sleutels klaarzetten …")
    installation.prepare()
    for application in APPLICATIONS:
        # We hold the folder, so nobody who held a lease can be alive.
        application.service.leases.forget_holders()
    if installation.demo and (not has_staff() or is_half_loaded(installation)):
        inform("Voorbeeldregio laden …")
        load_region(installation)


def _inform_of_overruled(installation: Installation) -> None:
    """Say which variables of the environment do nothing here, instead of dropping them without a word."""
    ours = installation.environment()
    overruled = [name for name, value in ours.items() if os.environ.get(name, value) != value]
    if overruled:
        inform(f"Deze instellingen gelden niet bij ./houvast start: {', '.join(sorted(overruled))}.")
    if any(name.endswith("_PUBLIC_URL") for name in overruled):
        inform("Het adres van de pagina's kies je met --url.")


def greet(installation: Installation) -> None:
    """Print where it is and who one can be. A store that is away just now ends nothing that runs."""
    try:
        _greet(installation)
    except (StoreUnavailable, peewee.OperationalError, peewee.InterfaceError) as error:
        log.error("not_greeted", error)
        inform("De opslag geeft nu even geen antwoord. Houvast draait, en werkt zodra die terug is.")
        inform("Wie je kunt zijn en hoe je inlogt, staat hier bij een volgende start.")


def _greet(installation: Installation) -> None:
    click.echo(f"\nHouvast staat klaar: {installation.url}\n")
    if installation.address.url:
        click.echo(f"Laat je proxy doorsturen naar {installation.local_url}, met X-Forwarded-For.")
        click.echo(f"Aantal proxy's: {installation.address.proxies}. Een volgende start onthoudt dit.\n")
        if words := betraying_words_of_sender(installation.url):
            click.echo(f"Let op: in dit adres staat ‘{', '.join(words)}’. Wie op een telefoon meekijkt, weet dan")
            click.echo("waar het om gaat. Daarom wachten alle berichten met een link. Kies een ander adres.\n")
    if installation.demo:
        click.echo("Dit is een proefopstelling met verzonnen mensen. Op de inlogpagina kies je wie je bent:")
        for person in list_demo_people():
            click.echo(f"  {person.name:<8} {person.about}")
        click.echo(f"\n  inloggen      {installation.url}/inloggen")
        click.echo(f"  aanmelden     {installation.url}/aanmelden")
        readers = " of ".join(person.name for person in list_demo_people() if "messenger" in person.roles)
        click.echo(f"  verstuurd     {installation.url}/berichten/postbus (log in als {readers})")
    elif not has_staff():
        click.echo("Er is nog niemand. Richt Houvast in met deze link. Hij werkt één keer, een dag lang:")
        click.echo(f"  {installation.url}/inloggen/eerste/{make_first_link()}")
    if not installation.demo and installation.has_mailbox:
        click.echo("\nEr is geen mailserver ingesteld (NOTIFICATIONS_SMTP_HOST): alle mail, ook met inloglinks,")
        click.echo(
            f"blijft liggen in {installation.mailbox / 'new'}, alleen te lezen voor wie deze computer beheert."
        )
    click.echo(f"\nLogboek: {log_file(installation.data)}")
    click.echo("Stoppen: Ctrl-C\n")
