"""Who leads a group hears what somebody else changed about one of its meetings, and nothing of what they did."""

from __future__ import annotations

import pytest

from shared.ids import new_id
from tests.notifications.actions import go_on, subjects
from tests.notifications.conftest import NotificationsHarness

KIM, SAM = "kim@example.org", "sam@example.org"
MESSAGE_TYPE = "meeting_change_to_leader"
TUESDAY, THURSDAY, FRIDAY = "2026-11-24", "2026-11-26", "2026-11-27"


def led(harness: NotificationsHarness) -> tuple[str, str, str]:
    """A meeting of a group that Kim and Sam lead: (group, meeting, Sam)."""
    group_id = harness.group()
    harness.staff(harness.kim, group_ids=[group_id])
    sam = harness.staff(new_id(), name="Sam", email=SAM, group_ids=[group_id])
    meeting_id = harness.meeting(group_id)
    go_on(harness)
    assert harness.mails() == []
    return group_id, meeting_id, sam


def words(harness: NotificationsHarness, address: str = KIM) -> str:
    """The plain words of the newest mail to somebody."""
    mail = next(message for message in harness.mailbox.messages() if message["To"] == address)
    return str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]


@pytest.mark.parametrize("is_colleague", [True, False])
def test_who_leads_gets_one_mail_when_somebody_else_cancels(harness: NotificationsHarness, is_colleague: bool):
    group_id, meeting_id, _ = led(harness)
    harness.clock_at("2026-11-23 23.00")

    harness.cancelled(meeting_id, group_id, by=new_id() if is_colleague else None)
    go_on(harness)
    go_on(harness)

    assert sorted(harness.mails()) == [(to, "Gaat niet door: dinsdag 24 november") for to in (KIM, SAM)]
    assert "om 19.30 uur gaat niet door. Je hoeft dan niet te komen." in words(harness)
    assert f"http://127.0.0.1:8780/bijeenkomsten/{meeting_id}" in words(harness)
    assert "Dinsdaggroep" not in words(harness)


def test_who_cancels_it_is_not_told_and_the_other_who_leads_is(harness: NotificationsHarness):
    group_id, meeting_id, sam = led(harness)

    harness.cancelled(meeting_id, group_id, by=sam)
    go_on(harness)

    assert harness.mails() == [(KIM, "Gaat niet door: dinsdag 24 november")]


def test_a_move_names_both_moments_and_another_place_is_told_too(harness: NotificationsHarness):
    group_id, meeting_id, sam = led(harness)

    harness.moved(meeting_id, group_id, on=THURSDAY, at="20:00", by=sam)
    go_on(harness)
    moved = words(harness)
    harness.moved(
        meeting_id,
        group_id,
        on=THURSDAY,
        at="20:00",
        by=sam,
        place={"name": "Tuinhuis", "address": "Laan 1"},
    )
    go_on(harness)

    assert subjects(harness, KIM) == ["Verplaatst: dinsdag 24 november", "Andere plek: donderdag 26 november"]
    assert "dinsdag 24 november om 19.30 uur is verplaatst" in moved
    assert "Wanneer: donderdag 26 november om 20.00 uur" in moved
    assert "Tuinhuis, Laan 1" in words(harness)
    assert subjects(harness, SAM) == []


def test_moved_twice_before_it_was_sent_it_is_told_once_from_the_moment_that_they_know(
    harness: NotificationsHarness,
):
    group_id, meeting_id, sam = led(harness)

    harness.moved(meeting_id, group_id, on=THURSDAY, by=sam)
    harness.moved(meeting_id, group_id, on=FRIDAY, by=sam)
    go_on(harness)

    assert subjects(harness, KIM) == ["Verplaatst: dinsdag 24 november"]
    assert "Wanneer: vrijdag 27 november" in words(harness)
    assert [row[1:] for row in harness.states(MESSAGE_TYPE)] == [
        ("withdrawn", "meeting_moved"),
        ("accepted", None),
    ]


def test_moved_there_and_back_before_it_was_sent_there_is_nothing_to_tell(harness: NotificationsHarness):
    group_id, meeting_id, sam = led(harness)

    harness.moved(meeting_id, group_id, on=THURSDAY, by=sam)
    harness.moved(meeting_id, group_id, on=TUESDAY, by=sam)
    go_on(harness)

    assert harness.mails() == []


def test_back_at_the_old_hour_but_perhaps_elsewhere_they_are_told_where(harness: NotificationsHarness):
    group_id, meeting_id, sam = led(harness)
    place = {"name": "Tuinhuis", "address": "Laan 1"}

    harness.moved(meeting_id, group_id, on=THURSDAY, place=place, by=sam)
    harness.moved(meeting_id, group_id, on=TUESDAY, place=place, by=sam)
    go_on(harness)

    assert subjects(harness, KIM) == ["Andere plek: dinsdag 24 november"]


