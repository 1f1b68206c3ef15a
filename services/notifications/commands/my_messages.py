"""What is written down when somebody looks at their own messages."""

from __future__ import annotations

from services.notifications.models import (
    service,
)
from shared.security.actor import Actor


def log_own_access(actor: Actor, organisation_id: str) -> None:
    """Write in the trail that somebody looked at what was sent to themselves."""
    service.audit.record(
        actor, "read", "participant", actor.id, purpose="own_messages", organisation_id=organisation_id
    )
