"""Where an introductory talk is: opened in memory only."""

from __future__ import annotations

from services.notifications.models import Talk, service


def place_of(talk: Talk) -> str:
    """Return where a talk is; it may be empty for a call."""
    return service.encryption.open(talk.place, "talk.place", talk.id)
