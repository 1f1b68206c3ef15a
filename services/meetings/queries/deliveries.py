"""Messages that a person has to do something about, and who was informed in person instead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

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
from services.meetings.rules import permissions
from shared import clock
from shared.security.actor import Actor, within

# Which meeting, which membership.
Pair = tuple[str, str]
CHANGES = ("meeting_moved", "meeting_cancelled")
_MEETS_PEOPLE = (permissions.INTRO_WORKER, permissions.COORDINATOR)


@dataclass(frozen=True)
class UndeliveredToPerson:
    """A message about a talk or a first meeting that somebody who waits for it did not get."""

    signup_id: str
    organisation_id: str
    call_name: str
    kind: str
    cause: str
    opens: bool


@dataclass(frozen=True)
class UndeliveredOfMeeting:
    """How many messages about one coming meeting did not arrive, for one cause."""

    meeting_id: str
    group_name: str
    on: date
    cause: str
    number: int


def failed_among(meeting_ids: Collection[str]) -> frozenset[Pair]:
    """Return whom a message about a change of these meetings did not reach, in one query."""
    rows = Undelivered.select().where(
        Undelivered.meeting_id.in_(sorted(meeting_ids)), Undelivered.kind.in_(CHANGES)
    )
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


def list_undelivered_to_people(actor: Actor) -> list[UndeliveredToPerson]:
    """Return what did not reach who waits for a talk or a first meeting, by name; for who plans or holds it."""
    missed = _about_talks(actor) + _about_memberships(actor)
    names = participants.call_names_of(signup.participant_id for _, signup in missed if signup.participant_id)
    summaries = [
        UndeliveredToPerson(
            signup.id,
            signup.organisation_id,
            names.get(signup.participant_id or "", "…"),
            row.kind,
            row.cause,
            bool(actor.roles_in(signup.organisation_id) & set(_MEETS_PEOPLE)),
        )
        for row, signup in missed
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
            Meeting.group.in_(sorted(led)) | Meeting.id.in_(sorted(stood_in_for)),
            Undelivered.kind.not_in(CHANGES),
            Meeting.on >= clock.today(),
            Meeting.state == "planned",
        )
        .group_by(Meeting.id, Group.name, Meeting.on, Undelivered.cause)
        .order_by(Meeting.on, Group.name, Undelivered.cause)
    )
    return [UndeliveredOfMeeting(*row) for row in rows.tuples()]


def _about_talks(actor: Actor) -> list[tuple[Undelivered, Signup]]:
    rows = (
        Undelivered.select(Undelivered, Signup)
        .join(IntroTalk, on=(IntroTalk.id == Undelivered.talk_id))
        .join(Signup, on=(Signup.id == IntroTalk.signup_id), attr="signup")
        .where(
            IntroTalk.state.in_(("planned", "called_off")),
            IntroTalk.on >= clock.today(),
            Signup.participant_id.is_null(False),
            within(actor, Undelivered.organisation_id, _MEETS_PEOPLE)
            | (within(actor, Undelivered.organisation_id) & (IntroTalk.host_staff_id == actor.id)),
        )
    )
    return [(row, row.introtalk.signup) for row in rows]


def _about_memberships(actor: Actor) -> list[tuple[Undelivered, Signup]]:
    rows = (
        Undelivered.select(Undelivered, Signup)
        .join(Membership, on=(Membership.id == Undelivered.membership_id))
        .join(Signup, on=(Signup.participant_id == Membership.participant_id), attr="signup")
        .where(
            Undelivered.meeting_id.is_null(),
            Membership.state == "active",
            within(actor, Undelivered.organisation_id, _MEETS_PEOPLE),
        )
        .order_by(Signup.id)
    )
    return list({row.id: (row, row.membership.signup) for row in rows}.values())
