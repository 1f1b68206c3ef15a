"""What other systems may look up: sign-ups, talks and places, in the order in which they came to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from services.intake.models import IntroTalk, Placement, Signup
from services.intake.queries.scope import find_talk, ours
from services.intake.queries.signups import SignupView, list_by_ids
from services.intake.rules import progress
from shared import clock
from shared.errors import NotFound
from shared.security.actor import Actor


@dataclass(frozen=True)
class Talk:
    """An introductory talk: when, where and what came of it, never what was said or why."""

    id: str
    organisation_id: str
    signup_id: str
    host_staff_id: str
    on: date
    at: time
    zone: str
    minutes: int
    form: str
    place: str
    state: str
    starts_at: datetime
    ends_at: datetime
    called_off_by: str | None
    outcome: str | None
    group_id: str | None


@dataclass(frozen=True)
class Place:
    """A place that was given in a group."""

    id: str
    organisation_id: str
    signup_id: str
    participant_id: str
    group_id: str
    starts_on: date
    state: str
    placed_at: datetime


def page_signups(actor: Actor, *, after: str | None, limit: int, state: str | None) -> list[SignupView]:
    """The next sign-ups after this id, in a constant number of statements."""
    rows = _page(actor, Signup, after, limit, Signup.state, state)
    ids = [row.id for row in rows]
    found = {view.id: view for view in list_by_ids(actor, ids)}
    return [found[one] for one in ids]


def page_talks(
    actor: Actor, *, after: str | None, limit: int, state: str | None, signup_id: str | None
) -> list[Talk]:
    """The next talks after this id, of one sign-up when that is given."""
    rows = _page(actor, IntroTalk, after, limit, IntroTalk.state, state)
    return [_talk(row) for row in (rows if signup_id is None else rows.where(IntroTalk.signup == signup_id))]


def get_talk(actor: Actor, talk_id: str) -> Talk:
    """One talk; NotFound when there is none, or not for this actor."""
    return _talk(find_talk(actor, talk_id))


def page_placements(
    actor: Actor, *, after: str | None, limit: int, state: str | None, signup_id: str | None, group_id: str | None
) -> list[Place]:
    """The next places after this id, of one sign-up or in one group when that is given."""
    rows = _page(actor, Placement, after, limit, Placement.state, state)
    if signup_id is not None:
        rows = rows.where(Placement.signup == signup_id)
    if group_id is not None:
        rows = rows.where(Placement.group_id == group_id)
    return [_place(row) for row in rows]


def get_placement(actor: Actor, placement_id: str) -> Place:
    """One place; NotFound when there is none, or not for this actor."""
    row = Placement.get_or_none(Placement.id == placement_id, ours(actor, Placement.organisation_id))
    if row is None:
        raise NotFound()
    return _place(row)


def _page(actor: Actor, table: Any, after: str | None, limit: int, column: Any, state: str | None) -> Any:
    rows = table.select().where(ours(actor, table.organisation_id), table.id > (after or ""))
    rows = rows.order_by(table.id).limit(limit)
    return rows if state is None else rows.where(column == state)


def _talk(row: IntroTalk) -> Talk:
    starts_at = clock.instant(row.on, row.at, row.zone)
    return Talk(
        id=row.id, organisation_id=row.organisation_id, signup_id=row.signup_id, host_staff_id=row.host_staff_id,
        on=row.on, at=row.at, zone=row.zone, minutes=row.minutes, form=row.form, place=row.place, state=row.state,
        starts_at=starts_at, ends_at=progress.ends_at(starts_at, row.minutes), called_off_by=row.called_off_by,
        outcome=row.outcome, group_id=row.group_id,
    )  # fmt: skip


def _place(row: Placement) -> Place:
    return Place(
        row.id, row.organisation_id, row.signup_id, row.participant_id, row.group_id, row.starts_on, row.state,
        row.placed_at,
    )  # fmt: skip
