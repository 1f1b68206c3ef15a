"""Messages: each transition a row, each attempt to send one a row."""

from __future__ import annotations

import peewee
from peewee import BlobField, CharField, DateField, IntegerField, TimeField

from services.notifications.models.foundation import Model
from shared.storage import IdField, MomentField


class Message(Model):
    """One message to one person: a participant or somebody who works here.

    dedupe     why it exists, once: the same reason never makes two messages
    revision   of the talk or meeting it speaks of, when it was made: another one means another moment
    change     what changed: moved or called_off (a talk, a substitute), place or on_again (a meeting), any of
               these (for who leads a group), with the moment that was known before (old_on, old_at); for what is
               about one address: its channel
    due_at     when to look at it next; empty when it is not waiting, or is waiting for a person
    asked_at   since when a person is asked to look at it; empty when nobody is
    channel    the channel that was chosen last; the address is looked up at sending and never kept here
    secret     sealed (`message.secret`): what only this message may carry; wiped when it can no longer go
    composed   sealed (`message.composed`): the text as it went, without its secrets
    attempt_count  since it was last given a fresh start
    claim_token, claimed_until   who is sending it now, by the time of the machine
    attended_at, attended_by     a person has seen to what the software could not
    secondary_of   the dedupe of the message that says the same by another channel; this one takes what is left
    bundled_into   the message that says this one along, as long as it has not ended otherwise
    by_staff_id    who invites, for an invitation
    personal_note  sealed (`message.personal_note`): what a facilitator wrote to go with it; `personal_note_by`
               is who that was
    let_through_by  who let it go although a word in it may say too much; `let_through_reason` says why
               (sealed: `message.let_through_reason`)
    caused_by  the id of the event that made it; empty when the time or a person did
    """

    id = IdField(primary_key=True)
    organisation_id = IdField()
    message_type = CharField(max_length=40)
    participant_id = IdField(null=True, index=True)
    staff_id = IdField(null=True)
    by_staff_id = IdField(null=True)
    talk_id = IdField(null=True)
    meeting_id = IdField(null=True)
    membership_id = IdField(null=True)
    measurement_id = IdField(null=True)
    sign_in_id = IdField(null=True)
    dedupe = CharField(max_length=160)
    revision = IntegerField(default=0)
    change = CharField(max_length=12, null=True)
    old_on = DateField(null=True)
    old_at = TimeField(null=True)
    state = CharField(max_length=12)
    reason = CharField(max_length=30, null=True)
    made_at = MomentField()
    changed_at = MomentField(index=True)
    due_at = MomentField(null=True)
    asked_at = MomentField(null=True)
    expires_at = MomentField()
    channel = CharField(max_length=5, null=True)
    secret = BlobField(null=True)
    composed = BlobField(null=True)
    attempt_count = IntegerField(default=0)
    claim_token = IdField(null=True)
    claimed_until = MomentField(null=True)
    attended_at = MomentField(null=True)
    attended_by = IdField(null=True)
    secondary_of = CharField(max_length=160, null=True)
    bundled_into = IdField(null=True)
    personal_note = BlobField(null=True)
    personal_note_by = IdField(null=True)
    let_through_by = IdField(null=True)
    let_through_reason = BlobField(null=True)
    caused_by = IdField(null=True)

    class Meta:
        indexes = (
            (("organisation_id", "dedupe"), True),
            (("organisation_id", "changed_at", "id"), False),
            (("organisation_id", "state", "changed_at", "id"), False),
            (("organisation_id", "message_type", "changed_at", "id"), False),
        )


# Written out, because SQLite uses a partial index only where the words of the question are those of the index.
WAITING = peewee.SQL("state IN ('planned', 'held', 'due')")
Message.add_index(Message.index(Message.expires_at, where=WAITING, name="message_waiting"))
PLANNED = Message.state == peewee.SQL("'planned'")
Message.add_index(Message.index(Message.organisation_id, Message.due_at, where=PLANNED, name="message_planned"))
for _field in (
    Message.due_at,
    Message.asked_at,
    Message.claimed_until,
    Message.talk_id,
    Message.meeting_id,
    Message.membership_id,
    Message.measurement_id,
    Message.bundled_into,
    Message.caused_by,
):
    Message.add_index(Message.index(_field, where=_field.is_null(False), name=f"message_{_field.name}_set"))


class MessageStep(Model):
    """One transition of a message; rows are only ever added. `actor_id` is who took it."""

    organisation_id = IdField()
    message_id = IdField(index=True)
    at = MomentField()
    state = CharField(max_length=12)
    reason = CharField(max_length=30, null=True)
    actor_id = CharField()


class DeliveryAttempt(Model):
    """One try to send a message.

    handing_over_at  from here on only the other side can say whether it arrived
    outcome          accepted, not_true, or one of rules.sending.Failure; empty while it runs
    provider_id      by which the other side knows the message: our Message-ID
    address_index    where it went, as models.Address knows it: a receipt is about that address
    """

    organisation_id = IdField()
    message_id = IdField()
    number = IntegerField()
    channel = CharField(max_length=5)
    started_at = MomentField()
    handing_over_at = MomentField(null=True)
    ended_at = MomentField(null=True)
    outcome = CharField(max_length=20, null=True)
    reply_code = IntegerField(null=True)
    provider_id = CharField(max_length=255)
    address_index = CharField(max_length=64, null=True)

    class Meta:
        indexes = ((("organisation_id", "message_id", "number"), True),)
