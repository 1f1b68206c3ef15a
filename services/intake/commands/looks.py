"""Looking at a person is written down too, though it changes nothing."""

from __future__ import annotations

from services.intake.models import house
from services.intake.queries.organisations import list_own_organisations
from shared.auth.actor import Actor


def note_look(actor: Actor, signup_id: str, organisation_id: str, purpose: str = "signup") -> None:
    """Somebody opened a page about this sign-up's person."""
    house.audit.note(actor, "read", "signup", signup_id, purpose=purpose, organisation_id=organisation_id)


def note_list(actor: Actor, purpose: str) -> None:
    """Somebody opened a list with names: a line for each organisation whose people are on it."""
    for organisation in list_own_organisations(actor):
        house.audit.note(actor, "search", "signup", "list", purpose=purpose, organisation_id=organisation.id)
