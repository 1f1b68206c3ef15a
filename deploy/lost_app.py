"""Forgetting the app of a colleague where no two managers can: `python -m deploy.lost_app`."""

from __future__ import annotations

import sys

import click

from services.meetings.app import application
from services.meetings.commands.second_factor import forget_as_operator
from shared import log
from shared.settings import SettingsError


@click.command(
    help="Koppel de app met codes los van een collega die haar telefoon kwijt is. Bij de volgende keer inloggen"
    " komt er een nieuwe. Vraag eerst na of het echt die collega is die het vraagt."
)
@click.option("--email", prompt="E-mailadres waarmee deze collega inlogt", help="Het adres van deze collega.")
def main(email: str) -> None:
    """Forget the app, with the settings of meetings from the environment."""
    log.configure("meetings")
    try:
        application.service.open(application.read_settings())
    except SettingsError as error:
        sys.exit(str(error))
    forget(email)


def forget(email: str) -> None:
    """Forget the app in the store that is open, and print the result."""
    if not forget_as_operator(email.strip()):
        sys.exit("Met dit adres werkt hier niemand die een app heeft. Er is niets veranderd.")
    click.echo(
        "De app is losgekoppeld en deze collega is overal uitgelogd. Bij de volgende keer inloggen komt er een"
        " nieuwe."
    )


if __name__ == "__main__":
    main(prog_name="python -m deploy.lost_app")
