"""Settings of questionnaires: those of every service."""

from __future__ import annotations

from dataclasses import dataclass

from shared.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Settings of questionnaires, each from QUESTIONNAIRES_<NAME>."""
