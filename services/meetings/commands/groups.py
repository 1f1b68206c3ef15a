"""Starting a group of a kind, with or without its venue and series, and appointing who leads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, time

from services.meetings.commands.publishing import publish_group, publish_staff
from services.meetings.commands.series import schedule_series
from services.meetings.commands.venues import check_words, register_venue
from services.meetings.models import Group, GroupFacilitator, StaffRole, Venue, service
from services.meetings.queries import kinds
from services.meetings.queries.scope import find_group, find_organisation, find_venue
from services.meetings.rules import permissions
from services.meetings.rules.groups import tidy_themes
from services.meetings.rules.organisations import check_questionnaires
from shared.discretion import PublicIdentity, check_name
from shared.errors import Refusal
from shared.ids import new_id
from shared.security.actor import Actor


@service.command
def start_group(
    actor: Actor,
    *,
    organisation_id: str,
    kind: str,
    name: str,
    overrides: Mapping[str, object] | None = None,
    venue_id: str | None = None,
    themes: Collection[str] = (),
    questionnaires: Collection[str] = (),
    request_id: str,
) -> str:
    """Start a group of a kind, in preparation until its first meeting is planned; return its id.

    overrides       the rules in which it differs from its kind, as plain data (JSON)
    questionnaires  keys of lists, of those that its organisation may use
    Refused: kind_unknown, group_name_taken, questionnaire_unknown, questionnaire_not_permitted, themes_too_many,
    theme_too_long, and as `kinds.with_overrides` and `kinds.in_force`.
    """
    organisation = find_organisation(actor, organisation_id, permissions.may_start_group)
    laid_over = {**(overrides or {}), **({"questionnaires": list(questionnaires)} if questionnaires else {})}
    # What the kind itself suggests is a suggestion: a group that says nothing about lists uses none.
    laid_over.setdefault("questionnaires", [])
    in_force = kinds.rules_in_force(kind, laid_over)
    check_questionnaires(in_force.questionnaires or (), organisation.nel_permission_at is not None)
    same_name = (Group.organisation == organisation_id) & (Group.name == name) & (Group.state != "ended")
    if Group.select().where(same_name).exists():
        raise Refusal("group_name_taken", field="name")
    if venue_id is not None:
        find_venue(actor, organisation_id, venue_id)
    group = Group.create(
        id=new_id(),
        organisation=organisation_id,
        name=name,
        kind=kind,
        overrides=laid_over,
        state="preparing",
        venue=venue_id,
        themes=tidy_themes(themes),
    )
    service.audit.record(actor, "create", "group", group.id, purpose="start", organisation_id=organisation_id)
    publish_group(group.id)
    return str(group.id)


@service.command
def appoint_facilitator(
    actor: Actor, *, group_id: str, staff_id: str, place: str = "first", request_id: str
) -> str:
    """Let a colleague lead the group, as "first" or "co"; return the staff id. Again changes which of the two.

    Refused: place_unknown, not_a_facilitator (the role comes first, from who manages the staff).
    """
    group = find_group(actor, group_id, _appoints)
    if place not in permissions.FACILITATOR_PLACES:
        raise Refusal("place_unknown", field="place")
    is_facilitator = (
        StaffRole.select()
        .where(
            StaffRole.organisation == group.organisation_id,
            StaffRole.staff == staff_id,
            StaffRole.role == permissions.FACILITATOR,
        )
        .exists()
    )
    if not is_facilitator:
        raise Refusal("not_a_facilitator", field="staff_id")
    GroupFacilitator.insert(
        organisation=group.organisation_id, group=group_id, staff=staff_id, place=place
    ).on_conflict(
        conflict_target=[GroupFacilitator.organisation, GroupFacilitator.group, GroupFacilitator.staff],
        update={GroupFacilitator.place: place},
    ).execute()
    _publish_leadership(actor, group, staff_id)
    return staff_id


@service.command
def release_facilitator(actor: Actor, *, group_id: str, staff_id: str, request_id: str) -> str:
    """End that somebody leads the group; return the staff id. Idempotent."""
    group = find_group(actor, group_id, _appoints)
    gone = (
        GroupFacilitator.delete()
        .where(
            GroupFacilitator.organisation == group.organisation_id,
            GroupFacilitator.group == group_id,
            GroupFacilitator.staff == staff_id,
        )
        .execute()
    )
    if gone:
        _publish_leadership(actor, group, staff_id)
    return staff_id


def _appoints(roles: Collection[str], _facilitates: bool) -> bool:
    return permissions.may_appoint_facilitators(frozenset(roles))


def _publish_leadership(actor: Actor, group: Group, staff_id: str) -> None:
    service.audit.record(
        actor, "change", "staff", staff_id, purpose="lead_group", organisation_id=group.organisation_id
    )
    publish_group(group.id)
    publish_staff(staff_id)


@dataclass(frozen=True)
class NewVenue:
    """A venue to register; `area` is the four digits of its postcode."""

    name: str
    address: str
    area: str
    features: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewRhythm:
    """The first day, and every so many weeks from then on, in Dutch wall time."""

    first_on: date
    at: time
    every_weeks: int
    minutes: int


@service.command
def set_up_group(
    actor: Actor, *, organisation_id: str, kind: str, name: str, overrides: Mapping[str, object],
    venue: str | NewVenue | None, themes: Collection[str] = (), questionnaires: Collection[str] = (),
    facilitators: Mapping[str, str], rhythm: NewRhythm | None, sender: PublicIdentity | None = None,
    request_id: str,
) -> str:  # fmt: skip
    """Start a group with its venue, facilitators and series: all of it or nothing; return the id of the group.

    venue         an id, a new venue, or None when that is not known yet
    facilitators  staff id -> "first" or "co"
    sender        what every message shows of us; None keeps the names of group and venue as they are, also when
                  they would hold messages back
    Refused: as `register_venue`, `start_group`, `appoint_facilitator`, `schedule_series`, `venues.check_words` and
    `discretion.check_name`.
    """
    if isinstance(venue, NewVenue):
        venue = register_venue(actor, organisation_id=organisation_id, **asdict(venue), request_id=new_id())
    group_id = start_group(
        actor,
        organisation_id=organisation_id,
        kind=kind,
        name=name,
        overrides=overrides,
        venue_id=venue,
        themes=themes,
        questionnaires=questionnaires,
        request_id=new_id(),
    )
    if sender is not None:
        check_name(name, sender)
        if venue is not None:
            check_words(Group.get_by_id(group_id), Venue.get_by_id(venue))
    for staff_id, place in facilitators.items():
        appoint_facilitator(actor, group_id=group_id, staff_id=staff_id, place=place, request_id=new_id())
    if rhythm is not None:
        schedule_series(actor, group_id=group_id, **asdict(rhythm), request_id=new_id())
    return group_id
