"""What somebody with a link sees of their list: where they are, never what they answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from services.questionnaires.models import Answer, Measurement, Organisation, Participant
from services.questionnaires.queries.questionnaires import get_questionnaire
from services.questionnaires.rules.answers import next_item
from services.questionnaires.rules.measurements import check_may_answer, last_day
from services.questionnaires.rules.questionnaires import Item, Questionnaire
from shared import clock
from shared.errors import Refusal, or_not_found


@dataclass(frozen=True)
class Sheet:
    """A list as somebody fills it in.

    item         the first statement without an answer; None when there is none left
    done         how many statements were answered or skipped
    closed       None while answers are welcome, else the code of the refusal that says why not
    last_day_on  the last day on which it may be filled in
    """

    questionnaire: Questionnaire
    item: Item | None
    done: int
    closed: str | None
    last_day_on: date
    organisation: str | None

    @property
    def total(self) -> int:
        """Return how many statements there are."""
        return len(self.questionnaire.items)

    @property
    def is_last(self) -> bool:
        """Return whether one more answer finishes the list."""
        return self.done == self.total - 1


def get_sheet(measurement_id: str) -> Sheet:
    """Return the list that was opened under this id; NotFound when there is none."""
    measurement = or_not_found(Measurement.get_or_none(Measurement.id == measurement_id))
    questionnaire = get_questionnaire(measurement.questionnaire, measurement.version)
    answered = answered_keys(measurement_id)
    organisation = Organisation.get_or_none(Organisation.id == measurement.organisation_id)
    return Sheet(
        questionnaire=questionnaire,
        item=next_item(questionnaire, answered),
        done=len(answered),
        closed=_why_closed(measurement),
        last_day_on=last_day(measurement.expires_at, ZoneInfo(clock.ZONE)),
        organisation=organisation.name if organisation else None,
    )


def find_language(subject: str, _purpose: str) -> str | None:
    """Return the language of who was asked to fill in this list; None when it is not known."""
    is_asked = Measurement.participant_id == Participant.participant_id
    rows = Participant.select(Participant.language).join(Measurement, on=is_asked)
    row = rows.where(Measurement.id == subject).first()
    return None if row is None else str(row.language)


def answered_keys(measurement_id: str) -> set[str]:
    """Return the statements that were answered or skipped; which of the two is sealed."""
    rows = Answer.select(Answer.item_key).where(Answer.measurement == measurement_id)
    return {key for (key,) in rows.tuples()}


def _why_closed(measurement: Measurement) -> str | None:
    try:
        check_may_answer(measurement.state, clock.now(), measurement.expires_at)
    except Refusal as refusal:
        return refusal.code
    return None
