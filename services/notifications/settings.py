"""What notifications needs to know about the outside."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from shared.settings import ServiceSettings, SettingsError, setting


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
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise SettingsError(
                "NOTIFICATIONS_SMTP_USER en NOTIFICATIONS_SMTP_PASSWORD horen bij elkaar: zet beide."
            )
        if "@" not in self.sender:
            raise SettingsError("NOTIFICATIONS_SENDER is geen e-mailadres.")
        if self.mailbox is not None and not self.is_local_server:
            raise SettingsError(
                "NOTIFICATIONS_MAILBOX kan alleen als NOTIFICATIONS_SMTP_HOST deze machine is, zoals 127.0.0.1."
            )

    @property
    def shows_mailbox(self) -> bool:
        """Whether messengers may read what arrived on this machine."""
        return self.mailbox is not None and self.mailbox_page

    @property
    def is_local_server(self) -> bool:
        """Whether the mail server is on this machine, so that nobody can listen in between."""
        if self.smtp_host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.smtp_host).is_loopback
        except ValueError:
            return False

    @property
    def needs_tls(self) -> bool:
        """Whether mail may only leave over an encrypted connection."""
        return self.smtp_starttls or not self.is_local_server
