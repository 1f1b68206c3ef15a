"""The flow of all messages: narrowed, and page by page in an order in which nothing is shown twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import peewee

from services.notifications.models import PLANNED, Group, Meeting, Membership, Message, Organisation
from services.notifications.queries.context import load_subjects
from services.notifications.queries.messages import (
    BETWEEN_THEM,
    PAGE,
    ROLES,
    MessageSummary,
    summary_with_subject,
)
from services.notifications.rules.lifecycle import State
from shared.errors import NotFound
from shared.ids import is_id
from shared.security.actor import Actor, within
from shared.storage import MomentField, first_ids

MOST_GROUPS = 20
# What a list needs of a message: not its words, which are long.
_SEALED = (Message.secret, Message.composed, Message.personal_note, Message.let_through_reason)
_IN_LIST = tuple(field for field in Message._meta.sorted_fields if field not in _SEALED)


@dataclass(frozen=True)
class Listing:
    """One page of a list; `organisations` are the names of those that it speaks of.

    after  where the next page begins; None on the last one
    """

    messages: Sequence[MessageSummary]
    after: str | None
    organisations: dict[str, str]


@dataclass(frozen=True)
class MessageFilter:
    """Which messages; everything may be left empty.

    group_name      about a group with this in its name, or about a meeting of it
    participant_id  for one person
    after  the message after which the page begins, as `Listing.after` gives it
    """

    state: str | None = None
    message_type: str | None = None
    group_name: str | None = None
    participant_id: str | None = None
    after: str | None = None


ALL_MESSAGES = MessageFilter()


def list_messages(actor: Actor, wanted: MessageFilter = ALL_MESSAGES) -> Listing:
    """Return the messages of the actor's organisations: of what is planned first what goes first, of all else what
    changed last.

    A page begins after a message and not at a number, so that nothing is shown twice while messages are added.
    """
    is_planned = wanted.state == State.PLANNED
    rows = Message.select(Message.id)
    for column, value in ((Message.state, wanted.state), (Message.message_type, wanted.message_type)):
        if value is not None:
            rows = rows.where(PLANNED if is_planned and column is Message.state else column == value)
    moment = Message.due_at if is_planned else Message.changed_at
    order = (moment, Message.id) if is_planned else (moment.desc(), Message.id.desc())
    if wanted.after is not None:
        rows = rows.where(_comes_after(wanted.after, moment, is_planned))
    if wanted.participant_id or wanted.group_name:
        # It would tell who was missed, or where.
        rows = rows.where(Message.message_type.not_in(sorted(BETWEEN_THEM)))
    if wanted.participant_id is not None:
        rows = rows.where(Message.participant_id == wanted.participant_id)
    if wanted.group_name is not None:
        rows = rows.where(Message.id.in_(_about_groups(actor, wanted.group_name)))
    ids = first_ids(rows, Message.organisation_id, actor.organisations(*ROLES), order, PAGE + 1)
    messages = list(Message.select(*_IN_LIST).where(Message.id.in_(ids)).order_by(*order).limit(PAGE + 1))
    last = messages[PAGE - 1] if len(messages) > PAGE else None
    after = None if last is None else f"{moment.db_value(getattr(last, moment.name))}~{last.id}"
    return Listing(_with_subjects(messages[:PAGE]), after, _organisation_names(actor))


def _comes_after(after: str, moment: MomentField, is_ascending: bool) -> peewee.Expression:
    """Select what comes after a message. Raises NotFound when this was never given out."""
    at, _, message_id = after.partition("~")
    try:
        last_at = datetime.fromisoformat(at)
    except ValueError:
        raise NotFound() from None
    if last_at.tzinfo is None or not is_id(message_id):
        raise NotFound()
    # As a range and an exception to it: of a choice of two an index makes nothing.
    if is_ascending:
        return (moment >= last_at) & ~((moment == last_at) & (Message.id <= message_id))
    return (moment <= last_at) & ~((moment == last_at) & (Message.id >= message_id))


def _about_groups(actor: Actor, name: str) -> peewee.Query:
    """Return, as a subquery, the ids of messages about groups with this in their name.

    Each half of it is found by an index of its own.
    """
    named = Group.select(Group.id).where(within(actor, Group.organisation_id, ROLES), Group.name.contains(name))
    groups = named.order_by(Group.id).limit(MOST_GROUPS)
    meetings = Meeting.select(Meeting.id).where(Meeting.group_id.in_(groups))
    members = Membership.select(Membership.id).where(Membership.group_id.in_(groups))
    ids = Message.select(Message.id)
    return ids.where(Message.meeting_id.in_(meetings)) | ids.where(Message.membership_id.in_(members))


def _with_subjects(rows: Iterable[Message]) -> list[MessageSummary]:
    messages = list(rows)
    subjects = load_subjects(messages)
    return [summary_with_subject(row, subjects) for row in messages]


def _organisation_names(actor: Actor) -> dict[str, str]:
    """Return the names of the actor's organisations, where there are several to tell apart."""
    rows = list(Organisation.select().where(within(actor, Organisation.id, ROLES)))
    return {row.id: row.name for row in rows} if len(rows) > 1 else {}
