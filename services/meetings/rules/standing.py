"""How things stand with roles and groups: what may not be taken away, and what a group still lacks."""

from __future__ import annotations

from collections.abc import Collection, Set
from datetime import date

from shared.errors import Refusal

MOST_THEMES, LONGEST_THEME = 6, 40
FEATURES = ("wheelchair",)


def check_manager_stays(managers: Set[str], staff_id: str, roles: Collection[str]) -> None:
    """An organisation keeps somebody who can invite others. Refused as "last_manager_stays"."""
    if managers == {staff_id} and "manager" not in roles:
        raise Refusal("last_manager_stays", field="roles")


def check_features(features: Collection[str]) -> None:
    """What a place has, in words that a search knows. Refused as "feature_unknown"."""
    if not set(features) <= set(FEATURES):
        raise Refusal("feature_unknown", field="features")


def tidy_themes(themes: Collection[str]) -> list[str]:
    """Each once, in small letters, in the order given. Refused: themes_too_many (most), theme_too_long (most)."""
    found = list(dict.fromkeys(" ".join(theme.split()).lower() for theme in themes if theme.strip()))
    if len(found) > MOST_THEMES:
        raise Refusal("themes_too_many", field="themes", most=MOST_THEMES)
    if any(len(theme) > LONGEST_THEME for theme in found):
        raise Refusal("theme_too_long", field="themes", most=LONGEST_THEME)
    return found


def check_leaves_by(on: date, today: date) -> None:
    """A farewell is written down when it is there. Refused as "farewell_later"."""
    if on > today:
        raise Refusal("farewell_later", field="on")


def lacks(*, has_meetings: bool, leaders: int, leaders_least: int | None) -> tuple[str, ...]:
    """What a group needs before it can go on: "meetings", "facilitator", "second_facilitator"."""
    found = () if has_meetings else ("meetings",)
    if not leaders:
        return (*found, "facilitator")
    return (*found, "second_facilitator") if leaders < (leaders_least or 1) else found
