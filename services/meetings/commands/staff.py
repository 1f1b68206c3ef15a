"""Inviting staff and changing their roles."""

from __future__ import annotations

from collections.abc import Collection

from services.meetings.commands.publishing import publish_group, publish_invitation, publish_staff
from services.meetings.commands.substitutes import release_everywhere
from services.meetings.models import GroupFacilitator, Session, Staff, StaffRole, service
from services.meetings.queries.installation import installation_manager_ids, is_manager_somewhere
from services.meetings.queries.scope import find_organisation
from services.meetings.queries.staff import find_staff_by_email
from services.meetings.rules import permissions
from services.meetings.rules.installation import check_installation_keeps_manager
from services.meetings.rules.staff import check_manager_stays
from shared import clock
from shared.email_addresses import comparable
from shared.errors import NotFound, Refusal
from shared.ids import new_id
from shared.security.actor import Actor


@service.command
def register_staff(
    actor: Actor, *, organisation_id: str, name: str, email: str, roles: Collection[str], request_id: str
) -> str:
    """Let somebody work for an organisation; return the staff id. Somebody who is known gets these roles added.

    Who is new there is invited by mail, when it was a colleague who asked.
    Refused: role_unknown, role_missing.
    """
    find_organisation(actor, organisation_id, permissions.may_manage_staff)
    _check_roles(roles)
    if not roles:
        raise Refusal("role_missing", field="roles")
    staff = find_staff_by_email(email) or _new_staff(name, email)
    is_new_here = (
        not StaffRole.select()
        .where(StaffRole.organisation == organisation_id, StaffRole.staff == staff.id)
        .exists()
    )
    _grant(staff.id, organisation_id, roles)
    _set_active(staff.id)
    publish_staff(staff.id)
    if is_new_here and actor.is_staff:
        publish_invitation(staff.id, organisation_id, actor.id)
    service.audit.record(actor, "change", "staff", staff.id, purpose="grant", organisation_id=organisation_id)
    return str(staff.id)


@service.command
def change_roles(
    actor: Actor, *, organisation_id: str, staff_id: str, roles: Collection[str], request_id: str
) -> str:
    """Give somebody exactly these roles in an organisation, or none; return the staff id.

    Whoever is no facilitator any more leads no group there and is no substitute. Whoever manages no organisation
    any more does not manage the installation either.
    Refused: role_unknown, last_manager_stays, last_installation_manager_stays.
    """
    find_organisation(actor, organisation_id, permissions.may_manage_staff)
    _check_roles(roles)
    held = StaffRole.organisation == organisation_id
    if not StaffRole.select().where(held, StaffRole.staff == staff_id).exists():
        raise NotFound()
    managers = StaffRole.select().where(held, StaffRole.role == permissions.MANAGER)
    check_manager_stays({row.staff_id for row in managers}, staff_id, roles)
    StaffRole.delete().where(held, StaffRole.staff == staff_id, StaffRole.role.not_in(sorted(roles))).execute()
    _grant(staff_id, organisation_id, roles)
    if permissions.FACILITATOR not in roles:
        _leave_groups(staff_id, organisation_id)
        release_everywhere(staff_id, organisation_id)
    if not is_manager_somewhere(staff_id):
        _leave_installation(staff_id)
    _set_active(staff_id)
    publish_staff(staff_id)
    service.audit.record(actor, "change", "staff", staff_id, purpose="grant", organisation_id=organisation_id)
    return staff_id


def _check_roles(roles: Collection[str]) -> None:
    for role in roles:
        permissions.check_role(role)


def _grant(staff_id: str, organisation_id: str, roles: Collection[str]) -> None:
    for role in roles:
        StaffRole.insert(staff=staff_id, organisation=organisation_id, role=role).on_conflict_ignore().execute()


def _leave_groups(staff_id: str, organisation_id: str) -> None:
    theirs = (GroupFacilitator.organisation == organisation_id) & (GroupFacilitator.staff == staff_id)
    left = [row.group_id for row in GroupFacilitator.select().where(theirs)]
    GroupFacilitator.delete().where(theirs).execute()
    for group_id in left:
        publish_group(group_id)


def _leave_installation(staff_id: str) -> None:
    check_installation_keeps_manager(installation_manager_ids(), staff_id)
    Staff.update(manages_installation=False).where(Staff.id == staff_id).execute()


def _set_active(staff_id: str) -> None:
    """Let somebody sign in who has a role somewhere; sign them out at once when they have none."""
    is_active = StaffRole.select().where(StaffRole.staff == staff_id).exists()
    Staff.update(is_active=is_active).where(Staff.id == staff_id).execute()
    if not is_active:
        ended = Session.update(ended_at=clock.wall())
        ended.where(Session.staff == staff_id, Session.ended_at.is_null()).execute()


def _new_staff(name: str, email: str) -> Staff:
    staff_id = new_id()
    return Staff.create(
        id=staff_id,
        name=service.encryption.seal(name, "staff.name", staff_id),
        email=service.encryption.seal(email, "staff.email", staff_id),
        email_index=service.encryption.index(comparable(email), "staff.email"),
    )
