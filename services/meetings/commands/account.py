"""What a member of staff changes of themselves."""

from __future__ import annotations

from services.meetings.commands.publishing import publish_staff
from services.meetings.models import Staff, service
from shared.errors import Forbidden, or_not_found
from shared.security.actor import Actor


@service.command
def change_own_name(actor: Actor, *, name: str, request_id: str) -> str:
    """Change how the actor is called on pages and in messages; return their staff id. Forbidden, NotFound."""
    if not actor.is_staff:
        raise Forbidden()
    staff = or_not_found(Staff.get_or_none(Staff.id == actor.id))
    staff.name = service.encryption.seal(name, "staff.name", actor.id)
    staff.save()
    service.audit.record(actor, "change", "staff", actor.id, purpose="own_name")
    publish_staff(actor.id)
    return actor.id
