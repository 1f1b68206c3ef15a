"""Who belongs to a group: by call name for staff, without names for other systems."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from services.meetings.models import Membership
from services.meetings.queries import participants
from services.meetings.queries.scope import MEMBER_ROLES, find_group, find_membership, page_rows
from services.meetings.rules import permissions
from shared.errors import NotFound
from shared.security.actor import Actor


@dataclass(frozen=True)
class MemberSummary:
    """A member by call name. `is_unreachable`: no message arrives."""

    membership_id: str
    participant_id: str
    call_name: str
    starts_on: date
    is_unreachable: bool


@dataclass(frozen=True)
class Member:
    """One member, with where that is."""

    summary: MemberSummary
    group_name: str
    organisation_id: str


def list_members(actor: Actor, group_id: str) -> list[MemberSummary]:
    """Return who belongs to the group now, by call name; for whoever leads it and the coordinator.

    NotFound, Forbidden.
    """
    group = find_group(actor, group_id, permissions.may_see_members)
    rows = list(
        Membership.select().where(
            Membership.organisation == group.organisation_id,
            Membership.group == group_id,
            Membership.state == "active",
        )
    )
    return _members(rows)


def get_member(actor: Actor, group_id: str, membership_id: str) -> Member:
    """Return one member of this group, for whoever may end the membership. NotFound, Forbidden."""
    row = find_membership(actor, membership_id, permissions.may_change_members)
    if row.group_id != group_id or row.state != "active":
        raise NotFound()
    return Member(_members([row])[0], row.group.name, row.organisation_id)


def _members(rows: Collection[Membership]) -> list[MemberSummary]:
    ids = [row.participant_id for row in rows]
    names, unreachable = participants.distinct_names_of(ids), participants.unreachable_among(ids)
    members = [
        MemberSummary(
            row.id,
            row.participant_id,
            names.get(row.participant_id, "…"),
            row.starts_on,
            row.participant_id in unreachable,
        )
        for row in rows
    ]
    return sorted(members, key=lambda member: member.call_name.casefold())


@dataclass(frozen=True)
class MembershipResource:
    """One stay of one person in one group."""

    id: str
    organisation_id: str
    group_id: str
    participant_id: str
    placement_id: str | None
    state: str
    starts_on: date
    ended_on: date | None


def page_memberships(
    actor: Actor, *, after: str | None, limit: int, state: str | None, group_id: str | None
) -> list[MembershipResource]:
    """Return the next memberships after this id, of one group when that is given; without names."""
    rows = page_rows(actor, Membership, MEMBER_ROLES, after, limit, state)
    if group_id is not None:
        rows = rows.where(Membership.group == group_id)
    return [
        MembershipResource(
            row.id,
            row.organisation_id,
            row.group_id,
            row.participant_id,
            row.placement_id,
            row.state,
            row.starts_on,
            row.ended_on,
        )
        for row in rows
    ]


def list_organisation_ids(actor: Actor) -> list[str]:
    """Return the organisations whose memberships this actor may see."""
    return sorted(actor.organisations(*MEMBER_ROLES))
