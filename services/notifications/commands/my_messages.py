"""The access log of somebody's own messages."""

from __future__ import annotations

from services.notifications.models import (
    service,
)
from shared.security.actor import Actor


def log_own_access(actor: Actor, organisation_id: str) -> None:
    """Log that a participant looked at their own messages."""
    service.audit.record(
        actor, "read", "participant", actor.id, purpose="own_messages", organisation_id=organisation_id
    )
