"""Messages that a person has to do something about, and who was informed in person instead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from peewee import fn

from services.meetings.models import (
    Group,
    InformedInPerson,
    IntroTalk,
    Meeting,
    MeetingChange,
    Membership,
    Signup,
    Undelivered,
)
from services.meetings.queries import participants
from services.meetings.queries.scope import meetings_led
from services.meetings.rules import permissions
from shared import clock
from shared.security.actor import Actor, within

# Which meeting, which membership.
Pair = tuple[str, str]


class _About(TypedDict, total=False):
    """What a message is about: the day of a talk, or a membership and its group."""

    on: date
    group_id: str
    group_name: str
    membership_id: str


# A message, the sign-up of who did not get it, and what it is about.
Missed = tuple[Undelivered, Signup, _About]
CHANGES = ("meeting_moved", "meeting_cancelled")
MEETS_PEOPLE = (permissions.INTRO_WORKER, permissions.COORDINATOR)


@dataclass(frozen=True)
class UndeliveredToPerson:
    """A message about a talk or about taking part that somebody did not get.

    opens          whether this actor may open the sign-up
    on             the day of the talk that it is about
    group_id, group_name, membership_id  of what they take part in, when it is about that
    """

    signup_id: str
    organisation_id: str
    call_name: str
    message_type: str
    cause: str
    opens: bool
    on: date | None = None
    group_id: str | None = None
    group_name: str | None = None
    membership_id: str | None = None


@dataclass(frozen=True)
class UndeliveredOfMeeting:
    """How many messages about one coming meeting did not arrive, for one cause."""

    meeting_id: str
    group_name: str
    on: date
    cause: str
    number: int


def failed_among(meeting_ids: Collection[str], message_types: Collection[str] = ()) -> frozenset[Pair]:
    """Return whom a message about these meetings did not reach, of these types or of any, in one query."""
    rows = Undelivered.select().where(Undelivered.meeting_id.in_(sorted(meeting_ids)))
    rows = rows.where(Undelivered.message_type.in_(sorted(message_types))) if message_types else rows
    return frozenset((row.meeting_id, row.membership_id) for row in rows)


def informed_among(meeting_ids: Collection[str]) -> frozenset[Pair]:
    """Return who was informed in person of the last change of these meetings, in one query."""
    ids = sorted(meeting_ids)
    last = (
        MeetingChange.select(MeetingChange.meeting, fn.MAX(MeetingChange.at).alias("at"))
        .where(MeetingChange.meeting.in_(ids))
        .group_by(MeetingChange.meeting)
    )
    rows = (
        InformedInPerson.select(InformedInPerson.meeting, InformedInPerson.membership)
        .join(last, on=(last.c.meeting_id == InformedInPerson.meeting))
        .where(InformedInPerson.meeting.in_(ids), InformedInPerson.at >= last.c.at)
    )
    return frozenset((row.meeting_id, row.membership_id) for row in rows)


def list_undelivered_to_people(actor: Actor, most: int) -> list[UndeliveredToPerson]:
    """Return what did not reach who waits for a talk or a first meeting, by name; for who plans or holds it.

    most  so many at most, the oldest messages
    """
    missed = sorted(
        _about_talks(actor, most) + _about_memberships(actor, most), key=lambda message: str(message[0].id)
    )[:most]
    names = participants.call_names_of(signup.participant_id for _, signup, _ in missed if signup.participant_id)
    summaries = [
        UndeliveredToPerson(
            signup.id,
            signup.organisation_id,
            names.get(signup.participant_id or "", "…"),
            row.message_type,
            row.cause,
            bool(actor.roles_in(signup.organisation_id) & set(MEETS_PEOPLE)),
            **about,
        )
        for row, signup, about in missed
    ]
    return sorted(summaries, key=lambda summary: summary.call_name.casefold())


def list_undelivered_of_meetings(
    led: Collection[str], stood_in_for: Collection[str]
) -> list[UndeliveredOfMeeting]:
    """Return what did not arrive about coming meetings, changes apart: of these `to_announce` tells."""
    rows = (
        Undelivered.select(Meeting.id, Group.name, Meeting.on, Undelivered.cause, fn.COUNT(Undelivered.id))
        .join(Meeting, on=(Meeting.id == Undelivered.meeting_id))
        .join(Group)
        .where(
            Meeting.id.in_(meetings_led(led, stood_in_for)),
            Undelivered.message_type.not_in(CHANGES),
            Meeting.on >= clock.today(),
            Meeting.state == "planned",
        )
        .group_by(Meeting.id, Group.name, Meeting.on, Undelivered.cause)
        .order_by(Meeting.on, Group.name, Undelivered.cause)
    )
    return [UndeliveredOfMeeting(*row) for row in rows.tuples()]


def _about_talks(actor: Actor, most: int) -> list[Missed]:
    rows = (
        Undelivered.select(Undelivered, IntroTalk.on, Signup)
        .join(IntroTalk, on=(IntroTalk.id == Undelivered.talk_id))
        .join(Signup, on=(Signup.id == IntroTalk.signup_id), attr="signup")
        .where(
            IntroTalk.state.in_(("planned", "called_off")),
            IntroTalk.on >= clock.today(),
            Signup.participant_id.is_null(False),
            within(actor, Undelivered.organisation_id, MEETS_PEOPLE)
            | (within(actor, Undelivered.organisation_id) & (IntroTalk.host_staff_id == actor.id)),
        )
        .order_by(Undelivered.id)
        .limit(most)
    )
    return [(row, row.introtalk.signup, {"on": row.introtalk.on}) for row in rows]


def _about_memberships(actor: Actor, most: int) -> list[Missed]:
    rows = (
        Undelivered.select(Undelivered, Membership, Group, Signup)
        .join(Membership, on=(Membership.id == Undelivered.membership_id))
        .join(Group)
        .switch(Membership)
        .join(Signup, on=(Signup.participant_id == Membership.participant_id), attr="signup")
        .where(
            Undelivered.meeting_id.is_null(),
            Membership.state == "active",
            within(actor, Undelivered.organisation_id, MEETS_PEOPLE),
        )
        .order_by(Undelivered.id, Signup.id)
        .limit(2 * most)  # somebody may have signed up twice
    )
    return list({row.id: (row, row.membership.signup, _group_of(row.membership)) for row in rows}.values())


def _group_of(membership: Membership) -> _About:
    group = membership.group
    return {"group_id": group.id, "group_name": group.name, "membership_id": membership.id}
