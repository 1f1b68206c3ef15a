"""Themes of a group, and what a group still lacks before it can go on."""

from __future__ import annotations

from collections.abc import Collection

from shared.errors import Refusal

MOST_THEMES, LONGEST_THEME = 6, 40


def tidy_themes(themes: Collection[str]) -> list[str]:
    """Return each theme once, in small letters, in the order given.

    Refused: themes_too_many (most), theme_too_long (most).
    """
    tidy = list(dict.fromkeys(" ".join(theme.split()).lower() for theme in themes if theme.strip()))
    if len(tidy) > MOST_THEMES:
        raise Refusal("themes_too_many", field="themes", most=MOST_THEMES)
    if any(len(theme) > LONGEST_THEME for theme in tidy):
        raise Refusal("theme_too_long", field="themes", most=LONGEST_THEME)
    return tidy


def lacks(*, has_meetings: bool, leaders: int, leaders_least: int | None) -> tuple[str, ...]:
    """Return what a group needs before it can go on: "meetings", "facilitator", "second_facilitator"."""
    tidy = () if has_meetings else ("meetings",)
    if not leaders:
        return (*tidy, "facilitator")
    return (*tidy, "second_facilitator") if leaders < (leaders_least or 1) else tidy
