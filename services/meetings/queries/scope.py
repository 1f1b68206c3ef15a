"""The one scope check of meetings: rows that an actor may know of, and whether they lead the group.

Returns rows, for commands and other queries; pages get the plain values of the other modules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Set
from typing import TypeVar

import peewee

from services.meetings.models import Group, GroupFacilitator, Meeting, Membership, Organisation, Substitute, Venue
from services.meetings.rules import permissions
from shared.errors import Forbidden, or_not_found
from shared.security.actor import Actor, within

RoleRule = Callable[[Set[str]], bool]
Row = TypeVar("Row", Group, Meeting, Membership)
GroupRule = Callable[[Set[str], bool], bool]
# What somebody who stands in at one meeting may do there as if they led the group.
_SUBSTITUTE_MAY: tuple[GroupRule, ...] = (
    permissions.may_see_group,
    permissions.may_see_attendance,
    permissions.may_record_attendance,
    permissions.may_see_turnout,
)


def known_to(actor: Actor, field: peewee.Field) -> peewee.Expression:
    """Return the scope check: rows of the actor's organisations; a service that acts by itself sees all."""
    return field.is_null(False) if actor.kind == "system" else within(actor, field)


def find_organisation(actor: Actor, organisation_id: str, may: RoleRule) -> Organisation:
    """Return an organisation.

    NotFound outside the actor's organisations, Forbidden when none of their roles there allows it.
    """
    row = or_not_found(
        Organisation.get_or_none(Organisation.id == organisation_id, known_to(actor, Organisation.id))
    )
    if actor.kind != "system" and not may(actor.roles_in(organisation_id)):
        raise Forbidden()
    return row


def find_group(actor: Actor, group_id: str, may: GroupRule = permissions.may_see_group) -> Group:
    """Return a group. NotFound outside the actor's organisations, Forbidden when `may` says no."""
    row = or_not_found(Group.get_or_none(Group.id == group_id, known_to(actor, Group.organisation)))
    check_group(actor, row, may)
    return row


def find_meeting(actor: Actor, meeting_id: str, may: GroupRule = permissions.may_see_group) -> Meeting:
    """Return a meeting with its group, by the scope of the group; a substitute may see who is there."""
    row = or_not_found(
        Meeting.select(Meeting, Group, Venue)
        .join(Group)
        .join(Venue, peewee.JOIN.LEFT_OUTER)
        .where(Meeting.id == meeting_id, known_to(actor, Meeting.organisation))
        .get_or_none()
    )
    if not _allows(actor, row.group, may) and not (may in _SUBSTITUTE_MAY and stands_in(actor, row)):
        raise Forbidden()
    return row


def find_membership(actor: Actor, membership_id: str, may: GroupRule) -> Membership:
    """Return a membership with its group, by the scope of the group."""
    row = or_not_found(
        Membership.select(Membership, Group)
        .join(Group)
        .where(Membership.id == membership_id, known_to(actor, Membership.organisation))
        .get_or_none()
    )
    check_group(actor, row.group, may)
    return row


def find_venue(actor: Actor, organisation_id: str, venue_id: str) -> Venue:
    """Return a venue of this organisation. NotFound."""
    return or_not_found(
        Venue.get_or_none(
            Venue.id == venue_id, Venue.organisation == organisation_id, known_to(actor, Venue.organisation)
        )
    )


def check_group(actor: Actor, group: Group, may: GroupRule) -> None:
    """Refuse (Forbidden) unless the actor's roles in its organisation, or leading it, allow this."""
    if not _allows(actor, group, may):
        raise Forbidden()


def _allows(actor: Actor, group: Group, may: GroupRule) -> bool:
    return actor.kind == "system" or may(actor.roles_in(group.organisation_id), leads(actor, group))


def leads(actor: Actor, group: Group) -> bool:
    """Return whether this actor leads the group.

    A key of the JSON API has no groups of its own: where an operator gave it the role of facilitator in an
    organisation, that stands for all groups there.
    """
    if actor.kind == "key":
        return permissions.FACILITATOR in actor.roles_in(group.organisation_id)
    return (
        GroupFacilitator.select()
        .where(
            GroupFacilitator.organisation == group.organisation_id,
            GroupFacilitator.group == group.id,
            GroupFacilitator.staff == actor.id,
        )
        .exists()
    )


def stands_in(actor: Actor, meeting: Meeting) -> bool:
    """Return whether this actor is a substitute at this meeting."""
    if not actor.is_staff or permissions.FACILITATOR not in actor.roles_in(meeting.organisation_id):
        return False
    return (
        Substitute.select()
        .where(
            Substitute.organisation == meeting.organisation_id,
            Substitute.meeting == meeting.id,
            Substitute.staff == actor.id,
        )
        .exists()
    )


def leads_meeting(actor: Actor, meeting: Meeting) -> bool:
    """Return whether this actor leads the group of this meeting, or is its substitute."""
    return leads(actor, meeting.group) or stands_in(actor, meeting)


def ids_stood_in_for(actor: Actor) -> frozenset[str]:
    """Return the ids of meetings at which this facilitator is a substitute."""
    rows = Substitute.select(Substitute.meeting).where(
        Substitute.staff == actor.id, within(actor, Substitute.organisation, (permissions.FACILITATOR,))
    )
    return frozenset(row.meeting_id for row in rows)


def meetings_led(led: Collection[str], stood_in_for: Collection[str]) -> peewee.ModelSelect[Meeting]:
    """Return, as a subquery, the ids of meetings that somebody leads; each half of it has an index of its own."""
    of_groups = Meeting.select(Meeting.id).where(Meeting.group.in_(sorted(led)))
    return of_groups | Meeting.select(Meeting.id).where(Meeting.id.in_(sorted(stood_in_for)))


def ids_led_by(actor: Actor) -> frozenset[str]:
    """Return the ids of groups that this member of staff leads, within their organisations."""
    rows = GroupFacilitator.select(GroupFacilitator.group).where(
        GroupFacilitator.staff == actor.id, within(actor, GroupFacilitator.organisation)
    )
    return frozenset(row.group_id for row in rows)


# Whoever works for an organisation may see its groups and meetings, but not who belongs or how many came.
STAFF_ROLES = tuple(sorted(permissions.ROLES))
MEMBER_ROLES = (permissions.COORDINATOR, permissions.FACILITATOR)
PRESENCE_ROLES = (permissions.FACILITATOR,)
TURNOUT_ROLES = (permissions.COORDINATOR, permissions.FACILITATOR, permissions.MANAGER)


def page_rows(
    actor: Actor, table: type[Row], roles: Collection[str], after: str | None, limit: int, state: str | None
) -> peewee.ModelSelect[Row]:
    """Select the next rows after this id, within the organisations where the actor holds one of these roles."""
    rows = table.select().where(within(actor, table.organisation, roles), table.id > (after or ""))
    rows = rows.order_by(table.id).limit(limit)
    return rows if state is None else rows.where(table.state == state)
