"""Erasing somebody: call name, memberships and attendance. The totals of closed meetings stay."""

from __future__ import annotations

from services.meetings import events
from services.meetings.commands.region import count_erased_moves
from services.meetings.models import TABLES, Membership, service
from shared.security.erasure import PersonalData

PERSONAL_DATA = PersonalData(
    tables=TABLES,
    columns=frozenset({"participant_id", "membership_id", "placement_id", "signup_id", "talk_id"}),
    nouns=("participant", "consent", "reachability", "membership", "placement", "signup", "intro_talk"),
)


def erase(participant_id: str, organisation_id: str) -> None:
    """Erase all data of a person, inside the caller's transaction. The totals of closed meetings stay."""
    service.erasures.erase(participant_id, organisation_id, PERSONAL_DATA, before_delete=_count)


def erase_again(participant_id: str, organisation_id: str) -> None:
    """Erase somebody of the erasure log again, after a restore."""
    with service.transaction():
        erase(participant_id, organisation_id)


def complete_erasures() -> bool:
    """Publish whose data has left the files of the store too; return whether there was anybody."""
    return service.erasures.complete(lambda _: True, _publish_completed)


def _count(ids: set[str]) -> None:
    """Count how many joined in a year, and when groups had somebody come and go: numbers that stay."""
    rows = list(Membership.select().where(Membership.id.in_(sorted(ids))))
    for row in rows:
        service.erasures.count(row.organisation_id, "memberships", [row.starts_on.year])
    count_erased_moves(rows)


def _publish_completed(participant_id: str, organisation_id: str) -> None:
    data = {"participant_id": participant_id, "organisation_id": organisation_id}
    service.publish(events.ERASURE_COMPLETED, participant_id, data)
