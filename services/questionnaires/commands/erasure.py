"""Erasing somebody: their answers go, and how many lists were completed stays, of nobody in particular."""

from __future__ import annotations

import uuid

from services.questionnaires.commands.publishing import publish_erasure_completed
from services.questionnaires.models import TABLES, Answer, Measurement, service
from services.questionnaires.rules.measurements import State
from shared.security.erasure import PersonalData

PERSONAL_DATA = PersonalData(
    tables=TABLES,
    columns=frozenset({"participant_id", "membership_id", "measurement_id"}),
    nouns=("participant", "membership", "measurement"),
)
# Lists that stand in the numbers and will not change any more.
_COUNTED = (State.COMPLETED, State.EXPIRED)


def erase(participant_id: str, organisation_id: str) -> None:
    """Erase all that is theirs, inside the caller's transaction."""
    service.erasures.erase(participant_id, organisation_id, PERSONAL_DATA, before=_release)


def erase_again(participant_id: str, organisation_id: str) -> None:
    """Erase somebody of the erasure log, in a store that may be older than that."""
    with service.transaction():
        erase(participant_id, organisation_id)


def complete_erasures() -> bool:
    """Publish for whom nothing is left in our files either; return whether there was anybody."""
    return service.erasures.complete(lambda _: True, publish_erasure_completed)


def _release(ids: set[str]) -> None:
    """Keep a counted list without its answers, under ids that were never anybody's and tell no moment."""
    for row in Measurement.select().where(Measurement.id.in_(sorted(ids)), Measurement.state.in_(_COUNTED)):
        Answer.delete().where(Answer.measurement == row.id).execute()
        Measurement.update(id=str(uuid.uuid4()), participant_id=str(uuid.uuid4())).where(
            Measurement.id == row.id
        ).execute()
