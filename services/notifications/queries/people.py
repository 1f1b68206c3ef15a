"""What people are called: opened in memory only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from services.notifications.models import Contact, Membership, Message, Participant, Staff, service
from services.notifications.queries.context import Context
from shared import language
from shared.distinct_names import distinct_names
from shared.errors import NotFound


def name_of(message: Message, context: Context) -> str:
    """Return what the reader of this message wants to be called; an empty text when they are not known."""
    if message.staff_id:
        return staff_name(context.staff.get(message.staff_id))
    row = context.participants.get(message.participant_id or "")
    return "" if row is None else _call_name(row)


def language_of(message: Message, context: Context) -> str:
    """Return the language in which the reader of this message wants to be written."""
    row = None if message.staff_id else context.participants.get(message.participant_id or "")
    return language.SOURCE if row is None else language.known(row.language)


def find_language(subject: str, _purpose: str) -> str | None:
    """Return the language of whom a link is, or a pass; None when they are not known."""
    participant_id = subject.partition(".")[0]
    row = Participant.select(Participant.language).where(Participant.id == participant_id).first()
    return None if row is None else str(row.language)


def shown_names(messages: Sequence[Message], context: Context) -> dict[str, str]:
    """Return message id -> the name that staff see; a participant's as `distinct_names_of` has it."""
    names = distinct_names_of(message.participant_id for message in messages if message.participant_id)
    return {
        message.id: name_of(message, context) if message.staff_id else names.get(message.participant_id or "", "")
        for message in messages
    }


def distinct_names_of(participant_ids: Iterable[str]) -> dict[str, str]:
    """Return participant id -> call name, with a number behind it where somebody in their groups is called alike.

    The number is the one that they have with whoever leads the group: `shared.distinct_names`.
    """
    return distinct_names(
        ([participant_id] for participant_id in participant_ids), _members_beside, _call_names_of
    )


def _members_beside(participant_ids: Collection[str]) -> Iterable[tuple[str, str]]:
    table, is_active = Membership, Membership.state == "active"
    groups = table.select(table.group_id).where(table.participant_id.in_(participant_ids), is_active)
    return table.select(table.group_id, table.participant_id).where(table.group_id.in_(groups), is_active).tuples()


def _call_names_of(participant_ids: Collection[str]) -> dict[str, str]:
    rows = Participant.select().where(Participant.id.in_(participant_ids)) if participant_ids else ()
    return {row.id: _call_name(row) for row in rows}


def _call_name(row: Participant) -> str:
    return service.encryption.open(row.call_name, "participant.call_name", row.id)


def staff_name(row: Staff | None) -> str:
    """Return the name of a member of staff; an empty text when they are not known."""
    return "" if row is None else service.encryption.open(row.name, "staff.name", row.id)


def organisation_of(participant_id: str) -> str:
    """Return the organisation of a participant. Raises NotFound when they are not known."""
    for table in (Participant, Contact):
        row = table.get_or_none(table.id == participant_id)
        if row is not None:
            return str(row.organisation_id)
    raise NotFound()
