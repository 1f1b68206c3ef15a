"""What meetings hears: who somebody is to us, how far they came, what reaches them and what they said yes to."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.meetings.commands import erasing
from services.meetings.commands import heard as keep
from services.meetings.commands.memberships import join_group
from services.meetings.models import house
from services.meetings.queries.participants import is_known
from shared.auth.actor import system
from shared.ears import Ears, Heard
from shared.errors import GiveUp, TryLater

ears = Ears(house.inbox)
_US = system("meetings")


def _id() -> fields.Field[str]:
    return fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f-]{36}\Z"))


class _Participant(Schema):
    participant_id = _id()
    organisation_id = _id()


@ears.hears("nl.houvast.intake.participant_changed.v1", _Participant)
def on_participant_changed(heard: Heard) -> None:
    """What somebody wants to be called."""
    if not heard.personal.get("call_name"):
        raise GiveUp("no call name in it for us")
    keep.keep_participant(**heard.data, call_name=str(heard.personal["call_name"]))


class _Reachability(_Participant):
    channels = fields.List(fields.String(), required=True)
    for_changes = fields.List(fields.String(), load_default=None)  # older letters do not say it


@ears.hears("nl.houvast.notifications.reachability_changed.v1", _Reachability)
def on_reachability_changed(heard: Heard) -> None:
    """Whether a change of a meeting reaches somebody, so that who leads the group is told when none does."""
    told = dict(heard.data)
    for_changes = told.pop("for_changes")
    keep.keep_reachability(**told | ({} if for_changes is None else {"channels": for_changes}))


class _Consents(_Participant):
    purposes = fields.List(fields.String(), required=True)


@ears.hears("nl.houvast.intake.consent_changed.v1", _Consents)
def on_consent_changed(heard: Heard) -> None:
    """Whether somebody may be called after a missed meeting, and what follows is shown before it is said."""
    keep.keep_consents(**heard.data)


class _Placed(Schema):
    placement_id = _id()
    signup_id = _id()
    participant_id = _id()
    group_id = _id()
    organisation_id = _id()
    starts_on = fields.Date(required=True)


@ears.hears("nl.houvast.intake.participant_placed.v1", _Placed)
def on_participant_placed(heard: Heard) -> None:
    """Make the membership, or return the placement; it waits until we know what to call this person."""
    data = heard.data
    if not is_known(data["participant_id"]):
        raise TryLater("the participant was not heard of yet")
    membership_id = join_group(
        _US, placement_id=data["placement_id"], participant_id=data["participant_id"],
        group_id=data["group_id"], starts_on=data["starts_on"], request_id=heard.letter.id,
    )  # fmt: skip
    keep.note_placed(
        signup_id=data["signup_id"], organisation_id=data["organisation_id"], is_member=membership_id is not None
    )


class _Signup(Schema):
    signup_id = _id()
    organisation_id = _id()


class _SignupReceived(_Signup):
    participant_id = _id()


@ears.hears("nl.houvast.intake.signup_received.v1", _SignupReceived)
def on_signup_received(heard: Heard) -> None:
    """Somebody waits to be met."""
    keep.note_signup(**heard.data)


@ears.hears("nl.houvast.intake.signup_closed.v1", _Signup)
def on_signup_closed(heard: Heard) -> None:
    """Nobody needs to do anything more for this sign-up."""
    keep.note_signup_closed(**heard.data)


class _TalkOver(_Signup):
    talk_id = _id()


class _Talk(_TalkOver):
    host_staff_id = _id()
    on = fields.Date(required=True)
    at = fields.Time(required=True)
    zone = fields.String(required=True)
    minutes = fields.Integer(required=True)


@ears.hears("nl.houvast.intake.intro_talk_scheduled.v1", _Talk)
def on_intro_talk_scheduled(heard: Heard) -> None:
    """A talk to have on the page of today."""
    keep.note_talk(**heard.data, is_moved=False)


@ears.hears("nl.houvast.intake.intro_talk_moved.v1", _Talk)
def on_intro_talk_moved(heard: Heard) -> None:
    """The same talk at another moment."""
    keep.note_talk(**heard.data, is_moved=True)


@ears.hears("nl.houvast.intake.intro_talk_called_off.v1", _TalkOver)
def on_intro_talk_called_off(heard: Heard) -> None:
    """No talk any more; who signed up waits again."""
    keep.note_talk_over(**heard.data, state="called_off")


@ears.hears("nl.houvast.intake.intro_talk_held.v1", _TalkOver)
def on_intro_talk_held(heard: Heard) -> None:
    """They met; now a place."""
    keep.note_talk_over(**heard.data, state="held")


@ears.hears("nl.houvast.intake.intro_talk_missed.v1", _TalkOver)
def on_intro_talk_missed(heard: Heard) -> None:
    """They did not meet; who signed up waits again."""
    keep.note_talk_over(**heard.data, state="missed")


@ears.hears("nl.houvast.intake.erasure_requested.v1", _Participant, tells_of_erasing=True)
def on_erasure_requested(heard: Heard) -> None:
    """Somebody is to be forgotten."""
    erasing.erase(**heard.data)
