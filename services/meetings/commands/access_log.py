"""The access log: who read about people."""

from __future__ import annotations

from collections.abc import Iterable

from services.meetings.models import service
from shared.security.actor import Actor


def log_access(actor: Actor, *, about_kind: str, about_id: str, organisation_id: str, purpose: str) -> None:
    """Log that the actor read about people.

    about_kind  group_members, attendance, membership, calls, signups or trail; for a list of people the thing that
                they belong to: who belonged to it then can be looked up
    """
    service.audit.record(actor, "read", about_kind, about_id, purpose=purpose, organisation_id=organisation_id)


def log_today(actor: Actor, organisation_ids: Iterable[str]) -> None:
    """Log that the actor read who waits in these organisations."""
    about = [(organisation_id, organisation_id) for organisation_id in organisation_ids]
    service.audit.record_all(actor, "read", "signups", about, purpose="today")


def log_export(actor: Actor, *, about_kind: str, about_id: str, organisation_id: str, purpose: str) -> None:
    """Log that the actor exported people as a file."""
    service.audit.record(actor, "export", about_kind, about_id, purpose=purpose, organisation_id=organisation_id)
