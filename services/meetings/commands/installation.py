"""Adding an organisation with its first manager, and appointing who may do so."""

from __future__ import annotations

from services.meetings.commands.organisations import register_organisation
from services.meetings.commands.staff import register_staff
from services.meetings.models import Staff, service
from services.meetings.queries.installation import (
    check_manages_installation,
    installation_manager_ids,
    is_manager_somewhere,
)
from services.meetings.queries.organisations import is_name_taken
from services.meetings.queries.staff import find_staff_by_email
from services.meetings.rules import permissions
from services.meetings.rules.installation import check_installation_keeps_manager
from shared.discretion import PublicIdentity, check_name
from shared.errors import NotFound, Refusal
from shared.ids import new_id
from shared.security.actor import Actor, system


@service.command
def add_organisation(
    actor: Actor,
    *,
    organisation: str,
    region: str,
    name: str,
    email: str,
    sender: PublicIdentity | None = None,
    request_id: str,
) -> str:
    """Add an organisation and its first manager, who signs in with this address; return the staff id.

    For who manages the installation; it gives them nothing inside the organisation.

    sender  as `organisations.change_organisation`
    Refused: organisation_exists, and as `discretion.check_name`.
    """
    check_manages_installation(actor)
    staff_id = settle_organisation(organisation=organisation, region=region, name=name, email=email, sender=sender)
    service.audit.record(actor, "create", "staff", staff_id, purpose="organisation_added")
    return staff_id


def settle_organisation(
    *, organisation: str, region: str, name: str, email: str, sender: PublicIdentity | None = None
) -> str:
    """Make an organisation with its first manager, as part of a command; return the staff id.

    The first manager of the first organisation manages the installation too.

    sender  as `organisations.change_organisation`
    Refused: organisation_exists, and as `discretion.check_name`.
    """
    if is_name_taken(organisation):
        raise Refusal("organisation_exists", field="organisation")
    if sender is not None:
        check_name(organisation, sender)
    us, roles = system("meetings"), [permissions.MANAGER, permissions.COORDINATOR]
    organisation_id = register_organisation(us, name=organisation, region=region, request_id=new_id())
    staff_id = register_staff(
        us, organisation_id=organisation_id, name=name, email=email, roles=roles, request_id=new_id()
    )
    if not installation_manager_ids():
        _set_appointed(us, staff_id, is_appointed=True)
    return staff_id


@service.command
def appoint_installation_manager(actor: Actor, *, email: str, request_id: str) -> str:
    """Let another manager manage the installation too; return the staff id. Idempotent. Refused: not_a_manager."""
    check_manages_installation(actor)
    staff = find_staff_by_email(email)
    if staff is None or not is_manager_somewhere(staff.id):
        raise Refusal("not_a_manager", field="email")
    _set_appointed(actor, staff.id, is_appointed=True)
    return str(staff.id)


@service.command
def release_installation_manager(actor: Actor, *, staff_id: str, request_id: str) -> str:
    """End that somebody manages the installation; return the staff id.

    Refused: last_installation_manager_stays.
    """
    check_manages_installation(actor)
    appointed = installation_manager_ids()
    if staff_id not in appointed:
        raise NotFound()
    check_installation_keeps_manager(appointed, staff_id)
    _set_appointed(actor, staff_id, is_appointed=False)
    return staff_id


def _set_appointed(actor: Actor, staff_id: str, *, is_appointed: bool) -> None:
    Staff.update(manages_installation=is_appointed).where(Staff.id == staff_id).execute()
    service.audit.record(actor, "change", "staff", staff_id, purpose="grant_installation")
