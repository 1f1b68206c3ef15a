"""How many lists are open, completed and closed in each group; never whose."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from peewee import fn

from services.questionnaires.models import Group, Measurement, Organisation
from services.questionnaires.queries.lists import find_newest
from services.questionnaires.rules.counting import may_be_split
from services.questionnaires.rules.measurement import State
from shared.security.actor import Actor, within

ROLES = ("coordinator",)
_SHOWN_AS = {State.OPEN: "open", State.STARTED: "open", State.COMPLETED: "completed", State.EXPIRED: "expired"}


@dataclass(frozen=True)
class ListCounts:
    """One list in one group.

    asked   how many people were asked; withdrawn lists are in no number
    split   open, completed, expired; None where the numbers are too small to show
    note    why there is little to see: list_unknown, not_permitted, nobody_yet, too_few; or None
    """

    organisation: str
    group: str
    title: str
    asked: int
    split: tuple[int, int, int] | None
    note: str | None


def count_per_group(actor: Actor) -> list[ListCounts]:
    """Every list of every group of the actor's organisations, by organisation, group and title.

    Two statements, however many groups there are.
    """
    groups = (
        Group.select(Group.id, Group.name, Group.chosen, Organisation.name, Organisation.permitted)
        .join(Organisation, on=Organisation.id == Group.organisation_id)
        .where(within(actor, Group.organisation_id, ROLES))
        .tuples()
    )
    counts = counted(actor)
    found = [
        _list_counts(key, (organisation, group), permitted, counts[group_id][key])
        for group_id, group, chosen, organisation, permitted in groups
        for key in {*chosen, *counts[group_id]}
    ]
    return sorted(found, key=lambda one: (one.organisation, one.group, one.title))


def counted(actor: Actor, *narrowed: Any) -> defaultdict[str, defaultdict[str, Counter[str]]]:
    """Group id -> list -> how many are open, completed, expired; `narrowed` are conditions on measurements."""
    rows = (
        Measurement.select(Measurement.group_id, Measurement.questionnaire, Measurement.state, fn.COUNT(1))
        .where(
            within(actor, Measurement.organisation_id, ROLES), Measurement.state.in_(list(_SHOWN_AS)), *narrowed
        )
        .group_by(Measurement.group_id, Measurement.questionnaire, Measurement.state)
    )
    counted: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for group_id, key, state, count in rows.tuples():
        counted[group_id][key][_SHOWN_AS[State(state)]] += count
    return counted


def split_of(counts: Counter[str]) -> tuple[int, int, int] | None:
    """Open, completed, expired; None where the numbers are too small to show."""
    return (counts["open"], counts["completed"], counts["expired"]) if may_be_split(counts.total()) else None


def _list_counts(key: str, where: tuple[str, str], permitted: list[str], counts: Counter[str]) -> ListCounts:
    questionnaire = find_newest(key)
    asked, split = counts.total(), split_of(counts)
    notes = {
        "list_unknown": questionnaire is None,
        "not_permitted": key not in permitted,
        "nobody_yet": asked == 0,
        "too_few": split is None,
    }
    return ListCounts(
        *where,
        title=questionnaire.title if questionnaire else key,
        asked=asked,
        split=split,
        note=next((note for note, is_so in notes.items() if is_so), None),
    )
