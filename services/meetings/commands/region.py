"""Keeping the counts of a region when somebody is erased."""

from __future__ import annotations

from collections.abc import Collection

from services.meetings.models import ErasedMove, Membership
from services.meetings.rules.region import Stay, moves_of
from shared import clock

_KEY = (ErasedMove.organisation, ErasedMove.group, ErasedMove.on, ErasedMove.kind, ErasedMove.until)


def count_erased_moves(rows: Collection[Membership]) -> None:
    """Count the moves of one person whose memberships are about to be deleted, inside the transaction.

    Who still took part leaves today.
    """
    organisation_of = {row.group_id: row.organisation_id for row in rows}
    for move in moves_of(_stay(row) for row in rows if row.ended_on is None or row.ended_on >= row.starts_on):
        ErasedMove.insert(
            organisation=organisation_of[move.group_id],
            group=move.group_id,
            on=move.on,
            kind=move.kind,
            until=move.until,
            number=1,
        ).on_conflict(
            conflict_target=list(_KEY),
            update={ErasedMove.number: ErasedMove.number + 1},
        ).execute()


def _stay(row: Membership) -> Stay:
    return Stay(row.participant_id, row.group_id, clock.local(row.made_at).date(), row.ended_on or clock.today())
