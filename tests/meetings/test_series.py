"""Planning: a rhythm keeps its wall time, goes on by itself, and what cannot be met is refused whole."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.meetings.commands import series as do
from services.meetings.models import Meeting, house
from services.meetings.queries.groups import get_group, list_meetings
from services.meetings.queries.meetings import get_meeting
from shared import clock
from shared.auth.actor import system
from shared.errors import Forbidden, NotFound, Refusal
from shared.ids import new_id

ROOT = Path(__file__).resolve().parents[2]
TUESDAY, HALF_PAST_SEVEN = date(2026, 11, 24), time(19, 30)


def rhythm(desk: Any, group_id: str, **data: Any) -> str:
    told = {"first_on": TUESDAY, "at": HALF_PAST_SEVEN, "every_weeks": 1, "minutes": 120} | data
    by = told.pop("by", desk.vos)
    return do.schedule_series(desk.actor(by), group_id=group_id, **told, request_id=new_id())


def days(group_id: str) -> list[date]:
    rows = Meeting.select().where(Meeting.group == group_id).order_by(Meeting.on)
    return [row.on for row in rows]


def refused(asked: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        asked()
    return refusal.value.code


def prolong() -> None:
    while do.prolong_series():
        pass


def test_a_rhythm_makes_the_meetings_of_the_next_eight_weeks_and_says_each(desk: Any) -> None:
    group_id = desk.group()

    rhythm(desk, group_id)

    assert days(group_id) == [TUESDAY + timedelta(weeks=number) for number in range(9)]
    assert [letter.data["on"] for letter in desk.letters("meeting_changed")] == [
        day.isoformat() for day in days(group_id)
    ]
    scheduled = {letter.data["meeting_id"] for letter in desk.letters("meeting_scheduled")}
    assert scheduled == {letter.data["meeting_id"] for letter in desk.letters("meeting_changed")}


def test_a_group_with_a_rhythm_is_running_and_the_others_hear_when_it_meets(desk: Any) -> None:
    group_id = desk.group()
    assert desk.said("group_changed")["state"] == "preparing"

    rhythm(desk, group_id)

    told = desk.said("group_changed")
    assert (told["state"], told["weekday"], told["at"], told["minutes"]) == ("running", 1, "19:30", 120)
    assert told["first_meeting_on"] == "2026-11-24"


def test_a_group_opens_with_an_opening_meeting_where_its_kind_has_one(desk: Any) -> None:
    rhythm(desk, desk.group())
    kinds = [letter.data["kind"] for letter in desk.letters("meeting_changed")]
    desk.meeting(desk.headcount_group())

    assert kinds[:2] == ["opening", "regular"]
    assert desk.said("meeting_changed")["kind"] == "regular"


def test_a_rhythm_over_both_changes_of_the_clock_stays_at_half_past_seven(desk: Any) -> None:
    desk.clock_at("2027-03-01 10.00")
    group_id = desk.group()
    rhythm(desk, group_id, first_on=date(2027, 3, 23))
    for month in range(4, 12):
        desk.clock_at(f"2027-{month:02}-01 10.00")
        prolong()

    starts = {
        row.on: clock.local(get_meeting(desk.actor(desk.kim), row.id).starts_at)
        for row in Meeting.select().where(Meeting.group == group_id)
    }

    assert {start.strftime("%H:%M") for start in starts.values()} == {"19:30"}
    assert (starts[date(2027, 3, 23)].dst(), starts[date(2027, 3, 30)].dst()) == (timedelta(0), timedelta(hours=1))
    assert (starts[date(2027, 10, 26)].dst(), starts[date(2027, 11, 2)].dst()) == (
        timedelta(hours=1),
        timedelta(0),
    )
    assert starts[date(2027, 3, 30)] - starts[date(2027, 3, 23)] == timedelta(days=7)


def test_the_hour_that_the_clock_skips_is_refused_and_leaves_nothing(desk: Any) -> None:
    group_id = desk.group()

    code = refused(lambda: rhythm(desk, group_id, first_on=date(2027, 3, 28), at=time(2, 30)))

    assert code == "clock_skips_this_hour"
    assert days(group_id) == []
    assert desk.letters("meeting_changed") == []


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
def test_a_rhythm_that_cannot_be_met_is_refused_whole(desk: Any, data: dict[str, Any], code: str) -> None:
    group_id = desk.group()

    assert refused(lambda: rhythm(desk, group_id, **data)) == code
    assert days(group_id) == []


def test_two_tabs_that_plan_the_same_rhythm_give_one(desk: Any) -> None:
    group_id = desk.group()
    rhythm(desk, group_id)

    assert refused(lambda: rhythm(desk, group_id)) == "meeting_at_this_moment"
    assert len(days(group_id)) == 9


def test_a_double_click_plans_one_rhythm(desk: Any) -> None:
    group_id, once = desk.group(), new_id()
    asked = {
        "group_id": group_id, "first_on": TUESDAY, "at": HALF_PAST_SEVEN, "every_weeks": 1, "minutes": 120,
        "request_id": once,
    }  # fmt: skip

    first = do.schedule_series(desk.actor(desk.vos), **asked)
    second = do.schedule_series(desk.actor(desk.vos), **asked)

    assert first == second
    assert len(days(group_id)) == 9


def test_days_picked_one_by_one_are_all_made_at_once(desk: Any) -> None:
    group_id = desk.group()
    picked = [date(2026, 12, 1), date(2027, 1, 5), date(2027, 6, 1)]

    do.schedule_days(
        desk.actor(desk.kim), group_id=group_id, days=picked, at=time(14), minutes=90, request_id=new_id()
    )

    assert days(group_id) == picked
    told = desk.said("group_changed")
    assert (told["weekday"], told["at"], told["first_meeting_on"]) == (None, "14:00", "2026-12-01")


def test_no_days_at_all_is_refused(desk: Any) -> None:
    group_id = desk.group()

    asked = lambda: do.schedule_days(  # noqa: E731
        desk.actor(desk.vos), group_id=group_id, days=[], at=time(14), minutes=90, request_id=new_id()
    )

    assert refused(asked) == "series_has_no_dates"


def test_a_single_meeting_is_planned_once_at_a_moment(desk: Any) -> None:
    group_id = desk.group()
    desk.meeting(group_id)

    assert refused(lambda: desk.meeting(group_id)) == "meeting_at_this_moment"
    desk.meeting(group_id, at=time(10))
    assert len(days(group_id)) == 2


def test_only_the_coordinator_and_who_leads_it_plan_and_nobody_from_elsewhere(desk: Any) -> None:
    group_id = desk.group()
    rhythm(desk, group_id, by=desk.kim)

    with pytest.raises(Forbidden):
        rhythm(desk, group_id, by=desk.sam, at=time(10))
    stranger = desk.colleague("Bo", "coordinator", organisation=desk.found("Het Anker"))
    with pytest.raises(NotFound):
        rhythm(desk, group_id, by=stranger, at=time(10))


def test_a_service_may_write_down_a_rhythm_that_began_earlier_and_a_person_may_not(desk: Any) -> None:
    group_id = desk.group()
    asked = {
        "group_id": group_id, "first_on": date(2026, 9, 1), "at": HALF_PAST_SEVEN, "every_weeks": 1,
        "minutes": 120,
    }  # fmt: skip

    assert (
        refused(lambda: do.schedule_series(desk.actor(desk.vos), **asked, request_id=new_id())) == "start_in_past"
    )
    do.schedule_series(system("town"), **asked, request_id=new_id())

    assert days(group_id)[0] == date(2026, 9, 1)


# --- going on by itself ---


def test_a_rhythm_goes_on_by_itself_and_doing_it_again_makes_nothing_twice(desk: Any) -> None:
    group_id = desk.group()
    rhythm(desk, group_id)
    desk.clock_at("2026-12-01 10.00")

    prolong()
    made = days(group_id)
    prolong()

    assert made == [TUESDAY + timedelta(weeks=number) for number in range(11)]
    assert days(group_id) == made
    assert len(desk.letters("meeting_scheduled")) == len(made)


def test_a_rhythm_stops_at_its_last_day_and_leaves_out_what_is_skipped(desk: Any) -> None:
    group_id, christmas = desk.group(), date(2026, 12, 22)
    rhythm(desk, group_id, end_on=date(2027, 2, 2), skipped=[christmas])
    desk.clock_at("2027-01-05 10.00")

    prolong()

    assert max(days(group_id)) == date(2027, 2, 2)
    assert christmas not in days(group_id)


def test_after_a_long_standstill_a_rhythm_has_no_hole(desk: Any) -> None:
    group_id = desk.group()
    rhythm(desk, group_id)
    desk.clock_at("2027-06-01 10.00")

    prolong()

    made = days(group_id)
    assert {later - earlier for earlier, later in itertools.pairwise(made)} == {timedelta(weeks=1)}
    assert made[-1] >= date(2027, 7, 27)


def test_a_single_meeting_in_the_way_of_a_rhythm_is_enough(desk: Any) -> None:
    group_id = desk.group()
    rhythm(desk, group_id)
    desk.meeting(group_id, on=date(2027, 1, 26))
    desk.clock_at("2026-12-08 10.00")

    prolong()

    assert days(group_id).count(date(2027, 1, 26)) == 1


def test_threads_that_prolong_at_once_make_every_meeting_once(desk: Any) -> None:
    groups = [desk.group(f"Groep {number}") for number in range(4)]
    for group_id in groups:
        rhythm(desk, group_id)
    desk.clock_at("2026-12-08 10.00")
    failed: list[BaseException] = []

    def work() -> None:
        try:
            prolong()
        except BaseException as error:
            failed.append(error)
        finally:
            house.database.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failed == []
    assert {len(days(group_id)) for group_id in groups} == {12}
    assert len(desk.letters("meeting_scheduled")) == 48


PROLONG = """
import sys, pathlib
from services.meetings.app import service
from services.meetings.settings import Settings
from services.meetings.commands.series import prolong_series
folder = pathlib.Path(sys.argv[1])
service.house.open(Settings(stores=folder / "stores", keys_file=folder / "keys" / "meetings.json", public_url="",
                            clock_file=folder / "clock"))
