"""The figures of a region are those of an independent count, and outlive whoever is erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.intake import events as intake
from services.meetings.models import ErasedMove, Group, Membership
from services.meetings.queries.region import NOWHERE, Figure, RegionFilter, RegionView, get_region
from services.meetings.rules import disclosure
from services.meetings.rules.disclosure import LEAST_SHOWN, Count
from services.meetings.rules.region import Period, last_weeks, period_before, quarter
from shared.errors import NotFound
from shared.security.actor import Actor
from tests.meetings.region_history import TODAY, History, make_history

WEEKS = last_weeks(TODAY)
PERIODS = (WEEKS, quarter(2026, 3), quarter(2026, 2))
SEEDS = range(4)


def coordinator(*organisations: str) -> Actor:
    return Actor("els", "staff", "Els", dict.fromkeys(organisations, frozenset({"coordinator"})))


def figures(view: RegionView) -> dict[str, Figure]:
    return {figure.code: figure for figure in view.figures}


def shows(count: Count | None, number: int) -> bool:
    """Whether a count that is shown is true, and hides a few people and nobody else."""
    assert count is not None
    return count.low <= number <= count.high


def counts_of(history: History, groups: set[str], period: Period) -> dict[str, int]:
    first, last = period.first, period.last
    return {
        "people": history.taking_part(groups, last),
        "newcomers": history.newcomers(groups, first, last),
        "left": history.left(groups, first, last),
        "held": len(history.held(groups, first, last)),
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_the_sums_are_those_of_an_independent_count(harness: Any, seed: int) -> None:
    history = make_history(harness, seed)
    actor, everybody = coordinator(*history.organisations), set(history.groups)

    for period in PERIODS:
        seen = figures(get_region(actor, RegionFilter(period=period)))
        for code, number in counts_of(history, everybody, period).items():
            assert shows(seen[code].value, number), (code, period)
        waits = history.waits(everybody, period.first, period.last)
        assert seen["days"].value == (middle_of(waits) if len(waits) >= LEAST_SHOWN else None)
        came, expected = history.turnout(everybody - history.headcounts, period.first, period.last)
        assert shows(seen["turnout"].value, round(100 * came / expected))


def middle_of(days: list[int]) -> Count:
    """Half of them are below it and half of them above."""
    upper, lower = days[len(days) // 2], days[(len(days) - 1) // 2]
    return disclosure.exactly((upper + lower + 1) // 2)


def test_with_enough_people_each_sum_is_one_number(harness: Any) -> None:
    history = make_history(harness, 7, people=90)
    seen = figures(get_region(coordinator(*history.organisations), RegionFilter(period=WEEKS)))

    for code, number in counts_of(history, set(history.groups), WEEKS).items():
        assert seen[code].value == disclosure.exactly(number), code


@pytest.mark.parametrize("seed", SEEDS)
def test_each_group_has_what_an_independent_count_gives(harness: Any, seed: int) -> None:
    history = make_history(harness, seed)
    view = get_region(coordinator(*history.organisations), RegionFilter(period=WEEKS))
    shown = {row.id: row for row in view.groups}

    assert set(shown) == set(history.groups)
    for group, row in shown.items():
        assert row.unreported == history.unreported.get(group, 0)
        assert shows(row.calls, history.calls.get(group, 0))
        held = history.held({group}, WEEKS.first, WEEKS.last)
        if group in history.headcounts:
            assert (row.taken, row.keeps_names) == (None, False)
            assert shows(row.turnout, round(sum(evening.unnamed for evening in held) / len(held)))
            continue
        assert shows(row.taken, history.places(group, TODAY))
        came, expected = history.turnout({group}, WEEKS.first, WEEKS.last)
        assert shows(row.turnout, round(100 * came / expected))
        waits = history.waits({group}, period_before(WEEKS).first, WEEKS.last)
        assert row.waiting_days == (middle_of(waits).low if len(waits) >= LEAST_SHOWN else None)
        for monday, value in row.weeks:
            came, expected = history.turnout({group}, monday, monday + timedelta(days=6))
            assert value is None if expected < LEAST_SHOWN else shows(value, round(100 * came / expected))


@pytest.mark.parametrize("seed", range(2))
def test_every_choice_of_groups_is_counted_right_and_shows_no_few_people(harness: Any, seed: int) -> None:
    history = make_history(harness, seed)
    actor = coordinator(*history.organisations)
    rows = list(Group.select())
    for organisation in (None, *history.organisations):
        for kind in (None, *{row.kind for row in rows}):
            for venue in (None, NOWHERE, *{row.venue_id for row in rows if row.venue_id}):
                chosen = {
                    row.id for row in rows
                    if organisation in (None, row.organisation_id) and kind in (None, row.kind)
                    and venue in (None, row.venue_id or NOWHERE)
                }  # fmt: skip
                view = get_region(actor, RegionFilter(organisation, kind, venue, WEEKS))
                seen = figures(view)
                assert {row.id for row in view.groups} == chosen
                for code, number in counts_of(history, chosen, WEEKS).items():
                    value = seen[code].value
                    assert shows(value, number), (code, organisation, kind, venue)
                    assert code == "held" or not (value.is_exact and value.low in (1, 2, 3))


@pytest.mark.parametrize("seed", SEEDS)
def test_who_is_erased_stays_in_the_counts_and_has_left_today(harness: Any, seed: int) -> None:
    history = make_history(harness, seed, people=12)
    actor, everybody = coordinator(*history.organisations), set(history.groups)
    for person in [person for person in history.people if person.stays][::3]:
        harness.publish(
            intake.ERASURE_REQUESTED, person.id, participant_id=person.id, organisation_id=person.organisation
        )
        person.stays = [(group, first, last or TODAY) for group, first, last in person.stays]
    harness.consume()
    assert ErasedMove.select().exists()

    for period in (WEEKS, quarter(2026, 3)):
        seen = figures(get_region(actor, RegionFilter(period=period)))
        for code, number in counts_of(history, everybody, period).items():
            assert shows(seen[code].value, number), (code, period)
        came, expected = history.turnout(everybody - history.headcounts, period.first, period.last)
        assert shows(seen["turnout"].value, round(100 * came / expected))


def test_nothing_of_who_is_erased_is_kept_but_days_of_a_group(harness: Any) -> None:
    history = make_history(harness, 1, people=5)
    person = next(person for person in history.people if person.stays)
    ids = {row.id for row in Membership.select().where(Membership.participant_id == person.id)} | {person.id}
    harness.publish(
        intake.ERASURE_REQUESTED, person.id, participant_id=person.id, organisation_id=person.organisation
    )
    harness.consume()

    kept = [str(value) for row in ErasedMove.select().dicts() for value in row.values()]
    assert kept
    assert not ids & set(kept)


def test_a_change_is_against_the_period_before_it(harness: Any) -> None:
    history = make_history(harness, 7, people=90)
    seen = figures(get_region(coordinator(*history.organisations), RegionFilter(period=WEEKS)))
    now = counts_of(history, set(history.groups), WEEKS)
    before = counts_of(history, set(history.groups), period_before(WEEKS))

    for code in ("people", "newcomers", "held"):
        assert seen[code].change == now[code] - before[code], code


def test_a_period_before_which_is_not_known_as_a_whole_shows_no_change(harness: Any) -> None:
    history = make_history(harness, 7, people=90)
    seen = figures(get_region(coordinator(*history.organisations), RegionFilter(period=quarter(2026, 2))))

    assert [figure.change for figure in seen.values()] == [None] * 6
    assert seen["held"].value != disclosure.NONE


def test_how_many_more_there_are_is_not_shown_where_it_would_tell_who_came(harness: Any) -> None:
    history = make_history(harness, 3, people=3)
    seen = figures(get_region(coordinator(*history.organisations), RegionFilter(period=WEEKS)))

    assert not seen["newcomers"].value.is_exact
    assert seen["people"].change is None


def test_one_organisation_is_never_seen_by_who_coordinates_another(harness: Any) -> None:
    history = make_history(harness, 5)
    ours, theirs = history.organisations
    view = get_region(coordinator(ours), RegionFilter(period=WEEKS))

    assert {row.id for row in view.groups} == {group for group, owner in history.groups.items() if owner == ours}
    assert [organisation.id for organisation in view.organisations] == [ours]
    assert shows(
        figures(view)["held"].value, len(history.held({row.id for row in view.groups}, WEEKS.first, TODAY))
    )
    with pytest.raises(NotFound):
        get_region(coordinator(ours), RegionFilter(theirs, period=WEEKS))


def test_a_role_other_than_coordinator_counts_nowhere(harness: Any) -> None:
    history = make_history(harness, 5)
    ours, theirs = history.organisations
    roles = frozenset({"facilitator", "manager", "intro_worker", "messenger"})
    both = replace(coordinator(ours), grants={ours: frozenset({"coordinator"}), theirs: roles})

    assert get_region(both, RegionFilter(period=WEEKS)) == get_region(
        coordinator(ours), RegionFilter(period=WEEKS)
    )


def test_a_group_that_ended_counts_for_its_time_and_is_not_listed(harness: Any) -> None:
    history = make_history(harness, 5)
    ended = next(group for group in history.groups if history.held({group}, WEEKS.first, TODAY))
    before = get_region(coordinator(*history.organisations), RegionFilter(period=WEEKS))
    Group.update(state="ended").where(Group.id == ended).execute()

    after = get_region(coordinator(*history.organisations), RegionFilter(period=WEEKS))

    assert after.figures == before.figures
    assert {row.id for row in before.groups} - {row.id for row in after.groups} == {ended}


def test_it_is_the_same_number_of_queries_however_many_groups_there_are(harness: Any) -> None:
    few, actor = make_history(harness, 1, groups=2, people=4), coordinator(harness.organisation_id)

    def queries() -> int:
        return harness.count_statements(lambda: get_region(actor, RegionFilter(period=quarter(2026, 3))))

    asked = queries()
    make_history(harness, 2, groups=9, people=40, second="De Brug")

    assert len(get_region(actor, RegionFilter()).groups) > len(few.groups) / 2
    assert queries() == asked
    assert asked <= 30
