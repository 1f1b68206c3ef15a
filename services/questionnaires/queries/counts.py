"""How many lists are open, completed and closed in each group, for coordinators and other systems; never whose."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from peewee import Expression, ModelSelect, fn

from services.questionnaires.models import Group, Measurement, Organisation
from services.questionnaires.queries.questionnaires import find_newest
from services.questionnaires.rules.counts import may_be_split
from services.questionnaires.rules.measurements import State
from shared.errors import or_not_found
from shared.security.actor import Actor, within

ROLES = ("coordinator",)
_SHOWN_AS = {State.OPEN: "open", State.STARTED: "open", State.COMPLETED: "completed", State.EXPIRED: "expired"}


class Split(NamedTuple):
    """How many of those who were asked have the list open, completed it, or let it expire."""

    open: int
    completed: int
    expired: int


@dataclass(frozen=True)
class ListCounts:
    """One list in one group.

    asked   how many people were asked; withdrawn lists are in no number
    split   None where the numbers are so small that they identify somebody
    """

    key: str
    title: str
    asked: int
    split: Split | None


@dataclass(frozen=True)
class GroupCounts:
    """Every list of one group; `id` is that of the group."""

    id: str
    organisation_id: str
    lists: tuple[ListCounts, ...]


@dataclass(frozen=True)
class OverviewRow:
    """One list in one group, for people.

    note  why there is little to see: list_unknown, not_permitted, nobody_yet, too_few; or None
    """

    organisation: str
    group: str
    counts: ListCounts
    note: str | None


def list_overview(
    actor: Actor, *, limit: int | None = None, offset: int = 0, until: str = ""
) -> list[OverviewRow]:
    """Return every list of so many groups of the actor's organisations, by organisation, group and title.

    Two statements, however many groups there are.
    """
    groups = list(
        _groups(actor, until)
        .select(Group.id, Group.name, Group.chosen, Organisation.name, Organisation.permitted)
        .order_by(Organisation.name, Organisation.id, Group.name, Group.id)
        .limit(limit)
        .offset(offset)
        .tuples()
    )
    states = count_states(actor, Measurement.group_id.in_([row[0] for row in groups]))
    rows = [
        _overview_row(organisation, group, permitted, _list_counts(key, states[group_id][key]))
        for group_id, group, chosen, organisation, permitted in groups
        for key in {*chosen, *states[group_id]}
    ]
    return sorted(rows, key=lambda row: (row.organisation, row.group, row.counts.title))


def count_groups(actor: Actor, until: str = "") -> int:
    """Return how many groups `list_overview` is about in all, without those with an id above `until`."""
    number: int = _groups(actor, until).count()
    return number


def _groups(actor: Actor, until: str) -> ModelSelect[Group]:
    rows = Group.select(Group.id).join(Organisation, on=Organisation.id == Group.organisation_id)
    rows = rows.where(within(actor, Group.organisation_id, ROLES))
    return rows.where(Group.id <= until) if until else rows


def page_groups(actor: Actor, *, after: str | None, limit: int) -> list[GroupCounts]:
    """Return the next groups after this id, in two statements."""
    rows = Group.select().where(within(actor, Group.organisation_id, ROLES), Group.id > (after or ""))
    return _group_counts(actor, list(rows.order_by(Group.id).limit(limit)))


def get_group(actor: Actor, group_id: str) -> GroupCounts:
    """Return one group; NotFound when there is none, or not for this actor."""
    row = or_not_found(Group.get_or_none(Group.id == group_id, within(actor, Group.organisation_id, ROLES)))
    return _group_counts(actor, [row])[0]


def count_states(actor: Actor, *narrowed: Expression) -> defaultdict[str, defaultdict[str, Counter[str]]]:
    """Return group id -> key -> state as shown -> how many; `narrowed` are conditions on measurements."""
    rows = (
        Measurement.select(Measurement.group_id, Measurement.questionnaire, Measurement.state, fn.COUNT(1))
        .where(
            within(actor, Measurement.organisation_id, ROLES), Measurement.state.in_(list(_SHOWN_AS)), *narrowed
        )
        .group_by(Measurement.group_id, Measurement.questionnaire, Measurement.state)
    )
    counts: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for group_id, key, state, count in rows.tuples():
        counts[group_id][key][_SHOWN_AS[State(state)]] += count
    return counts


def _group_counts(actor: Actor, groups: Collection[Group]) -> list[GroupCounts]:
    states = count_states(actor, Measurement.group_id.in_([group.id for group in groups]))
    return [
        GroupCounts(
            group.id,
            group.organisation_id,
            tuple(_list_counts(key, states[group.id][key]) for key in sorted({*group.chosen, *states[group.id]})),
        )
        for group in groups
    ]


def _list_counts(key: str, states: Counter[str]) -> ListCounts:
    newest, asked = find_newest(key), states.total()
    split = Split(states["open"], states["completed"], states["expired"]) if may_be_split(asked) else None
    return ListCounts(key, newest.title if newest else key, asked, split)


def _overview_row(organisation: str, group: str, permitted: list[str], counts: ListCounts) -> OverviewRow:
    notes = {
        "list_unknown": find_newest(counts.key) is None,
        "not_permitted": counts.key not in permitted,
        "nobody_yet": counts.asked == 0,
        "too_few": counts.split is None,
    }
    return OverviewRow(organisation, group, counts, next((note for note, holds in notes.items() if holds), None))
