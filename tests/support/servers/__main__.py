"""Sees to it that the tests have a broker and a database: `python -m tests.support.servers ensure`."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import click

from tests.support.servers import postgres, rabbitmq

DEBIAN = Path(__file__).resolve().parents[3] / "deploy" / "setup" / "debian.sh"
SERVERS = {"RabbitMQ": rabbitmq, "PostgreSQL": postgres}
HELP = """\
Zo gebruik je het:  python -m tests.support.servers ensure

  Zorgt dat de tests RabbitMQ en PostgreSQL hebben. Wat hier al draait, is genoeg;
  wat ontbreekt, wordt met apt-get geïnstalleerd."""


def ensure() -> bool:
    """Install what neither answers nor is installed; whether the tests have both."""
    missing = [server.PACKAGE for name, server in SERVERS.items() if not is_there(name, server)]
    if not missing:
        return True
    sys.stdout.flush()
    subprocess.run(["sh", str(DEBIAN), *missing], stdin=subprocess.DEVNULL)
    lacking = [name for name, server in SERVERS.items() if not (server.is_installed() or server.find())]
    if lacking:
        click.echo(f"De tests die {' of '.join(lacking)} nodig hebben, worden nu overgeslagen.")
    return not lacking


def is_there(name: str, server: ModuleType) -> bool:
    """Whether the tests can use this server, said aloud."""
    if server.find():
        click.echo(f"{name} draait hier al, op poort {server.PORT}; de tests kunnen die gebruiken.")
        return True
    if server.is_installed():
        click.echo(f"{name} is geïnstalleerd; de tests starten er zelf een en stoppen die weer.")
        return True
    click.echo(f"{name} is hier nog niet.")
    return False


def main() -> None:
    """Exit 0 only when both are there; 2 when something else was asked."""
    # What a library says of a server that does not let us in, is said here in Dutch.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    if sys.argv[1:] != ["ensure"]:
        click.echo(HELP)
        sys.exit(2)
    sys.exit(0 if ensure() else 1)


if __name__ == "__main__":
    main()
