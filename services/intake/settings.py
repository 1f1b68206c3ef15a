"""What intake needs to know about the outside."""

from __future__ import annotations

from dataclasses import dataclass

from shared.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Settings of intake, each from INTAKE_<NAME>: only those that every service has."""
