"""The events that intake publishes."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from shared.messaging.envelope import EventType

_ORGANISATION = "01990000-0000-7000-8000-000000000001"
_STAFF = "01990000-0000-7000-8000-000000000002"
_GROUP = "01990000-0000-7000-8000-000000000003"
_PARTICIPANT = "01990000-0000-7000-8000-000000000006"
_PLACEMENT = "01990000-0000-7000-8000-000000000007"
_SIGNUP = "01990000-0000-7000-8000-000000000009"
_TALK = "01990000-0000-7000-8000-00000000000a"


class _ParticipantChanged(Schema):
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    language = fields.String(required=True)


PARTICIPANT_CHANGED = EventType(
    service="intake",
    name="participant_changed",
    subject="participant",
    schema=_ParticipantChanged,
    example={"participant_id": _PARTICIPANT, "organisation_id": _ORGANISATION, "language": "nl"},
    consumers=("meetings", "notifications", "questionnaires"),
    is_state=True,
    personal={"meetings": ("call_name",), "notifications": ("call_name",)},
)


class _ContactChanged(Schema):
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    channels = fields.List(fields.String(validate=validate.OneOf(["email", "sms"])), required=True)


CONTACT_CHANGED = EventType(
    service="intake",
    name="contact_changed",
    subject="contact",
    schema=_ContactChanged,
    example={"participant_id": _PARTICIPANT, "organisation_id": _ORGANISATION, "channels": ["email"]},
    consumers=("notifications",),
    is_state=True,
    personal={"notifications": ("email", "mobile", "may_leave_message", "phone_is_shared")},
)


class _ConsentChanged(Schema):
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    purposes = fields.List(
        fields.String(validate=validate.OneOf(["reminders", "questionnaires", "missed_you", "missed_you_call"])),
        required=True,
    )


CONSENT_CHANGED = EventType(
    service="intake",
    name="consent_changed",
    subject="consent",
    schema=_ConsentChanged,
    example={
        "participant_id": _PARTICIPANT,
        "organisation_id": _ORGANISATION,
        "purposes": ["reminders", "questionnaires"],
    },
    consumers=("notifications", "questionnaires", "meetings"),
    is_state=True,
)


class _SignupReceived(Schema):
    signup_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)


SIGNUP_RECEIVED = EventType(
    service="intake",
    name="signup_received",
    subject="signup",
    schema=_SignupReceived,
    example={"signup_id": _SIGNUP, "participant_id": _PARTICIPANT, "organisation_id": _ORGANISATION},
    consumers=("meetings", "notifications"),
)


class _IntroTalk(Schema):
    talk_id = fields.UUID(required=True)
    signup_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    host_staff_id = fields.UUID(required=True)
    on = fields.Date(required=True)
    at = fields.String(required=True)
    zone = fields.String(required=True)
    minutes = fields.Integer(required=True)
    form = fields.String(required=True, validate=validate.OneOf(["live_single", "live_group", "phone", "video"]))
    # No fixed list, of which operators see the words: the name of the event tells them this.
    state = fields.String(required=True, validate=validate.Regexp("(planned|called_off|held|missed)$"))


class _IntroTalkChanged(_IntroTalk):
    """The whole talk as it is now, and nothing that was said in it; and as it was before, null when it is new."""

    before = fields.Nested(_IntroTalk, required=True, allow_none=True)


# It may be somebody's home.
_PLACE: dict[str, tuple[str, ...]] = {"notifications": ("place",)}
_PLANNED_TALK = {
    "talk_id": _TALK,
    "signup_id": _SIGNUP,
    "participant_id": _PARTICIPANT,
    "organisation_id": _ORGANISATION,
    "host_staff_id": _STAFF,
    "on": "2026-11-23",
    "at": "14:00",
    "zone": "Europe/Amsterdam",
    "minutes": 45,
    "form": "live_single",
    "state": "planned",
}

INTRO_TALK_SCHEDULED = EventType(
    service="intake",
    name="intro_talk_scheduled",
    subject="intro_talk",
    schema=_IntroTalkChanged,
    example=_PLANNED_TALK | {"before": None},
    consumers=("meetings", "notifications"),
    is_state=True,
    personal=_PLACE,
)

INTRO_TALK_MOVED = EventType(
    service="intake",
    name="intro_talk_moved",
    subject="intro_talk",
    schema=_IntroTalkChanged,
    example=_PLANNED_TALK | {"on": "2026-11-25", "before": _PLANNED_TALK},
    consumers=("meetings", "notifications"),
    is_state=True,
    personal=_PLACE,
)

INTRO_TALK_CALLED_OFF = EventType(
    service="intake",
    name="intro_talk_called_off",
    subject="intro_talk",
    schema=_IntroTalkChanged,
    example=_PLANNED_TALK | {"state": "called_off", "before": _PLANNED_TALK},
    consumers=("meetings", "notifications"),
    is_state=True,
    personal=_PLACE,
)


class _ParticipantInformed(Schema):
    talk_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    by_staff_id = fields.UUID(required=True)


# Somebody was informed in person of what no message could say about a talk.
PARTICIPANT_INFORMED = EventType(
    service="intake",
    name="participant_informed",
    subject="intro_talk",
    schema=_ParticipantInformed,
    example={"talk_id": _TALK, "organisation_id": _ORGANISATION, "by_staff_id": _STAFF},
    consumers=("notifications",),
)

INTRO_TALK_HELD = EventType(
    service="intake",
    name="intro_talk_held",
    subject="intro_talk",
    schema=_IntroTalkChanged,
    example=_PLANNED_TALK | {"state": "held", "before": _PLANNED_TALK},
    consumers=("meetings", "notifications"),
    is_state=True,
    personal=_PLACE,
)

INTRO_TALK_MISSED = EventType(
    service="intake",
    name="intro_talk_missed",
    subject="intro_talk",
    schema=_IntroTalkChanged,
    example=_PLANNED_TALK | {"state": "missed", "before": _PLANNED_TALK},
    consumers=("meetings", "notifications"),
    is_state=True,
    personal=_PLACE,
)


class _ParticipantPlaced(Schema):
    placement_id = fields.UUID(required=True)
    signup_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    starts_on = fields.Date(required=True)


PARTICIPANT_PLACED = EventType(
    service="intake",
    name="participant_placed",
    subject="placement",
    schema=_ParticipantPlaced,
    example={
        "placement_id": _PLACEMENT,
        "signup_id": _SIGNUP,
        "participant_id": _PARTICIPANT,
        "group_id": _GROUP,
        "organisation_id": _ORGANISATION,
        "starts_on": "2026-11-24",
    },
    consumers=("meetings",),
)


class _PlacementWithdrawn(Schema):
    placement_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)


PLACEMENT_WITHDRAWN = EventType(
    service="intake",
    name="placement_withdrawn",
    subject="placement",
    schema=_PlacementWithdrawn,
    example={"placement_id": _PLACEMENT, "organisation_id": _ORGANISATION},
    consumers=("meetings",),
)


class _SignupClosed(Schema):
    signup_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)


SIGNUP_CLOSED = EventType(
    service="intake",
    name="signup_closed",
    subject="signup",
    schema=_SignupClosed,
    example={"signup_id": _SIGNUP, "organisation_id": _ORGANISATION},
    consumers=("meetings",),
)


class _ErasureRequested(Schema):
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)


ERASURE_REQUESTED = EventType(
    service="intake",
    name="erasure_requested",
    subject="participant",
    schema=_ErasureRequested,
    example={"participant_id": _PARTICIPANT, "organisation_id": _ORGANISATION},
    consumers=("meetings", "questionnaires", "notifications"),
)
