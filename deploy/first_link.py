"""The one-time link with which the first manager of a new installation begins: `python -m deploy.first_link`."""

from __future__ import annotations

import sys

import click

from services.meetings.app import application
from services.meetings.commands.sign_in import make_first_link
from services.meetings.queries.staff import has_staff
from shared import log
from shared.settings import SettingsError


@click.command(help="Maak de link waarmee de eerste beheerder Houvast inricht. Hij werkt één keer, een dag lang.")
def main() -> None:
    """Print the link, by the settings in the environment; refuse when somebody works here already."""
    log.configure("meetings")
    try:
        settings = application.read_settings()
        application.service.open(settings)
    except SettingsError as error:
        sys.exit(str(error))
    if has_staff():
        sys.exit("Er is al een beheerder. Die kan je toevoegen bij Beheer.")
    click.echo(f"{settings.public_url}/inloggen/eerste/{make_first_link()}")


if __name__ == "__main__":
    main(prog_name="python -m deploy.first_link")
