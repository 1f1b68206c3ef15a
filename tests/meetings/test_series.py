"""Planning: a rhythm keeps its wall time, goes on by itself, and what cannot be met is refused whole."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from services.meetings.commands import series
from services.meetings.models import Meeting
from services.meetings.queries.groups import get_group
from services.meetings.queries.meetings import get_meeting, list_meetings
from shared import clock
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from shared.security.actor import system
from tests.meetings.actions import days, prolong, refused, rhythm

TUESDAY, HALF_PAST_SEVEN = date(2026, 11, 24), time(19, 30)


def test_a_rhythm_makes_the_meetings_of_the_next_eight_weeks_and_publishes_each(harness: Any) -> None:
    group_id = harness.group()

    rhythm(harness, group_id)

    assert days(group_id) == [TUESDAY + timedelta(weeks=number) for number in range(9)]
    events = [event for event in harness.events() if event.subject.startswith("meeting/")]
    assert [event.data["on"] for event in events] == [day.isoformat() for day in days(group_id)]
    assert {(event.type.split(".")[3], event.data["before"]) for event in events} == {("meeting_scheduled", None)}


def test_a_group_with_a_rhythm_is_running_and_the_others_hear_when_it_meets(harness: Any) -> None:
    group_id = harness.group()
    assert harness.published("group_changed")["state"] == "preparing"

    rhythm(harness, group_id)

    values = harness.published("group_changed")
    assert (values["state"], values["weekday"], values["at"], values["minutes"]) == ("running", 1, "19:30", 120)
    assert values["first_meeting_on"] == "2026-11-24"


def test_a_group_opens_with_an_opening_meeting_where_its_kind_has_one(harness: Any) -> None:
    rhythm(harness, harness.group())
    kinds = [event.data["kind"] for event in harness.events("meeting_scheduled")]
    harness.meeting(harness.headcount_group())

    assert kinds[:2] == ["opening", "regular"]
    assert harness.published("meeting_scheduled")["kind"] == "regular"


def test_a_rhythm_over_both_changes_of_the_clock_stays_at_half_past_seven(harness: Any) -> None:
    harness.clock_at("2027-03-01 10.00")
    group_id = harness.group()
    rhythm(harness, group_id, first_on=date(2027, 3, 23))
    for month in range(4, 12):
        harness.clock_at(f"2027-{month:02}-01 10.00")
        prolong()

    starts = {
        row.on: clock.local(get_meeting(harness.actor(harness.kim), row.id).starts_at)
        for row in Meeting.select().where(Meeting.group == group_id)
    }

    assert {start.strftime("%H:%M") for start in starts.values()} == {"19:30"}
    assert (starts[date(2027, 3, 23)].dst(), starts[date(2027, 3, 30)].dst()) == (timedelta(0), timedelta(hours=1))
    assert (starts[date(2027, 10, 26)].dst(), starts[date(2027, 11, 2)].dst()) == (
        timedelta(hours=1),
        timedelta(0),
    )
    assert starts[date(2027, 3, 30)] - starts[date(2027, 3, 23)] == timedelta(days=7)


def test_the_hour_that_the_clock_skips_is_refused_and_leaves_nothing(harness: Any) -> None:
    group_id = harness.group()

    code = refused(lambda: rhythm(harness, group_id, first_on=date(2027, 3, 28), at=time(2, 30)))

    assert code == "clock_skips_this_hour"
    assert days(group_id) == []
    assert harness.events("meeting_scheduled") == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"first_on": date(2026, 11, 15)}, "start_in_past"),
        ({"first_on": date(2036, 11, 15)}, "start_too_far"),
        ({"end_on": date(2026, 11, 1)}, "series_end_before_start"),
        ({"end_on": TUESDAY, "skipped": [TUESDAY]}, "series_has_no_dates"),
        ({"every_weeks": 0}, "rhythm_wrong"),
        ({"minutes": 5}, "meeting_length_wrong"),
    ],
)
def test_a_rhythm_that_cannot_be_met_is_refused_whole(harness: Any, data: dict[str, Any], code: str) -> None:
    group_id = harness.group()

    assert refused(lambda: rhythm(harness, group_id, **data)) == code
    assert days(group_id) == []


def test_two_tabs_that_plan_the_same_rhythm_give_one(harness: Any) -> None:
    group_id = harness.group()
    rhythm(harness, group_id)

    assert refused(lambda: rhythm(harness, group_id)) == "meeting_at_this_moment"
    assert len(days(group_id)) == 9


def test_a_double_click_plans_one_rhythm(harness: Any) -> None:
    group_id, once = harness.group(), new_id()
    asked = {
        "group_id": group_id,
        "first_on": TUESDAY,
        "at": HALF_PAST_SEVEN,
        "every_weeks": 1,
        "minutes": 120,
        "request_id": once,
    }

    first = series.schedule_series(harness.actor(harness.vos), **asked)
    second = series.schedule_series(harness.actor(harness.vos), **asked)

    assert first == second
    assert len(days(group_id)) == 9


def test_days_picked_one_by_one_are_all_made_at_once(harness: Any) -> None:
    group_id = harness.group()
    picked = [date(2026, 12, 1), date(2027, 1, 5), date(2027, 6, 1)]

    series.schedule_days(
        harness.actor(harness.kim), group_id=group_id, days=picked, at=time(14), minutes=90, request_id=new_id()
    )

    assert days(group_id) == picked
    values = harness.published("group_changed")
    assert (values["weekday"], values["at"], values["first_meeting_on"]) == (None, "14:00", "2026-12-01")


def test_no_days_at_all_is_refused(harness: Any) -> None:
    group_id = harness.group()

    asked = lambda: series.schedule_days(  # noqa: E731
        harness.actor(harness.vos), group_id=group_id, days=[], at=time(14), minutes=90, request_id=new_id()
    )

    assert refused(asked) == "series_has_no_dates"


def test_a_single_meeting_is_planned_once_at_a_moment(harness: Any) -> None:
    group_id = harness.group()
    harness.meeting(group_id)

    assert refused(lambda: harness.meeting(group_id)) == "meeting_at_this_moment"
    harness.meeting(group_id, at=time(10))
    assert len(days(group_id)) == 2


def test_only_the_coordinator_and_who_leads_it_plan_and_nobody_from_elsewhere(harness: Any) -> None:
    group_id = harness.group()
    rhythm(harness, group_id, by=harness.kim)

    with pytest.raises(Forbidden):
        rhythm(harness, group_id, by=harness.sam, at=time(10))
    stranger = harness.colleague("Bo", "coordinator", organisation=harness.register_organisation("Het Anker"))
    with pytest.raises(NotFound):
        rhythm(harness, group_id, by=stranger, at=time(10))


def test_a_service_may_write_down_a_rhythm_that_began_earlier_and_a_person_may_not(harness: Any) -> None:
    group_id = harness.group()
    asked = {
        "group_id": group_id,
        "first_on": date(2026, 9, 1),
        "at": HALF_PAST_SEVEN,
        "every_weeks": 1,
        "minutes": 120,
    }

    assert (
        refused(lambda: series.schedule_series(harness.actor(harness.vos), **asked, request_id=new_id()))
        == "start_in_past"
    )
    series.schedule_series(system("installation"), **asked, request_id=new_id())

    assert days(group_id)[0] == date(2026, 9, 1)


def test_a_group_shows_what_comes_soonest_first_and_what_was_latest_first(harness: Any) -> None:
    group_id = harness.group()
    rhythm(harness, group_id)
    harness.clock_at("2026-12-09 10.00")

    seen = list_meetings(harness.actor(harness.kim), group_id)

    assert [line.on for line in seen.coming[:2]] == [date(2026, 12, 15), date(2026, 12, 22)]
    assert [line.on for line in seen.past] == [date(2026, 12, 8), date(2026, 12, 1), TUESDAY]
    assert get_group(harness.actor(harness.kim), group_id).summary.next_meeting.on == date(2026, 12, 15)
