"""Participants, how they can be reached and what they consented to."""

from __future__ import annotations

from peewee import BlobField, BooleanField, CharField, ForeignKeyField

from services.intake.models.foundation import Model
from shared.storage import IdField, MomentField


class Participant(Model):
    """Somebody who signed up; `organisation_id` is their home. The name is sealed (`participant.call_name`)."""

    id = IdField(primary_key=True)
    organisation_id = IdField(index=True)
    call_name = BlobField()
    language = CharField(max_length=2)


class Contact(Model):
    """How somebody can be reached; all may be empty. Addresses are sealed (`contact.email`, `contact.mobile`).

    The indexes are blind and not unique: partners may share a phone.
    """

    participant = ForeignKeyField(Participant, primary_key=True)
    organisation_id = IdField()
    email = BlobField(null=True)
    email_index = CharField(max_length=64, null=True)
    mobile = BlobField(null=True)
    mobile_index = CharField(max_length=64, null=True)
    phone_is_shared = BooleanField(default=False)
    may_leave_message = BooleanField(default=False)
    may_be_texted = BooleanField(default=True)

    class Meta:
        indexes = (
            (("organisation_id", "email_index"), False),
            (("organisation_id", "mobile_index"), False),
        )


class Consent(Model):
    """A consent for one purpose by one channel, with the text that was read; a withdrawn one stays."""

    id = IdField(primary_key=True)
    organisation_id = IdField()
    participant = ForeignKeyField(Participant)
    purpose = CharField(max_length=20)
    channel = CharField(max_length=10)
    text_version = CharField(max_length=10)
    given_at = MomentField()
    withdrawn_at = MomentField(null=True)


# Only one may be open at a time: the store keeps it so, whatever a command forgets.
Consent.add_index(
    Consent.index(
        Consent.organisation_id,
        Consent.participant,
        Consent.purpose,
        Consent.channel,
        unique=True,
        where=Consent.withdrawn_at.is_null(),
        name="consent_given_once",
    )
)
