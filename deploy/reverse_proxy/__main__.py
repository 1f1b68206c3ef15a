"""Prints the configuration of nginx: `python -m deploy.reverse_proxy > deploy/reverse_proxy/houvast.conf`."""

from __future__ import annotations

import click

from deploy.reverse_proxy.nginx import COMPOSE, MACHINE, render


@click.command(help="Schrijf wat nginx moet weten: de paden van de diensten, en wat er geweigerd wordt.")
@click.option("--machine", is_flag=True, help="Voor Debian zonder containers: de diensten op 127.0.0.1.")
def main(machine: bool) -> None:
    """Print the configuration for the compose file, or for a machine without containers."""
    click.echo(render(MACHINE if machine else COMPOSE), nl=False)


if __name__ == "__main__":
    main(prog_name="python -m deploy.reverse_proxy")
