"""What a questionnaire is, and how one is read from its data file: valid, or refused with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NoReturn

from shared.errors import Refusal

Raw = Mapping[str, object]

VERIFIED = "verified"
UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Scale:
    """The answers to choose from: whole numbers from `lowest` to `highest`, with a label each.

    strong_from and attention_up_to say which answers are talked about as "goes well" and "attention".
    """

    lowest: int
    highest: int
    labels: tuple[str, ...]
    strong_from: int
    attention_up_to: int

    @property
    def values(self) -> range:
        """Return every answer that may be given, lowest first."""
        return range(self.lowest, self.highest + 1)

    def label(self, value: int) -> str:
        """Return the label of one answer."""
        return self.labels[value - self.lowest]

    def turned(self, value: int) -> int:
        """Return the reversed value: 5 becomes 1 on a scale of 1 to 5."""
        return self.lowest + self.highest - value


@dataclass(frozen=True, slots=True)
class Theme:
    """A part of the list that has a name and a known number of statements."""

    key: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Item:
    """One statement. The key never changes; the position is where this version shows it."""

    key: str
    position: int
    text: str


@dataclass(frozen=True, slots=True)
class ScoringKey:
    """Which statement counts for which theme (item key -> theme key), and which are reversed.

    Only a verified key is complete; an unverified one holds what is certain and is never used for scores.
    """

    status: str
    themes: Mapping[str, str]
    reversed: frozenset[str]

    @property
    def is_verified(self) -> bool:
        """Return whether someone checked the whole key against its source."""
        return self.status == VERIFIED


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One version of one list; items in the order of their positions."""

    key: str
    version: int
    title: str
    introduction: str
    source: str
    copyright: str
    needs_permission: bool
    scale: Scale
    themes: tuple[Theme, ...]
    items: tuple[Item, ...]
    scoring_key: ScoringKey

    def item(self, item_key: str) -> Item:
        """Return the statement with this key. Refused: item_unknown."""
        for item in self.items:
            if item.key == item_key:
                return item
        raise Refusal("item_unknown", item=item_key)


def parse_questionnaire(raw: Raw) -> Questionnaire:
    """Return a questionnaire from the tables of its data file.

    Refused: codes that start with questionnaire_ and name the place, for a field
    that is missing, unknown or of another type, on keys or positions that clash, and on sizes that do not add up.
    """
    fields = "key version title introduction source copyright needs_permission scale themes items scoring_key"
    _only(raw, fields, "questionnaire")
    needs_permission = raw["needs_permission"]
    if not isinstance(needs_permission, bool):
        _wrong("questionnaire", "needs_permission")
    questionnaire = Questionnaire(
        key=_text(raw, "key", "questionnaire"),
        version=_number(raw, "version", "questionnaire"),
        title=_text(raw, "title", "questionnaire"),
        introduction=_text(raw, "introduction", "questionnaire"),
        source=_text(raw, "source", "questionnaire"),
        copyright=_text(raw, "copyright", "questionnaire"),
        needs_permission=needs_permission,
        scale=_scale(_table(raw, "scale", "questionnaire")),
        themes=tuple(_theme(table) for table in _tables(raw, "themes")),
        items=tuple(sorted((_item(table) for table in _tables(raw, "items")), key=lambda item: item.position)),
        scoring_key=_scoring_key(_table(raw, "scoring_key", "questionnaire")),
    )
    check_questionnaire(questionnaire)
    return questionnaire


def check_questionnaire(questionnaire: Questionnaire) -> None:
    """Refuse a scale, keys, positions, sizes or a scoring key that are inconsistent."""
    _check_scale(questionnaire.scale)
    _check_unique("items", [item.key for item in questionnaire.items])
    _check_unique("themes", [theme.key for theme in questionnaire.themes])
    positions = [item.position for item in questionnaire.items]
    if positions != list(range(1, len(positions) + 1)):
        raise Refusal("questionnaire_positions", count=len(positions))
    total = sum(theme.size for theme in questionnaire.themes)
    if total != len(questionnaire.items):
        raise Refusal("questionnaire_sizes", total=total, count=len(questionnaire.items))
    _check_scoring_key(questionnaire)


