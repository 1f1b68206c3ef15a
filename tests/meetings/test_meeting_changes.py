"""One meeting is moved, is off or goes on after all: the rest stays, and the others consume it once."""

from __future__ import annotations

import threading
from datetime import date, time
from typing import Any

import pytest

from services.meetings.commands import meeting_changes, series
from services.meetings.commands.attendance import record_attendance
from services.meetings.commands.call_offs import call_off
from services.meetings.models import Attendance, Meeting, MeetingChange, Membership, service
from services.meetings.queries.meeting_changes import get_meeting_status, list_unreached
from services.meetings.queries.meetings import get_meeting
from shared.errors import Forbidden, NotFound, Refusal
from shared.ids import new_id
from shared.security.actor import Actor
from tests.meetings.actions import refused

TUESDAY, THURSDAY, HALF_PAST_SEVEN = date(2026, 11, 24), date(2026, 11, 26), time(19, 30)
PUBLISHED_WITH_ACTOR = ("meeting_moved", "meeting_cancelled", "meeting_scheduled")
LIBRARY = ("Bibliotheek", "Markt 2, Lindeveen")


@pytest.fixture
def week(harness: Any) -> Any:
    """The Tuesday group a week before its meeting, with Noor who can be reached and Robin who cannot."""
    harness.tuesday = harness.group()
    series.schedule_series(
        harness.actor(harness.kim),
        group_id=harness.tuesday,
        first_on=TUESDAY,
        at=HALF_PAST_SEVEN,
        every_weeks=1,
        minutes=120,
        request_id=new_id(),
    )
    harness.noor, harness.robin = (harness.member(harness.tuesday, name) for name in ("Noor", "Robin"))
    harness.reached(Membership.get_by_id(harness.noor).participant_id, "email")
    harness.consume()
    harness.tonight = Meeting.get(Meeting.group == harness.tuesday, Meeting.on == TUESDAY).id
    harness.here = f"/bijeenkomsten/{harness.tonight}"
    return harness


def move(harness: Any, *, by: str = "", request_id: str = "", **data: Any) -> str:
    actor = harness.actor(by or harness.kim)
    return meeting_changes.move_meeting(
        actor, meeting_id=harness.tonight, **data, request_id=request_id or new_id()
    )


def cancel(harness: Any, *, by: str = "") -> str:
    return meeting_changes.cancel_meeting(
        harness.actor(by or harness.kim), meeting_id=harness.tonight, request_id=new_id()
    )


def reopen(harness: Any) -> str:
    return meeting_changes.reopen_meeting(
        harness.actor(harness.kim), meeting_id=harness.tonight, request_id=new_id()
    )


def names(harness: Any) -> list[str]:
    return [event.type.split(".")[-2] for event in harness.events()]


def days(harness: Any) -> list[date]:
    rows = (
        Meeting.select().where(Meeting.group == harness.tuesday, Meeting.state == "planned").order_by(Meeting.on)
    )
    return [row.on for row in rows]


def test_one_is_moved_and_the_rest_of_the_series_stays(week: Any) -> None:
    before = days(week)

    move(week, on=THURSDAY, at=time(20))

    assert days(week) == [THURSDAY, *before[1:]]
    values = week.published("meeting_moved")
    assert (values["on"], values["at"], values["minutes"], values["state"]) == (
        "2026-11-26",
        "20:00",
        120,
        "planned",
    )


def test_a_move_is_published_once_with_the_whole_meeting_as_it_is_and_as_it_was(week: Any) -> None:
    before = len(names(week))

    move(week, on=THURSDAY)

    assert names(week)[before:] == ["meeting_moved", "group_changed"]
    values = week.published("meeting_moved")
    assert (values["meeting_id"], values["on"]) == (week.tonight, "2026-11-26")
    now = {name: values[name] for name in values["before"]}
    assert values["before"] == {**now, "on": "2026-11-24"}


def test_a_moved_meeting_is_not_made_again_by_its_series(week: Any) -> None:
    move(week, on=THURSDAY)
    week.clock_at("2026-12-08 10.00")

    while series.prolong_series():
        pass

    assert days(week).count(TUESDAY) == 0
    assert days(week).count(THURSDAY) == 1


def test_a_meeting_moved_onto_a_later_day_of_its_own_series_stays_one_meeting(week: Any) -> None:
    move(week, on=date(2027, 1, 26))
    week.clock_at("2026-12-08 10.00")

    while series.prolong_series():
        pass

    assert days(week).count(date(2027, 1, 26)) == 1


def test_a_cancelled_meeting_is_not_made_again_by_its_series(week: Any) -> None:
    cancel(week)
    week.clock_at("2026-12-08 10.00")

    while series.prolong_series():
        pass

    assert TUESDAY not in days(week)


