"""The group kinds that ship with the code, and the rules that a group runs by."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from peewee import Case, ColumnBase

from services.meetings.models import Group
from services.meetings.rules import kinds
from services.meetings.rules.kinds import GroupRules, Kind
from shared.errors import Refusal

_FOLDER = Path(__file__).parent.parent / "data" / "group_kinds"


@cache
def _all() -> dict[str, Kind]:
    read = (kinds.parse_kind(tomllib.loads(file.read_text(encoding="utf-8"))) for file in _FOLDER.glob("*.toml"))
    return {kind.code: kind for kind in sorted(read, key=lambda kind: kind.label)}


def list_kinds() -> list[Kind]:
    """Return all kinds, by label."""
    return list(_all().values())


def get_kind(code: str) -> Kind:
    """Return one kind. Refused: kind_unknown."""
    if code not in _all():
        raise Refusal("kind_unknown", field="kind")
    return _all()[code]


def rules_in_force(code: str, overrides: Mapping[str, object]) -> GroupRules:
    """Return the rules of a group of this kind with these overrides.

    Refused: as `with_overrides` and `in_force`.
    """
    return kinds.in_force(kinds.with_overrides(get_kind(code).rules, overrides))


def rule_in_force(name: str) -> ColumnBase:
    """Select one rule of a group as text: its own, else that of its kind; NULL where both are silent.

    So that a question about all groups is answered by the database; `rules_in_force` has it in full.
    """
    of_kinds = [(kind.code, str(getattr(kind.rules, name))) for kind in list_kinds() if kind_has(kind, name)]
    of_kind = Case(Group.kind, of_kinds, None) if of_kinds else None
    return Case(None, [(Group.overrides.has_key(name), Group.overrides[name].as_text())], of_kind)


def kind_has(kind: Kind, name: str) -> bool:
    """Return whether this kind says something about a rule."""
    return getattr(kind.rules, name) is not None
