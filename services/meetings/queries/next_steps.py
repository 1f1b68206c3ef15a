"""Who waits for a talk or for a place, by what comes next for them: for the page of today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from peewee import JOIN, Expression, Function, fn

from services.meetings.models import Group, IntroTalk, Signup
from services.meetings.queries import participants
from services.meetings.queries.deliveries import MEETS_PEOPLE
from services.meetings.queries.staff import names_of
from shared import clock
from shared.security.actor import Actor, within


@dataclass(frozen=True)
class TalkSummary:
    """A talk without an outcome. `opens` is whether this actor may open the sign-up."""

    signup_id: str
    organisation_id: str
    call_name: str
    host_name: str
    is_host: bool
    on: date
    at: time
    opens: bool


@dataclass(frozen=True)
class SignupSummary:
    """A sign-up that waits for a talk or for a placement (`is_returned`: this group returned one)."""

    signup_id: str
    organisation_id: str
    call_name: str
    received_at: datetime
    is_returned: bool = False
    group_name: str = ""


@dataclass(frozen=True)
class NextSteps:
    """Open sign-ups by what comes next for them: the outcome of a talk, a talk, or a place."""

    over: list[TalkSummary]
    waiting: list[SignupSummary]
    to_place: list[SignupSummary]


class _SignupRow(NamedTuple):
    signup_id: str
    organisation_id: str
    participant_id: str
    received_at: datetime
    is_returned: bool
    returned_by: str | None


class _TalkRow(NamedTuple):
    signup_id: str
    organisation_id: str
    participant_id: str
    host_id: str
    on: date
    at: time


_PERSON = (Signup.id, Signup.organisation_id, Signup.participant_id)
_OPEN = (Signup.state.in_(("waiting", "returned")), Signup.participant_id.is_null(False))


def list_next_steps(actor: Actor, most: int) -> NextSteps:
    """Return of each step so many at most, those to handle first in front."""
    over = _talks_over(actor, most)
    waiting = _signups(actor, most, "waiting", ~_has_talk("planned"), ~_has_talk("held"))
    returned = _signups(actor, most, "returned", ~_has_talk("planned"))
    held = _signups(actor, most, "waiting", ~_has_talk("planned"), _has_talk("held"))
    to_place = sorted(returned + held, key=lambda row: (row.received_at, row.signup_id))[:most]
    people = [row.participant_id for row in over] + [row.participant_id for row in waiting + to_place]
    names = participants.call_names_of(people)
    hosts = names_of(row.host_id for row in over)
    return NextSteps(
        [_talk_summary(row, names, hosts, actor) for row in over],
        [_signup_summary(row, names) for row in waiting],
        [_signup_summary(row, names) for row in to_place],
    )


def _talks_over(actor: Actor, most: int) -> list[_TalkRow]:
    """Return talks without an outcome of open sign-ups, for who gets to know people there or holds the talk."""
    rows = IntroTalk.select(*_PERSON, IntroTalk.host_staff_id, IntroTalk.on, IntroTalk.at).join(
        Signup, on=(Signup.id == IntroTalk.signup_id)
    )
    rows = rows.where(
        IntroTalk.state == "planned",
        IntroTalk.on < clock.today(),
        *_OPEN,
        within(actor, IntroTalk.organisation_id, MEETS_PEOPLE)
        | (within(actor, IntroTalk.organisation_id) & (IntroTalk.host_staff_id == actor.id)),
    )
    return [_TalkRow(*row) for row in rows.order_by(IntroTalk.on, IntroTalk.at, IntroTalk.id).limit(most).tuples()]


def _signups(actor: Actor, most: int, state: str, *wanted: Expression | Function) -> list[_SignupRow]:
    """Return open sign-ups, longest waiting first, for who gets to know people there."""
    rows = Signup.select(*_PERSON, Signup.received_at, Signup.state == "returned", Group.name)
    rows = rows.join(Group, JOIN.LEFT_OUTER, on=(Group.id == Signup.returned_by)).where(
        Signup.state == state, *_OPEN, within(actor, Signup.organisation_id, MEETS_PEOPLE), *wanted
    )
    return [_SignupRow(*row) for row in rows.order_by(Signup.received_at, Signup.id).limit(most).tuples()]


def _has_talk(state: str) -> Function:
    return fn.EXISTS(
        IntroTalk.select(IntroTalk.id).where(IntroTalk.signup_id == Signup.id, IntroTalk.state == state)
    )


def _talk_summary(row: _TalkRow, names: Mapping[str, str], hosts: Mapping[str, str], actor: Actor) -> TalkSummary:
    opens = bool(actor.roles_in(row.organisation_id) & set(MEETS_PEOPLE))
    name, host = names.get(row.participant_id, "…"), hosts.get(row.host_id, "…")
    is_host = row.host_id == actor.id
    return TalkSummary(row.signup_id, row.organisation_id, name, host, is_host, row.on, row.at, opens)


def _signup_summary(row: _SignupRow, names: Mapping[str, str]) -> SignupSummary:
    name = names.get(row.participant_id, "…")
    group_name = (row.returned_by or "") if row.is_returned else ""
    return SignupSummary(
        row.signup_id, row.organisation_id, name, row.received_at, bool(row.is_returned), group_name
    )
