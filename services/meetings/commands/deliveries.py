"""What a message could not say: which messages ask for a person, and who was informed by one."""

from __future__ import annotations

from services.meetings import events
from services.meetings.models import InformedInPerson, Meeting, Membership, Undelivered, service
from services.meetings.queries.meeting_changes import list_unreached
from services.meetings.queries.scope import find_meeting, find_membership
from services.meetings.rules import permissions
from shared import clock
from shared.errors import Refusal
from shared.security.actor import Actor
from shared.storage import upsert


@service.command
def mark_informed(actor: Actor, *, meeting_id: str, membership_id: str, request_id: str) -> str:
    """Keep that this member was informed in person of a change of a meeting; returns the id of the meeting.

    Refused: nothing_to_tell; NotFound and Forbidden as `list_unreached`.
    """
    meeting = find_meeting(actor, meeting_id)
    if membership_id not in {member.membership_id for member in list_unreached(actor, meeting_id)}:
        raise Refusal("nothing_to_tell")
    membership = Membership.get_by_id(membership_id)
    keep_informed(meeting, membership_id, actor.id)
    service.audit.record(
        actor,
        "change",
        "meeting",
        meeting.id,
        purpose="informed_in_person",
        organisation_id=meeting.organisation_id,
    )
    _publish_informed(actor, membership, meeting.id)
    return meeting_id


@service.command
def mark_welcomed(actor: Actor, *, membership_id: str, request_id: str) -> str:
    """Keep that a new member was informed in person of what the welcome could not say; return the group.

    Refused: nothing_to_tell; NotFound, Forbidden.
    """
    membership = find_membership(actor, membership_id, permissions.may_welcome)
    is_welcome = (Undelivered.membership_id == membership_id) & Undelivered.meeting_id.is_null()
    if not Undelivered.delete().where(is_welcome).execute():
        raise Refusal("nothing_to_tell")
    organisation_id = membership.organisation_id
    service.audit.record(
        actor, "change", "membership", membership_id, purpose="informed_in_person", organisation_id=organisation_id
    )
    _publish_informed(actor, membership, None)
    return str(membership.group_id)


def _publish_informed(actor: Actor, membership: Membership, meeting_id: str | None) -> None:
    payload = {
        "meeting_id": meeting_id,
        "membership_id": membership.id,
        "participant_id": membership.participant_id,
        "group_id": membership.group_id,
        "organisation_id": membership.organisation_id,
        "by_staff_id": actor.id,
    }
    service.publish(events.MEMBER_INFORMED, membership.id, payload)


def keep_informed(meeting: Meeting, membership_id: str, by: str) -> None:
    """Keep that a member was informed of the last change of a meeting."""
    values = {"at": clock.now(), "by": by}
    InformedInPerson.insert(
        organisation=meeting.organisation_id, meeting=meeting.id, membership=membership_id, **values
    ).on_conflict(
        conflict_target=[InformedInPerson.organisation, InformedInPerson.meeting, InformedInPerson.membership],
        update=values,
    ).execute()
    Undelivered.delete().where(
        Undelivered.meeting_id == meeting.id, Undelivered.membership_id == membership_id
    ).execute()


def upsert_delivery(
    *,
    message_id: str,
    organisation_id: str,
    message_type: str,
    cause: str | None,
    is_informed: bool,
    talk_id: str | None = None,
    membership_id: str | None = None,
    meeting_id: str | None = None,
) -> None:
    """Upsert whether a message asks for a person; who was informed by a colleague elsewhere is so here too."""
    if cause is not None:
        about = {"talk_id": talk_id, "membership_id": membership_id, "meeting_id": meeting_id}
        upsert(
            Undelivered,
            id=message_id,
            organisation_id=organisation_id,
            message_type=message_type,
            cause=cause,
            **about,
        )
        return
    Undelivered.delete().where(Undelivered.id == message_id).execute()
    meeting = Meeting.get_or_none(Meeting.id == meeting_id) if is_informed and meeting_id else None
    if meeting is not None and Membership.get_or_none(Membership.id == membership_id) is not None:
        keep_informed(meeting, str(membership_id), "notifications")
