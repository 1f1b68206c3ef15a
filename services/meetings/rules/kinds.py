"""Group kinds: a named preset of rules that a group starts from and may override.

An empty rule (None) means that the source says nothing and the group has not decided; only the four rules that the
platform cannot do without are filled in, by `in_force` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from services.meetings.rules.kind_fields import FIELDS, MANY, AgendaPart, DutyRule, SizeBand, code, sentence
from shared.errors import GiveUp, Refusal

# What the platform does where nobody decided: as little as possible is asked, kept and done.
WHEN_SILENT: dict[str, Any] = {
    "identity": "call_name",
    "language": "nl",
    "waiting_list": "allowed",
    "after_absence": (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRules:
    """All rules of a group; the allowed values of each stand in `kind_fields.FIELDS`."""

    leaders_least: int | None = None
    leaders_most: int | None = None
    leader_backgrounds: tuple[str, ...] | None = None
    peer_experts_least: int | None = None
    leaders_take_part: bool | None = None
    chair_rotates: bool | None = None
    min_viable: int | None = None
    recruit_target: int | None = None
    max_size: int | None = None
    sizes: tuple[SizeBand, ...] | None = None
    admission: str | None = None
    interval_weeks: int | None = None
    intro_talk: tuple[str, ...] | None = None
    audience: str | None = None
    theme: str | None = None
    age_from: int | None = None
    age_until: int | None = None
    gender: str | None = None
    language: str | None = None
    entry_condition: str | None = None
    goal: str | None = None
    use_rule: str | None = None
    visitors: str | None = None
    talk_model: str | None = None
    agenda_style: str | None = None
    listening_is_enough: bool | None = None
    agreements_with_newcomers: bool | None = None
    identity: str | None = None
    anonymous: bool | None = None
    waiting_list: str | None = None
    duration: str | None = None
    every_weeks: int | None = None
    minutes: int | None = None
    agenda: dict[str, tuple[AgendaPart, ...]] | None = None
    meeting_leads: str | None = None
    questionnaires: tuple[str, ...] | None = None
    evaluation: tuple[str, ...] | None = None
    reporting: str | None = None
    duties: tuple[DutyRule, ...] | None = None
    after_absence: tuple[str, ...] | None = None
    free_of_charge: bool | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A group kind: `choices` are the options that the source names for a rule that it leaves to the group."""

    code: str
    label: str
    explanation: str
    source: str
    rules: GroupRules
    choices: dict[str, tuple[Any, ...]]


def parse_kind(data: Mapping[str, object]) -> Kind:
    """Return a kind from its data file, whole and checked. GiveUp says which rule of which kind is wrong."""
    name = data.get("code")
    if set(data) - {"choices"} != {"code", "label", "explanation", "source", "rules"}:
        raise GiveUp(f"group kind {name!r} needs code, label, explanation, source and rules, and may have choices")
    rules, choices = data["rules"], data.get("choices", {})
    if not isinstance(rules, Mapping) or not isinstance(choices, Mapping):
        raise GiveUp(f"group kind {name!r}: rules and choices are tables")
    try:
        return Kind(
            code=code("code", name),
            label=sentence("label", data["label"]),
            explanation=sentence("explanation", data["explanation"]),
            source=sentence("source", data["source"]),
            rules=parse_rules(rules),
            choices=_parse_choices(choices),
        )
    except Refusal as wrong:
        raise GiveUp(f"group kind {name!r}: {wrong.code} {wrong.facts}") from wrong


def parse_rules(data: Mapping[str, object]) -> GroupRules:
    """Return rules from plain data (TOML or JSON). Refused: rule_unknown, rule_wrong, or rules that contradict."""
    rules = GroupRules(**_read(data))
    check_together(rules)
    return rules


def with_overrides(rules: GroupRules, overrides: Mapping[str, object]) -> GroupRules:
    """Return the rules with a group's own overrides laid over them; an override of None empties the rule.

    A group may override every rule without giving a reason, also beyond the choices of its kind (001, end of
    chapter 2: nothing in the checklist is fixed). Refused: as `parse_rules`.
    """
    over = replace(rules, **_read(overrides))
    check_together(over)
    return over


def in_force(rules: GroupRules) -> GroupRules:
    """Return the rules that a group runs by: `WHEN_SILENT` fills four empty ones.

    Refused: rules_incomplete (fields) while admission or audience is empty: for those two there is no harmless
    answer, so nobody can be offered a place.
    """
    missing = tuple(name for name in ("admission", "audience") if getattr(rules, name) is None)
    if missing:
        raise Refusal("rules_incomplete", fields=missing)
    return replace(rules, **{name: usual for name, usual in WHEN_SILENT.items() if getattr(rules, name) is None})


def as_data(rules: GroupRules) -> dict[str, Any]:
    """Return the rules as plain data for a store or an event, without empty ones; `parse_rules` reads it back."""
    return {name: _plain(value) for name, value in asdict(rules).items() if value is not None}


def check_together(rules: GroupRules) -> None:
    """Refuse rules that contradict each other, each with its own code; `field` is the one to fix."""
    if not _rising(rules.leaders_least, rules.leaders_most) or not _rising(
        rules.peer_experts_least, rules.leaders_most
    ):
        raise Refusal("leaders_out_of_order", field="leaders_most")
    if not _rising(rules.min_viable, rules.recruit_target, rules.max_size):
        raise Refusal("sizes_out_of_order", field="max_size")
    if not _rising(rules.age_from, rules.age_until):
        raise Refusal("ages_out_of_order", field="age_until")
    if rules.admission == "intervals" and rules.interval_weeks is None:
        raise Refusal("interval_missing", field="interval_weeks")
    if rules.admission != "intervals" and rules.interval_weeks is not None:
        raise Refusal("interval_not_needed", field="interval_weeks")
    _check_headcount_keeps_no_names(rules)


def _check_headcount_keeps_no_names(rules: GroupRules) -> None:
    """Refuse what needs a name where only heads are counted: a call, a list, a report, a questionnaire."""
    if rules.identity != "headcount":
        return
    for name, without in (
        ("after_absence", ((), None)),
        ("questionnaires", ((), None)),
        ("reporting", ("none", None)),
        ("waiting_list", ("never", None)),
    ):
        if getattr(rules, name) not in without:
            raise Refusal("headcount_keeps_no_names", field=name)


def _rising(*numbers: int | None) -> bool:
    given = [number for number in numbers if number is not None]
    return given == sorted(given)


def _read(data: Mapping[str, object]) -> dict[str, Any]:
    for name in data:
        if name not in FIELDS:
            raise Refusal("rule_unknown", field=name)
    return {name: None if value is None else FIELDS[name](name, value) for name, value in data.items()}


def _parse_choices(data: Mapping[str, object]) -> dict[str, tuple[Any, ...]]:
    choices = {}
    for name, options in data.items():
        if name not in FIELDS:
            raise Refusal("rule_unknown", field=name)
        if not isinstance(options, list) or not options:
            raise Refusal("rule_wrong", field=name)
        choices[name] = (
            FIELDS[name](name, options) if name in MANY else tuple(FIELDS[name](name, o) for o in options)
        )
    return choices


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


if {field.name for field in fields(GroupRules)} != set(FIELDS):  # two lists of one thing must not drift apart
    raise GiveUp("GroupRules and kind_fields.FIELDS differ")
