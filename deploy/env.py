"""The settings of one service on a machine without containers: `python -m deploy.env SERVICE > FILE`."""

from __future__ import annotations

import dataclasses

import click

from deploy.local.installation import APPLICATIONS, NAMES
from deploy.reverse_proxy.nginx import MACHINE
from shared.cli import Application
from shared.settings import variable

PASSWORD = "WACHTWOORD"  # noqa: S105 - a word to be replaced


def example(application: Application) -> str:
    """Write every setting with what it means; what is required can be filled in, the rest is a comment."""
    name = application.name
    lines = [
        f"# Wat {name} moet weten. Vul aan, en vervang {PASSWORD}; alleen root mag dit bestand lezen.",
        "",
        "# waar de pagina's luisteren, voor de voordeur en de andere diensten op deze machine",
        f"HOUVAST_BIND={MACHINE.upstreams[name]}",
    ]
    known = _known(application)
    for field in dataclasses.fields(application.settings):
        is_needed = field.default is dataclasses.MISSING or field.name in known
        line = f"{variable(name, field.name)}={known.get(field.name, _text(field.default))}"
        lines += ["", f"# {field.metadata['help']}", line if is_needed else f"#{line}"]
    return "\n".join([*lines, ""])


def _known(application: Application) -> dict[str, str]:
    name = application.name
    feeds = (
        f"{source}=http://{MACHINE.upstreams[source]}" for source in sorted(application.subscriptions.sources)
    )
    operators = " ".join(f"{other}=http://{MACHINE.upstreams[other]}" for other in NAMES if other != name)
    return {
        "database": f"postgresql://houvast_{name}:{PASSWORD}@127.0.0.1:5432/houvast_{name}",
        "broker": f"amqp://houvast_{name}:{PASSWORD}@127.0.0.1:5672/houvast",
        "feeds": f'"{" ".join(feeds)}"',
        **({"operators": f'"{operators}"'} if name == "meetings" else {}),
        "keys_file": f"/etc/houvast/keys/{name}.json",
        "contact_email": "",
        "proxies": "1",
    }


def _text(default: object) -> str:
    if default is None or default is dataclasses.MISSING:
        return ""
    return str(int(default)) if isinstance(default, bool) else str(default)


@click.command(help="Laat zien wat je een dienst vertelt op een machine zonder containers.")
@click.argument("name", metavar="DIENST", type=click.Choice(NAMES))
def main(name: str) -> None:
    """Print the settings of one service."""
    click.echo(example(next(application for application in APPLICATIONS if application.name == name)), nl=False)


if __name__ == "__main__":
    main(prog_name="python -m deploy.env")
