"""The users of the broker and what each may do: `python -m deploy.rabbitmq.definitions FILE`.

Which service consumes whose events comes from the code, the passwords from the environment
(MEETINGS_BROKER_PASSWORD, ...). The file is what RabbitMQ loads at every start; in it passwords are salted hashes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from deploy.local.installation import APPLICATIONS
from shared.cli import Application
from shared.messaging.rabbitmq.topology import dead_name, exchange_name, queue_name
from shared.settings import ServiceSettings, SettingsError

VHOST = "houvast"
PREFIX = ServiceSettings.broker_prefix
HASHING = "rabbit_password_hashing_sha256"


def definitions(environ: Mapping[str, str], vhost: str = VHOST, prefix: str = PREFIX) -> dict[str, object]:
    """Return what RabbitMQ loads: the vhost, a user a service, its rights. Missing passwords: SettingsError."""
    missing = [variable(name) for name in _names() if not environ.get(variable(name))]
    if missing:
        raise SettingsError(f"Zet eerst een wachtwoord in {', '.join(missing)}.")
    return {
        "vhosts": [{"name": vhost}],
        "users": [
            {
                "name": user(prefix, name),
                "password_hash": hash_password(environ[variable(name)], os.urandom(4)),
                "hashing_algorithm": HASHING,
                "tags": [],
            }
            for name in _names()
        ],
        "permissions": [
            {"user": user(prefix, application.name), "vhost": vhost, **rights(application, prefix)}
            for application in APPLICATIONS
        ],
    }


def rights(application: Application, prefix: str = PREFIX) -> dict[str, str]:
    """Return what one service may do, as the three patterns of RabbitMQ.

    It declares, writes and reads what bears its own name. Binding its queue to what another publishes takes the
    right to read that exchange: it has that for its sources and for nobody else. It has no right to the default
    exchange, because through that one anybody's queue can be reached.
    """
    name = application.name
    own = [exchange_name(prefix, name), queue_name(prefix, name), dead_name(prefix, name)]
    sources = [exchange_name(prefix, source) for source in sorted(application.subscriptions.sources)]
    return {"configure": _exactly(own), "write": _exactly(own), "read": _exactly([*own, *sources])}


def hash_password(password: str, salt: bytes) -> str:
    """Return a password as RabbitMQ keeps it: four bytes of salt, then the SHA-256 of salt and password."""
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def user(prefix: str, service: str) -> str:
    """Return the name with which a service signs in at the broker."""
    return f"{prefix}_{service}"


def variable(service: str) -> str:
    """Return the variable with the password of a service."""
    return f"{service}_broker_password".upper()


def _names() -> list[str]:
    return [application.name for application in APPLICATIONS]


def _exactly(names: Iterable[str]) -> str:
    return "^(" + "|".join(re.escape(name) for name in dict.fromkeys(names)) + ")$"


@click.command(help="Schrijf in BESTAND wie wat mag op RabbitMQ. De wachtwoorden komen uit de omgeving.")
@click.argument("file", metavar="BESTAND", type=click.Path(dir_okay=False, path_type=Path))
def main(file: Path) -> None:
    """Write the file in one go: a broker that starts now reads the old one or the new one."""
    try:
        text = json.dumps(definitions(os.environ), indent=1)
    except SettingsError as error:
        sys.exit(str(error))
    fresh = file.with_suffix(".fresh")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)
    click.echo(f"In {file} staat nu wie wat mag op de broker.")


if __name__ == "__main__":
    main(prog_name="python -m deploy.rabbitmq.definitions")
