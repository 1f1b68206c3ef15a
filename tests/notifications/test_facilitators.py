"""Who leads a group hears what somebody else changed about one of its meetings, and nothing of what they did."""

from __future__ import annotations

import json

import pytest

from services.meetings.events import MEETING_CANCELLED
from shared.ids import new_id
from tests.notifications.actions import go_on, subjects
from tests.notifications.conftest import NotificationsHarness

KIM, SAM = "kim@example.org", "sam@example.org"
KIND = "meeting_change_to_leader"
TUESDAY, THURSDAY, FRIDAY = "2026-11-24", "2026-11-26", "2026-11-27"


def led(service: NotificationsHarness) -> tuple[str, str, str]:
    """A meeting of a group that Kim and Sam lead: (group, meeting, Sam)."""
    group_id = service.group()
    service.staff(service.kim, group_ids=[group_id])
    sam = service.staff(new_id(), name="Sam", email=SAM, group_ids=[group_id])
    meeting_id = service.meeting(group_id)
    service.scheduled(meeting_id, group_id)
    go_on(service)
    assert service.mails() == []
    return group_id, meeting_id, sam


def words(service: NotificationsHarness, address: str = KIM) -> str:
    """The plain words of the newest mail to somebody."""
    mail = next(one for one in service.mailbox.messages() if one["To"] == address)
    return str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]


@pytest.mark.parametrize("is_colleague", [True, False])
def test_whom_somebody_else_spares_the_closed_door_gets_one_mail(
    service: NotificationsHarness, is_colleague: bool
):
    group_id, meeting_id, _ = led(service)
    service.clock_at("2026-11-23 23.00")

    service.cancelled(meeting_id, group_id, by=new_id() if is_colleague else None)
    go_on(service)
    go_on(service)

    assert sorted(service.mails()) == [(to, "Gaat niet door: dinsdag 24 november") for to in (KIM, SAM)]
    assert "om 19.30 uur gaat niet door. Je hoeft dan niet te komen." in words(service)
    assert f"http://127.0.0.1:8780/bijeenkomsten/{meeting_id}" in words(service)
    assert "Dinsdaggroep" not in words(service)


def test_who_cancels_it_is_not_told_and_the_other_who_leads_is(service: NotificationsHarness):
    group_id, meeting_id, sam = led(service)

    service.cancelled(meeting_id, group_id, by=sam)
    go_on(service)

    assert service.mails() == [(KIM, "Gaat niet door: dinsdag 24 november")]


def test_a_move_names_both_moments_and_another_place_is_told_too(service: NotificationsHarness):
    group_id, meeting_id, sam = led(service)

    service.moved(meeting_id, group_id, old_on=TUESDAY, on=THURSDAY, at="20:00", by=sam)
    go_on(service)
    moved = words(service)
    service.moved(
        meeting_id,
        group_id,
        old_on=THURSDAY,
        old_at="20:00",
        on=THURSDAY,
        at="20:00",
        by=sam,
        place={"name": "Tuinhuis", "address": "Laan 1"},
    )
    go_on(service)

    assert subjects(service, KIM) == ["Verplaatst: dinsdag 24 november", "Andere plek: donderdag 26 november"]
    assert "dinsdag 24 november om 19.30 uur is verplaatst" in moved
    assert "Wanneer: donderdag 26 november om 20.00 uur" in moved
    assert "Tuinhuis, Laan 1" in words(service)
    assert subjects(service, SAM) == []


def test_moved_twice_before_it_was_sent_it_is_told_once_from_the_moment_that_they_know(
    service: NotificationsHarness,
):
    group_id, meeting_id, sam = led(service)

    service.moved(meeting_id, group_id, old_on=TUESDAY, on=THURSDAY, by=sam)
    service.moved(meeting_id, group_id, old_on=THURSDAY, on=FRIDAY, by=sam)
    go_on(service)

    assert subjects(service, KIM) == ["Verplaatst: dinsdag 24 november"]
    assert "Wanneer: vrijdag 27 november" in words(service)
    assert [row[1:] for row in service.states(KIND)] == [("withdrawn", "meeting_moved"), ("accepted", None)]


def test_moved_there_and_back_before_it_was_sent_there_is_nothing_to_tell(service: NotificationsHarness):
    group_id, meeting_id, sam = led(service)

    service.moved(meeting_id, group_id, old_on=TUESDAY, on=THURSDAY, by=sam)
    service.moved(meeting_id, group_id, old_on=THURSDAY, on=TUESDAY, by=sam)
    go_on(service)

    assert service.mails() == []


