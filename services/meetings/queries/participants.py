"""The call names of participants, and whether a message reaches them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from services.meetings.models import Membership, Participant, Reachability, service
from shared.distinct_names import distinct_names

# The purpose of a link with which somebody calls off.
CALL_OFF = "call_off"


def is_known(participant_id: str) -> bool:
    """Return whether this person's call name is known."""
    return Participant.select().where(Participant.id == participant_id).exists()


def find_language(subject: str, purpose: str) -> str | None:
    """Return the language of whom a link is, or a pass; None when they are not known.

    subject  a participant; of a link to call off a meeting and a membership
    """
    rows = Participant.select(Participant.language)
    if purpose == CALL_OFF:
        membership_id = subject.partition(".")[2]
        rows = rows.join(Membership, on=Membership.participant_id == Participant.id)
        rows = rows.where(Membership.id == membership_id)
    else:
        rows = rows.where(Participant.id == subject)
    row = rows.first()
    return None if row is None else str(row.language)


def call_names_of(participant_ids: Iterable[str]) -> dict[str, str]:
    """Return participant id -> call name, in one query."""
    wanted = sorted(set(participant_ids))
    rows = Participant.select().where(Participant.id.in_(wanted)) if wanted else ()
    return {row.id: service.encryption.open(row.call_name, "participant.call_name", row.id) for row in rows}


def distinct_names_of(*lists: Iterable[str]) -> dict[str, str]:
    """Return participant id -> call name, with a number behind it where somebody in their groups is called alike.

    lists  of each group that is shown the participants, also who left it: `shared.distinct_names`
    """
    return distinct_names(map(frozenset, lists), _members_beside, call_names_of)


def _members_beside(participant_ids: Collection[str]) -> Iterable[tuple[str, str]]:
    table, is_active = Membership, Membership.state == "active"
    groups = table.select(table.group).where(table.participant_id.in_(participant_ids), is_active)
    return table.select(table.group, table.participant_id).where(table.group.in_(groups), is_active).tuples()


def unreachable_among(participant_ids: Iterable[str]) -> frozenset[str]:
    """Return whom of these no message reaches; people of whom nothing is known are not among them."""
    wanted = sorted(set(participant_ids))
    rows = Reachability.select().where(Reachability.participant_id.in_(wanted)) if wanted else ()
    return frozenset(row.participant_id for row in rows if not row.channels)


def not_reached_among(participant_ids: Iterable[str]) -> frozenset[str]:
    """Return whom of these no message reaches, or of whom nothing is known."""
    wanted = set(participant_ids)
    rows = Reachability.select().where(Reachability.participant_id.in_(sorted(wanted))) if wanted else ()
    return frozenset(wanted - {row.participant_id for row in rows if row.channels})
