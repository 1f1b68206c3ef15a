"""Groups: starting one, giving it a place to meet, and saying who leads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from services.meetings.commands.saying import say_group, say_staff
from services.meetings.models import Group, GroupFacilitator, StaffRole, Venue, service
from services.meetings.queries import kinds
from services.meetings.queries.scope import find_group, find_organisation, find_venue
from services.meetings.rules import people, standing
from services.meetings.rules.questionnaires import check_chosen
from shared.errors import Refusal
from shared.ids import new_id
from shared.security.actor import Actor


@service.command
def register_venue(
    actor: Actor, *, organisation_id: str, name: str, address: str, area: str, features: Collection[str] = (),
    request_id: str,
) -> str:  # fmt: skip
    """Add a place to meet; gives its id. A name that is known already is that place, as it was.

    area      the four digits of its postcode
    features  of `standing.FEATURES`
    Refused as "feature_unknown".
    """
    find_organisation(actor, organisation_id, people.may_start_group)
    standing.check_features(features)
    known = Venue.get_or_none(Venue.organisation == organisation_id, Venue.name == name)
    if known is not None:
        return str(known.id)
    venue = Venue.create(
        id=new_id(), organisation=organisation_id, name=name, address=address, area=area, features=sorted(features)
    )
    return str(venue.id)


@service.command
def start_group(
    actor: Actor, *, organisation_id: str, kind: str, name: str, overrides: Mapping[str, Any] | None = None,
    venue_id: str | None = None, themes: Collection[str] = (), questionnaires: Collection[str] = (),
    request_id: str,
) -> str:  # fmt: skip
    """A new group of a kind, in preparation until its first meeting is planned; gives its id.

    overrides           the rules in which it differs from its kind, as plain data (JSON)
    questionnaires  keys of lists, of those that its organisation may use
    Refused: kind_unknown, group_name_taken, questionnaire_unknown, questionnaire_not_permitted, themes_too_many,
    theme_too_long, and as `kinds.with_overrides` and `kinds.in_force`.
    """
    organisation = find_organisation(actor, organisation_id, people.may_start_group)
    laid_over = {**(overrides or {}), **({"questionnaires": list(questionnaires)} if questionnaires else {})}
    # What the kind itself suggests is a suggestion: a group that says nothing about lists uses none.
    laid_over.setdefault("questionnaires", [])
    kinds.rules_in_force(kind, laid_over)
    check_chosen(laid_over["questionnaires"], organisation.nel_permission_at is not None)
    same_name = (Group.organisation == organisation_id) & (Group.name == name) & (Group.state != "ended")
    if Group.select().where(same_name).exists():
        raise Refusal("group_name_taken", field="name")
    if venue_id is not None:
        find_venue(actor, organisation_id, venue_id)
    group = Group.create(
        id=new_id(), organisation=organisation_id, name=name, kind=kind, overrides=laid_over, state="preparing",
        venue=venue_id, themes=standing.tidy_themes(themes),
    )  # fmt: skip
    service.audit.record(actor, "create", "group", group.id, purpose="start", organisation_id=organisation_id)
    say_group(group.id)
    return str(group.id)


@service.command
def appoint_facilitator(
    actor: Actor, *, group_id: str, staff_id: str, place: str = "first", request_id: str
) -> str:  # fmt: skip
    """Let a colleague lead the group, as "first" or "co"; gives the staff id. Again changes the place.

    Refused: place_unknown, not_a_facilitator (the role comes first, from who manages the staff).
    """
    group = find_group(actor, group_id, _appoints)
    if place not in people.FACILITATOR_PLACES:
        raise Refusal("place_unknown", field="place")
    is_facilitator = StaffRole.select().where(
        StaffRole.organisation == group.organisation_id, StaffRole.staff == staff_id,
        StaffRole.role == people.FACILITATOR,
    ).exists()  # fmt: skip
    if not is_facilitator:
        raise Refusal("not_a_facilitator", field="staff_id")
    GroupFacilitator.insert(
        organisation=group.organisation_id, group=group_id, staff=staff_id, place=place
    ).on_conflict(
        conflict_target=[GroupFacilitator.organisation, GroupFacilitator.group, GroupFacilitator.staff],
        update={GroupFacilitator.place: place},
    ).execute()
    _say_leading(actor, group, staff_id)
    return staff_id


@service.command
def release_facilitator(actor: Actor, *, group_id: str, staff_id: str, request_id: str) -> str:
    """Somebody no longer leads the group; gives the staff id. Who did not lead it is fine too."""
    group = find_group(actor, group_id, _appoints)
    gone = GroupFacilitator.delete().where(
        GroupFacilitator.organisation == group.organisation_id, GroupFacilitator.group == group_id,
        GroupFacilitator.staff == staff_id,
    ).execute()  # fmt: skip
    if gone:
        _say_leading(actor, group, staff_id)
    return staff_id


def _appoints(roles: Collection[str], _facilitates: bool) -> bool:
    return people.may_appoint_facilitators(frozenset(roles))


def _say_leading(actor: Actor, group: Group, staff_id: str) -> None:
    service.audit.record(
        actor, "change", "staff", staff_id, purpose="lead_group", organisation_id=group.organisation_id
    )
    say_group(group.id)
    say_staff(staff_id)