def test_another_place_for_once_is_told_and_the_group_keeps_its_own(week: Any) -> None:
    move(week, place=LIBRARY)

    values = week.published("meeting_moved")
    assert values["place"] == {"name": LIBRARY[0], "address": LIBRARY[1]}
    assert (values["on"], values["before"]["on"], values["before"]["place"]) == ("2026-11-24", "2026-11-24", None)
    seen = get_meeting(week.actor(week.kim), week.tonight)
    assert (seen.venue_name, seen.venue_address) == LIBRARY

    move(week, place=None)

    values = week.published("meeting_moved")
    assert (values["place"], values["before"]["place"]["name"]) == (None, LIBRARY[0])


def test_a_longer_meeting_is_a_change_and_nobody_is_told_that_it_moved(week: Any) -> None:
    move(week, minutes=90)

    assert week.published("meeting_changed")["minutes"] == 90
    assert "meeting_moved" not in names(week)


def test_what_changes_nothing_publishes_nothing(week: Any) -> None:
    before = len(names(week))

    assert (
        refused(lambda: move(week, on=TUESDAY, at=HALF_PAST_SEVEN, minutes=120, place=None)) == "nothing_changes"
    )
    assert len(names(week)) == before


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"on": date(2026, 11, 15)}, "start_in_past"),
        ({"on": date(2036, 11, 15)}, "start_too_far"),
        ({"on": date(2026, 12, 1)}, "meeting_at_this_moment"),
        ({"on": date(2027, 3, 28), "at": time(2, 30)}, "clock_skips_this_hour"),
        ({"minutes": 5}, "meeting_length_wrong"),
        ({"place": ("De Brug", "")}, "place_incomplete"),
    ],
)
def test_a_move_that_cannot_be_is_refused_whole(week: Any, data: dict[str, Any], code: str) -> None:
    before = len(names(week))

    assert refused(lambda: move(week, **data)) == code
    assert len(names(week)) == before
    assert Meeting.get_by_id(week.tonight).on == TUESDAY


def test_a_moment_where_another_one_is_off_is_refused_in_other_words(week: Any) -> None:
    cancel(week)
    week.tonight = Meeting.get(Meeting.group == week.tuesday, Meeting.on == date(2026, 12, 1)).id

    assert refused(lambda: move(week, on=TUESDAY)) == "cancelled_at_this_moment"
    assert refused(lambda: week.meeting(week.tuesday, on=TUESDAY)) == "cancelled_at_this_moment"


def test_an_hour_before_it_may_still_be_off_and_at_the_start_no_more(week: Any) -> None:
    week.clock_at("2026-11-24 19.30")
    assert refused(lambda: cancel(week)) == "change_too_late"
    assert refused(lambda: move(week, on=THURSDAY)) == "change_too_late"

    week.clock_at("2026-11-24 18.30")
    cancel(week)

    assert week.published("meeting_cancelled")["state"] == "cancelled"


def test_off_is_published_once_however_often_it_is_pressed(week: Any) -> None:
    first, again = cancel(week), cancel(week)

    assert first == again
    assert names(week).count("meeting_cancelled") == 1


def test_a_double_click_moves_once(week: Any) -> None:
    once = new_id()

    assert move(week, on=THURSDAY, request_id=once) == move(week, on=THURSDAY, request_id=once)
    assert names(week).count("meeting_moved") == 1


def test_what_is_off_can_go_on_after_all_until_it_would_have_begun(week: Any) -> None:
    cancel(week)
    assert refused(lambda: move(week, on=THURSDAY)) == "move_cancelled"
    before = len(names(week))

    assert reopen(week) == reopen(week)

    assert names(week)[before:] == ["meeting_scheduled", "group_changed"]
    values = week.published("meeting_scheduled")
    assert (values["state"], values["before"]["state"]) == ("planned", "cancelled")
    cancel(week)
    week.clock_at("2026-11-24 19.30")
    assert refused(lambda: reopen(week)) == "change_too_late"


def test_the_others_hear_which_colleague_did_it_and_no_id_when_it_was_none(week: Any) -> None:
    move(week, on=THURSDAY)
    cancel(week)
    reopen(week)
    of_colleagues = [week.published(name)["by_staff_id"] for name in PUBLISHED_WITH_ACTOR]

    meeting_changes.cancel_meeting(
        Actor(new_id(), "key", grants=week.actor(week.kim).grants), meeting_id=week.tonight, request_id=new_id()
    )

    assert of_colleagues == [week.kim] * 3
    assert week.published("meeting_cancelled")["by_staff_id"] is None


def test_what_was_never_off_does_not_go_on_after_all(week: Any) -> None:
    assert refused(lambda: reopen(week)) == "never_cancelled"
    move(week, on=THURSDAY)
    assert refused(lambda: reopen(week)) == "never_cancelled"


