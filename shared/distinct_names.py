"""Telling people apart who are called alike: a number behind their name, the same wherever it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

MembersBeside = Callable[[Collection[str]], Iterable[tuple[str, str]]]
NamesOf = Callable[[Collection[str]], Mapping[str, str]]


def distinct_names(
    lists: Iterable[Collection[str]], members_beside: MembersBeside, names_of: NamesOf
) -> dict[str, str]:
    """Return id -> name, with a number behind it where somebody in one of their groups is called alike.

    The number follows the order in which people came. It is the same on every page: when two who are called alike
    share a group, and one of them shares another group with a third, all three are numbered together.

    lists           the ids that are wanted; each list holds people of one group, also who left it
    members_beside  (group, member) of every group in which one of these takes part
    names_of        id -> name, of whom it is known
    """
    shown = [frozenset(people) for people in lists]
    wanted = frozenset[str]().union(*shown)
    names: dict[str, str] = {}
    namesakes: dict[str, frozenset[str]] = {}
    fresh, seen = wanted, frozenset[str]()
    while fresh:
        members: defaultdict[str, set[str]] = defaultdict(set)
        for group, member in members_beside(fresh):
            members[group].add(member)
        groups = [*shown, *members.values()]
        names |= names_of(fresh.union(*groups).difference(names))
        for alike in _alike(groups, names):
            joined = alike.union(*(namesakes.get(person, ()) for person in alike))
            namesakes |= dict.fromkeys(joined, joined)
        seen |= fresh
        fresh = frozenset[str]().union(*(namesakes.get(person, ()) for person in wanted)) - seen
    return {
        person: _numbered(names[person], person, namesakes.get(person, frozenset()))
        for person in sorted(wanted)
        if person in names
    }


def _alike(groups: Iterable[Collection[str]], names: Mapping[str, str]) -> Iterator[frozenset[str]]:
    """List those of each group who are called alike."""
    for group in groups:
        by_name: defaultdict[str, set[str]] = defaultdict(set)
        for person in group:
            if person in names:
                by_name[names[person].casefold()].add(person)
        yield from (frozenset(alike) for alike in by_name.values() if len(alike) > 1)


def _numbered(name: str, person: str, namesakes: frozenset[str]) -> str:
    return f"{name} ({sorted(namesakes).index(person) + 1})" if namesakes else name
