"""The call names of participants, and whether a message reaches them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from services.meetings.models import Membership, Participant, Reachability, service


def is_known(participant_id: str) -> bool:
    """Return whether this person's call name is known."""
    return Participant.select().where(Participant.id == participant_id).exists()


def call_names_of(participant_ids: Iterable[str]) -> dict[str, str]:
    """Return participant id -> call name, in one query."""
    wanted = sorted(set(participant_ids))
    rows = Participant.select().where(Participant.id.in_(wanted)) if wanted else ()
    return {row.id: service.encryption.open(row.call_name, "participant.call_name", row.id) for row in rows}


def distinct_names_of(participant_ids: Iterable[str]) -> dict[str, str]:
    """Return participant id -> call name, with a number behind it where somebody in their groups is called alike.

    The number follows the order in which people came, so that it is the same on every page.
    """
    wanted = sorted(set(participant_ids))
    groups = Membership.select(Membership.group).where(
        Membership.participant_id.in_(wanted), Membership.state == "active"
    )
    peers = Membership.select(Membership.participant_id).where(
        Membership.group.in_(groups), Membership.state == "active"
    )
    names = call_names_of([*wanted, *(row.participant_id for row in peers)]) if wanted else {}
    alike: dict[str, list[str]] = defaultdict(list)
    for participant_id in sorted(names):
        alike[names[participant_id].casefold()].append(participant_id)
    return {
        participant_id: _numbered(names[participant_id], participant_id, alike[names[participant_id].casefold()])
        for participant_id in wanted
        if participant_id in names
    }


def _numbered(name: str, participant_id: str, alike: list[str]) -> str:
    return name if len(alike) == 1 else f"{name} ({alike.index(participant_id) + 1})"


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
