"""Closing lists whose last day is over."""

from __future__ import annotations

from services.questionnaires import events
from services.questionnaires.commands.asking import say_ended
from services.questionnaires.models import UNFINISHED, Measurement, service
from services.questionnaires.rules.measurement import State, check_step
from shared import clock
from shared.security.actor import Actor

BATCH = 200


def expire_due(actor: Actor) -> bool:
    """Close what is due, some at a time; whether there may be more at once.

    Done whole inside one transaction, so several processes may do it together without claiming rows.
    """
    due = Measurement.select().where(UNFINISHED, Measurement.expires_at <= clock.now())
    if not due.exists():
        return False
    with service.transaction():
        closed = list(due.order_by(Measurement.expires_at).limit(BATCH))
        for measurement in closed:
            check_step(measurement.state, State.EXPIRED)
            Measurement.update(state=State.EXPIRED).where(Measurement.id == measurement.id).execute()
            say_ended(events.MEASUREMENT_EXPIRED, measurement)
    return len(closed) == BATCH
