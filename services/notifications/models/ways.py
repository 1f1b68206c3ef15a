"""How people may be reached: their wishes, whether an address is theirs, what came of it, what came back."""

from __future__ import annotations

from peewee import BlobField, BooleanField, CharField, IntegerField, JSONField, TimeField

from services.notifications.models.foundation import Model
from shared.storage import IdField, MomentField


class OptOut(Model):
    """What somebody does not want any more.

    purpose   reminders, questionnaires or missed_you; `all` is everything but answers
    by        link, one_click, sms, page or complaint
    is_heard  whether intake has taken the consent back: only a yes after that ends this
    """

    organisation_id = IdField()
    participant_id = IdField(index=True)
    purpose = CharField(max_length=20)
    at = MomentField()
    by = CharField(max_length=10)
    is_acknowledged = BooleanField(default=False)

    class Meta:
        indexes = ((("organisation_id", "participant_id", "purpose"), True),)


class Preference(Model):
    """What somebody chose on their own page; the id is the participant's.

    channels                 what may be used, best liked first; empty column: as intake told
    quiet_from, quiet_until  more quiet than everybody has; empty: the hours of everybody
    paused_until             until then nothing but answers and changes
    """

    id = IdField(primary_key=True)
    organisation_id = IdField()
    channels = JSONField(null=True)
    quiet_from = TimeField(null=True)
    quiet_until = TimeField(null=True)
    paused_until = MomentField(null=True)


class Address(Model):
    """An address that somebody has or had, as a blind index: `privacy.index(address, "address.<channel>")`.

    needs_proof  it was somebody else's before, or this person's own address changed: nothing goes there but the
                 question whether it is right
    confirmed_by link, reply, talk or staff
    refused_at   since when the other side says that it does not exist
    """

    organisation_id = IdField()
    participant_id = IdField(index=True)
    channel = CharField(max_length=5)
    blind = CharField(max_length=64, index=True)
    handled_at = MomentField()
    needs_proof = BooleanField(default=False)
    confirmed_at = MomentField(null=True)
    confirmed_by = CharField(max_length=10, null=True)
    refused_at = MomentField(null=True)

    class Meta:
        indexes = ((("organisation_id", "participant_id", "channel", "blind"), True),)


class ReachabilityChange(Model):
    """That something changed in how somebody may be reached, and by which way we were told.

    The last id is a mark: as long as it is the same, what was looked up still holds.
    """

    organisation_id = IdField()
    participant_id = IdField(index=True)
    at = MomentField()
    what = CharField(max_length=12)
    detail = CharField(max_length=20)
    by = CharField(max_length=10)


class Receipt(Model):
    """What the other side told later of a message, kept once. outcome: delivered or undelivered."""

    organisation_id = IdField()
    message_id = IdField()
    channel = CharField(max_length=5)
    outcome = CharField(max_length=12)
    code = CharField(max_length=20)
    at = MomentField()

    class Meta:
        indexes = ((("organisation_id", "message_id", "outcome", "code"), True),)


class Reply(Model):
    """A text message that somebody sent us, sealed: `reply.sender` and `reply.text`.

    organisation_id  empty when nobody gave this number and there are several organisations: all their messengers
                     may read it
    message_id       what it answers, when the gateway said so
    fingerprint      the same text delivered again has the same
    """

    id = IdField(primary_key=True)
    organisation_id = CharField(max_length=36)
    participant_id = IdField(null=True, index=True)
    message_id = IdField(null=True)
    sender = BlobField()
    text = BlobField()
    received_at = MomentField(index=True)
    fingerprint = CharField(max_length=64)
    seen_at = MomentField(null=True)
    seen_by = IdField(null=True)

    class Meta:
        indexes = ((("organisation_id", "fingerprint"), True),)


class TextSent(Model):
    """A text message that was handed over, for the limits: its number and the block of that, as blind indexes."""

    organisation_id = IdField()
    message_id = IdField()
    at = MomentField(index=True)
    number = CharField(max_length=64)
    block = CharField(max_length=64)
    parts = IntegerField()
