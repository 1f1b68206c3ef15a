"""The settings of a service, from the environment: read once, typed, never printed.

A settings class is a frozen dataclass whose fields are made with `setting`; the field `smtp_port` of the
service `notifications` is read from the variable NOTIFICATIONS_SMTP_PORT.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

T = TypeVar("T")
NEEDED: Any = dataclasses.MISSING
_COUNTRY = re.compile("[1-9][0-9]*")


class SettingsError(Exception):
    """Raised to refuse the start; the text says what to set."""


def setting(help: str, *, default: T = NEEDED) -> T:
    """Declare a field of a settings class; without a default the start is refused when it is not set."""
    return dataclasses.field(default=default, metadata={"help": help}, repr=False)


def variable(prefix: str, name: str) -> str:
    """Return the environment variable of a field."""
    return f"{prefix}_{name}".upper()


def check_countries(name: str, countries: str) -> None:
    """Raise SettingsError when these are not the numbers of countries with spaces between them."""
    numbers = countries.split()
    if not numbers or not all(_COUNTRY.fullmatch(number) for number in numbers):
        raise SettingsError(f"{name} zijn landnummers met spaties ertussen: 31 32 49.")
    unknown = [number for number in numbers if int(number) not in COUNTRY_CODE_TO_REGION_CODE]
    if unknown:
        raise SettingsError(f"{name}: {' en '.join(unknown)} is geen landnummer. Voor Nederland is het 31.")


@dataclasses.dataclass(frozen=True, kw_only=True)
class ServiceSettings:
    """The settings that every service has."""

    stores: Path | None = setting("map met de opslag van de diensten op deze machine", default=None)
    database: str | None = setting(
        "PostgreSQL in plaats van een bestand: postgresql://naam:wachtwoord@machine:poort/database", default=None
    )
    broker: str | None = setting(
        "RabbitMQ: amqp://naam:wachtwoord@machine:poort/vhost; leeg leest ieder het log van de ander",
        default=None,
    )
    broker_prefix: str = setting("waar de namen op de broker mee beginnen", default="houvast")
    feeds: str | None = setting(
        "waar de logs van de andere diensten te lezen zijn: dienst=adres dienst=adres", default=None
    )
    keys_file: Path = setting("bestand met de sleutels van deze dienst, rechten 0600")
    public_url: str = setting("het adres waaronder mensen de pagina's openen, zonder schuine streep aan het eind")
    contact_email: str | None = setting("e-mailadres voor vragen over de koppelingen", default=None)
    proxies: int = setting(
        "hoeveel voordeuren er voor deze dienst staan die het adres van de bezoeker doorgeven", default=0
    )
    clock_file: Path | None = setting("bestand van de demoklok; leeg is de gewone tijd", default=None)
    lease_seconds: float = setting("hoe lang een huurrecht op een taak geldt zonder verlenging", default=6.0)
    api_requests_per_minute: int = setting(
        "hoeveel verzoeken per minuut elke sleutel van een koppeling bij deze dienst mag doen", default=600
    )
    store_max_pages: int | None = setting("grens aan de opslag, in bladzijden van SQLite", default=None)

    def __post_init__(self) -> None:
        """Raise SettingsError when these cannot work together."""
        if self.stores is None and self.database is None:
            raise SettingsError("Zet <DIENST>_STORES (een map) of <DIENST>_DATABASE (een PostgreSQL-database).")
        if self.feeds and any("=" not in pair for pair in self.feeds.split()):
            raise SettingsError("In <DIENST>_FEEDS hoort bij elke dienst een adres: dienst=adres dienst=adres.")
        if self.api_requests_per_minute < 1:
            raise SettingsError("<DIENST>_API_REQUESTS_PER_MINUTE is minstens 1.")

    @property
    def place(self) -> str:
        """A text that the processes of one installation on one machine share, and no others."""
        if self.stores is not None:
            return str(self.stores)
        url = urlsplit(self.database or "")
        return f"{url.hostname}:{url.port}{url.path}"

    @property
    def feed_addresses(self) -> dict[str, str]:
        """Service -> the address that serves its feed."""
        return dict(pair.split("=", 1) for pair in (self.feeds or "").split())


def read(cls: type[T], prefix: str, environ: Mapping[str, str]) -> T:
    """Fill a settings class from the environment. Raises SettingsError that names all errors at once."""
    hints, values, errors = typing.get_type_hints(cls), {}, []
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        key = variable(prefix, field.name)
        text = environ.get(key, "")
        if text:
            try:
                values[field.name] = _typed(hints[field.name], text)
            except ValueError as error:
                errors.append(f"{key}: {error} ({field.metadata['help']})")
        elif field.default is NEEDED:
            errors.append(f"{key} is niet gezet: {field.metadata['help']}")
    if errors:
        raise SettingsError("De dienst start niet.\n  " + "\n  ".join(errors))
    return cls(**values)


def _typed(hint: object, text: str) -> object:
    if isinstance(hint, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if hint is bool:
        if text not in ("0", "1"):
            raise ValueError("moet 0 of 1 zijn")
        return text == "1"
    if hint is int:
        if not text.lstrip("-").isdigit():
            raise ValueError("moet een heel getal zijn")
        return int(text)
    if hint is float:
        return float(text)
    return Path(text) if hint is Path else text
