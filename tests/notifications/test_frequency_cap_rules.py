"""How many messages somebody gets in a week, which count, and how changes and quiet hours go together."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.rules import frequency_cap, validity
from services.notifications.rules.bundling import Carried, carried
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import MessageType
from services.notifications.rules.timing import (
    LEAST_NOTICE,
    QUIET_FROM,
    QUIET_UNTIL,
    is_reminded_by_change,
    is_same_evening,
    quiet_stretch,
    urgent_release,
    veto_until,
)
from services.notifications.rules.validity import Stop

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHTS = [date(2027, 3, 28), date(2026, 10, 25), date(2026, 11, 24)]

around_a_night = st.tuples(st.sampled_from(NIGHTS), st.integers(-24 * 60, 24 * 60)).map(
    lambda night: datetime(night[0].year, night[0].month, night[0].day, tzinfo=UTC) + timedelta(minutes=night[1])
)
ages = st.lists(st.integers(0, 30 * 24 * 60), max_size=12)


def local(year, month, day, hour, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)


def test_reminders_lists_and_being_missed_count_and_answers_and_changes_do_not():
    assert set(frequency_cap.COUNTING) == {
        MessageType.INTRO_TALK_REMINDER,
        MessageType.MEETING_REMINDER,
        MessageType.QUESTIONNAIRE_INVITATION,
        MessageType.MISSED_YOU,
    }


@pytest.mark.parametrize(
    ("days_ago", "free_in_days"),
    [([], None), ([1, 2, 3], None), ([1, 2, 3, 6], 1), ([1, 2, 3, 4, 6], 3), ([8, 9, 10, 11, 1], None)],
)
def test_a_fifth_message_waits_until_the_oldest_of_four_is_a_week_old(days_ago, free_in_days):
    free = frequency_cap.free_at([NOW - days * DAY for days in days_ago], NOW)

    assert free == (None if free_in_days is None else NOW + free_in_days * DAY)


@given(ages)
def test_however_messages_went_never_more_than_four_stand_in_any_week(minutes):
    sent: list[datetime] = []
    for age in sorted(minutes, reverse=True):
        moment = NOW - timedelta(minutes=age)
        free = frequency_cap.free_at(sent, moment)
        if free is None:
            sent.append(moment)
        else:
            assert moment < free <= moment + frequency_cap.WEEK

    for begin in sent:
        assert (
            len([moment for moment in sent if begin <= moment < begin + frequency_cap.WEEK])
            <= frequency_cap.MOST_A_WEEK
        )


@pytest.mark.parametrize(("days_ago", "lately"), [([], False), ([20], True), ([22], False), ([40, 1], True)])
def test_somebody_is_missed_once_in_three_weeks(days_ago, lately):
    assert frequency_cap.is_missed_lately([NOW - days * DAY for days in days_ago], NOW) is lately


@pytest.mark.parametrize(
    ("now", "noon"),
    [
        (local(2026, 11, 24, 21, 40), local(2026, 11, 25, 12)),
        (local(2026, 11, 25, 0, 10), local(2026, 11, 26, 12)),
        (local(2027, 3, 27, 22), local(2027, 3, 28, 12)),
        (local(2026, 10, 24, 22), local(2026, 10, 25, 12)),
    ],
)
def test_a_facilitator_has_until_noon_of_the_next_day(now, noon):
    assert veto_until(now, AMSTERDAM) == noon


@pytest.mark.parametrize(
    ("now", "needed_by", "goes"),
    [
        (local(2026, 11, 24, 12), local(2026, 11, 24, 13), local(2026, 11, 24, 12)),
        (local(2026, 11, 24, 23), local(2026, 11, 25, 19, 30), local(2026, 11, 25, 8)),
        (local(2026, 11, 25, 6), local(2026, 11, 25, 9), local(2026, 11, 25, 8)),
        (local(2026, 11, 25, 6), local(2026, 11, 25, 8, 59), local(2026, 11, 25, 6)),
        (local(2027, 3, 28, 1, 30), local(2027, 3, 28, 19, 30), local(2027, 3, 28, 8)),
        (local(2026, 10, 25, 1, 30), local(2026, 10, 25, 19, 30), local(2026, 10, 25, 8)),
    ],
)
def test_an_urgent_text_message_waits_for_the_morning_unless_less_than_an_hour_would_be_left(now, needed_by, goes):
    assert urgent_release(now, QUIET_FROM, QUIET_UNTIL, AMSTERDAM, needed_by) == goes


@given(around_a_night, st.integers(0, 48 * 60))
def test_it_breaks_the_quiet_hours_only_when_waiting_leaves_too_little(now, minutes):
    needed_by = now + timedelta(minutes=minutes)

    goes = urgent_release(now, QUIET_FROM, QUIET_UNTIL, AMSTERDAM, needed_by)

    stretch = quiet_stretch(now, QUIET_FROM, QUIET_UNTIL, AMSTERDAM)
    assert goes >= now
    if goes > now:
        assert stretch is not None
        assert goes == stretch[1]
        assert needed_by - goes >= LEAST_NOTICE
        assert goes.astimezone(AMSTERDAM).time() == QUIET_UNTIL
    elif stretch is not None:
        assert needed_by - stretch[1] < LEAST_NOTICE


def test_quiet_hours_that_never_end_hold_nothing_up_for_ever():
    assert urgent_release(NOW, time(8), time(8), AMSTERDAM, NOW + DAY) == NOW


@pytest.mark.parametrize(("hours", "reminds"), [(-1, True), (0, True), (11, True), (12, False), (30, False)])
def test_who_heard_of_a_change_shortly_before_the_reminder_needs_none(hours, reminds):
    assert is_reminded_by_change(NOW, NOW + hours * HOUR) is reminds


def test_an_evening_is_a_local_day():
    assert is_same_evening(local(2026, 11, 24, 0, 10), local(2026, 11, 24, 23, 50), AMSTERDAM)
    assert not is_same_evening(local(2026, 11, 24, 23, 50), local(2026, 11, 25, 0, 10), AMSTERDAM)


@pytest.mark.parametrize(
    ("state", "is_same_revision", "reason"),
    [
        ("planned", True, "meeting_goes_on"),
        ("cancelled", False, "meeting_goes_on"),
        ("cancelled", True, None),
        ("took_place", True, "too_late"),
    ],
)
def test_a_cancellation_is_true_as_long_as_the_meeting_is_off(state, is_same_revision, reason):
    stopped = validity.cancelled_stop(state, is_same_revision=is_same_revision)

    assert (stopped.reason if stopped else None) == reason


@pytest.mark.parametrize(
    ("mark", "meeting", "is_called_off", "is_lately", "stop"),
    [
        ("absent", "took_place", False, False, None),
        (None, "planned", False, False, None),
        ("present", "took_place", False, False, Stop(State.WITHDRAWN, "attendance_corrected")),
        ("absent", "did_not_take_place", False, False, Stop(State.WITHDRAWN, "attendance_corrected")),
        ("absent", "took_place", True, True, Stop(State.WITHDRAWN, "called_off")),
        ("absent", "took_place", False, True, Stop(State.SUPPRESSED, "missed_lately")),
    ],
)
def test_we_missed_you_is_true_as_long_as_the_absence_stands(mark, meeting, is_called_off, is_lately, stop):
    stopped = validity.missed_stop(mark, meeting_state=meeting, is_called_off=is_called_off, is_lately=is_lately)

    assert stopped == stop


@pytest.mark.parametrize(
    ("state", "change", "is_same_revision", "is_facilitator", "reason"),
    [
        ("planned", None, True, True, None),
        ("planned", None, True, False, "replaced"),
        ("planned", "moved", False, True, "meeting_moved"),
        ("cancelled", None, True, True, "meeting_cancelled"),
        ("cancelled", "called_off", True, True, None),
        ("planned", "called_off", True, True, "replaced"),
        ("planned", "called_off", True, False, None),
    ],
)
def test_a_substitute_hears_what_holds(state, change, is_same_revision, is_facilitator, reason):
    stopped = validity.substitute_stop(
        state, change=change, is_same_revision=is_same_revision, is_facilitator=is_facilitator
    )

    assert (stopped.reason if stopped else None) == reason


@pytest.mark.parametrize(
    ("is_facilitator", "unnotified", "reason"),
    [(True, 2, None), (True, 0, "all_reached"), (False, 2, "no_longer_facilitator")],
)
def test_who_leads_is_asked_to_tell_it_as_long_as_somebody_knows_nothing(is_facilitator, unnotified, reason):
    stopped = validity.in_person_stop(is_facilitator=is_facilitator, unnotified=unnotified)

    assert (stopped.reason if stopped else None) == reason


@pytest.mark.parametrize("state", [None, *State])
def test_what_goes_along_is_told_waits_or_goes_alone_by_what_carries_it(state):
    sent = {State.ACCEPTED, State.UNKNOWN, State.DELIVERED, State.UNDELIVERED}
    waits = {State.DUE, State.CLAIMED}
    expected = Carried.NOTIFIED if state in sent else Carried.WAITS if state in waits else Carried.GOES_ALONE

    assert carried(state) is expected
