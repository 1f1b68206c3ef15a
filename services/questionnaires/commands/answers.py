"""Answers: one statement at a time, by whoever has the link of this measurement.

Which of two answers to one statement counts: the page that sent it may send it again, changed or not, and the
last one counts (`request_id` is the page's). Any other page (a second tab, a page that stayed open) is
refused, and the first answer stays. The page names the statement, so an answer may come too late
but never belongs to another statement.
"""

from __future__ import annotations

from services.questionnaires import events
from services.questionnaires.commands.publishing import publish_ended
from services.questionnaires.models import Answer, Measurement, service
from services.questionnaires.queries.answers import answered_keys
from services.questionnaires.queries.questionnaires import get_questionnaire
from services.questionnaires.rules.answers import check_answer, next_item
from services.questionnaires.rules.measurements import State, check_may_answer, check_step
from services.questionnaires.rules.questionnaires import Questionnaire
from shared import clock
from shared.errors import Forbidden, Refusal, or_not_found
from shared.ids import new_id
from shared.security.actor import Actor

# As long as an answer, so that the length of what is sealed does not tell who skipped.
_SKIPPED = "-"


def answer_item(
    actor: Actor, *, measurement_id: str, item_key: str, value: int | None, request_id: str
) -> str | None:
    """Store the answer to one statement, None for skipped; return the key of the next, None after the last.

    The last statement completes the measurement. Idempotent.
    Refused: item_unknown, answer_off_scale, item_answered (on another page), and for a measurement that is closed
    measurement_completed, measurement_expired, measurement_withdrawn.
    """
    with service.transaction():
        measurement = _of_link(actor, measurement_id)
        questionnaire = get_questionnaire(measurement.questionnaire, measurement.version)
        check_answer(questionnaire, item_key, value)
        earlier = Answer.get_or_none(Answer.measurement == measurement_id, Answer.item_key == item_key)
        if earlier is None or not _is_repeat(earlier, value, request_id):
            check_may_answer(measurement.state, clock.now(), measurement.expires_at)
            _keep(measurement, item_key, value, request_id, earlier)
            _move_on(measurement, questionnaire)
        following = next_item(questionnaire, answered_keys(measurement_id))
        return following.key if following else None


@service.command
def finish_measurement(actor: Actor, *, measurement_id: str, request_id: str) -> None:
    """Complete a list that was begun; statements without an answer count as skipped.

    Refused: measurement_step when nothing was answered, and when it is closed (see answer_item).
    """
    measurement = _of_link(actor, measurement_id)
    check_may_answer(measurement.state, clock.now(), measurement.expires_at)
    _complete(measurement)


def _of_link(actor: Actor, measurement_id: str) -> Measurement:
    """Return the measurement of the link that the actor holds."""
    if actor.kind != "link" or actor.id != f"link:{measurement_id}":
        raise Forbidden()
    return or_not_found(Measurement.get_or_none(Measurement.id == measurement_id))


def _is_repeat(earlier: Answer, value: int | None, request_id: str) -> bool:
    given = service.encryption.open(earlier.value, "answer.value", earlier.id)
    return earlier.request_id == request_id and given == _plain(value)


def _keep(
    measurement: Measurement, item_key: str, value: int | None, request_id: str, earlier: Answer | None
) -> None:
    if earlier is not None:
        if earlier.request_id != request_id:
            raise Refusal("item_answered")
        earlier.delete_instance()
    answer_id = new_id()
    Answer.create(
        id=answer_id,
        organisation_id=measurement.organisation_id,
        measurement=measurement.id,
        item_key=item_key,
        value=service.encryption.seal(_plain(value), "answer.value", answer_id),
        request_id=request_id,
    )


def _plain(value: int | None) -> str:
    return _SKIPPED if value is None else str(value)


def _move_on(measurement: Measurement, questionnaire: Questionnaire) -> None:
    """Begin the measurement with its first answer, complete it with its last."""
    if measurement.state == State.OPEN:
        check_step(measurement.state, State.STARTED)
        measurement.state = State.STARTED
        measurement.save()
    if next_item(questionnaire, answered_keys(measurement.id)) is None:
        _complete(measurement)


def _complete(measurement: Measurement) -> None:
    check_step(measurement.state, State.COMPLETED)
    measurement.state, measurement.completed_at = State.COMPLETED, clock.now()
    measurement.save()
    publish_ended(events.MEASUREMENT_COMPLETED, measurement)