sys.stdin.readline()
while prolong_series(): pass
"""


@pytest.mark.slow
def test_processes_that_prolong_at_once_make_every_meeting_once(desk: Any) -> None:
    groups = [desk.group(f"Groep {number}") for number in range(4)]
    for group_id in groups:
        rhythm(desk, group_id)
    desk.clock_at("2026-12-08 10.00")

    workers = [
        subprocess.Popen(
            [sys.executable, "-c", PROLONG, str(desk.folder)], cwd=ROOT, stdin=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate(timeout=60)

    assert [worker.returncode for worker in workers] == [0, 0]
    assert {len(days(group_id)) for group_id in groups} == {12}
    assert len(desk.letters("meeting_scheduled")) == 48


def test_a_group_shows_what_comes_soonest_first_and_what_was_latest_first(desk: Any) -> None:
    group_id = desk.group()
    rhythm(desk, group_id)
    desk.clock_at("2026-12-09 10.00")

    seen = list_meetings(desk.actor(desk.kim), group_id)

    assert [line.on for line in seen.coming[:2]] == [date(2026, 12, 15), date(2026, 12, 22)]
    assert [line.on for line in seen.past] == [date(2026, 12, 8), date(2026, 12, 1), TUESDAY]
    assert get_group(desk.actor(desk.kim), group_id).line.next_meeting.on == date(2026, 12, 15)
