"""Looking at a person is written down too, though it changes nothing."""

from __future__ import annotations

from services.intake.models import service
from services.intake.queries.erasures import ROLES as ERASURE_ROLES
from services.intake.queries.organisations import list_own_organisations
from shared.security.actor import Actor


def note_look(actor: Actor, signup_id: str, organisation_id: str, purpose: str = "signup") -> None:
    """Somebody opened a page about this sign-up's person."""
    service.audit.record(actor, "read", "signup", signup_id, purpose=purpose, organisation_id=organisation_id)


def note_list(actor: Actor, purpose: str) -> None:
    """Somebody opened a list with names: a line for each organisation whose people are on it."""
    for organisation in list_own_organisations(actor):
        service.audit.record(actor, "search", "signup", "list", purpose=purpose, organisation_id=organisation.id)


def note_own(actor: Actor, event: str) -> None:
    """Somebody looked at what we have of them (read), or took it along (export)."""
    service.audit.record(actor, event, "participant", actor.id, purpose="own_data")


def note_person(actor: Actor, participant_id: str, organisation_id: str) -> None:
    """Somebody is about to have a person forgotten, and sees their name."""
    service.audit.record(
        actor, "read", "participant", participant_id, purpose="erasure", organisation_id=organisation_id
    )


def note_search(actor: Actor) -> None:
    """Somebody searched for a person: a line for each organisation whose people were searched."""
    for organisation_id in sorted(actor.organisations(*ERASURE_ROLES)):
        service.audit.record(
            actor, "search", "participant", "list", purpose="erasure", organisation_id=organisation_id
        )
