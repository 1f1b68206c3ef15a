"""The installation as its managers see it: which organisations there are, and who may add one.

Nothing of what is inside an organisation: no staff, no groups, no numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.meetings.models import Organisation, Staff, StaffRole
from services.meetings.queries.organisations import OrganisationView, view_of
from services.meetings.queries.staff import name_of
from services.meetings.rules import permissions
from shared.errors import Forbidden
from shared.security.actor import Actor


@dataclass(frozen=True)
class InstallationManager:
    """A manager who may add organisations."""

    id: str
    name: str


def manages_installation(actor: Actor) -> bool:
    """Return whether this member of staff was appointed to manage the installation, as it is now."""
    return actor.is_staff and Staff.select().where(Staff.id == actor.id, *_IS_APPOINTED).exists()


def check_manages_installation(actor: Actor) -> None:
    """Refuse (Forbidden) unless the actor manages the installation, or is the installation itself."""
    if actor.kind != "system" and not manages_installation(actor):
        raise Forbidden()


def installation_manager_ids() -> frozenset[str]:
    """Return the ids of all who manage the installation."""
    return frozenset(row.id for row in Staff.select(Staff.id).where(*_IS_APPOINTED))


def is_manager_somewhere(staff_id: str) -> bool:
    """Return whether this person manages an organisation, whichever it is."""
    held = StaffRole.select().where(StaffRole.staff == staff_id, StaffRole.role == permissions.MANAGER)
    return bool(held.exists())


def list_all_organisations(actor: Actor) -> list[OrganisationView]:
    """Return every organisation by name. Forbidden."""
    check_manages_installation(actor)
    return sorted(map(view_of, Organisation.select()), key=lambda organisation: organisation.name.casefold())


def list_installation_managers(actor: Actor) -> list[InstallationManager]:
    """Return who manages the installation, by name. Forbidden."""
    check_manages_installation(actor)
    rows = Staff.select().where(*_IS_APPOINTED)
    return sorted((InstallationManager(row.id, name_of(row)) for row in rows), key=lambda row: row.name.casefold())


_IS_APPOINTED = (Staff.manages_installation, Staff.is_active)
