"""Publishing the events of intake: one function an event, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection

from services.intake import events
from services.intake.models import IntroTalk, Placement, Signup, service
from services.intake.queries.talks import place_of
from services.intake.rules.people import CALL, CALL_CONSENT, Consent, Contact, reachable_by
from services.intake.rules.talks import TalkState
from shared.messaging.envelope import EventType

# A talk as it is published, before it is JSON.
TalkData = dict[str, object]

# A yes to messages is a yes for the channels by which somebody can be written to. A call is a question of its own.
MESSAGE_CHANNELS = ("email", "sms")
PUBLISHED_PURPOSES = ("reminders", "questionnaires", "missed_you", CALL)


def publish_participant(participant_id: str, organisation_id: str, call_name: str, language: str) -> None:
    """Publish somebody's call name and language."""
    name = {"call_name": call_name}
    service.publish(
        events.PARTICIPANT_CHANGED,
        participant_id,
        {"participant_id": participant_id, "organisation_id": organisation_id, "language": language},
        personal={"meetings": name, "notifications": name},
    )


def publish_contact(participant_id: str, organisation_id: str, contact: Contact) -> None:
    """Publish by which channels somebody can be written to, and the addresses for whoever sends."""
    service.publish(
        events.CONTACT_CHANGED,
        participant_id,
        {
            "participant_id": participant_id,
            "organisation_id": organisation_id,
            "channels": message_channels(contact),
        },
        personal={
            "notifications": {
                "email": contact.email,
                "mobile": contact.mobile,
                "may_leave_message": contact.may_leave_message,
                "phone_is_shared": contact.others_see_phone,
            }
        },
    )


def publish_consents(participant_id: str, organisation_id: str, consents: Collection[Consent]) -> None:
    """Publish the purposes that somebody consents to by at least one channel."""
    given = {consent.purpose for consent in consents if consent.channel in MESSAGE_CHANNELS}
    given |= {CALL} if CALL_CONSENT in consents else set()
    purposes = [purpose for purpose in PUBLISHED_PURPOSES if purpose in given]
    service.publish(
        events.CONSENT_CHANGED,
        participant_id,
        {"participant_id": participant_id, "organisation_id": organisation_id, "purposes": purposes},
    )


def publish_signup_received(signup_id: str, participant_id: str, organisation_id: str) -> None:
    """Publish that somebody waits to be placed, for the first time or again."""
    service.publish(
        events.SIGNUP_RECEIVED,
        signup_id,
        {"signup_id": signup_id, "participant_id": participant_id, "organisation_id": organisation_id},
    )


def publish_signup_closed(signup: Signup) -> None:
    """Publish that a sign-up was closed."""
    service.publish(
        events.SIGNUP_CLOSED, signup.id, {"signup_id": signup.id, "organisation_id": signup.organisation_id}
    )


def publish_talk(event_type: EventType, talk: IntroTalk, before: TalkData | None) -> None:
    """Publish what happened to a talk: the talk as it is, and as it was; nothing of what was said in it.

    before  what `talk_data` gave before the change; None when it is new
    """
    place = {"place": place_of(talk)}
    service.publish(event_type, talk.id, {**talk_data(talk), "before": before}, personal={"notifications": place})


def talk_data(talk: IntroTalk) -> TalkData:
    """Return the talk as everybody may read it: without its place, which may be somebody's home."""
    return {
        "talk_id": talk.id,
        "signup_id": talk.signup_id,
        "participant_id": talk.signup.participant_id,
        "organisation_id": talk.organisation_id,
        "host_staff_id": talk.host_staff_id,
        "on": talk.on.isoformat(),
        "at": talk.at.strftime("%H:%M"),
        "zone": talk.zone,
        "minutes": talk.minutes,
        "form": talk.form,
        "state": TalkState.PLANNED if talk.state == TalkState.MOVED else talk.state,
    }


def publish_placement_withdrawn(placement: Placement) -> None:
    """Publish that a placement was taken back, for meetings to end its membership."""
    service.publish(
        events.PLACEMENT_WITHDRAWN,
        placement.id,
        {"placement_id": placement.id, "organisation_id": placement.organisation_id},
    )


def publish_placed(placement: Placement) -> None:
    """Publish a placement, for meetings to confirm or return."""
    service.publish(
        events.PARTICIPANT_PLACED,
        placement.id,
        {
            "placement_id": placement.id,
            "signup_id": placement.signup_id,
            "participant_id": placement.participant_id,
            "group_id": placement.group_id,
            "organisation_id": placement.organisation_id,
            "starts_on": placement.starts_on.isoformat(),
        },
    )


def publish_erasure_requested(participant_id: str, organisation_id: str) -> None:
    """Publish that somebody is to be erased everywhere."""
    ids = {"participant_id": participant_id, "organisation_id": organisation_id}
    service.publish(events.ERASURE_REQUESTED, participant_id, ids)


def message_channels(contact: Contact) -> list[str]:
    """Return the channels by which somebody can be written to."""
    return [channel for channel in MESSAGE_CHANNELS if channel in reachable_by(contact)]
