"""Settings of meetings."""

from __future__ import annotations

from dataclasses import dataclass

from shared.settings import ServiceSettings, SettingsError, setting


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Settings of the sign-in service, each from MEETINGS_<NAME>."""

    demo_people: bool = setting(
        "1 laat op de inlogpagina kiezen wie je bent: alleen voor het uitproberen op een eigen computer",
        default=False,
    )
    sender_name: str = setting(
        "de naam onder onze berichten; hetzelfde als NOTIFICATIONS_SENDER_NAME", default="Houvast"
    )
    operators: str | None = setting(
        "waar Gebeurtenissen bij de andere diensten kan kijken: dienst=adres dienst=adres", default=None
    )

    def __post_init__(self) -> None:
        """Refuse operators without an address."""
        super().__post_init__()
        if self.operators and any("=" not in pair for pair in self.operators.split()):
            raise SettingsError("In MEETINGS_OPERATORS hoort bij elke dienst een adres: dienst=adres.")

    @property
    def operator_addresses(self) -> dict[str, str]:
        """Return service -> address of its operator interface."""
        return dict(pair.split("=", 1) for pair in (self.operators or "").split())
