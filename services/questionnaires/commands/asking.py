"""Opening a list for somebody, and taking it back."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from services.questionnaires import events
from services.questionnaires.models import Answer, Measurement, service
from services.questionnaires.queries import asking as look
from services.questionnaires.queries.lists import find_newest
from services.questionnaires.rules.measurement import State, check_step, expires_at
from shared import clock
from shared.errors import Forbidden, Refusal
from shared.ids import new_id
from shared.messaging.envelope import EventType
from shared.security.actor import Actor


def ask_and_withdraw(actor: Actor, **where: str) -> None:
    """Open what is to be opened and take back what is to be taken back, as far as these ids reach."""
    for measurement in look.list_withdrawable(**where):
        _withdraw(measurement)
    for one in look.list_unasked(**where):
        open_measurement(
            actor, organisation_id=one.organisation_id, participant_id=one.participant_id, group_id=one.group_id,
            questionnaire=one.questionnaire, request_id=new_id(),
        )  # fmt: skip


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
    """Open the newest version of a list for somebody who starts in a group; gives the id.

    Once for each person, group and list: asking again gives the id of the first, whatever became of it.
    Refused as "list_unknown"; only the services themselves may ask (Forbidden).
    """
    if actor.kind != "system":
        raise Forbidden()
    newest = find_newest(questionnaire)
    if newest is None:
        raise Refusal("list_unknown")
    about = {
        "organisation_id": organisation_id, "participant_id": participant_id, "group_id": group_id,
        "questionnaire": questionnaire, "moment": look.START,
    }  # fmt: skip
    earlier = Measurement.get_or_none(**about)
    if earlier is not None:
        return str(earlier.id)
    opened_at = clock.now()
    measurement = Measurement.create(
        id=new_id(), **about, version=newest.version, state=State.OPEN, opened_at=opened_at,
        expires_at=expires_at(opened_at, ZoneInfo(clock.ZONE)),
    )  # fmt: skip
    _say_opened(measurement)
    return str(measurement.id)


def say_ended(kind: EventType, measurement: Measurement) -> None:
    """Tell the others that nothing more can be filled in; part of every command that ends a measurement."""
    service.publish(
        kind,
        measurement.id,
        {
            "measurement_id": measurement.id,
            "participant_id": measurement.participant_id,
            "organisation_id": measurement.organisation_id,
        },
    )


def _withdraw(measurement: Measurement) -> None:
    check_step(measurement.state, State.WITHDRAWN)
    # Half a list of somebody who left or took back consent serves nobody; it does not stay.
    Answer.delete().where(Answer.measurement == measurement.id).execute()
    Measurement.update(state=State.WITHDRAWN).where(Measurement.id == measurement.id).execute()
    say_ended(events.MEASUREMENT_EXPIRED, measurement)


def _say_opened(measurement: Measurement) -> None:
    service.publish(
        events.MEASUREMENT_OPENED,
        measurement.id,
        {
            "measurement_id": measurement.id,
            "participant_id": measurement.participant_id,
            "group_id": measurement.group_id,
            "organisation_id": measurement.organisation_id,
            "expires_at": measurement.expires_at.isoformat(),
        },
    )
