"""The one way to the rows that somebody may see: those of the organisations in which they get to know people."""

from __future__ import annotations

from typing import Any

import peewee

from services.intake.models import IntroTalk, Signup
from shared.errors import NotFound
from shared.security.actor import Actor, within

ROLES = ("intro_worker", "coordinator")


def ours(actor: Actor, field: Any) -> peewee.Expression:
    """The scope check of intake; `field` is the `organisation_id` of the rows that are asked for."""
    return within(actor, field, ROLES)


def find_signup(actor: Actor, signup_id: str) -> Signup:
    """NotFound when there is none, or not for this actor."""
    row = Signup.get_or_none(Signup.id == signup_id, ours(actor, Signup.organisation_id))
    if row is None:
        raise NotFound()
    return row


def find_talk(actor: Actor, talk_id: str) -> IntroTalk:
    """NotFound when there is none, or not for this actor."""
    row = IntroTalk.get_or_none(IntroTalk.id == talk_id, ours(actor, IntroTalk.organisation_id))
    if row is None:
        raise NotFound()
    return row