def test_moved_and_called_off_before_it_was_sent_the_evening_that_they_know_is_off(harness: NotificationsHarness):
    group_id, meeting_id, sam = led(harness)

    harness.moved(meeting_id, group_id, on=THURSDAY, by=sam)
    harness.cancelled(meeting_id, group_id, on=THURSDAY, by=sam)
    go_on(harness)

    assert subjects(harness, KIM) == ["Gaat niet door: dinsdag 24 november"]


def test_on_again_is_told_to_who_heard_that_it_was_off_and_to_who_had_called_it_off(harness: NotificationsHarness):
    group_id, meeting_id, sam = led(harness)
    harness.cancelled(meeting_id, group_id, by=sam)
    go_on(harness)

    harness.reopened(meeting_id, group_id, by=new_id())
    go_on(harness)
    harness.cancelled(meeting_id, group_id, by=sam)
    go_on(harness)

    off, on = "Gaat niet door: dinsdag 24 november", "Gaat toch door: dinsdag 24 november"
    assert subjects(harness, KIM) == [off, on, off]
    assert subjects(harness, SAM) == [on]


def test_off_and_on_again_before_it_was_sent_there_is_nothing_to_tell(harness: NotificationsHarness):
    group_id, meeting_id, sam = led(harness)

    harness.cancelled(meeting_id, group_id, by=sam)
    harness.reopened(meeting_id, group_id, by=sam)
    go_on(harness)

    assert harness.mails() == []
    assert [row[1:] for row in harness.states(MESSAGE_TYPE)] == [("withdrawn", "meeting_goes_on")]


def test_who_does_not_know_yet_that_it_goes_on_again_need_not_hear_that_it_is_off(harness: NotificationsHarness):
    group_id, meeting_id, sam = led(harness)
    harness.cancelled(meeting_id, group_id, by=sam)
    go_on(harness)

    harness.reopened(meeting_id, group_id, by=sam)
    harness.cancelled(meeting_id, group_id, by=sam)
    go_on(harness)

    assert subjects(harness, KIM) == ["Gaat niet door: dinsdag 24 november"]


def test_who_leads_no_longer_is_not_told(harness: NotificationsHarness):
    group_id, meeting_id, sam = led(harness)

    harness.cancelled(meeting_id, group_id, by=sam)
    harness.consume()
    harness.staff(harness.kim, group_ids=[])
    go_on(harness)

    assert harness.mails() == []
    assert [row[1:] for row in harness.states(MESSAGE_TYPE)] == [("withdrawn", "no_longer_facilitator")]


def test_who_stands_in_hears_it_once_and_not_twice(harness: NotificationsHarness):
    group_id, meeting_id, _ = led(harness)
    sub = harness.staff(new_id(), name="Vos", email="vos@example.org")
    both = [sub, harness.kim]
    harness.meeting(group_id, meeting_id=meeting_id, substitute_ids=both)
    go_on(harness)

    harness.cancelled(meeting_id, group_id, by=new_id(), substitute_ids=both)
    go_on(harness)

    for address in ("vos@example.org", KIM):
        assert subjects(harness, address)[1:] == ["Je hoeft niet in te vallen op dinsdag 24 november"]
    assert subjects(harness, SAM) == ["Gaat niet door: dinsdag 24 november"]


def test_what_a_neighbour_publishes_once_more_tells_nobody_anything(harness: NotificationsHarness):
    group_id, meeting_id, sam = led(harness)
    harness.cancelled(meeting_id, group_id, by=sam)
    go_on(harness)
    harness.reopened(meeting_id, group_id, by=sam)
    go_on(harness)
    harness.moved(meeting_id, group_id, on=THURSDAY, by=harness.kim)
    go_on(harness)
    mails = harness.mails()

    harness.publish_all_again()
    go_on(harness)
    harness.consume_again()
    harness.send()

    assert len(mails) == 3
    assert harness.mails() == mails


def test_when_no_colleague_did_it_all_who_lead_hear_of_it(harness: NotificationsHarness):
    group_id, meeting_id, _ = led(harness)

    harness.cancelled(meeting_id, group_id)
    go_on(harness)

    assert sorted(to for to, _ in harness.mails()) == [KIM, SAM]


def test_a_meeting_that_has_begun_is_no_news(harness: NotificationsHarness):
    group_id, meeting_id, sam = led(harness)
    harness.clock_at("2026-11-24 22.00")

    harness.cancelled(meeting_id, group_id, by=sam)
    go_on(harness)

    assert harness.mails() == []
    assert harness.states(MESSAGE_TYPE) == []
