"""What a message could not say: which messages ask for a person, and who was informed by one."""

from __future__ import annotations

from services.meetings import events
from services.meetings.models import InformedInPerson, Meeting, Membership, Undelivered, service
from services.meetings.queries.meeting_changes import list_unreached
from services.meetings.queries.scope import find_meeting
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
        actor, "change", "meeting", meeting.id, purpose="told_in_person", organisation_id=meeting.organisation_id
    )
    payload = {
        "meeting_id": meeting.id,
        "membership_id": membership_id,
        "participant_id": membership.participant_id,
        "group_id": meeting.group_id,
        "organisation_id": meeting.organisation_id,
        "by_staff_id": actor.id,
    }
    service.publish(events.MEMBER_INFORMED, membership_id, payload)
    return meeting_id


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
    kind: str,
    cause: str | None,
    is_informed: bool,
    talk_id: str | None = None,
    membership_id: str | None = None,
    meeting_id: str | None = None,
) -> None:
    """Upsert whether a message asks for a person; who was informed by a colleague elsewhere is so here too."""
    if cause is not None:
        about = {"talk_id": talk_id, "membership_id": membership_id, "meeting_id": meeting_id}
        upsert(Undelivered, id=message_id, organisation_id=organisation_id, kind=kind, cause=cause, **about)
        return
    Undelivered.delete().where(Undelivered.id == message_id).execute()
    meeting = Meeting.get_or_none(Meeting.id == meeting_id) if is_informed and meeting_id else None
    if meeting is not None and Membership.get_or_none(Membership.id == membership_id) is not None:
        keep_informed(meeting, str(membership_id), "notifications")
