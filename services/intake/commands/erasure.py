"""Erasing somebody at their own request or at that of staff: here at once, in other services by event.

Nobody is asked why. Once this is done, nothing about the person is published or sent any more.
"""

from __future__ import annotations

from datetime import datetime

from services.intake.commands.publishing import publish_erasure_requested
from services.intake.models import (
    TABLES,
    Consent,
    ErasureAnswer,
    ErasureRequest,
    IntroTalk,
    Placement,
    Signup,
    service,
)
from services.intake.queries.erasure import find_person, is_requested
from shared import clock
from shared.security.actor import Actor
from shared.security.erasure import PersonalData
from shared.storage import upsert

PERSONAL_DATA = PersonalData(
    tables=[table for table in TABLES if table not in (ErasureRequest, ErasureAnswer)],
    columns=frozenset({"participant_id", "signup_id", "intro_talk_id", "placement_id", "membership_id"}),
    nouns=("participant", "contact", "consent", "reachability", "signup", "intro_talk", "placement", "membership"),
    unpublished=(Consent,),
)


@service.command
def request_erasure(actor: Actor, *, participant_id: str, request_id: str) -> None:
    """Erase somebody everywhere, at their own request or for staff of their organisation. Idempotent.

    NotFound when there is no such person, or not for this actor.
    """
    if is_requested(actor, participant_id):
        return
    organisation_id = find_person(actor, participant_id).organisation_id
    asked_by = "self" if actor.kind == "participant" else "staff"
    _erase(participant_id, organisation_id, asked_by, clock.now())
    service.audit.record(
        actor, "remove", "participant", participant_id, purpose="erasure", organisation_id=organisation_id
    )


def record_answer(participant_id: str, organisation_id: str, service: str) -> None:
    """Record that a service has erased somebody.

    Without a request of ours, this store is older than the answer: then the person is erased here too.
    """
    if not _is_requested(participant_id):
        _erase(participant_id, organisation_id, "earlier", clock.now())
    ErasureAnswer.insert(
        organisation_id=organisation_id, participant_id=participant_id, service=service, answered_at=clock.now()
    ).on_conflict_ignore().execute()


def erase_again(participant_id: str, organisation_id: str, asked_at: datetime) -> None:
    """Erase somebody of the erasure log again after a restore, and ask all services again."""
    with service.transaction():
        _erase(participant_id, organisation_id, "earlier", asked_at)


def complete_erasures() -> bool:
    """Record the own answer for whoever has left the files of the store too; return whether there was anybody."""
    return service.erasures.complete(lambda _: True, _record_own_answer)


def _erase(participant_id: str, organisation_id: str, asked_by: str, asked_at: datetime) -> None:
    upsert(
        ErasureRequest,
        participant_id=participant_id,
        organisation_id=organisation_id,
        asked_by=asked_by,
        asked_at=asked_at,
        logged_at=None,
    )
    ErasureAnswer.delete().where(ErasureAnswer.participant_id == participant_id).execute()
    service.erasures.erase(participant_id, organisation_id, PERSONAL_DATA, before_delete=_count)
    publish_erasure_requested(participant_id, organisation_id)


def _count(ids: set[str]) -> None:
    """Count how many signed up, talked and were placed in a year."""
    erased_ids = sorted(ids)
    for row in Signup.select().where(Signup.id.in_(erased_ids)):
        service.erasures.count(row.organisation_id, "signups", [row.received_at.year])
    for row in IntroTalk.select().where(IntroTalk.id.in_(erased_ids), IntroTalk.state == "held"):
        service.erasures.count(row.organisation_id, "talks_held", [row.on.year])
    for row in Placement.select().where(Placement.id.in_(erased_ids)):
        service.erasures.count(row.organisation_id, "placements", [row.placed_at.year])


def _record_own_answer(participant_id: str, organisation_id: str) -> None:
    record_answer(participant_id, organisation_id, service.name)


def _is_requested(participant_id: str) -> bool:
    return ErasureRequest.get_or_none(ErasureRequest.participant_id == participant_id) is not None
