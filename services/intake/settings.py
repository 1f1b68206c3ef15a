"""Settings of intake."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shared.settings import ServiceSettings, check_countries, setting


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Settings of intake, each from INTAKE_<NAME>."""

    erasure_log: Path | None = setting(
        "bestand, apart van de opslag, met wie na het terugzetten van een reservekopie opnieuw vergeten wordt",
        default=None,
    )
    sms_countries: str = setting(
        "naar welke landen berichten sms't, als landnummers; hetzelfde als NOTIFICATIONS_SMS_COUNTRIES",
        default="31",
    )
    backup_days: int = setting(
        "hoeveel dagen reservekopieën blijven; dit lezen mensen die hun gegevens laten weghalen", default=30
    )

    def __post_init__(self) -> None:
        """Refuse what are no countries."""
        super().__post_init__()
        check_countries("INTAKE_SMS_COUNTRIES", self.sms_countries)