def test_back_at_the_old_hour_but_perhaps_elsewhere_they_are_told_where(service: NotificationsHarness):
    group_id, meeting_id, sam = led(service)
    place = {"name": "Tuinhuis", "address": "Laan 1"}

    service.moved(meeting_id, group_id, old_on=TUESDAY, on=THURSDAY, place=place, by=sam)
    service.moved(meeting_id, group_id, old_on=THURSDAY, on=TUESDAY, place=place, by=sam)
    go_on(service)

    assert subjects(service, KIM) == ["Andere plek: dinsdag 24 november"]


def test_moved_and_called_off_before_it_was_sent_the_evening_that_they_know_is_off(service: NotificationsHarness):
    group_id, meeting_id, sam = led(service)

    service.moved(meeting_id, group_id, old_on=TUESDAY, on=THURSDAY, by=sam)
    service.cancelled(meeting_id, group_id, on=THURSDAY, by=sam)
    go_on(service)

    assert subjects(service, KIM) == ["Gaat niet door: dinsdag 24 november"]


def test_on_again_is_told_to_who_heard_that_it_was_off_and_to_who_had_called_it_off(service: NotificationsHarness):
    group_id, meeting_id, sam = led(service)
    service.cancelled(meeting_id, group_id, by=sam)
    go_on(service)

    service.reopened(meeting_id, group_id, by=new_id())
    go_on(service)
    service.cancelled(meeting_id, group_id, by=sam)
    go_on(service)

    off, on = "Gaat niet door: dinsdag 24 november", "Gaat toch door: dinsdag 24 november"
    assert subjects(service, KIM) == [off, on, off]
    assert subjects(service, SAM) == [on]


def test_off_and_on_again_before_it_was_sent_there_is_nothing_to_tell(service: NotificationsHarness):
    group_id, meeting_id, sam = led(service)

    service.cancelled(meeting_id, group_id, by=sam)
    service.reopened(meeting_id, group_id, by=sam)
    go_on(service)

    assert service.mails() == []
    assert [row[1:] for row in service.states(KIND)] == [("withdrawn", "meeting_goes_on")]


def test_who_does_not_know_yet_that_it_goes_on_again_need_not_hear_that_it_is_off(service: NotificationsHarness):
    group_id, meeting_id, sam = led(service)
    service.cancelled(meeting_id, group_id, by=sam)
    go_on(service)

    service.reopened(meeting_id, group_id, by=sam)
    service.cancelled(meeting_id, group_id, by=sam)
    go_on(service)

    assert subjects(service, KIM) == ["Gaat niet door: dinsdag 24 november"]


def test_who_leads_no_longer_is_not_told(service: NotificationsHarness):
    group_id, meeting_id, sam = led(service)

    service.cancelled(meeting_id, group_id, by=sam)
    service.consume()
    service.staff(service.kim, group_ids=[])
    go_on(service)

    assert service.mails() == []
    assert [row[1:] for row in service.states(KIND)] == [("withdrawn", "no_longer_facilitator")]


def test_who_stands_in_hears_it_once_and_not_twice(service: NotificationsHarness):
    group_id, meeting_id, _ = led(service)
    sub = service.staff(new_id(), name="Vos", email="vos@example.org")
    both = [sub, service.kim]
    service.meeting(group_id, meeting_id=meeting_id, substitute_ids=both)
    go_on(service)

    service.cancelled(meeting_id, group_id, by=new_id(), substitute_ids=both)
    go_on(service)

    for address in ("vos@example.org", KIM):
        assert subjects(service, address)[1:] == ["Je hoeft niet in te vallen op dinsdag 24 november"]
    assert subjects(service, SAM) == ["Gaat niet door: dinsdag 24 november"]


def test_what_a_neighbour_says_once_more_tells_nobody_anything(service: NotificationsHarness):
    group_id, meeting_id, sam = led(service)
    service.cancelled(meeting_id, group_id, by=sam)
    go_on(service)
    service.reopened(meeting_id, group_id, by=sam)
    go_on(service)
    service.moved(meeting_id, group_id, old_on=TUESDAY, on=THURSDAY, by=service.kim)
    go_on(service)
    told = service.mails()

    service.publish_all_again()
    go_on(service)
    service.consume_again()
    service.send()

    assert len(told) == 3
    assert service.mails() == told


def test_an_event_from_before_names_nobody_and_all_who_lead_hear_of_it(service: NotificationsHarness):
    group_id, meeting_id, _ = led(service)
    service.meeting(group_id, meeting_id=meeting_id, state="cancelled")

    service.publish_raw(MEETING_CANCELLED, meeting_id, json.dumps({"meeting_id": meeting_id}))
    go_on(service)

    assert sorted(to for to, _ in service.mails()) == [KIM, SAM]


def test_a_meeting_that_has_begun_is_no_news(service: NotificationsHarness):
    group_id, meeting_id, sam = led(service)
    service.clock_at("2026-11-24 22.00")

    service.cancelled(meeting_id, group_id, by=sam)
    go_on(service)

    assert service.mails() == []
    assert service.states(KIND) == []
