"""What may be answered, which statement comes next, and what is worth talking about afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from services.questionnaires.rules.questionnaire import Item, Questionnaire
from shared.errors import Refusal

# item key -> the answer, or None where the person skipped the statement; an absent key: not come to yet
Answers = Mapping[str, int | None]


def check_answer(questionnaire: Questionnaire, item_key: str, value: int | None) -> None:
    """Refuse an answer that the list does not know; None is a skipped statement and always allowed.

    Refuses `item_unknown` and `answer_off_scale` (lowest, highest).
    """
    questionnaire.item(item_key)
    scale = questionnaire.scale
    # True and 1.0 equal 1 in Python, and are not answers that anybody gave.
    if value is not None and (type(value) is not int or value not in scale.values):
        raise Refusal("answer_off_scale", lowest=scale.lowest, highest=scale.highest)


def next_item(questionnaire: Questionnaire, answered_keys: Collection[str]) -> Item | None:
    """The first statement without an answer, by position; None when all were answered or skipped."""
    return next((item for item in questionnaire.items if item.key not in answered_keys), None)


def strong(questionnaire: Questionnaire, answers: Answers) -> tuple[Item, ...]:
    """What goes well: answered with a 4 or 5 on the NEL (practice guide, appendix 2), by position.

    Where the key turns a statement round, a low answer is what goes well.
    """
    least = questionnaire.scale.strong_from
    return tuple(item for item, value in _counted(questionnaire, answers) if value >= least)


def attention(questionnaire: Questionnaire, answers: Answers) -> tuple[Item, ...]:
    """Where attention may go: answered with a 1 or 2 on the NEL (practice guide, appendix 2), by position."""
    most = questionnaire.scale.attention_up_to
    return tuple(item for item, value in _counted(questionnaire, answers) if value <= most)


def _counted(questionnaire: Questionnaire, answers: Answers) -> list[tuple[Item, int]]:
    """Answered statements with their answer as it counts: turned round where the key says so."""
    return [
        (item, counted_value(questionnaire, item.key, value))
        for item in questionnaire.items
        if (value := answers.get(item.key)) is not None
    ]


def counted_value(questionnaire: Questionnaire, item_key: str, value: int) -> int:
    """An answer as it counts towards a theme: high is good, also for a statement that is put the other way."""
    return questionnaire.scale.turned(value) if item_key in questionnaire.scoring_key.reversed else value
