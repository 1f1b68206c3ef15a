"""Short texts for what queries return, used by every template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from flask import Flask

from services.intake.queries.groups import GroupView
from services.intake.queries.matching import Suggestion
from services.intake.queries.phone_numbers import format_number
from services.intake.queries.signups import WishView
from shared import clock
from shared.language import LANGUAGES, listed
from shared.web.text import text, texts

_WISHES = ("help_question", "audience", "days", "parts_of_day", "area", "themes", "needs", "avoided_groups")


def register(app: Flask) -> None:
    """Add these functions and filters to the templates of this app."""
    app.jinja_env.globals.update(
        options=options,
        pairs=pairs,
        wish_line=wish_line,
        group_line=group_line,
        reasons_text=reasons_text,
        in_order=in_order,
        channel_names=channel_names,
        has_wishes=has_wishes,
        kept_by=kept_by,
        languages_written=list(LANGUAGES.items()),
    )
    app.jinja_env.filters.update(
        since=since,
        days_ago=days_ago,
        iso_day=iso_day,
        iso_hour=iso_hour,
        mobile=format_number,
        lower_first=lower_first,
    )


def options(table: str) -> list[tuple[str, str]]:
    """Return (value, label) of everything that may be chosen."""
    return list(texts().table(table).items())


def pairs(words: Iterable[str]) -> list[tuple[str, str]]:
    """Return (value, label) of words that are their own label."""
    return [(word, word) for word in words]


def in_order(suggested: Iterable[Suggestion], first: str | None, last: str | None) -> list[Suggestion]:
    """Order by fit, but the group that was agreed on first, and one that returned a placement last."""
    return sorted(suggested, key=lambda fit: (fit.group.id != first, fit.group.id == last))


def has_wishes(values: Mapping[str, object]) -> bool:
    """Return whether the collapsible part of a form has values or errors."""
    return any(values.get(name) for name in _WISHES)


def channel_names(channels: Iterable[str]) -> str:
    """Return 'e-mail en sms'."""
    return listed(text("channels", channel) for channel in channels)


def kept_by(service: str) -> str:
    """Return what a service stores of somebody: 'Berichten en adressen'."""
    return text("data_kept_by", "here" if service == "intake" else service)


def iso_day(day: str) -> str:
    """Return 'dinsdag 24 november' for '2026-11-24'."""
    return clock.day_text(date.fromisoformat(day))


def days_ago(moment: datetime) -> int:
    """Return how many days ago this was, by the days of the calendar."""
    return (clock.today() - clock.local(moment).date()).days


def iso_hour(at: str) -> str:
    """Return '19.30' for '19:30'."""
    return clock.hour_text(time.fromisoformat(at))


def since(moment: datetime) -> str:
    """Return 'vandaag', 'gisteren', '5 dagen geleden', '3 weken geleden'."""
    days = days_ago(moment)
    if days <= 0:
        return text("since", "today")
    if days == 1:
        return text("since", "yesterday")
    return text("since", "days", number=days) if days < 21 else text("since", "weeks", number=days // 7)


def lower_first(sentence: str) -> str:
    """Return a sentence with a lower-case initial, to stand behind a colon."""
    return sentence[:1].lower() + sentence[1:]


def wish_line(wish: WishView) -> str:
    """Return 'dinsdag of donderdag · avond · postcode 34'; empty when everything was left open."""
    return " · ".join(
        part
        for part in (
            listed((text("weekdays", day) for day in wish.days), "or"),
            listed((text("parts_of_day", part) for part in wish.parts_of_day), "or"),
            f"postcode {wish.area}" if wish.area else "",
            text("audiences_of", wish.audience).lower() if wish.audience else "",
            listed(text("needs_short", need) for need in wish.needs),
            listed(wish.themes),
        )
        if part
    )


def group_line(group: GroupView) -> str:
    """Return 'dinsdag 19.30 · Buurthuis De Brug · nog 3 plekken · start dinsdag 1 december'."""
    moment = [] if group.weekday is None else [text("weekdays", group.weekday)]
    if group.at is not None:
        moment.append(clock.hour_text(group.at))
    return " · ".join(
        part
        for part in (" ".join(moment), group.venue_name, *_for_whom(group), _places(group), _start(group))
        if part
    )


def reasons_text(suggestion: Suggestion) -> str:
    """Return why a group fits, in one sentence, without what `group_line` has already."""
    in_group_line = {"places_left", "one_place_left"}
    return ", ".join(
        text("reasons", code, **{key: _plain(value) for key, value in facts.items()})
        for code, facts in suggestion.reasons
        if code not in in_group_line
    )


def _for_whom(group: GroupView) -> list[str]:
    for_whom = [text("group_words", "affected_other")] if group.audience == "affected_other" else []
    return for_whom if group.language == "nl" else [*for_whom, text("group_languages", group.language)]


def _places(group: GroupView) -> str:
    if group.places_left is None:
        return ""
    return text("reasons", "one_place_left" if group.places_left == 1 else "places_left", places=group.places_left)


def _start(group: GroupView) -> str:
    return "" if group.start is None else text("group_words", "start", day=clock.day_text(group.start.on))


def _plain(value: object) -> object:
    return listed(value) if isinstance(value, tuple) else value
