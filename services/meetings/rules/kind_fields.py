"""Readers of one rule of a group from plain data: the words, numbers and sentences that it may hold.

Whether two rules go together is not decided here but in `kinds`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from shared.errors import Refusal

T = TypeVar("T")
Read = Callable[[str, object], T]

LONGEST_SENTENCE = 300
MOST_PEOPLE = 200  # the same bound as a headcount: a sum that cannot be true is a slip of the finger
MEETING_KINDS = ("opening", "regular", "closing", "activity", "seminar")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class SizeBand:
    """A size that a group may choose, in participants, both ends included."""

    code: str
    label: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class AgendaPart:
    """One part of a meeting; `only_when` names what must be the case, for instance "newcomers"."""

    code: str
    label: str
    only_when: str | None = None


@dataclass(frozen=True, slots=True)
class DutyRule:
    """A duty every so many weeks or every so many months: exactly one of the two is given."""

    code: str
    label: str
    every_weeks: int | None = None
    every_months: int | None = None


def _wrong(field: str) -> Refusal:
    return Refusal("rule_wrong", field=field)


def number(least: int, most: int) -> Read[int]:
    """Read a whole number, both ends included."""

    def read(field: str, value: object) -> int:
        # In Python True is an int; in a rule it is a mistake.
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise _wrong(field)
        return value

    return read


def word(*allowed: str) -> Read[str]:
    """Read one of these words."""

    def read(field: str, value: object) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise _wrong(field)
        return value

    return read


def words(*allowed: str, least: int = 0) -> Read[tuple[str, ...]]:
    """Read some of these words, each once, in the order given."""
    read_word = word(*allowed)

    def read(field: str, value: object) -> tuple[str, ...]:
        read_values = tuple(read_word(field, item) for item in _listed(field, value))
        if len(set(read_values)) != len(read_values) or len(read_values) < least:
            raise _wrong(field)
        return read_values

    return read


def code(field: str, value: object) -> str:
    """Read a code, such as "look_back"."""
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise _wrong(field)
    return value


def codes(field: str, value: object) -> tuple[str, ...]:
    """Read codes, each once, in the order given."""
    read_values = tuple(code(field, item) for item in _listed(field, value))
    if len(set(read_values)) != len(read_values):
        raise _wrong(field)
    return read_values


def language(field: str, value: object) -> str:
    """Read a language as ISO 639-1 names it, for instance "nl"."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z]{2}", value):
        raise _wrong(field)
    return value


def sentence(field: str, value: object) -> str:
    """Read something a person can read, on one line."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_SENTENCE or "\n" in value:
        raise _wrong(field)
    return value.strip()


def yes_or_no(field: str, value: object) -> bool:
    """Read True or False, and nothing that is only truthy."""
    if not isinstance(value, bool):
        raise _wrong(field)
    return value


def sizes(field: str, value: object) -> tuple[SizeBand, ...]:
    """Read size bands, each from `least` up to and including `most`."""
    people = number(1, MOST_PEOPLE)
    shape: dict[str, Read[object]] = {"code": code, "label": sentence, "least": people, "most": people}
    bands = tuple(SizeBand(**_row(field, item, shape)) for item in _listed(field, value))
    if any(band.least > band.most for band in bands):
        raise _wrong(field)
    return bands


def agenda(field: str, value: object) -> dict[str, tuple[AgendaPart, ...]]:
    """Read the parts of a meeting in their order, per kind of meeting."""
    if not isinstance(value, Mapping) or not set(value) <= set(MEETING_KINDS):
        raise _wrong(field)
    shape: dict[str, Read[object]] = {"code": code, "label": sentence, "only_when": code}
    read_values = {}
    for kind, parts in value.items():
        read_values[kind] = tuple(AgendaPart(**_row(field, item, shape)) for item in _listed(field, parts))
        if len({part.code for part in read_values[kind]}) != len(read_values[kind]):
            raise _wrong(field)
    return read_values


def duties(field: str, value: object) -> tuple[DutyRule, ...]:
    """Read duties, each with its own rhythm."""
    shape: dict[str, Read[object]] = {
        "code": code,
        "label": sentence,
        "every_weeks": number(1, 104),
        "every_months": number(1, 24),
    }
    read_values = tuple(DutyRule(**_row(field, item, shape)) for item in _listed(field, value))
    if any((duty.every_weeks is None) == (duty.every_months is None) for duty in read_values):
        raise _wrong(field)
    return read_values


def _listed(field: str, value: object) -> list[object] | tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise _wrong(field)
    return value


def _row(field: str, value: object, shape: Mapping[str, Read[object]]) -> dict[str, Any]:
    """Read one table inside a rule. Refused: rule_wrong for unknown or missing keys."""
    if not isinstance(value, Mapping) or not set(value) <= set(shape) or not {"code", "label"} <= set(value):
        raise _wrong(field)
    row = {key: shape[key](field, item) for key, item in value.items() if item is not None}
    if "least" in shape and not {"least", "most"} <= set(row):
        raise _wrong(field)
    return row


_people = number(1, MOST_PEOPLE)
_leaders = number(1, 10)

FIELDS: dict[str, Read[Any]] = {
    "leaders_least": _leaders,
    "leaders_most": _leaders,
    "leader_backgrounds": words("peer_expert", "volunteer", "care_professional", "trainee", least=1),
    "peer_experts_least": number(0, 10),
    "leaders_take_part": yes_or_no,
    "chair_rotates": yes_or_no,
    "min_viable": _people,
    "recruit_target": _people,
    "max_size": _people,
    "sizes": sizes,
    "admission": word("rolling", "intervals", "fixed"),
    "interval_weeks": number(1, 52),
    "intro_talk": words("live_single", "live_group", "phone", "video", "none", least=1),
    "audience": word("own", "affected_other", "both"),
    "theme": sentence,
    "age_from": number(0, 120),
    "age_until": number(0, 120),
    "gender": word("women", "men"),
    "language": language,
    "entry_condition": sentence,
    "goal": sentence,
    "use_rule": sentence,
    "visitors": word("anyone", "own_only"),
    "talk_model": word("direct", "from_self"),
    "agenda_style": word("participant_led", "set_themes"),
    "listening_is_enough": yes_or_no,
    "agreements_with_newcomers": yes_or_no,
    "identity": word("name", "call_name", "headcount"),
    "anonymous": yes_or_no,
    "waiting_list": word("allowed", "never"),
    "duration": word("unlimited", "fixed_term", "until_milestone"),
    "every_weeks": number(1, 13),
    "minutes": number(15, 480),
    "agenda": agenda,
    "meeting_leads": word("yes", "no", "later"),
    "questionnaires": codes,
    "evaluation": words("oral", "form"),
    "reporting": word("none", "presence"),
    "duties": duties,
    "after_absence": words("message", "call"),
    "free_of_charge": yes_or_no,
}

# Rules that hold several words: their choices are those words one by one.
MANY = frozenset({"leader_backgrounds", "intro_talk", "questionnaires", "evaluation", "after_absence"})
