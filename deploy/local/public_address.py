"""The address under which people open an installation behind a reverse proxy, remembered in its folder."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import click

from deploy.local.files import write_whole

F = TypeVar("F", bound=Callable[..., object])
_FILE = "public_address.json"
_ADDRESS = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
MOST_PROXIES = 9


@dataclass(frozen=True)
class PublicAddress:
    """Where people find the pages.

    url      https://host[:port]; None is the address on this machine
    proxies  how many reverse proxies stand in front that pass on the address of the visitor
    """

    url: str | None = None
    proxies: int = 0


def options(command: F) -> F:
    """Add `--url URL` and `--proxies N`."""
    url = click.option(
        "--url",
        envvar="HOUVAST_PUBLIC_URL",
        metavar="URL",
        callback=_check_url,
        help="Het adres waaronder mensen de pagina's openen, als er een proxy voor Houvast staat:"
        " https://groepen.voorbeeld.nl. Links, cookies en koppen volgen het. De map onthoudt het; --url ''"
        " vergeet het. Ook als HOUVAST_PUBLIC_URL.",
    )
    proxies = click.option(
        "--proxies",
        type=click.IntRange(0, MOST_PROXIES),
        help="Hoeveel proxy's er voor Houvast staan die het adres van de bezoeker doorgeven in X-Forwarded-For."
        " Met --url is dat er 1, als je niets kiest. De map onthoudt het.",
    )
    return url(proxies(command))


def settle_address(data: Path, url: str | None, proxies: int | None) -> PublicAddress:
    """Return the address that this folder remembers, or let it remember this one.

    url      None leaves it as it was, "" forgets it
    proxies  None leaves it as it was, or is 1 with an address that is new
    """
    known = remembered_address(data)
    if url == "":
        wanted = PublicAddress()
    else:
        wanted = PublicAddress(url or known.url, known.proxies if url in (None, known.url) else 1)
    if proxies is not None:
        wanted = PublicAddress(wanted.url, proxies)
    if wanted != known:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(data / _FILE, json.dumps(asdict(wanted)))
    return wanted


def remembered_address(data: Path) -> PublicAddress:
    """Return the address that this folder remembers."""
    path = data / _FILE
    return PublicAddress(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else PublicAddress()


def _check_url(_context: click.Context, _option: click.Parameter, typed: str | None) -> str | None:
    if not typed:
        return typed
    url = typed.lower().removesuffix("/")
    if not _ADDRESS.fullmatch(url):
        raise click.BadParameter(
            "Schrijf het adres als https://groepen.voorbeeld.nl, zonder iets achter de naam. Een naam met"
            " bijzondere letters begint met xn--."
        )
    return url
