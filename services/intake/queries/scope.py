"""The one scope check of intake: rows of the organisations in which the actor gets to know people."""

from __future__ import annotations

from typing import TypeVar

import peewee

from services.intake.models import IntroTalk, Placement, Signup
from shared.errors import or_not_found
from shared.security.actor import Actor, within

ROLES = ("intro_worker", "coordinator")
Row = TypeVar("Row", Signup, IntroTalk, Placement)


def ours(actor: Actor, field: peewee.Field) -> peewee.Expression:
    """Return the scope check of intake; `field` is the `organisation_id` of the rows that are asked for."""
    return within(actor, field, ROLES)


def find_signup(actor: Actor, signup_id: str) -> Signup:
    """Return a sign-up; NotFound when there is none, or not for this actor."""
    return _find(actor, Signup, signup_id)


def find_talk(actor: Actor, talk_id: str) -> IntroTalk:
    """Return a talk; NotFound when there is none, or not for this actor."""
    return _find(actor, IntroTalk, talk_id)


def find_placement(actor: Actor, placement_id: str) -> Placement:
    """Return a placement; NotFound when there is none, or not for this actor."""
    return _find(actor, Placement, placement_id)


def list_page(
    actor: Actor, table: type[Row], *, after: str | None, limit: int, **wanted: str | None
) -> peewee.ModelSelect[Row]:
    """Return the rows that come after this id; `wanted` are columns and values, None asks for any value."""
    rows = table.select().where(ours(actor, table.organisation_id), table.id > (after or ""))
    rows = rows.where(*[getattr(table, column) == value for column, value in wanted.items() if value is not None])
    return rows.order_by(table.id).limit(limit)


def _find(actor: Actor, table: type[Row], row_id: str) -> Row:
    return or_not_found(table.get_or_none(table.id == row_id, ours(actor, table.organisation_id)))
