"""What may be answered, which statement comes next, what is worth talking about afterwards, and theme scores."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from services.questionnaires.rules.questionnaires import Item, Questionnaire, Theme
from shared.errors import Refusal

# item key -> the answer, or None where the person skipped the statement; an absent key: not come to yet
Answers = Mapping[str, int | None]
# Our own rule, not the source's: a mean says something as long as at most a third is missing.
MOST_MISSING = Fraction(1, 3)


def check_answer(questionnaire: Questionnaire, item_key: str, value: int | None) -> None:
    """Refuse an answer that the list does not know; None is a skipped statement and always allowed.

    Refused: item_unknown, answer_off_scale (lowest, highest).
    """
    questionnaire.item(item_key)
    scale = questionnaire.scale
    # True and 1.0 equal 1 in Python, and are not answers that anybody gave.
    if value is not None and (type(value) is not int or value not in scale.values):
        raise Refusal("answer_off_scale", lowest=scale.lowest, highest=scale.highest)


def next_item(questionnaire: Questionnaire, answered_keys: Collection[str]) -> Item | None:
    """Return the first statement without an answer, by position; None when all were answered or skipped."""
    return next((item for item in questionnaire.items if item.key not in answered_keys), None)


def strong(questionnaire: Questionnaire, answers: Answers) -> tuple[Item, ...]:
    """Return what goes well: answered with a 4 or 5 on the NEL (practice guide, appendix 2), by position.

    Where the scoring key reverses a statement, a low answer is what goes well.
    """
    least = questionnaire.scale.strong_from
    return tuple(item for item, value in _counted(questionnaire, answers) if value >= least)


def attention(questionnaire: Questionnaire, answers: Answers) -> tuple[Item, ...]:
    """Return where attention may go: a 1 or 2 on the NEL (practice guide, appendix 2), by position."""
    most = questionnaire.scale.attention_up_to
    return tuple(item for item, value in _counted(questionnaire, answers) if value <= most)


def _counted(questionnaire: Questionnaire, answers: Answers) -> list[tuple[Item, int]]:
    """Return answered statements with their answer as it counts: reversed where the scoring key says so."""
    return [
        (item, counted_value(questionnaire, item.key, value))
        for item in questionnaire.items
        if (value := answers.get(item.key)) is not None
    ]


def counted_value(questionnaire: Questionnaire, item_key: str, value: int) -> int:
    """Return an answer as it counts towards a theme: high is good, also where the statement is reversed."""
    return questionnaire.scale.turned(value) if item_key in questionnaire.scoring_key.reversed else value


def theme_scores(questionnaire: Questionnaire, answers: Answers) -> dict[str, float | None] | None:
    """Return theme key -> the mean of its answers, in themes' order, on the scale's own range (not rounded).

    None altogether without a verified key. None for one theme when more than a third of its statements has no
    answer (our own rule, see MOST_MISSING).
    """
    if not questionnaire.scoring_key.is_verified:
        return None
    return {theme.key: _score(questionnaire, theme, answers) for theme in questionnaire.themes}


def _score(questionnaire: Questionnaire, theme: Theme, answers: Answers) -> float | None:
    values = [
        counted_value(questionnaire, item_key, value)
        for item_key, theme_key in questionnaire.scoring_key.themes.items()
        if theme_key == theme.key and (value := answers.get(item_key)) is not None
    ]
    if not values or Fraction(theme.size - len(values), theme.size) > MOST_MISSING:
        return None
    return sum(values) / len(values)
