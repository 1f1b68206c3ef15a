"""What other systems may look up: per group how many lists are open, completed and closed, and never whose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from services.questionnaires.models import Group, Measurement
from services.questionnaires.queries.counts import ROLES, counted, split_of
from services.questionnaires.queries.lists import find_newest
from shared.errors import NotFound
from shared.security.actor import Actor, within


@dataclass(frozen=True)
class Split:
    """How many of those who were asked have it open, completed it, or let it lie until it closed."""

    open: int
    completed: int
    expired: int


@dataclass(frozen=True)
class ListNumbers:
    """One list in one group; `split` is None where the numbers are so small that they point at somebody."""

    key: str
    title: str
    asked: int
    split: Split | None


@dataclass(frozen=True)
class GroupNumbers:
    """Every list of one group; `id` is that of the group."""

    id: str
    organisation_id: str
    lists: tuple[ListNumbers, ...]


def page_groups(actor: Actor, *, after: str | None, limit: int) -> list[GroupNumbers]:
    """The next groups after this id, in two statements."""
    mine = Group.select().where(within(actor, Group.organisation_id, ROLES), Group.id > (after or ""))
    return _numbers(actor, list(mine.order_by(Group.id).limit(limit)))


def get_group(actor: Actor, group_id: str) -> GroupNumbers:
    """One group; NotFound when there is none, or not for this actor."""
    row = Group.get_or_none(Group.id == group_id, within(actor, Group.organisation_id, ROLES))
    if row is None:
        raise NotFound()
    return _numbers(actor, [row])[0]


def _numbers(actor: Actor, groups: Collection[Group]) -> list[GroupNumbers]:
    counts = counted(actor, Measurement.group_id.in_([group.id for group in groups]))
    return [
        GroupNumbers(
            group.id,
            group.organisation_id,
            tuple(_list(key, counts[group.id][key]) for key in sorted({*group.chosen, *counts[group.id]})),
        )
        for group in groups
    ]


def _list(key: str, counts: Counter[str]) -> ListNumbers:
    newest, split = find_newest(key), split_of(counts)
    title = newest.title if newest else key
    return ListNumbers(key, title, counts.total(), Split(*split) if split else None)
