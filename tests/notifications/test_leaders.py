"""Who leads a group hears what somebody else changed about one of its meetings, and nothing of what they did."""

from __future__ import annotations

import json

import pytest

from shared.ids import new_id
from tests.notifications.conftest import Office
from tests.notifications.doing import go_on, subjects

KIM, SAM = "kim@example.org", "sam@example.org"
KIND = "meeting_change_to_leader"
TUESDAY, THURSDAY, FRIDAY = "2026-11-24", "2026-11-26", "2026-11-27"


def led(house: Office) -> tuple[str, str, str]:
    """A meeting of a group that Kim and Sam lead: (group, meeting, Sam)."""
    group_id = house.group()
    house.staff(house.kim, group_ids=[group_id])
    sam = house.staff(new_id(), name="Sam", email=SAM, group_ids=[group_id])
    meeting_id = house.meeting(group_id)
    house.scheduled(meeting_id, group_id)
    go_on(house)
    assert house.mails() == []
    return group_id, meeting_id, sam


def words(house: Office, address: str = KIM) -> str:
    """The plain words of the newest mail to somebody."""
    mail = next(one for one in house.mailbox.messages() if one["To"] == address)
    return str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]


@pytest.mark.parametrize("is_colleague", [True, False])
def test_whom_somebody_else_spares_the_closed_door_gets_one_mail(house: Office, is_colleague: bool):
    group_id, meeting_id, _ = led(house)
    house.clock_at("2026-11-23 23.00")

    house.cancelled(meeting_id, group_id, by=new_id() if is_colleague else None)
    go_on(house)
    go_on(house)

    assert sorted(house.mails()) == [(to, "Gaat niet door: dinsdag 24 november") for to in (KIM, SAM)]
    assert "om 19.30 uur gaat niet door. Je hoeft dan niet te komen." in words(house)
    assert f"http://127.0.0.1:8780/bijeenkomsten/{meeting_id}" in words(house)
    assert "Dinsdaggroep" not in words(house)


def test_who_cancels_it_is_not_told_and_the_other_who_leads_is(house: Office):
    group_id, meeting_id, sam = led(house)

    house.cancelled(meeting_id, group_id, by=sam)
    go_on(house)

    assert house.mails() == [(KIM, "Gaat niet door: dinsdag 24 november")]


def test_a_move_names_both_moments_and_another_place_is_told_too(house: Office):
    group_id, meeting_id, sam = led(house)

    house.moved(meeting_id, group_id, old_on=TUESDAY, on=THURSDAY, at="20:00", by=sam)
    go_on(house)
    moved = words(house)
    house.moved(
        meeting_id, group_id, old_on=THURSDAY, old_at="20:00", on=THURSDAY, at="20:00", by=sam,
        place={"name": "Tuinhuis", "address": "Laan 1"},
    )  # fmt: skip
    go_on(house)

    assert subjects(house, KIM) == ["Verplaatst: dinsdag 24 november", "Andere plek: donderdag 26 november"]
    assert "dinsdag 24 november om 19.30 uur is verplaatst" in moved
    assert "Wanneer: donderdag 26 november om 20.00 uur" in moved
    assert "Tuinhuis, Laan 1" in words(house)
    assert subjects(house, SAM) == []


def test_moved_twice_before_it_was_sent_it_is_told_once_from_the_moment_that_they_know(house: Office):
    group_id, meeting_id, sam = led(house)

    house.moved(meeting_id, group_id, old_on=TUESDAY, on=THURSDAY, by=sam)
    house.moved(meeting_id, group_id, old_on=THURSDAY, on=FRIDAY, by=sam)
    go_on(house)

    assert subjects(house, KIM) == ["Verplaatst: dinsdag 24 november"]
    assert "Wanneer: vrijdag 27 november" in words(house)
    assert [row[1:] for row in house.states(KIND)] == [("withdrawn", "meeting_moved"), ("accepted", None)]


def test_moved_there_and_back_before_it_was_sent_there_is_nothing_to_tell(house: Office):
    group_id, meeting_id, sam = led(house)

    house.moved(meeting_id, group_id, old_on=TUESDAY, on=THURSDAY, by=sam)
    house.moved(meeting_id, group_id, old_on=THURSDAY, on=TUESDAY, by=sam)
    go_on(house)

    assert house.mails() == []


def test_back_at_the_old_hour_but_perhaps_elsewhere_they_are_told_where(house: Office):
    group_id, meeting_id, sam = led(house)
    place = {"name": "Tuinhuis", "address": "Laan 1"}

    house.moved(meeting_id, group_id, old_on=TUESDAY, on=THURSDAY, place=place, by=sam)
    house.moved(meeting_id, group_id, old_on=THURSDAY, on=TUESDAY, place=place, by=sam)
    go_on(house)

    assert subjects(house, KIM) == ["Andere plek: dinsdag 24 november"]


