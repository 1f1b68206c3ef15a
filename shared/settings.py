"""What a service needs to know about the outside: read once, typed, refused loudly, never printed.

A settings class is a frozen dataclass whose fields are made with `setting`; the field `smtp_port` of the
service `notifications` is read from the variable NOTIFICATIONS_SMTP_PORT.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
NEEDED: Any = dataclasses.MISSING


class SettingsError(Exception):
    """The start is refused; the text says what to set."""


def setting(about: str, *, default: Any = NEEDED) -> Any:
    """A field of a settings class; without a default the start is refused when it is not set."""
    return dataclasses.field(default=default, metadata={"about": about}, repr=False)


def variable(prefix: str, name: str) -> str:
    """The environment variable of a field."""
    return f"{prefix}_{name}".upper()


@dataclasses.dataclass(frozen=True, kw_only=True)
class ServiceSettings:
    """What every service needs to know."""

    stores: Path | None = setting("map met de opslag van de diensten op deze machine", default=None)
    database: str | None = setting(
        "PostgreSQL in plaats van een bestand: postgresql://naam:wachtwoord@machine:poort/database", default=None
    )
    broker: str | None = setting(
        "RabbitMQ als koerier: amqp://naam:wachtwoord@machine:poort/vhost; leeg leest ieder het log van de ander",
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
    lease_seconds: float = setting("hoe lang een huurrecht op een taak geldt zonder verlenging", default=10.0)
    store_max_pages: int | None = setting("grens aan de opslag, in bladzijden van SQLite", default=None)

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if self.stores is None and self.database is None:
            raise SettingsError("Zet <DIENST>_STORES (een map) of <DIENST>_DATABASE (een PostgreSQL-database).")
        if self.feeds and any("=" not in one for one in self.feeds.split()):
            raise SettingsError("In <DIENST>_FEEDS hoort bij elke dienst een adres: dienst=adres dienst=adres.")

    @property
    def place(self) -> str:
        """A text that the processes of one installation on one machine share, and nobody else."""
        if self.stores is not None:
            return str(self.stores)
        where = urlsplit(self.database or "")
        return f"{where.hostname}:{where.port}{where.path}"

    @property
    def feed_addresses(self) -> dict[str, str]:
        """service -> where its log is served."""
        return dict(one.split("=", 1) for one in (self.feeds or "").split())


def read(cls: type[T], prefix: str, environ: Mapping[str, str]) -> T:
    """Fill a settings class from the environment. All that is wrong is said at once as SettingsError."""
    hints, values, wrong = typing.get_type_hints(cls), {}, []
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        key = variable(prefix, field.name)
        text = environ.get(key, "")
        if text:
            try:
                values[field.name] = _typed(hints[field.name], text)
            except ValueError as why:
                wrong.append(f"{key}: {why} ({field.metadata['about']})")
        elif field.default is NEEDED:
            wrong.append(f"{key} is niet gezet: {field.metadata['about']}")
    if wrong:
        raise SettingsError("De dienst start niet.\n  " + "\n  ".join(wrong))
    return cls(**values)


def _typed(hint: Any, text: str) -> Any:
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
