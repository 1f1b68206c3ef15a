"""A series keeps its wall time through the year, loses only the days it skips, and refuses what cannot be met."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.meetings.rules.series import (
    ExplicitDates,
    SeriesRule,
    check_moment,
    check_series,
    dates,
    instant,
    span,
)
from shared.errors import Refusal

pytestmark = pytest.mark.clock

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)
HALF_PAST_SEVEN = time(19, 30)
SPRING_2027, AUTUMN_2027 = date(2027, 3, 28), date(2027, 10, 31)


def series(**changes: object) -> SeriesRule:
    usual = {"first_on": TUESDAY, "at": HALF_PAST_SEVEN, "every_weeks": 1, "minutes": 120}
    return SeriesRule(**{**usual, **changes})  # type: ignore[arg-type]


def refused(kind: SeriesRule | ExplicitDates) -> str:
    with pytest.raises(Refusal) as refusal:
        check_series(kind, NOW)
    return refusal.value.code


def test_a_weekly_series_meets_every_tuesday() -> None:
    days = dates(series(), TUESDAY, date(2026, 12, 15))

    assert days == [date(2026, 11, 24), date(2026, 12, 1), date(2026, 12, 8), date(2026, 12, 15)]


def test_a_fortnightly_series_keeps_its_own_weeks_whichever_day_one_looks_from() -> None:
    days = dates(series(every_weeks=2), date(2026, 12, 1), date(2027, 1, 5))

    assert days == [date(2026, 12, 8), date(2026, 12, 22), date(2027, 1, 5)]


def test_skipped_days_are_left_out_and_the_rest_stays() -> None:
    christmas = frozenset({date(2026, 12, 22), date(2026, 12, 29)})

    days = dates(series(skipped=christmas), date(2026, 12, 15), date(2027, 1, 5))

    assert days == [date(2026, 12, 15), date(2027, 1, 5)]


def test_a_series_stops_on_its_last_day_and_has_nothing_before_its_first() -> None:
    rule = series(end_on=date(2026, 12, 8))

    assert dates(rule, date(2020, 1, 1), date.max) == [date(2026, 11, 24), date(2026, 12, 1), date(2026, 12, 8)]
    assert dates(rule, date(2026, 12, 9), date.max) == []
    assert dates(rule, date(2020, 1, 1), date(2020, 2, 1)) == []


def test_days_picked_one_by_one_come_in_order() -> None:
    picked = ExplicitDates(frozenset({date(2027, 2, 2), TUESDAY, date(2027, 5, 4)}), HALF_PAST_SEVEN, 120)

    assert dates(picked, TUESDAY, date(2027, 3, 1)) == [TUESDAY, date(2027, 2, 2)]


def test_half_past_seven_is_another_instant_in_winter_than_in_summer() -> None:
    assert instant(TUESDAY, HALF_PAST_SEVEN) == datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
    assert instant(date(2027, 6, 1), HALF_PAST_SEVEN) == datetime(2027, 6, 1, 17, 30, tzinfo=UTC)


def test_the_first_of_two_equal_hours_is_taken_in_autumn() -> None:
    assert instant(AUTUMN_2027, time(2, 30)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert instant(AUTUMN_2027, time(2, 30, fold=1)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert instant(AUTUMN_2027, time(3, 0)) == datetime(2027, 10, 31, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("at", [time(2, 0), time(2, 30), time(2, 59, 59)])
def test_the_hour_that_the_clock_skips_is_refused(at: time) -> None:
    with pytest.raises(Refusal) as refusal:
        instant(SPRING_2027, at)

    assert refusal.value.code == "clock_skips_this_hour"
    assert refusal.value.facts == {"on": SPRING_2027, "at": at}


@pytest.mark.parametrize("at", [time(1, 59), time(3, 0)])
def test_the_minutes_around_the_skipped_hour_exist(at: time) -> None:
    assert instant(SPRING_2027, at).astimezone(AMSTERDAM).time() == at


def test_a_meeting_lasts_its_minutes_also_through_a_change_of_the_clock() -> None:
    begins, ends = span(SPRING_2027, time(1, 30), 60)

    assert ends - begins == timedelta(minutes=60)
    assert ends.astimezone(AMSTERDAM).time() == time(3, 30)


def test_a_night_series_is_refused_until_it_skips_the_night_of_the_change() -> None:
    nights = series(first_on=date(2026, 11, 22), at=time(2, 30), end_on=date(2027, 5, 1))

    assert refused(nights) == "clock_skips_this_hour"
    check_series(
        series(
            first_on=date(2026, 11, 22), at=time(2, 30), end_on=date(2027, 5, 1), skipped=frozenset({SPRING_2027})
        ),
        NOW,
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"first_on": date(2026, 11, 19)}, "start_in_past"),
        ({"first_on": date(2026, 11, 20), "at": time(9, 59)}, "start_in_past"),
        ({"first_on": date(1, 1, 1)}, "start_in_past"),
        ({"first_on": date.max}, "start_too_far"),
        ({"first_on": date(2062, 11, 24)}, "start_too_far"),
        ({"minutes": 14}, "meeting_length_wrong"),
        ({"minutes": 481}, "meeting_length_wrong"),
        ({"every_weeks": 0}, "rhythm_wrong"),
        ({"every_weeks": -1}, "rhythm_wrong"),
        ({"every_weeks": 14}, "rhythm_wrong"),
        ({"end_on": date(2026, 11, 23)}, "series_end_before_start"),
        ({"end_on": TUESDAY, "skipped": frozenset({TUESDAY})}, "series_has_no_dates"),
    ],
)
def test_a_series_that_cannot_be_met_is_refused(changes: dict[str, object], code: str) -> None:
    assert refused(series(**changes)) == code


@pytest.mark.parametrize("changes", [{"minutes": 15}, {"minutes": 480}, {"every_weeks": 13}, {"end_on": TUESDAY}])
def test_the_edges_themselves_are_fine(changes: dict[str, object]) -> None:
    check_series(series(**changes), NOW)


def test_a_series_may_start_later_this_same_day() -> None:
    check_series(series(first_on=date(2026, 11, 20), at=time(10, 0)), NOW)


def test_an_empty_or_passed_list_of_days_is_refused() -> None:
    assert refused(ExplicitDates(frozenset(), HALF_PAST_SEVEN, 120)) == "series_has_no_dates"
    assert refused(ExplicitDates(frozenset({date(2026, 11, 3), TUESDAY}), HALF_PAST_SEVEN, 120)) == "start_in_past"
    assert refused(ExplicitDates(frozenset({TUESDAY, date.max}), HALF_PAST_SEVEN, 120)) == "start_too_far"


def test_one_meeting_is_checked_by_itself() -> None:
    check_moment(TUESDAY, HALF_PAST_SEVEN, 120, NOW)

    with pytest.raises(Refusal, match="start_in_past"):
        check_moment(date(2026, 11, 20), time(9, 59), 120, NOW)


@settings(deadline=None)
@given(
    first_on=st.dates(date(2026, 11, 21), date(2028, 10, 1)),
    weeks=st.integers(1, 13),
    at=st.times().filter(lambda at: not time(2) <= at < time(3)),
)
def test_the_wall_time_stays_the_same_over_both_change_nights(first_on: date, weeks: int, at: time) -> None:
    rule = series(first_on=first_on, at=at, every_weeks=weeks)

    days = dates(rule, first_on, first_on + timedelta(days=800))

    for day in days:
        shown = instant(day, at).astimezone(AMSTERDAM)
        assert (shown.date(), shown.time()) == (day, at)
        assert day.weekday() == first_on.weekday()


@settings(deadline=None)
@given(
    from_day=st.dates(date(2026, 1, 1), date(2029, 1, 1)),
    days=st.integers(-10, 900),
    weeks=st.integers(1, 13),
    skip=st.frozensets(st.integers(0, 60), max_size=9),
)
def test_any_window_shows_exactly_the_days_of_the_whole_series(
    from_day: date, days: int, weeks: int, skip: frozenset[int]
) -> None:
    skipped = frozenset(TUESDAY + timedelta(weeks=week) for week in skip)
    rule = series(every_weeks=weeks, skipped=skipped, end_on=date(2029, 6, 1))
    until = from_day + timedelta(days=days)

    seen = dates(rule, from_day, until)

    every = [TUESDAY + timedelta(weeks=weeks * step) for step in range(300)]
    assert seen == [d for d in every if from_day <= d <= until and d not in skipped and d <= date(2029, 6, 1)]


@settings(deadline=None)
@given(on=st.dates(date(2020, 1, 1), date(2040, 12, 31)), at=st.times())
def test_an_instant_shows_its_own_wall_time_or_is_refused_on_a_last_sunday_of_march(on: date, at: time) -> None:
    try:
        shown = instant(on, at).astimezone(AMSTERDAM)
    except Refusal:
        assert (on.month, on.weekday(), on.day >= 25, at.hour) == (3, 6, True, 2)
    else:
        assert (shown.date(), shown.time(), shown.fold) == (on, at, 0)
