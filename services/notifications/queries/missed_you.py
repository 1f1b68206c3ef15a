"""The "we missed you" messages that a facilitator may still look at: those of the groups that they lead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import peewee

from services.notifications.models import WAITING, Group, Membership, Message, Staff
from services.notifications.queries import people, routes, templates
from services.notifications.queries.context import Context, load_context, subject_of
from services.notifications.queries.facilitators import groups_led_by
from services.notifications.queries.sender_details import SenderDetails
from services.notifications.rules.message_types import MessageType
from services.notifications.rules.routes import Channel
from shared.discretion import OwnWords
from shared.errors import GiveUp, NotFound
from shared.security.actor import Actor, within

ROLES = ("facilitator",)


@dataclass(frozen=True)
class Missed:
    """One such message. paragraphs: its words as they would go now."""

    id: str
    organisation_id: str
    participant_id: str
    group_name: str
    on: date | None
    goes_at: datetime | None
    call_name: str = field(repr=False)
    personal_note: str = field(repr=False)
    paragraphs: Sequence[str] = field(repr=False)


def list_missed(actor: Actor, sender_details: SenderDetails) -> list[Missed]:
    """List what waits for this facilitator, what goes first in front.

    Leaves out who did not consent to such messages: they get none.
    """
    rows = list(_waiting(actor).order_by(Message.due_at, Message.id))
    context = load_context(rows)
    shown = [row for row in rows if _may_go(row, context)]
    names = people.shown_names(shown, context)
    return [_missed(row, names[row.id], context, sender_details) for row in shown]


@dataclass(frozen=True)
class MissedCount:
    """How many of them are about one meeting."""

    group_name: str
    on: date | None
    number: int


def count_missed(actor: Actor) -> list[MissedCount]:
    """Count what `list_missed` lists, by group and meeting: what goes first in front."""
    rows = list(_waiting(actor).order_by(Message.due_at, Message.id))
    context = load_context(rows)
    subjects = [subject_of(row, context) for row in rows if _may_go(row, context)]
    numbers = Counter((about["group_name"], about["about_on"]) for about in subjects)
    return [MissedCount(group_name, on, number) for (group_name, on), number in numbers.items()]


def find_missed(actor: Actor, message_id: str) -> tuple[Message, Sequence[str], OwnWords]:
    """Return one of them, still waiting or not, with the names that it may not say and its own words.

    Raises NotFound when it is not about a group of this actor.
    """
    message = Message.get_or_none(Message.id == message_id, _of(actor))
    if message is None:
        raise NotFound()
    context = load_context([message])
    names = [group.name for group in context.groups.values()]
    names += [row.name for row in context.organisations.values()]
    return message, names, OwnWords(people=(people.name_of(message, context),))


def _waiting(actor: Actor) -> peewee.ModelSelect[Message]:
    return Message.select().where(_of(actor), WAITING)


def _of(actor: Actor) -> peewee.Expression:
    groups = groups_led_by(Staff.get_or_none(Staff.id == actor.id))
    members = Membership.select(Membership.id).where(Membership.group_id.in_(groups))
    return (
        within(actor, Message.organisation_id, ROLES)
        & (Message.message_type == MessageType.MISSED_YOU)
        & Message.membership_id.in_(members)
    )


def _may_go(message: Message, context: Context) -> bool:
    try:
        route = routes.route_of(message, context)
    except GiveUp:
        return False
    return route.channel in (Channel.EMAIL, Channel.SMS) and route.reason != "unconfirmed"


def _missed(message: Message, call_name: str, context: Context, sender_details: SenderDetails) -> Missed:
    meeting = context.meetings.get(message.meeting_id or "")
    membership = context.memberships[message.membership_id or ""]
    group: Group | None = context.groups.get(membership.group_id)
    try:
        _, text = templates.compose(
            message, routes.preview_channel(message, context), sender_details, context
        ).without_secrets
    except templates.UNWRITABLE:
        text = ""
    return Missed(
        id=message.id,
        organisation_id=message.organisation_id,
        participant_id=message.participant_id or "",
        group_name="" if group is None else group.name,
        on=None if meeting is None else meeting.on,
        goes_at=message.due_at,
        call_name=call_name,
        personal_note=templates.note_of(message),
        paragraphs=[block.strip() for block in text.partition("\n--\n")[0].split("\n\n") if block.strip()],
    )
