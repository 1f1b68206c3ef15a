"""What notifications needs to know about the outside."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from shared.email_addresses import NotAnAddress, wire_address
from shared.settings import ServiceSettings, SettingsError, check_countries, setting

SECRET_LENGTH = 32


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Settings of the messages, each from NOTIFICATIONS_<NAME>."""

    smtp_host: str = setting("de mailserver die onze e-mail aanneemt")
    smtp_port: int = setting("de poort van die mailserver", default=587)
    smtp_user: str | None = setting("de naam waarmee we bij de mailserver inloggen", default=None)
    smtp_password: str | None = setting("het wachtwoord bij die naam", default=None)
    smtp_starttls: bool = setting(
        "1 versleutelt ook naar een mailserver op deze machine; naar elke andere gebeurt dat altijd", default=False
    )
    smtp_timeout_seconds: float = setting("hoe lang we op een antwoord van de mailserver wachten", default=10.0)
    sender: str = setting("het adres waar onze e-mail vandaan komt")
    sender_name: str = setting("de naam bij dat adres; hij mag niets verraden", default="Houvast")
    reply_to: str | None = setting("het adres waar een mens antwoorden leest; leeg is nergens", default=None)
    bounce_address: str | None = setting(
        "het adres waar meldingen over niet bezorgde e-mail heen gaan; een * erin (terug+*@voorbeeld.nl) wordt het"
        " nummer van het bericht; leeg is NOTIFICATIONS_SENDER",
        default=None,
    )
    bounce_secret: str | None = setting(
        "het geheim waarmee zo'n bericht bij ons wordt afgegeven, minstens 32 tekens; leeg neemt niets aan",
        default=None,
    )
    sms_token: str | None = setting(
        "de product token van CM.com waarmee sms'jes gaan; leeg stuurt geen sms", default=None
    )
    sms_sender: str | None = setting(
        "het nummer of de naam waar onze sms'jes vandaan komen; alleen op een nummer kan iemand antwoorden",
        default=None,
    )
    sms_url: str = setting(
        "het adres van CM.com dat sms'jes aanneemt", default="https://gw.messaging.cm.com/v1.0/message"
    )
    sms_timeout_seconds: float = setting("hoe lang we op een antwoord van CM.com wachten", default=10.0)
    sms_webhook_secret: str | None = setting(
        "het geheim in de adressen waarop CM.com ons vertelt wat er aankwam, minstens 32 tekens", default=None
    )
    sms_countries: str = setting("naar welke landen we sms'en, als landnummers: 31 32 49", default="31")
    sms_per_number: int = setting("hoeveel sms'jes er hoogstens per dag naar één nummer gaan", default=10)
    sms_per_block: int = setting(
        "hoeveel sms'jes er hoogstens per dag naar tienduizend opeenvolgende nummers gaan", default=50
    )
    sms_per_day: int | None = setting(
        "hoeveel sms'jes er hoogstens per dag gaan, van iedereen samen; leeg volgt de regio: drie voor elke"
        " deelnemer, en minstens 1000; codes en links die mensen zelf vragen, tellen bij deze drie grenzen apart",
        default=None,
    )
    sms_part_cents: float | None = setting(
        "wat één deel van een sms kost, in centen; leeg laat geen prijs zien", default=None
    )
    mailbox: Path | None = setting(
        "map van de eigen postbus, alleen bij het uitproberen op een eigen computer; leeg is geen", default=None
    )
    mailbox_page: bool = setting(
        "1 laat wie berichten verzorgt de hele postbus lezen, ook inloglinks: alleen met verzonnen mensen",
        default=False,
    )

    def __post_init__(self) -> None:
        """Refuse what cannot work together."""
        super().__post_init__()
        check_countries("NOTIFICATIONS_SMS_COUNTRIES", self.sms_countries)
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise SettingsError(
                "NOTIFICATIONS_SMTP_USER en NOTIFICATIONS_SMTP_PASSWORD horen bij elkaar: zet beide."
            )
        self._check_addresses()
        self._check_sms()
        if self.bounce_secret is not None and len(self.bounce_secret) < SECRET_LENGTH:
            raise SettingsError(f"NOTIFICATIONS_BOUNCE_SECRET is te kort: neem minstens {SECRET_LENGTH} tekens.")
        if self.mailbox is not None and not self.is_local_server:
            raise SettingsError(
                "NOTIFICATIONS_MAILBOX kan alleen als NOTIFICATIONS_SMTP_HOST deze machine is, zoals 127.0.0.1."
            )

    def _check_addresses(self) -> None:
        own = {"SENDER": self.sender, "REPLY_TO": self.reply_to, "BOUNCE_ADDRESS": self.bounce_address}
        for name, address in own.items():
            try:
                wire = "" if address is None else wire_address(address)
            except NotAnAddress:
                raise SettingsError(f"NOTIFICATIONS_{name} is geen e-mailadres.") from None
            if "*" in wire and (name != "BOUNCE_ADDRESS" or wire.count("*") > 1 or "*" in wire.rpartition("@")[2]):
                raise SettingsError(f"In NOTIFICATIONS_{name} staat een * die daar niet hoort.")

    def _check_sms(self) -> None:
        if self.sms_token is None:
            return
        if self.sms_sender is None or self.sms_webhook_secret is None:
            raise SettingsError(
                "Bij NOTIFICATIONS_SMS_TOKEN horen ook NOTIFICATIONS_SMS_SENDER en"
                " NOTIFICATIONS_SMS_WEBHOOK_SECRET."
            )
        if len(self.sms_webhook_secret) < SECRET_LENGTH:
            raise SettingsError(
                f"NOTIFICATIONS_SMS_WEBHOOK_SECRET is te kort: neem minstens {SECRET_LENGTH} tekens."
            )
        where = urlsplit(self.sms_url)
        if where.scheme != "https" and not _is_this_machine(where.hostname or ""):
            raise SettingsError("NOTIFICATIONS_SMS_URL begint met https://.")

    @property
    def shows_mailbox(self) -> bool:
        """Whether messengers may read what arrived on this machine."""
        return self.mailbox is not None and self.mailbox_page

    @property
    def is_local_server(self) -> bool:
        """Whether the mail server is on this machine, so that nobody can listen in between."""
        return _is_this_machine(self.smtp_host)

    @property
    def needs_tls(self) -> bool:
        """Whether mail may only leave over an encrypted connection."""
        return self.smtp_starttls or not self.is_local_server


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
