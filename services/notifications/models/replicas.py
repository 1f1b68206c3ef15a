"""Copies of just what notifications needs of the state of other services."""

from __future__ import annotations

from peewee import BlobField, BooleanField, CharField, DateField, IntegerField, JSONField, TimeField

from services.notifications.models.foundation import EventMomentField, Model
from shared.storage import IdField, MomentField


class Participant(Model):
    """A copy from intake; the name is sealed (`participant.call_name`)."""

    id = IdField(primary_key=True)
    organisation_id = IdField()
    call_name = BlobField()
    language = CharField(max_length=2)


class Contact(Model):
    """A copy from intake; the id is the participant's. Addresses are sealed (`contact.email`, `contact.mobile`).

    channels  what may be used, best liked first
    refused   of those, what the other side says does not exist
    """

    id = IdField(primary_key=True)
    organisation_id = IdField()
    email = BlobField(null=True)
    mobile = BlobField(null=True)
    may_leave_message = BooleanField()
    phone_is_shared = BooleanField()
    channels = JSONField()
    refused = JSONField(default=list)


class Consent(Model):
    """A copy from intake: the purposes that a participant says yes to; the id is the participant's."""

    id = IdField(primary_key=True)
    organisation_id = IdField()
    purposes = JSONField()


class Staff(Model):
    """A copy from meetings; name and address are sealed (`staff.name`, `staff.email`).

    group_ids  the groups that somebody leads; empty (None) when that is not known yet
    """

    id = IdField(primary_key=True)
    name = BlobField()
    email = BlobField()
    is_active = BooleanField()
    organisation_ids = JSONField()
    group_ids = JSONField(null=True)


class Organisation(Model):
    """A copy from meetings; what the organisation did not fill in is empty.

    sender_name         stands on its messages in place of that of the installation
    answer_within_days  within how many working days who signs up hears from a person
    """

    id = IdField(primary_key=True)
    name = CharField(max_length=120)
    sender_name = CharField(max_length=40)
    telephone = CharField(max_length=30)
    out_of_hours_telephone = CharField(max_length=30)
    answer_within_days = IntegerField(null=True)


class Group(Model):
    """A copy from meetings."""

    id = IdField(primary_key=True)
    organisation_id = IdField()
    name = CharField(max_length=120)
    state = CharField(max_length=12)
    place_name = CharField(null=True)
    place_address = CharField(null=True)

    class Meta:
        table_name = "support_group"


class Meeting(Model):
    """A copy from meetings, in local wall time. `revision` counts how often its moment or place was set anew.

    first_on, first_at         when it was planned at first: what the rhythm of the group makes one expect
    place_name, place_address  where it is, when that is not where the group meets
    substitute_ids             who leads it for this once
    """

    id = IdField(primary_key=True)
    organisation_id = IdField()
    group_id = IdField()
    on = DateField()
    at = TimeField()
    first_on = DateField()
    first_at = TimeField()
    zone = CharField(max_length=40)
    minutes = IntegerField()
    state = CharField(max_length=20)
    revision = IntegerField()
    place_name = CharField(null=True)
    place_address = CharField(null=True)
    substitute_ids = JSONField()

    class Meta:
        indexes = ((("group_id", "state", "on"), False),)


class Membership(Model):
    """A copy from meetings. `revision` counts how often it became active."""

    id = IdField(primary_key=True)
    organisation_id = IdField()
    participant_id = IdField()
    group_id = IdField(index=True)
    state = CharField(max_length=12)
    starts_on = DateField()
    revision = IntegerField()


class CallOff(Model):
    """That somebody will not come this once. state: called_off or taken_back.

    revision  counts how often it was taken back, so that the reminder can be planned again
    last_event_at  moment of the last event that counted; an older one changes nothing
    """

    organisation_id = IdField()
    meeting_id = IdField()
    membership_id = IdField(index=True)
    state = CharField(max_length=10)
    revision = IntegerField()
    last_event_at = EventMomentField()

    class Meta:
        indexes = ((("organisation_id", "meeting_id", "membership_id"), True),)


class Absence(Model):
    """That somebody was missed, or was marked otherwise after all.

    revision  counts how often it became absent
    last_event_at  moment of the last event that counted; an older one changes nothing
    """

    organisation_id = IdField()
    meeting_id = IdField()
    membership_id = IdField(index=True)
    mark = CharField(max_length=12)
    revision = IntegerField()
    last_event_at = EventMomentField()

    class Meta:
        indexes = ((("organisation_id", "meeting_id", "membership_id"), True),)


class Talk(Model):
    """A copy from intake, in local wall time; the place is sealed (`talk.place`), for it may be somebody's home.

    state     planned, called_off, held or missed
    revision  counts how often its moment, place or host was set anew
    """

    id = IdField(primary_key=True)
    organisation_id = IdField()
    participant_id = IdField()
    host_staff_id = IdField()
    on = DateField()
    at = TimeField()
    zone = CharField(max_length=40)
    minutes = IntegerField()
    form = CharField(max_length=20)
    place = BlobField()
    state = CharField(max_length=12)
    revision = IntegerField()


class Measurement(Model):
    """A list of questions that somebody may fill in. state: open, completed or expired."""

    id = IdField(primary_key=True)
    organisation_id = IdField()
    participant_id = IdField()
    expires_at = MomentField(null=True)
    state = CharField(max_length=12)
