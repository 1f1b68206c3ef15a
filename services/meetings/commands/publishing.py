"""Publishing states as they are now; part of every command that changes something."""

from __future__ import annotations

from datetime import date

from services.meetings import events
from services.meetings.models import Group, GroupFacilitator, Meeting, Membership, Organisation, Staff, service
from services.meetings.queries import kinds
from services.meetings.queries.meeting_changes import other_place
from services.meetings.queries.series import first_meeting_on, rhythms_of
from services.meetings.queries.staff import email_of, grants_of, groups_led_by, name_of
from services.meetings.queries.substitutes import substitute_ids
from services.meetings.rules.kinds import GroupRules, as_data
from services.meetings.rules.organisations import permitted_questionnaires
from services.meetings.rules.profiles import as_data as as_profile_data
from services.meetings.rules.profiles import read_profile
from shared.ids import new_id
from shared.messaging.envelope import EventType

# A meeting as it is published, before it is JSON.
MeetingState = dict[str, object]

# Of no use elsewhere: how a meeting goes and what is owed stay within the group.
_OWN_RULES = ("agenda", "duties", "sizes", "meeting_leads")
# Always named, also when empty: others reckon with them.
_NAMED_RULES = ("interval_weeks", "max_size", "waiting_list", "identity", "language")


def publish_organisation(organisation: Organisation) -> None:
    """Publish the organisation as it is."""
    has_permission = organisation.nel_permission_at is not None
    service.publish(
        events.ORGANISATION_CHANGED,
        organisation.id,
        {
            "organisation_id": organisation.id,
            "name": organisation.name,
            "slug": organisation.slug,
            "region": organisation.region,
            "permitted_questionnaires": list(permitted_questionnaires(has_permission)),
            "profile": as_profile_data(read_profile(organisation.profile)),
        },
    )


def publish_staff(staff_id: str) -> None:
    """Publish somebody's roles and groups as they are."""
    staff = Staff.get_by_id(staff_id)
    grants = grants_of(staff_id)
    name, email = name_of(staff), email_of(staff)
    service.publish(
        events.STAFF_CHANGED,
        staff_id,
        {
            "staff_id": staff_id,
            "is_active": staff.is_active,
            "grants": [{"organisation_id": key, "roles": sorted(roles)} for key, roles in sorted(grants.items())],
            "group_ids": groups_led_by(staff_id),
        },
        personal={"intake": {"name": name}, "notifications": {"name": name, "email": email}},
    )


def publish_invitation(staff_id: str, organisation_id: str, invited_by_staff_id: str) -> None:
    """Publish that a colleague invited somebody to work for this organisation."""
    service.publish(
        events.STAFF_INVITED,
        staff_id,
        {
            "invitation_id": new_id(),
            "staff_id": staff_id,
            "organisation_id": organisation_id,
            "invited_by_staff_id": invited_by_staff_id,
        },
    )


def publish_group(group_id: str) -> None:
    """Publish the group as it is, with the rules that it runs by."""
    group = Group.get_by_id(group_id)
    rules = kinds.rules_in_force(group.kind, group.overrides)
    now = rhythms_of([group_id]).get(group_id)
    leaders = GroupFacilitator.select().where(GroupFacilitator.group == group_id)
    service.publish(
        events.GROUP_CHANGED,
        group_id,
        {
            "group_id": group_id,
            "organisation_id": group.organisation_id,
            "name": group.name,
            "kind": group.kind,
            "state": group.state,
            "rules": _published_rules(rules),
            "weekday": now.weekday if now else None,
            "at": now.at.strftime("%H:%M") if now else None,
            "minutes": now.minutes if now else None,
            "first_meeting_on": _day(first_meeting_on(group_id)),
            "venue": _venue(group),
            "themes": group.themes,
            "questionnaires": list(rules.questionnaires or ()),
            "facilitator_ids": [row.staff_id for row in leaders.order_by(GroupFacilitator.place.desc())],
        },
    )


def publish_meeting(
    event_type: EventType, meeting: Meeting, before: MeetingState | None, **more: str | int | None
) -> None:
    """Publish a change of a meeting, once: the meeting as it is, and as it was.

    event_type  what happened; MEETING_CHANGED when that has no name of its own
    before      what `meeting_state` gave before the change; None when the meeting is new
    more        what this type carries besides
    """
    service.publish(event_type, meeting.id, {**meeting_state(meeting), "before": before, **more})


def meeting_state(meeting: Meeting) -> MeetingState:
    """Return the meeting as it is published."""
    place = other_place(meeting)
    return {
        **subject_of(meeting),
        "kind": meeting.kind,
        "on": meeting.on.isoformat(),
        "at": meeting.at.strftime("%H:%M"),
        "zone": meeting.zone,
        "minutes": meeting.minutes,
        "state": meeting.state,
        "place": None if place is None else {"name": place.name, "address": place.address},
        "substitute_ids": substitute_ids(meeting),
    }


def publish_membership(membership: Membership) -> None:
    """Publish the membership as it is."""
    service.publish(
        events.MEMBERSHIP_CHANGED,
        membership.id,
        {
            "membership_id": membership.id,
            "participant_id": membership.participant_id,
            "group_id": membership.group_id,
            "organisation_id": membership.organisation_id,
            "placement_id": membership.placement_id,
            "state": membership.state,
            "starts_on": membership.starts_on.isoformat(),
        },
    )


def subject_of(meeting: Meeting) -> dict[str, str]:
    """Return which meeting, of which group, of which organisation."""
    return {
        "meeting_id": meeting.id,
        "group_id": meeting.group_id,
        "organisation_id": meeting.organisation_id,
    }


def _published_rules(rules: GroupRules) -> dict[str, object]:
    published = {name: getattr(rules, name) for name in _NAMED_RULES}
    published.update((name, value) for name, value in as_data(rules).items() if name not in _OWN_RULES)
    return published


def _venue(group: Group) -> dict[str, object] | None:
    venue = group.venue
    if venue is None:
        return None
    return {"name": venue.name, "address": venue.address, "area": venue.area, "features": venue.features}


def _day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()
