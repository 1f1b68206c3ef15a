"""Adding an organisation with its first manager: `python -m deploy.organisation`."""

from __future__ import annotations

import sys

import click
from marshmallow import ValidationError

from services.meetings.app import application
from services.meetings.commands.installation import add_organisation
from services.meetings.commands.sign_in import make_first_link
from services.meetings.schemas.installation import FirstManagerForm
from shared import log
from shared.discretion import PublicIdentity, is_name_held
from shared.errors import Refusal
from shared.ids import new_id
from shared.security.actor import system
from shared.settings import SettingsError
from shared.web.text import Texts

_NOTHING = "Er is niets toegevoegd."
_HELD = (
    "Let op: deze naam staat ook in het webadres. Wie op een telefoon meekijkt, weet dan waar het om gaat. Daarom"
    " worden berichten met een link tegengehouden. Verander de naam bij Beheer, of het webadres."
)
_QUESTIONS = {
    "organisation": "Naam van de organisatie",
    "region": "Regio",
    "name": "Naam van de eerste beheerder",
    "email": "E-mailadres van de eerste beheerder",
}


def options(command: click.decorators.FC) -> click.decorators.FC:
    """Add an option for each question; what was left out is asked."""
    flags = {"organisation": "--name", "region": "--region", "name": "--manager", "email": "--email"}
    for field, question in reversed(_QUESTIONS.items()):
        command = click.option(flags[field], field, prompt=question, help=f"{question}.")(command)
    return command


@click.command(help="Voeg een organisatie toe, met een eerste beheerder. Kan terwijl Houvast draait.")
@options
def main(**typed: str) -> None:
    """Add it, with the settings of meetings from the environment."""
    log.configure("meetings")
    try:
        settings = application.read_settings()
        application.service.open(settings)
    except SettingsError as error:
        sys.exit(str(error))
    add(settings.public_url, **typed)


def add(public_url: str | None, **typed: str) -> None:
    """Add it in the store that is open, and print the link with which its first manager signs in.

    public_url  the address under which people open the pages; None when that is not known
    typed       organisation, region, name and email
    """
    try:
        form = FirstManagerForm().load({name: value.strip() for name, value in typed.items() if value.strip()})
        form.pop("keeps_words")
        staff_id = add_organisation(system("installation"), **form, request_id=new_id())
    except ValidationError as error:
        wrong = [f"{_QUESTIONS[field]}: {' '.join(texts)}" for field, texts in error.messages_dict.items()]
        sys.exit("\n".join([*wrong, _NOTHING]))
    except Refusal as refusal:
        dutch = Texts(application.folder / "data" / "messages.nl.toml")
        sys.exit(f"{dutch.text('refusals', refusal.code, **refusal.facts)} {_NOTHING}")
    click.echo(
        f"{form['organisation']} is toegevoegd. Geef deze link aan {form['name']}. Hij werkt één keer, een dag"
        " lang. Daarna vraagt de beheerder op de inlogpagina zelf een nieuwe aan."
    )
    click.echo(f"  {public_url or 'http://HET-ADRES-VAN-HOUVAST'}/inloggen/link/{make_first_link(staff_id)}")
    if is_name_held(form["organisation"], PublicIdentity("", public_url or "")):
        click.echo(_HELD)


if __name__ == "__main__":
    main(prog_name="python -m deploy.organisation")
