"""Measurements: opening a list for somebody, withdrawing it, and expiring it after its last day."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from services.questionnaires import events
from services.questionnaires.commands.publishing import publish_ended, publish_opened
from services.questionnaires.models import UNFINISHED, Answer, Measurement, service
from services.questionnaires.queries.measurements import START, list_unasked, list_withdrawable
from services.questionnaires.queries.questionnaires import find_newest
from services.questionnaires.rules.measurements import State, check_step, expires_at
from shared import clock
from shared.errors import Forbidden, Refusal
from shared.ids import new_id
from shared.security.actor import Actor

EXPIRY_BATCH = 200


def ask_and_withdraw(actor: Actor, **scope: str) -> None:
    """Open and withdraw measurements as the rules ask, within the scope of these ids."""
    for measurement in list_withdrawable(**scope):
        _withdraw(measurement)
    for unasked in list_unasked(**scope):
        open_measurement(
            actor,
            organisation_id=unasked.organisation_id,
            participant_id=unasked.participant_id,
            group_id=unasked.group_id,
            questionnaire=unasked.questionnaire,
            request_id=new_id(),
        )


@service.command
def open_measurement(
    actor: Actor,
    *,
    organisation_id: str,
    participant_id: str,
    group_id: str,
    questionnaire: str,
    request_id: str,
) -> str:
    """Open the newest version of a list for somebody who starts in a group; return the id.

    Idempotent for each person, group and list: again returns the id of the first, whatever became of it.
    Refused: list_unknown; Forbidden for anybody but the services themselves.
    """
    if actor.kind != "system":
        raise Forbidden()
    newest = find_newest(questionnaire)
    if newest is None:
        raise Refusal("list_unknown")
    subject = {
        "organisation_id": organisation_id,
        "participant_id": participant_id,
        "group_id": group_id,
        "questionnaire": questionnaire,
        "moment": START,
    }
    earlier = Measurement.get_or_none(**subject)
    if earlier is not None:
        return str(earlier.id)
    opened_at = clock.now()
    measurement = Measurement.create(
        id=new_id(),
        **subject,
        version=newest.version,
        state=State.OPEN,
        opened_at=opened_at,
        expires_at=expires_at(opened_at, ZoneInfo(clock.ZONE)),
    )
    publish_opened(measurement)
    return str(measurement.id)


def expire_due() -> bool:
    """Expire some of the lists whose last day is over; return whether there may be more.

    One transaction does it all, so several processes may run it without claiming rows.
    """
    due = Measurement.select().where(UNFINISHED, Measurement.expires_at <= clock.now())
    if not due.exists():
        return False
    with service.transaction():
        closed = list(due.order_by(Measurement.expires_at).limit(EXPIRY_BATCH))
        for measurement in closed:
            check_step(measurement.state, State.EXPIRED)
            Measurement.update(state=State.EXPIRED).where(Measurement.id == measurement.id).execute()
            publish_ended(events.MEASUREMENT_EXPIRED, measurement)
    return len(closed) == EXPIRY_BATCH


def _withdraw(measurement: Measurement) -> None:
    check_step(measurement.state, State.WITHDRAWN)
    # Half a list of somebody who left or took back consent serves nobody; it does not stay.
    Answer.delete().where(Answer.measurement == measurement.id).execute()
    Measurement.update(state=State.WITHDRAWN).where(Measurement.id == measurement.id).execute()
    publish_ended(events.MEASUREMENT_EXPIRED, measurement)