def test_moved_and_called_off_before_it_was_sent_the_evening_that_they_know_is_off(house: Office):
    group_id, meeting_id, sam = led(house)

    house.moved(meeting_id, group_id, old_on=TUESDAY, on=THURSDAY, by=sam)
    house.cancelled(meeting_id, group_id, on=THURSDAY, by=sam)
    go_on(house)

    assert subjects(house, KIM) == ["Gaat niet door: dinsdag 24 november"]


def test_on_again_is_told_to_who_heard_that_it_was_off_and_to_who_had_called_it_off(house: Office):
    group_id, meeting_id, sam = led(house)
    house.cancelled(meeting_id, group_id, by=sam)
    go_on(house)

    house.reopened(meeting_id, group_id, by=new_id())
    go_on(house)
    house.cancelled(meeting_id, group_id, by=sam)
    go_on(house)

    off, on = "Gaat niet door: dinsdag 24 november", "Gaat toch door: dinsdag 24 november"
    assert subjects(house, KIM) == [off, on, off]
    assert subjects(house, SAM) == [on]


def test_off_and_on_again_before_it_was_sent_there_is_nothing_to_tell(house: Office):
    group_id, meeting_id, sam = led(house)

    house.cancelled(meeting_id, group_id, by=sam)
    house.reopened(meeting_id, group_id, by=sam)
    go_on(house)

    assert house.mails() == []
    assert [row[1:] for row in house.states(KIND)] == [("withdrawn", "meeting_goes_on")]


def test_who_does_not_know_yet_that_it_goes_on_again_need_not_hear_that_it_is_off(house: Office):
    group_id, meeting_id, sam = led(house)
    house.cancelled(meeting_id, group_id, by=sam)
    go_on(house)

    house.reopened(meeting_id, group_id, by=sam)
    house.cancelled(meeting_id, group_id, by=sam)
    go_on(house)

    assert subjects(house, KIM) == ["Gaat niet door: dinsdag 24 november"]


def test_who_leads_no_longer_is_not_told(house: Office):
    group_id, meeting_id, sam = led(house)

    house.cancelled(meeting_id, group_id, by=sam)
    house.hear()
    house.staff(house.kim, group_ids=[])
    go_on(house)

    assert house.mails() == []
    assert [row[1:] for row in house.states(KIND)] == [("withdrawn", "leads_no_longer")]


def test_who_stands_in_hears_it_once_and_not_twice(house: Office):
    group_id, meeting_id, _ = led(house)
    sub = house.staff(new_id(), name="Vos", email="vos@example.org")
    both = [sub, house.kim]
    house.meeting(group_id, meeting_id=meeting_id, substitute_ids=both)
    go_on(house)

    house.cancelled(meeting_id, group_id, by=new_id(), substitute_ids=both)
    go_on(house)

    for address in ("vos@example.org", KIM):
        assert subjects(house, address)[1:] == ["Je hoeft niet in te vallen op dinsdag 24 november"]
    assert subjects(house, SAM) == ["Gaat niet door: dinsdag 24 november"]


def test_what_a_neighbour_says_once_more_tells_nobody_anything(house: Office):
    group_id, meeting_id, sam = led(house)
    house.cancelled(meeting_id, group_id, by=sam)
    go_on(house)
    house.reopened(meeting_id, group_id, by=sam)
    go_on(house)
    house.moved(meeting_id, group_id, old_on=TUESDAY, on=THURSDAY, by=house.kim)
    go_on(house)
    told = house.mails()

    house.say_all_again()
    go_on(house)
    house.hear_again()
    house.send()

    assert len(told) == 3
    assert house.mails() == told


def test_a_letter_from_before_names_nobody_and_all_who_lead_hear_of_it(house: Office):
    group_id, meeting_id, _ = led(house)
    house.meeting(group_id, meeting_id=meeting_id, state="cancelled")
    cancelled, data = "nl.houvast.meetings.meeting_cancelled.v1", json.dumps({"meeting_id": meeting_id})

    house.say_raw("meetings", cancelled, f"meeting/{meeting_id}", data)
    go_on(house)

    assert sorted(to for to, _ in house.mails()) == [KIM, SAM]


def test_a_meeting_that_has_begun_is_no_news(house: Office):
    group_id, meeting_id, sam = led(house)
    house.clock_at("2026-11-24 22.00")

    house.cancelled(meeting_id, group_id, by=sam)
    go_on(house)

    assert house.mails() == []
    assert house.states(KIND) == []