def test_the_group_is_told_anew_only_when_its_first_day_is_another(week: Any) -> None:
    cancel(week)
    assert week.published("group_changed")["first_meeting_on"] == "2026-12-01"
    values = names(week).count("group_changed")
    week.tonight = Meeting.get(Meeting.group == week.tuesday, Meeting.on == date(2026, 12, 8)).id

    cancel(week)

    assert names(week).count("group_changed") == values


def test_at_another_moment_nobody_is_there_yet(week: Any) -> None:
    week.clock_at("2026-11-24 18.45")
    record_attendance(
        week.actor(week.kim), meeting_id=week.tonight, membership_id=week.noor, mark="present", request_id=new_id()
    )

    move(week, at=time(20, 30))

    assert Attendance.select().count() == 0


def test_a_call_off_does_not_go_along_to_another_day_and_does_to_another_hour(week: Any) -> None:
    call_off(week.actor(week.kim), meeting_id=week.tonight, membership_id=week.noor, request_id=new_id())

    move(week, at=time(20))
    assert week.published("call_off_received")["state"] == "called_off"

    move(week, on=THURSDAY)
    values = week.published("call_off_received")
    assert (values["state"], values["membership_id"], values["meeting_id"]) == (
        "taken_back",
        week.noor,
        week.tonight,
    )


def test_only_who_leads_and_the_coordinator_change_and_nobody_from_elsewhere(week: Any) -> None:
    move(week, on=THURSDAY, by=week.vos)

    with pytest.raises(Forbidden):
        cancel(week, by=week.sam)
    stranger = week.colleague(
        "Bo", "coordinator", "facilitator", organisation=week.register_organisation("Het Anker")
    )
    with pytest.raises(NotFound):
        cancel(week, by=stranger)


def unreached(harness: Any, by: str) -> list[str]:
    return [entry.call_name for entry in list_unreached(harness.actor(by), harness.tonight)]


def test_whom_no_message_reaches_is_told_by_who_leads_it(week: Any) -> None:
    cancel(week)

    assert unreached(week, week.kim) == unreached(week, week.vos) == ["Robin"]
    assert get_meeting_status(week.actor(week.kim), week.tonight).unreached == 1
    with pytest.raises(Forbidden):
        list_unreached(week.actor(week.sam), week.tonight)


def test_an_address_that_no_longer_works_puts_somebody_on_the_list(week: Any) -> None:
    week.reached(Membership.get_by_id(week.noor).participant_id)
    week.consume()

    cancel(week)

    assert unreached(week, week.kim) == ["Noor", "Robin"]


def test_of_what_goes_on_after_all_the_same_people_have_to_be_informed(week: Any) -> None:
    cancel(week)
    reopen(week)

    assert unreached(week, week.kim) == ["Robin"]


def test_who_begins_later_has_nothing_to_be_informed_of(week: Any) -> None:
    week.member(week.tuesday, "Jip", starts_on=date(2026, 12, 1))

    cancel(week)

    assert unreached(week, week.kim) == ["Robin"]


@pytest.mark.parametrize(("on", "utc"), [(date(2027, 3, 28), "17:30"), (date(2027, 10, 31), "18:30")])
def test_a_meeting_moved_to_a_night_in_which_the_clock_changes_keeps_its_wall_time(
    week: Any, on: date, utc: str
) -> None:
    move(week, on=on)

    seen = get_meeting(week.actor(week.kim), week.tonight)
    assert (week.published("meeting_moved")["at"], seen.starts_at.strftime("%H:%M")) == ("19:30", utc)


def test_two_who_change_at_once_leave_one_meeting_and_every_change_told_in_order(week: Any) -> None:
    failed: list[BaseException] = []
    refusals: set[str] = set()
    asked = [
        lambda: move(week, on=THURSDAY),
        lambda: cancel(week, by=week.vos),
        lambda: move(week, at=time(20)),
    ] * 2

    def work(entry: Any) -> None:
        try:
            entry()
        except Refusal as refusal:
            refusals.add(refusal.code)
        except BaseException as error:
            failed.append(error)
        finally:
            service.database.close()

    workers = [threading.Thread(target=work, args=(entry,)) for entry in asked]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failed == []
    assert refusals <= {"move_cancelled", "nothing_changes"}
    row = Meeting.get_by_id(week.tonight)
    values = week.published_about("meeting")
    assert (row.state, values["state"]) == ("cancelled", "cancelled")
    assert (values["on"], values["at"]) == (row.on.isoformat(), row.at.strftime("%H:%M"))
    assert names(week).count("meeting_cancelled") == 1
    changes = MeetingChange.select().where(MeetingChange.meeting == week.tonight)
    facts = [name for name in names(week) if name in ("meeting_moved", "meeting_cancelled")]
    assert changes.count() == len(facts)
