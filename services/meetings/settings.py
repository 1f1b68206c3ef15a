"""What meetings needs to know about the outside."""

from __future__ import annotations

from dataclasses import dataclass

from shared.settings import ServiceSettings, setting


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Settings of the front desk, each from MEETINGS_<NAME>."""

    demo_people: bool = setting(
        "1 laat op de inlogpagina kiezen wie je bent: alleen voor het uitproberen op een eigen computer",
        default=False,
    )
