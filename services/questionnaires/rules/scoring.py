"""Theme scores: only from a key that someone checked, and only where enough was answered."""

from __future__ import annotations

from fractions import Fraction

from services.questionnaires.rules.answers import Answers, counted_value
from services.questionnaires.rules.questionnaire import Questionnaire, Theme

# Our own rule, not the source's: a mean says something as long as at most a third is missing.
MOST_MISSING = Fraction(1, 3)


def theme_scores(questionnaire: Questionnaire, answers: Answers) -> dict[str, float | None] | None:
    """Theme key -> the mean of its answers, in themes' order, on the scale's own range (not rounded).

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
