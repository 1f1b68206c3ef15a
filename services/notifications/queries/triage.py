"""What asks for a person: why messages did not arrive, and who they are for."""

from __future__ import annotations

from dataclasses import dataclass, field

import peewee

from services.notifications.models import Message
from services.notifications.queries import people
from services.notifications.queries.context import load_context
from services.notifications.queries.messages import BETWEEN_THEM, PAGE, ROLES, MessageSummary, summary_with_subject
from services.notifications.rules.lifecycle import ASKING
from shared import clock
from shared.security.actor import Actor, within

CAUSES = ASKING


@dataclass(frozen=True)
class AskingCause:
    """Why so many messages ask for a person. code: one of CAUSES."""

    code: str
    count: int


@dataclass(frozen=True)
class AskingMessage:
    """A message that asks for a person, and who it is for: nobody's name where nobody else may know it."""

    summary: MessageSummary
    call_name: str = field(repr=False)
    is_between_them: bool


def list_causes(actor: Actor) -> list[AskingCause]:
    """List why messages ask for a person and how many each, the cause that waits longest first."""
    asking = _asking(actor, ROLES).select(_cause(), peewee.fn.COUNT(Message.id))
    rows = asking.group_by(_cause()).order_by(peewee.fn.MIN(Message.asked_at)).tuples()
    return [AskingCause(code, count) for code, count in rows]


def list_asking(actor: Actor, cause: str) -> list[AskingMessage]:
    """List what asks for a person for this reason and who it is for, the oldest first; at most PAGE."""
    rows = list(_asking(actor, ROLES).where(_cause() == cause).order_by(Message.asked_at, Message.id).limit(PAGE))
    context = load_context(rows)
    names = people.shown_names([row for row in rows if row.message_type not in BETWEEN_THEM], context)
    return [
        AskingMessage(summary_with_subject(row, context), names.get(row.id, ""), row.message_type in BETWEEN_THEM)
        for row in rows
    ]


def count_asking(actor: Actor) -> int:
    """Count the messages that ask for somebody, in the organisations where this actor is a messenger."""
    number: int = _asking(actor, ("messenger",)).count()
    return number


def _asking(actor: Actor, roles: tuple[str, ...]) -> peewee.ModelSelect[Message]:
    """Select what asks for a person; what only a person can tell asks no more once its moment is over."""
    is_over = (Message.channel == "hand") & (Message.expires_at <= clock.now())
    return Message.select().where(
        Message.asked_at.is_null(False),
        within(actor, Message.organisation_id, roles),
        Message.channel.is_null() | ~is_over,
    )


def _cause() -> peewee.Function:
    """Select one of CAUSES."""
    return peewee.fn.COALESCE(Message.reason, Message.state)
