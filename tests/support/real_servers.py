"""A broker and a database of a test alone, with the users and the rights that the real installation gives them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from deploy.rabbitmq.definitions import PREFIX, VHOST, definitions, user
from tests.support.servers.rabbitmq import PrivateRabbit

_DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def start_broker(folder: Path, passwords: Mapping[str, str]) -> PrivateRabbit:
    """A broker that started with the project's own settings and definitions; `passwords`: variable -> password."""
    rabbit = PrivateRabbit(folder / "rabbitmq")
    (folder / "definitions.json").write_text(json.dumps(definitions(passwords)), encoding="utf-8")
    settings = (_DEPLOY / "rabbitmq" / "rabbitmq.conf").read_text(encoding="utf-8")
    (rabbit.folder / "conf.d").mkdir()
    (rabbit.folder / "conf.d" / "90-houvast.conf").write_text(
        settings.replace("/etc/rabbitmq/definitions", str(folder)), encoding="utf-8"
    )
    name = "intake"  # somebody: there is no guest here
    rabbit.url = broker_url(rabbit.port, name, passwords["INTAKE_BROKER_PASSWORD"])
    rabbit.start()
    return rabbit


def broker_url(port: int, service: str, password: str) -> str:
    """Where a service signs in at such a broker."""
    return f"amqp://{user(PREFIX, service)}:{password}@127.0.0.1:{port}/{VHOST}"


def make_roles(server: str, passwords: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run deploy/postgres/roles.sh as the superuser of this server; `passwords`: variable -> password."""
    at = urlsplit(server)
    signing_in = {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(at.port),
        "PGUSER": "postgres",
        "PGPASSWORD": at.password or "",
    }
    return subprocess.run(
        ["sh", str(_DEPLOY / "postgres" / "roles.sh")],
        env={"PATH": os.environ["PATH"], **signing_in, **passwords},
        capture_output=True,
        text=True,
    )
