"""Short Dutch for what queries give, and for what was wrong with a form; used by every page and template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from flask import Flask

from services.intake.queries.groups import GroupView, Suggested
from services.intake.queries.signups import Wish
from services.intake.schemas import written
from shared import clock
from shared.errors import Invalid, Refusal
from shared.web.text import text, texts

# Refusals of a time of day do not name a field themselves.
_FIELDS = {"clock_skips_this_hour": "at"}
_WISHES = (
    "help_question", "audience", "days", "parts_of_day", "area", "themes", "needs", "avoided_groups",
)  # fmt: skip


def add_to(app: Flask) -> None:
    """Let every template of this app use these words."""
    app.jinja_env.globals.update(
        options=options, pairs=pairs, wish_line=wish_line, group_line=group_line, because=because,
        in_order=in_order, channel_names=channel_names, has_wishes=has_wishes, kept_by=kept_by,
    )  # fmt: skip
    app.jinja_env.filters.update(
        since=since, told_day=told_day, written=written, listed=listed, lower_first=lower_first
    )


def errors_of(wrong: Refusal) -> dict[str, list[str]]:
    """What to mend, per field; under "" what is about the whole form."""
    if isinstance(wrong, Invalid):
        return wrong.errors
    field = str(wrong.facts.get("field") or _FIELDS.get(wrong.code, ""))
    return {field: [text("refusals", wrong.code, **wrong.facts)]}


def options(table: str) -> list[tuple[str, str]]:
    """(value, label) of everything that may be chosen."""
    return list(texts().table(table).items())


def pairs(words: Iterable[str]) -> list[tuple[str, str]]:
    """(value, label) of words that are both."""
    return [(word, word) for word in words]


def in_order(suggested: Iterable[Suggested], first: str | None, last: str | None) -> list[Suggested]:
    """In order of fit, but the group that was agreed on goes first, and the one that gave a place back last."""
    return sorted(suggested, key=lambda one: (one.group.id != first, one.group.id == last))


def has_wishes(told: Mapping[str, Any]) -> bool:
    """Whether something was filled in, or must be mended, in the part of a form that may stay folded."""
    return any(told.get(name) for name in _WISHES)


def channel_names(channels: Iterable[str]) -> str:
    """'e-mail en sms'."""
    return listed(text("channels", channel) for channel in channels)


def kept_by(service: str) -> str:
    """What of somebody a service keeps: 'Berichten en adressen'."""
    return text("data_kept_by", "here" if service == "intake" else service)


def told_day(text: str) -> str:
    """'dinsdag 24 november', of a day as it is told to programs."""
    return clock.day_text(date.fromisoformat(text))


def since(moment: datetime) -> str:
    """'vandaag', 'gisteren', '5 dagen geleden', '3 weken geleden'."""
    days = (clock.today() - clock.local(moment).date()).days
    if days <= 0:
        return text("since", "today")
    if days == 1:
        return text("since", "yesterday")
    return text("since", "days", number=days) if days < 21 else text("since", "weeks", number=days // 7)


def listed(words: Any, last: str = "en") -> str:
    """'a', 'a en b', 'a, b en c'."""
    parts = [str(word) for word in words]
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def lower_first(text: str) -> str:
    """A sentence that goes on behind a colon."""
    return text[:1].lower() + text[1:]


def wish_line(wish: Wish) -> str:
    """'dinsdag of donderdag · avond · postcode 34'; empty when everything was left open."""
    return " · ".join(
        part
        for part in (
            listed((text("weekdays", day) for day in wish.days), "of"),
            listed((text("parts_of_day", part) for part in wish.parts_of_day), "of"),
            f"postcode {wish.area}" if wish.area else "",
            text("audiences_of", wish.audience).lower() if wish.audience else "",
            listed(text("needs_short", need) for need in wish.needs),
            listed(wish.themes),
        )
        if part
    )


def group_line(group: GroupView) -> str:
    """'dinsdag 19.30 · Buurthuis De Brug · nog 3 plekken · start dinsdag 1 december'."""
    moment = [] if group.weekday is None else [text("weekdays", group.weekday)]
    if group.at is not None:
        moment.append(clock.hour_text(group.at))
    return " · ".join(
        part
        for part in (" ".join(moment), group.venue_name, *_for_whom(group), _places(group), _start(group))
        if part
    )


def because(one: Suggested) -> str:
    """Why a group fits, as one line; what stands in the line of the group is not said twice."""
    told = {"places_left", "one_place_left"}
    return ", ".join(
        text("reasons", code, **{key: _plain(value) for key, value in facts.items()})
        for code, facts in one.reasons
        if code not in told
    )


def _for_whom(group: GroupView) -> list[str]:
    return [text("group_words", "affected_other")] if group.audience == "affected_other" else []


def _places(group: GroupView) -> str:
    if group.places_left is None:
        return ""
    return text("reasons", "one_place_left" if group.places_left == 1 else "places_left", places=group.places_left)


def _start(group: GroupView) -> str:
    return "" if group.start is None else text("group_words", "start", day=clock.day_text(group.start.on))


def _plain(value: object) -> object:
    return listed(value) if isinstance(value, tuple) else value
