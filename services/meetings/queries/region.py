"""The figures of a region, for its coordinators: per group and together, as they may be shown, never who.

However many groups there are, it is the same number of queries.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from peewee import JOIN

from services.meetings.models import Group, GroupFacilitator, Venue
from services.meetings.queries import region_counts
from services.meetings.queries.closing import count_unreported
from services.meetings.queries.follow_up_calls import count_open_calls
from services.meetings.queries.kinds import get_kind, rules_in_force
from services.meetings.queries.organisations import OrganisationView, list_organisations
from services.meetings.queries.region_counts import COORDINATOR, PeopleCounts
from services.meetings.rules import disclosure, groups
from services.meetings.rules import region as rules
from services.meetings.rules.disclosure import LEAST_SHOWN, exactly, protect
from services.meetings.rules.region import Begun, Held
from shared import clock
from shared.errors import NotFound
from shared.security.actor import Actor, within

NOWHERE = "geen"  # of groups without a place
Count = disclosure.Count
Period = rules.Period
LAST_WEEKS = rules.LAST_WEEKS
FEWEST = LEAST_SHOWN  # people of whom a count is shown
_STARTS_NOBODY = ("paused", "rounding_off", "ended")


@dataclass(frozen=True)
class RegionFilter:
    """Which groups, and which period; what is left open counts all. `venue_id` may be NOWHERE."""

    organisation_id: str | None = None
    kind: str | None = None
    venue_id: str | None = None
    period: Period | None = None


@dataclass(frozen=True)
class Figure:
    """One sum over the groups that were chosen; None where nothing can be said.

    code    people, newcomers, left, days, held or turnout (in percent)
    change  against the period before; None also when that is not known as a whole, or would give somebody away
    """

    code: str
    value: Count | None
    change: int | None


@dataclass(frozen=True)
class GroupFigures:
    """One group, as it is shown.

    weeks           (Monday, turnout) of each week; None without a meeting
    turnout         of all of them together; in percent of the members, or in people where no names are kept
    taken           places; None where no names are kept. `seats` is None without a maximum, or where it would tell
    next_start      first meeting at which somebody new may start; None when it is full or nobody starts
    waiting_days    median from sign-up to first meeting, of who started in this period or the one before
    lacks           "facilitator", "second_facilitator" or nothing
    """

    id: str
    name: str
    organisation_name: str
    kind_label: str
    venue_name: str | None
    keeps_names: bool
    weeks: tuple[tuple[date, Count | None], ...]
    turnout: Count | None
    taken: Count | None
    seats: int | None
    is_full: bool
    next_start: date | None
    waiting_days: int | None
    unreported: int
    calls: Count
    lacks: str | None


@dataclass(frozen=True)
class RegionView:
    """The sums, the groups that go on, and what can be chosen. `before` is the period of the changes."""

    period: Period
    before: Period
    figures: tuple[Figure, ...]
    groups: tuple[GroupFigures, ...]
    organisations: tuple[OrganisationView, ...]
    kinds: tuple[tuple[str, str], ...]
    venues: tuple[tuple[str, str], ...]
    has_nowhere: bool


def list_periods() -> tuple[Period, ...]:
    """Return the periods that may be asked for today."""
    return rules.offered_periods(clock.today())


def get_region(actor: Actor, filters: RegionFilter) -> RegionView:
    """Return the figures of the organisations that this actor coordinates. NotFound for another organisation."""
    organisations = list_organisations(actor, *COORDINATOR)
    if filters.organisation_id not in (None, *(row.id for row in organisations)):
        raise NotFound()
    rows = _groups(actor)
    chosen = [row for row in rows if _is_chosen(row, filters)]
    period = filters.period or rules.last_weeks(clock.today())
    before = rules.period_before(period)
    facts = _Facts(actor, period, before)
    selection = _Selection(rows, {row.id for row in chosen}, facts)
    shown = [row for row in chosen if row.state != "ended"]
    return RegionView(
        period,
        before,
        tuple(selection.figures()),
        tuple(_group_figures(actor, shown, facts, {row.id: row.name for row in organisations})),
        tuple(organisations),
        tuple(sorted({(row.kind, get_kind(row.kind).label) for row in rows}, key=lambda kind: kind[1])),
        tuple(sorted({(row.venue.id, row.venue.name) for row in rows if row.venue}, key=lambda venue: venue[1])),
        any(row.venue_id is None for row in rows),
    )


def _groups(actor: Actor) -> list[Group]:
    rows = Group.select(Group, Venue).join(Venue, JOIN.LEFT_OUTER)
    rows = rows.where(within(actor, Group.organisation, COORDINATOR))
    return sorted(rows, key=lambda row: row.name.casefold())


def _is_chosen(row: Group, filters: RegionFilter) -> bool:
    return (
        filters.organisation_id in (None, row.organisation_id)
        and filters.kind in (None, row.kind)
        and filters.venue_id in (None, row.venue_id or NOWHERE)
    )


class _Facts:
    """What is counted of all groups of the actor, in a period and the one before."""

    def __init__(self, actor: Actor, period: Period, before: Period) -> None:
        self.period, self.before = period, before
        self.people, self.people_before = region_counts.count_people(actor, period, before)
        this = rules.last_weeks(clock.today())
        self.places_today = (self.people if period == this else region_counts.count_people(actor, this)[0]).places
        self.held: defaultdict[str, list[Held]] = defaultdict(list)
        for meeting in region_counts.list_held(actor, before.first, period.last):
            self.held[meeting.group_id].append(meeting)
        self.begun: defaultdict[str, list[Begun]] = defaultdict(list)
        for begun in region_counts.list_begun(actor, before.first, period.last):
            self.begun[begun.group_id].append(begun)
        self.first_held_on = region_counts.first_held_on(actor)

    def held_in(self, group_id: str, period: Period) -> list[Held]:
        """Return the meetings of a group in a period."""
        return [meeting for meeting in self.held[group_id] if meeting.on in period]


class _Selection:
    """The sums of some groups. Of an organisation with all its groups the one exact sum may be shown."""

    def __init__(self, rows: Iterable[Group], chosen: Collection[str], facts: _Facts) -> None:
        self._all: defaultdict[str, list[str]] = defaultdict(list)
        self._chosen: defaultdict[str, list[str]] = defaultdict(list)
        for row in rows:
            self._all[row.organisation_id].append(row.id)
            if row.id in chosen:
                self._chosen[row.organisation_id].append(row.id)
        self._facts = facts

    def figures(self) -> Iterable[Figure]:
        """Return each sum with its change."""
        facts, before = self._facts, dict[str, Count | None]()
        now = self._values(facts.period, facts.people)
        began_on = min(
            (facts.first_held_on[key] for key in self._chosen if key in facts.first_held_on), default=None
        )
        if rules.is_comparable(facts.before, began_on):
            before = self._values(facts.before, facts.people_before)
        for code, value in now.items():
            change = _difference(value, before.get(code))
            # Who came less who left is the change of how many there are: two of the three tell the third.
            if code == "people" and None in (_number(now["newcomers"]), _number(now["left"])):
                change = None
            yield Figure(code, value, change)

    def _values(self, period: Period, people: PeopleCounts) -> dict[str, Count | None]:
        ids = [group_id for chosen in self._chosen.values() for group_id in chosen]
        days = [row.days for group_id in ids for row in self._facts.begun[group_id] if row.on in period]
        middle = rules.median_days(days)
        return {
            "people": self._people(people),
            "newcomers": self._total(people.newcomers),
            "left": self._total(people.left),
            "days": None if middle is None else exactly(middle),
            "held": exactly(sum(len(self._facts.held_in(group_id, period)) for group_id in ids)),
            "turnout": self._turnout(period),
        }

    def _total(self, counts: Mapping[str, int]) -> Count:
        sums = []
        for organisation_id, chosen in self._chosen.items():
            numbers = [counts.get(group_id, 0) for group_id in chosen]
            parts = [protect(number) for number in numbers]
            is_whole = len(chosen) == len(self._all[organisation_id])
            sums.append(disclosure.total(parts, sum(numbers)) if is_whole else disclosure.summed(parts))
        return disclosure.summed(sums)

    def _people(self, counts: PeopleCounts) -> Count:
        sums = []
        for organisation_id, chosen in self._chosen.items():
            places = {group_id: counts.places[group_id] for group_id in self._all[organisation_id]}
            parts = {group_id: protect(number) for group_id, number in places.items()}
            number, people = sum(places.values()), counts.people[organisation_id]
            if len(chosen) == len(parts):
                sums.append(disclosure.total_of_people(list(parts.values()), number, people))
            else:
                these = [parts[group_id] for group_id in chosen]
                sums.append(disclosure.people_among(these, list(parts.values()), number, people))
        return disclosure.summed(sums)

    def _turnout(self, period: Period) -> Count | None:
        """Return the turnout of the groups together; each of them is a sum of its weeks already."""
        weeks = [
            rules.week_shares(self._facts.held_in(group_id, period)).values()
            for chosen in self._chosen.values()
            for group_id in chosen
        ]
        return disclosure.share_among([disclosure.share_of(list(of_group)) for of_group in weeks]).percent()


def _number(value: Count | None) -> int | None:
    return value.low if value is not None and value.is_exact else None


def _difference(now: Count | None, before: Count | None) -> int | None:
    new, old = _number(now), _number(before)
    return None if new is None or old is None else new - old


def _group_figures(
    actor: Actor, rows: Collection[Group], facts: _Facts, names: Mapping[str, str]
) -> Iterable[GroupFigures]:
    ids = [row.id for row in rows]
    unreported, calls = count_unreported(actor), count_open_calls(actor)
    leaders = Counter(
        row.group_id for row in GroupFacilitator.select().where(GroupFacilitator.group.in_(sorted(ids)))
    )
    first_days, coming = region_counts.first_days_of(ids), region_counts.coming_days_of(ids)
    for row in rows:
        in_force = rules_in_force(row.kind, row.overrides)
        keeps_names = in_force.identity != "headcount"
        taken, most = facts.places_today[row.id], in_force.max_size
        is_full = most is not None and taken >= most
        start = rules.next_start(
            in_force.admission, in_force.interval_weeks, first_days.get(row.id), coming.get(row.id, ())
        )
        lacks = groups.lacks(has_meetings=True, leaders=leaders[row.id], leaders_least=in_force.leaders_least)
        weeks, turnout = rules.turnout_by_week(
            facts.held_in(row.id, facts.period), facts.period, keeps_names=keeps_names
        )
        yield GroupFigures(
            id=row.id,
            name=row.name,
            organisation_name=names[row.organisation_id],
            kind_label=get_kind(row.kind).label,
            venue_name=row.venue.name if row.venue else None,
            keeps_names=keeps_names,
            weeks=weeks,
            turnout=turnout,
            taken=protect(taken) if keeps_names else None,
            # Of a group that is full, a maximum below four would tell how many there are.
            seats=most if most is not None and most >= LEAST_SHOWN else None,
            is_full=is_full,
            next_start=None if is_full or row.state in _STARTS_NOBODY else start,
            waiting_days=rules.median_days([begun.days for begun in facts.begun[row.id]]),
            unreported=unreported[row.id],
            calls=protect(calls[row.id]),
            lacks=next(iter(lacks), None),
        )
