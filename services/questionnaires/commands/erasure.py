"""Erasing somebody: their answers are deleted, the number of completed lists stays."""

from __future__ import annotations

import uuid

from services.questionnaires.commands.publishing import publish_erasure_completed
from services.questionnaires.models import TABLES, Answer, Measurement, service
from services.questionnaires.rules.measurements import State
from shared.security.erasure import PersonalData

PERSONAL_DATA = PersonalData(
    tables=TABLES,
    columns=frozenset({"participant_id", "membership_id", "measurement_id"}),
    nouns=("participant", "consent", "membership", "measurement"),
)
# Lists that stand in the numbers and will not change any more.
_COUNTED = (State.COMPLETED, State.EXPIRED)


def erase(participant_id: str, organisation_id: str) -> None:
    """Erase all data of a person, inside the caller's transaction."""
    service.erasures.erase(participant_id, organisation_id, PERSONAL_DATA, before_delete=_release)


def erase_again(participant_id: str, organisation_id: str) -> None:
    """Erase somebody of the erasure log again, after a restore."""
    with service.transaction():
        erase(participant_id, organisation_id)


def complete_erasures() -> bool:
    """Publish whose data has left the files of the store too; return whether there was anybody."""
    return service.erasures.complete(lambda _: True, publish_erasure_completed)


def _release(ids: set[str]) -> None:
    """Keep a counted list without its answers, under random ids that reveal no person and no moment."""
    for row in Measurement.select().where(Measurement.id.in_(sorted(ids)), Measurement.state.in_(_COUNTED)):
        Answer.delete().where(Answer.measurement == row.id).execute()
        Measurement.update(id=str(uuid.uuid4()), participant_id=str(uuid.uuid4())).where(
            Measurement.id == row.id
        ).execute()