def _check_scale(scale: Scale) -> None:
    rising = (scale.lowest, scale.attention_up_to, scale.strong_from, scale.highest)
    in_order = all(left <= right for left, right in pairwise(rising)) and scale.attention_up_to < scale.strong_from
    if not in_order or len(scale.labels) != len(scale.values):
        raise Refusal("questionnaire_scale", lowest=scale.lowest, highest=scale.highest)


def _check_unique(where: str, keys: list[str]) -> None:
    for key, times in Counter(keys).items():
        if times > 1:
            raise Refusal("questionnaire_key_twice", where=where, key=key)


def _check_scoring_key(questionnaire: Questionnaire) -> None:
    """Refuse a scoring key that names what is not there, overfills a theme, or is verified and incomplete."""
    key = questionnaire.scoring_key
    if key.status not in (VERIFIED, UNVERIFIED):
        raise Refusal("questionnaire_key_status", status=key.status)
    known = {item.key for item in questionnaire.items}
    for item_key in sorted((set(key.themes) | key.reversed) - known):
        raise Refusal("questionnaire_key_unknown_item", item=item_key)
    filled = Counter(key.themes.values())
    sizes = {theme.key: theme.size for theme in questionnaire.themes}
    for theme_key in sorted(set(filled) - set(sizes)):
        raise Refusal("questionnaire_key_unknown_theme", theme=theme_key)
    for theme_key, size in sizes.items():
        if filled[theme_key] > size or (key.is_verified and filled[theme_key] < size):
            raise Refusal("questionnaire_key_sizes", theme=theme_key, count=filled[theme_key], size=size)


def _scale(raw: Raw) -> Scale:
    _only(raw, "lowest highest strong_from attention_up_to labels", "scale")
    return Scale(
        lowest=_number(raw, "lowest", "scale"),
        highest=_number(raw, "highest", "scale"),
        labels=_texts(raw, "labels", "scale"),
        strong_from=_number(raw, "strong_from", "scale"),
        attention_up_to=_number(raw, "attention_up_to", "scale"),
    )


def _theme(raw: Raw) -> Theme:
    _only(raw, "key name size", "themes")
    size = _number(raw, "size", "themes")
    if size < 1:
        _wrong("themes", "size")
    return Theme(_text(raw, "key", "themes"), _text(raw, "name", "themes"), size)


def _item(raw: Raw) -> Item:
    _only(raw, "key position text", "items")
    return Item(_text(raw, "key", "items"), _number(raw, "position", "items"), _text(raw, "text", "items"))


def _scoring_key(raw: Raw) -> ScoringKey:
    _only(raw, "status reversed themes", "scoring_key")
    themes = _table(raw, "themes", "scoring_key")
    return ScoringKey(
        status=_text(raw, "status", "scoring_key"),
        themes={item_key: _text(themes, item_key, "scoring_key.themes") for item_key in themes},
        reversed=frozenset(_texts(raw, "reversed", "scoring_key")),
    )


def _only(raw: Raw, fields: str, where: str) -> None:
    """Refuse any fields but exactly these: a misspelt one is not skipped."""
    expected = set(fields.split())
    for field in sorted(set(raw) - expected):
        raise Refusal("questionnaire_unknown_field", where=where, field=field)
    for field in sorted(expected - set(raw)):
        raise Refusal("questionnaire_missing_field", where=where, field=field)


def _text(raw: Raw, field: str, where: str) -> str:
    value = raw[field]
    if not isinstance(value, str) or not value.strip():
        _wrong(where, field)
    return value.strip()


def _number(raw: Raw, field: str, where: str) -> int:
    value = raw[field]
    if not isinstance(value, int) or isinstance(value, bool):
        _wrong(where, field)
    return value


def _texts(raw: Raw, field: str, where: str) -> tuple[str, ...]:
    value = raw[field]
    if not isinstance(value, list) or not all(isinstance(part, str) and part.strip() for part in value):
        _wrong(where, field)
    return tuple(value)


def _table(raw: Raw, field: str, where: str) -> Raw:
    value = raw[field]
    if not isinstance(value, Mapping):
        _wrong(where, field)
    return value


def _tables(raw: Raw, field: str) -> list[Raw]:
    value = raw[field]
    if not isinstance(value, list) or not value or not all(isinstance(part, Mapping) for part in value):
        _wrong("questionnaire", field)
    return list(value)


def _wrong(where: str, field: str) -> NoReturn:
    raise Refusal("questionnaire_wrong_value", where=where, field=field)
