"""When a message goes: the evening before, at once when there is still time, and never in the quiet hours."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.notifications.rules.timing import (
    QUIET_FROM,
    QUIET_UNTIL,
    is_same_evening,
    quiet_stretch,
    released_at,
    reminder_at,
    starts_at,
    veto_until,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SPRING = date(2027, 3, 28)  # 02.00 becomes 03.00
AUTUMN = date(2026, 10, 25)  # 03.00 becomes 02.00
MINUTE = timedelta(minutes=1)
FAR = datetime(2030, 1, 1, tzinfo=UTC)

minutes_of_day = st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60))
outside_the_change = minutes_of_day.filter(lambda at: not time(1, 0) <= at <= time(4, 0))
around_a_change = st.tuples(st.sampled_from([SPRING, AUTUMN]), st.integers(-36 * 60, 36 * 60)).map(
    lambda night: datetime(night[0].year, night[0].month, night[0].day, tzinfo=UTC) + night[1] * MINUTE
)


def local(year, month, day, hour, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)


def wall_is_quiet(moment, quiet_from, quiet_until):
    """By the clock on the wall alone: our measuring rod, reckoned without any of the code under test."""
    wall = moment.astimezone(AMSTERDAM).time()
    if quiet_from <= quiet_until:
        return quiet_from <= wall < quiet_until
    return wall >= quiet_from or wall < quiet_until


def test_a_reminder_goes_at_six_on_the_evening_before():
    at = reminder_at(date(2026, 11, 24), time(19, 30), AMSTERDAM, local(2026, 11, 20, 9))

    assert at == local(2026, 11, 23, 18)


def test_who_closes_a_meeting_after_midnight_has_until_noon_of_the_day_after():
    assert veto_until(local(2026, 11, 24, 23, 30), AMSTERDAM) == local(2026, 11, 25, 12)
    assert veto_until(local(2026, 11, 25, 0, 30), AMSTERDAM) == local(2026, 11, 26, 12)


def test_an_evening_ends_at_midnight_on_the_clock_of_the_wall():
    midnight = local(2026, 11, 25, 0)

    assert not is_same_evening(midnight - MINUTE, midnight, AMSTERDAM)
    assert is_same_evening(midnight, local(2026, 11, 25, 23, 59), AMSTERDAM)


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_over_a_clock_change_the_reminder_stays_at_six_and_the_meeting_at_half_past_seven(day):
    now = starts_at(day, time(0), AMSTERDAM) - timedelta(days=5)

    at = reminder_at(day, time(19, 30), AMSTERDAM, now)
    start = starts_at(day, time(19, 30), AMSTERDAM)

    assert at.astimezone(AMSTERDAM).replace(tzinfo=None) == datetime.combine(day - timedelta(days=1), time(18))
    assert start.astimezone(AMSTERDAM).time() == time(19, 30)
    assert start - at == timedelta(hours=24.5 if day == SPRING else 26.5)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (local(2026, 11, 23, 18, 0), local(2026, 11, 23, 18, 0)),
        (local(2026, 11, 23, 18, 1), local(2026, 11, 23, 18, 1)),
        (local(2026, 11, 24, 16, 30), local(2026, 11, 24, 16, 30)),
        (local(2026, 11, 24, 16, 31), None),
        (local(2026, 11, 24, 19, 30), None),
        (local(2026, 11, 25, 9, 0), None),
    ],
)
def test_planned_late_it_goes_at_once_up_to_three_hours_before_and_then_never(now, expected):
    assert reminder_at(date(2026, 11, 24), time(19, 30), AMSTERDAM, now) == expected


def test_three_hours_are_counted_over_the_skipped_hour():
    # 00.30 to 04.00 looks like three and a half hours and is two and a half
    assert reminder_at(SPRING, time(4), AMSTERDAM, local(2027, 3, 28, 0, 30)) is None
    assert reminder_at(SPRING, time(4), AMSTERDAM, local(2027, 3, 28, 0, 0)) == local(2027, 3, 28, 0, 0)


def test_a_moment_in_another_zone_is_the_same_moment():
    now = local(2026, 11, 24, 9).astimezone(ZoneInfo("Asia/Tokyo"))

    assert reminder_at(date(2026, 11, 24), time(19, 30), AMSTERDAM, now) == now


def test_a_moment_without_a_zone_is_refused():
    naive = datetime(2026, 11, 24, 9)  # noqa: DTZ001 - that is the point

    with pytest.raises(AssertionError):
        reminder_at(date(2026, 11, 24), time(19, 30), AMSTERDAM, naive)


@pytest.mark.parametrize(
    ("due", "release"),
    [
        (local(2026, 11, 23, 18, 0), local(2026, 11, 23, 18, 0)),
        (local(2026, 11, 23, 21, 29), local(2026, 11, 23, 21, 29)),
        (local(2026, 11, 23, 21, 30), local(2026, 11, 24, 8, 0)),
        (local(2026, 11, 24, 3, 0), local(2026, 11, 24, 8, 0)),
        (local(2026, 11, 24, 7, 59), local(2026, 11, 24, 8, 0)),
        (local(2026, 11, 24, 8, 0), local(2026, 11, 24, 8, 0)),
    ],
)
def test_quiet_hours_put_off_to_their_end(due, release):
    assert released_at(due, QUIET_FROM, QUIET_UNTIL, AMSTERDAM, FAR) == release


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 9.5), (AUTUMN, 11.5)])
def test_over_a_clock_change_the_night_ends_at_eight_on_the_wall(day, hours):
    due = starts_at(day - timedelta(days=1), time(21, 30), AMSTERDAM)

    release = released_at(due, QUIET_FROM, QUIET_UNTIL, AMSTERDAM, FAR)

    assert release.astimezone(AMSTERDAM).replace(tzinfo=None) == datetime.combine(day, time(8))
    assert release - due == timedelta(hours=hours)


def test_quiet_hours_within_one_day_and_none_at_all():
    noon = local(2026, 11, 24, 12)

    assert released_at(noon, time(9), time(17), AMSTERDAM, FAR) == local(2026, 11, 24, 17)
    assert released_at(noon, time(9), time(9), AMSTERDAM, FAR) == noon


def test_a_repeated_hour_is_quiet_both_times():
    # quiet until 02.30, and the wall says 02.30 twice: the second one counts
    first = datetime(2026, 10, 25, 2, 30, tzinfo=AMSTERDAM).astimezone(UTC)

    assert released_at(first, time(23), time(2, 30), AMSTERDAM, FAR) == first + timedelta(hours=1)


def test_a_beginning_in_the_repeated_hour_counts_from_the_first_time():
    first = datetime(2026, 10, 25, 2, 30, tzinfo=AMSTERDAM).astimezone(UTC)

    assert quiet_stretch(first - MINUTE, time(2, 30), time(8), AMSTERDAM) is None
    assert released_at(first, time(2, 30), time(8), AMSTERDAM, FAR) == local(2026, 10, 25, 8)


def test_an_end_in_the_skipped_hour_still_ends():
    due = local(2027, 3, 28, 1, 0)

    release = released_at(due, time(23), time(2, 30), AMSTERDAM, FAR)

    assert release == local(2027, 3, 28, 3, 30)


def test_what_would_expire_in_the_night_goes_just_before_it():
    # quiet from 17.00 to 10.00; a reminder due at 18.00 for half past nine the next morning
    start = local(2026, 11, 24, 9, 30)
    due = local(2026, 11, 23, 18)

    release = released_at(due, time(17), time(10), AMSTERDAM, start, now=local(2026, 11, 20, 9))

    assert release == local(2026, 11, 23, 16, 59)


def test_when_the_night_has_begun_and_outlasts_the_message_no_moment_is_left():
    start = local(2026, 11, 24, 9, 30)
    due = local(2026, 11, 23, 18)

    assert released_at(due, time(17), time(10), AMSTERDAM, start) is None
    assert released_at(due, time(17), time(10), AMSTERDAM, start, now=local(2026, 11, 23, 17, 1)) is None


def test_just_before_the_quiet_hours_is_no_moment_when_that_is_quiet_too():
    # all but half a minute of the day is quiet: a minute before they begin, the ones before are not over
    due = local(2026, 11, 24, 12)
    week_ago = due - timedelta(days=7)

    assert released_at(due, time(8, 0, 30), time(8), AMSTERDAM, due + MINUTE, now=week_ago) is None


def test_what_expired_before_it_was_due_has_no_moment():
    due = local(2026, 11, 24, 12)

    assert released_at(due, QUIET_FROM, QUIET_UNTIL, AMSTERDAM, due) is None
    assert released_at(due, QUIET_FROM, QUIET_UNTIL, AMSTERDAM, due - MINUTE) is None


def test_processed_late_it_is_the_present_that_must_be_outside_the_quiet_hours():
    due = local(2026, 11, 23, 18)

    release = released_at(due, QUIET_FROM, QUIET_UNTIL, AMSTERDAM, FAR, now=local(2026, 11, 23, 23))

    assert release == local(2026, 11, 24, 8)


@settings(deadline=None, database=None, max_examples=150)
@given(around_a_change, outside_the_change, outside_the_change)
def test_around_a_clock_change_it_goes_at_the_first_minute_that_the_wall_calls_quiet_no_more(
    due, quiet_from, quiet_until
):
    expected = due
    while wall_is_quiet(expected, quiet_from, quiet_until):
        expected += MINUTE

    assert released_at(due, quiet_from, quiet_until, AMSTERDAM, FAR) == expected


@settings(deadline=None, database=None, max_examples=150)
@given(around_a_change, minutes_of_day, minutes_of_day, st.integers(1, 3000), st.integers(-600, 600))
def test_whatever_the_hours_it_never_goes_in_them_nor_after_expiry_nor_in_the_past(
    due, quiet_from, quiet_until, lasts, from_now
):
    now, expires = due + from_now * MINUTE, due + lasts * MINUTE

    release = released_at(due, quiet_from, quiet_until, AMSTERDAM, expires, now=now)

    assume(release is not None)
    assert now <= release < expires
    assert release.tzinfo is UTC
    assert quiet_stretch(release, quiet_from, quiet_until, AMSTERDAM) is None
    assert not wall_is_quiet(release, quiet_from, quiet_until) or (quiet_from == quiet_until)


@settings(deadline=None, database=None, max_examples=100)
@given(around_a_change, minutes_of_day, minutes_of_day)
def test_with_time_enough_nothing_is_ever_dropped(due, quiet_from, quiet_until):
    release = released_at(due, quiet_from, quiet_until, AMSTERDAM, due + timedelta(days=3))

    # Only quiet hours that leave no minute of the day cannot be waited out.
    spare = (datetime.combine(AUTUMN, quiet_from, UTC) - datetime.combine(AUTUMN, quiet_until, UTC)) % timedelta(
        days=1
    )
    assert release is not None or timedelta(0) < spare < timedelta(hours=2)
    assert release is None or release - due <= timedelta(hours=49)
