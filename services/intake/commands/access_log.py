"""The access log: reading about a person is recorded too."""

from __future__ import annotations

from services.intake.models import service
from services.intake.queries.erasure import ROLES as ERASURE_ROLES
from services.intake.queries.organisations import list_own_organisations
from shared.security.actor import Actor


def log_signup_access(actor: Actor, signup_id: str, organisation_id: str, purpose: str = "signup") -> None:
    """Log that the actor opened a page about the person of this sign-up."""
    service.audit.record(actor, "read", "signup", signup_id, purpose=purpose, organisation_id=organisation_id)


def log_list_access(actor: Actor, purpose: str) -> None:
    """Log that the actor opened a list with names, for each organisation whose people are on it."""
    own = [("list", organisation.id) for organisation in list_own_organisations(actor)]
    service.audit.record_all(actor, "search", "signup", own, purpose=purpose)


def log_own_access(actor: Actor, action: str) -> None:
    """Log that participants read their own data, or exported it."""
    service.audit.record(actor, action, "participant", actor.id, purpose="own_data")


def log_person_access(actor: Actor, participant_id: str, organisation_id: str) -> None:
    """Log that the actor saw a person's name before erasing them."""
    service.audit.record(
        actor, "read", "participant", participant_id, purpose="erasure", organisation_id=organisation_id
    )


def log_search(actor: Actor) -> None:
    """Log that the actor searched for a person, for each organisation whose people were searched."""
    own = [("list", organisation_id) for organisation_id in sorted(actor.organisations(*ERASURE_ROLES))]
    service.audit.record_all(actor, "search", "participant", own, purpose="erasure")
