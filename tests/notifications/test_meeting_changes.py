"""A meeting is moved, does not go on, or is led by somebody else: who hears of it, when, and by which channel."""

from __future__ import annotations

import re
from datetime import time

import pytest

from services.notifications.commands import preferences
from services.notifications.models import service as own_service
from services.notifications.queries.context import load_context
from services.notifications.queries.templates import compose
from services.notifications.sender import sender_details_of
from shared.ids import new_id
from shared.security import links
from tests.notifications.actions import at, go_on
from tests.notifications.conftest import NotificationsHarness

NOOR, MOBILE = "noor@example.org", "+31612345678"
SINCE_LONG = "2026-09-01"


def subjects(harness: NotificationsHarness, address: str = NOOR) -> list[str]:
    return [subject for to, subject in harness.mails() if to == address]


def member(harness: NotificationsHarness, group_id: str, **person: str | None) -> tuple[str, str]:
    """Somebody who takes part for longer, and whom nobody welcomes any more."""
    somebody = harness.person(**person)
    return somebody, harness.membership(somebody, group_id, starts_on=SINCE_LONG)


def reminded(harness: NotificationsHarness, **person: str | None) -> tuple[str, str, str, str]:
    """Somebody who was reminded of the meeting of 24 November: (group, meeting, person, membership)."""
    group_id = harness.group()
    somebody, membership_id = member(harness, group_id, **person)
    meeting_id = harness.meeting(group_id)
    harness.consume()
    at(harness, "2026-11-23 18.01")
    return group_id, meeting_id, somebody, membership_id


def text_of(harness: NotificationsHarness, number: int = 0) -> str:
    """The plain words of the newest message, or of one before it."""
    mail = harness.mailbox.messages()[number]
    body = mail.get_body(("plain",))
    return str(body.get_content() if body is not None else mail.get_content())


# Moved.


def test_who_was_reminded_hears_of_the_move_and_is_reminded_of_the_new_evening(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness)

    harness.moved(meeting_id, group_id, on="2026-11-26", at="20:00")
    go_on(harness)
    at(harness, "2026-11-25 18.01")

    assert subjects(harness) == [
        "Tot dinsdag 24 november",
        "Verplaatst naar donderdag 26 november",
        "Tot donderdag 26 november",
    ]
    moved = text_of(harness, 1)
    assert "van dinsdag 24 november om 19.30 uur is verplaatst" in moved
    assert "Wanneer: donderdag 26 november om 20.00 uur" in moved


def test_who_was_told_nothing_and_is_reminded_in_time_gets_the_new_reminder_alone(harness: NotificationsHarness):
    group_id = harness.group()
    member(harness, group_id)
    meeting_id = harness.meeting(group_id, on="2026-11-26")
    harness.consume()

    harness.moved(meeting_id, group_id, on="2026-11-24")
    go_on(harness)
    at(harness, "2026-11-23 18.01", "2026-11-25 18.01")

    assert subjects(harness) == ["Tot dinsdag 24 november"]
    assert harness.states("meeting_moved") == []
    assert ("meeting_reminder", "withdrawn", "meeting_moved") in harness.states()


def test_who_knows_the_rhythm_and_would_be_reminded_too_late_hears_of_the_move(harness: NotificationsHarness):
    group_id = harness.group()
    member(harness, group_id)
    meeting_id = harness.meeting(group_id)
    harness.consume()

    harness.moved(meeting_id, group_id, on="2026-11-26")
    go_on(harness)
    at(harness, "2026-11-25 18.01")

    assert subjects(harness) == ["Verplaatst naar donderdag 26 november", "Tot donderdag 26 november"]


def test_who_wants_no_reminders_and_knows_the_rhythm_hears_of_the_move(harness: NotificationsHarness):
    group_id = harness.group()
    somebody, _ = member(harness, group_id)
    harness.agreed(somebody)
    meeting_id = harness.meeting(group_id, on="2026-11-26")
    harness.consume()

    harness.moved(meeting_id, group_id, on="2026-11-24")
    go_on(harness)
    at(harness, "2026-11-23 18.01")

    assert subjects(harness) == ["Verplaatst naar dinsdag 24 november"]


def test_a_welcome_that_named_the_moment_counts_as_notified(harness: NotificationsHarness):
    group_id = harness.group()
    meeting_id = harness.meeting(group_id)
    harness.membership(harness.person(), group_id)
    go_on(harness)

    harness.moved(meeting_id, group_id, on="2026-11-25")
    go_on(harness)

    assert subjects(harness) == ["Welkom, fijn dat je komt", "Verplaatst naar woensdag 25 november"]


def test_moved_an_hour_before_it_is_told_at_once_and_reminds_at_the_same_time(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness)
    harness.clock_at("2026-11-24 18.30")

    harness.moved(meeting_id, group_id, on="2026-11-25")
    go_on(harness)
    at(harness, "2026-11-25 10.00")

    assert subjects(harness) == ["Tot dinsdag 24 november", "Verplaatst naar woensdag 25 november"]
    assert ("meeting_reminder", "withdrawn", "replaced") in harness.states()


def test_each_of_two_moves_is_told_once_also_when_it_is_said_again(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness)
    harness.moved(meeting_id, group_id, on="2026-11-26")
    go_on(harness)
    harness.moved(meeting_id, group_id, on="2026-11-27")
    go_on(harness)

    harness.publish_all_again()
    harness.consume_again()
    go_on(harness)

    assert subjects(harness)[1:] == [
        "Verplaatst naar donderdag 26 november",
        "Verplaatst naar vrijdag 27 november",
    ]
    assert "van donderdag 26 november om 19.30 uur" in text_of(harness)


def test_moved_twice_before_anybody_heard_it_names_the_moment_that_was_notified(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness, email=None, mobile=MOBILE)
    harness.clock_at("2026-11-23 22.00")
    harness.moved(meeting_id, group_id, on="2026-11-26")
    go_on(harness)
    harness.moved(meeting_id, group_id, on="2026-11-27")
    go_on(harness)

    at(harness, "2026-11-24 08.01")

    assert len(harness.mails()) == 2
    assert "dinsdag 24 november is verplaatst. Nieuw: vrijdag 27 november" in text_of(harness)


def test_moved_back_before_anybody_heard_it_nobody_hears_anything(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness, email=None, mobile=MOBILE)
    harness.clock_at("2026-11-23 22.00")
    harness.moved(meeting_id, group_id, on="2026-11-26")
    go_on(harness)
    harness.moved(meeting_id, group_id, on="2026-11-24")
    go_on(harness)

    at(harness, "2026-11-24 08.01", "2026-11-24 12.00")

    assert len(harness.mails()) == 1


def test_another_place_for_one_evening_is_told_and_stands_in_the_reminder_of_it(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness)
    member(harness, group_id, name="Sam", email="sam@example.org")
    harness.clock_at("2026-11-23 18.02")
    place = {"name": "De Linde", "address": "Lindelaan 4"}

    harness.moved(meeting_id, group_id, place=place)
    go_on(harness)

    assert subjects(harness) == ["Tot dinsdag 24 november", "Andere plek op dinsdag 24 november"]
    assert subjects(harness, "sam@example.org") == ["Tot dinsdag 24 november"]
    assert all("De Linde, Lindelaan 4" in text_of(harness, number) for number in (0, 1))
    assert "De tijd blijft gelijk." in "".join(text_of(harness, number) for number in (0, 1))


@pytest.mark.parametrize("to", ["2026-11-15", "2026-11-16"])
def test_what_is_over_already_is_not_notified(harness: NotificationsHarness, to: str):
    group_id = harness.group()
    member(harness, group_id)
    meeting_id = harness.meeting(group_id)
    harness.consume()

    harness.moved(meeting_id, group_id, on=to, at="09:00")
    go_on(harness)

    assert harness.states("meeting_moved") == []


# Cancelled.


def test_a_cancellation_an_hour_before_goes_at_once_by_both_channels(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness, mobile=MOBILE)
    harness.clock_at("2026-11-24 18.30")

    harness.cancelled(meeting_id, group_id)
    go_on(harness)

    assert sorted(harness.mails()[1:]) == [(MOBILE, ""), (NOOR, "Gaat niet door: dinsdag 24 november")]
    assert "dinsdag 24 november om 19.30 uur gaat helaas niet door" in text_of(harness)


def test_the_second_channel_of_somebody_who_has_one_is_quietly_left_out(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness)

    harness.cancelled(meeting_id, group_id)
    go_on(harness)

    assert subjects(harness)[1:] == ["Gaat niet door: dinsdag 24 november"]
    second = next(row for row in harness.messages("meeting_cancelled") if row.secondary_of)
    assert (second.state, second.reason, second.asked_at) == ("suppressed", "no_second_channel", None)


def test_whoever_has_only_an_address_that_nobody_confirmed_is_told_of_a_cancellation_by_a_person(
    harness: NotificationsHarness,
):
    group_id, meeting_id, somebody, _ = reminded(harness)
    harness.reached(somebody, email="nieuw@example.org", is_confirmed=False)
    harness.consume()

    harness.cancelled(meeting_id, group_id)
    go_on(harness)

    assert subjects(harness, "nieuw@example.org") == ["Klopt dit adres?"]
    first = next(row for row in harness.messages("meeting_cancelled") if not row.secondary_of)
    assert (first.state, first.reason, first.channel) == ("suppressed", "unconfirmed", "hand")
    assert first.asked_at is not None


def test_whoever_knows_the_rhythm_hears_of_a_cancellation_and_whoever_called_off_does_not(
    harness: NotificationsHarness,
):
    group_id = harness.group()
    member(harness, group_id)
    sam, sams = member(harness, group_id, name="Sam", email="sam@example.org")
    harness.membership(harness.person(name="Vos", email="vos@example.org"), group_id, starts_on="2026-12-01")
    meeting_id = harness.meeting(group_id)
    harness.called_off(sam, sams, meeting_id)
    harness.consume()

    harness.cancelled(meeting_id, group_id)
    go_on(harness)

    assert subjects(harness) == ["Gaat niet door: dinsdag 24 november"]
    assert subjects(harness, "sam@example.org") == []
    assert "Gaat niet door: dinsdag 24 november" not in subjects(harness, "vos@example.org")


def test_a_reminder_that_waits_is_withdrawn_by_the_cancellation(harness: NotificationsHarness):
    group_id = harness.group()
    member(harness, group_id)
    meeting_id = harness.meeting(group_id)
    harness.consume()

    harness.cancelled(meeting_id, group_id)
    go_on(harness)
    at(harness, "2026-11-23 18.01")

    assert subjects(harness) == ["Gaat niet door: dinsdag 24 november"]
    assert harness.states("meeting_reminder") == [("meeting_reminder", "withdrawn", "meeting_cancelled")]


def test_a_cancellation_does_not_wait_for_what_was_not_consumed_yet(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness)
    harness.cancelled(meeting_id, group_id)
    harness.consume()
    harness.person(name="Sam")

    harness.send()

    assert subjects(harness)[1:] == ["Gaat niet door: dinsdag 24 november"]


def test_moved_and_cancelled_before_the_move_was_sent_names_the_moment_that_was_notified(
    harness: NotificationsHarness,
):
    group_id, meeting_id, _, _ = reminded(harness, email=None, mobile=MOBILE)
    harness.clock_at("2026-11-23 22.00")
    harness.moved(meeting_id, group_id, on="2026-11-26")
    go_on(harness)
    harness.cancelled(meeting_id, group_id, on="2026-11-26")
    go_on(harness)

    at(harness, "2026-11-24 08.01")

    assert len(harness.mails()) == 2
    assert "dinsdag 24 november om 19.30 uur gaat helaas niet door" in text_of(harness)


def test_moved_in_time_and_cancelled_before_the_new_reminder_names_the_evening_of_the_rhythm(
    harness: NotificationsHarness,
):
    group_id = harness.group()
    member(harness, group_id)
    meeting_id = harness.meeting(group_id, on="2026-11-26")
    harness.consume()
    harness.moved(meeting_id, group_id, on="2026-11-24")
    go_on(harness)

    harness.cancelled(meeting_id, group_id, on="2026-11-24")
    go_on(harness)

    assert subjects(harness) == ["Gaat niet door: donderdag 26 november"]


def test_moved_and_cancelled_after_the_move_was_told_names_the_new_moment(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness)
    harness.moved(meeting_id, group_id, on="2026-11-26")
    go_on(harness)

    harness.cancelled(meeting_id, group_id, on="2026-11-26")
    go_on(harness)

    assert subjects(harness)[-1] == "Gaat niet door: donderdag 26 november"


def test_who_would_come_for_the_first_time_on_the_old_day_hears_that_it_is_off(harness: NotificationsHarness):
    group_id = harness.group()
    meeting_id = harness.meeting(group_id, on="2026-11-26")
    harness.membership(harness.person(email=None, mobile=MOBILE), group_id, starts_on="2026-11-25")
    go_on(harness)
    harness.clock_at("2026-11-23 22.00")
    harness.moved(meeting_id, group_id, on="2026-11-24")
    go_on(harness)
    harness.cancelled(meeting_id, group_id, on="2026-11-24")
    go_on(harness)

    at(harness, "2026-11-24 08.01")

    assert "donderdag 26 november om 19.30 uur gaat helaas niet door" in text_of(harness)


def test_it_goes_on_after_all_at_another_moment_than_the_one_that_was_off(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness)
    harness.cancelled(meeting_id, group_id)
    go_on(harness)

    harness.reopened(meeting_id, group_id, on="2026-11-26")
    go_on(harness)

    assert subjects(harness)[-1] == "Het gaat toch door: donderdag 26 november"
    assert "dat onze afspraak van dinsdag 24 november niet doorging" in text_of(harness)
    assert "Die gaat toch door, op een ander moment." in text_of(harness)


def test_another_place_before_the_move_was_sent_tells_both(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness, email=None, mobile=MOBILE)
    harness.clock_at("2026-11-23 22.00")
    harness.moved(meeting_id, group_id, on="2026-11-26")
    go_on(harness)
    harness.moved(meeting_id, group_id, on="2026-11-26", place={"name": "De Linde", "address": "Lindelaan 4"})
    go_on(harness)

    at(harness, "2026-11-24 08.01")

    assert "dinsdag 24 november is verplaatst. Nieuw: donderdag 26 november" in text_of(harness)
    assert "De Linde" in text_of(harness)


def test_on_again_and_moved_before_the_first_was_sent_is_told_at_the_new_moment(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness, email=None, mobile=MOBILE)
    harness.cancelled(meeting_id, group_id)
    go_on(harness)
    harness.clock_at("2026-11-23 22.00")
    harness.reopened(meeting_id, group_id)
    go_on(harness)
    harness.moved(meeting_id, group_id, on="2026-11-26")
    go_on(harness)

    at(harness, "2026-11-24 08.01")

    assert "dinsdag 24 november gaat toch door, maar op donderdag 26 november" in text_of(harness)


def test_an_ended_group_does_not_cancel_its_meetings_one_by_one(harness: NotificationsHarness):
    group_id = harness.group()
    member(harness, group_id)
    meeting_ids = [harness.meeting(group_id, on=f"2026-12-0{day}") for day in range(1, 8)]
    harness.consume()
    harness.group(group_id=group_id, state="ended")
    for number, meeting_id in enumerate(meeting_ids, start=1):
        harness.cancelled(meeting_id, group_id, on=f"2026-12-0{number}")

    go_on(harness)

    assert harness.mails() == []


def test_a_meeting_that_goes_on_after_all_is_told_to_who_heard_that_it_was_off(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness)
    harness.cancelled(meeting_id, group_id)
    go_on(harness)

    harness.meeting(group_id, meeting_id=meeting_id)
    go_on(harness)
    at(harness, "2026-11-24 12.00")

    assert subjects(harness)[1:] == [
        "Gaat niet door: dinsdag 24 november",
        "Het gaat toch door: dinsdag 24 november",
    ]


def test_off_on_and_off_again_is_told_each_time(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness)
    for _ in range(2):
        harness.cancelled(meeting_id, group_id)
        go_on(harness)
        harness.meeting(group_id, meeting_id=meeting_id)
        go_on(harness)

    off, on = "Gaat niet door: dinsdag 24 november", "Het gaat toch door: dinsdag 24 november"
    assert subjects(harness)[1:] == [off, on, off, on]


def test_who_never_heard_that_it_was_off_does_not_hear_that_it_goes_on(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness, email=None, mobile=MOBILE)
    harness.clock_at("2026-11-23 22.00")
    harness.cancelled(meeting_id, group_id)
    go_on(harness)
    harness.meeting(group_id, meeting_id=meeting_id)
    go_on(harness)

    at(harness, "2026-11-24 08.01")

    assert [to for to, _ in harness.mails()] == [MOBILE], "reminded at six, and nothing is otherwise"
    assert ("meeting_reminder", "withdrawn", "replaced") in harness.states()
    assert ("meeting_cancelled", "withdrawn", "meeting_goes_on") in harness.states()


# In quiet hours.


def test_at_night_an_email_about_a_change_goes_and_a_text_message_waits_for_the_morning(
    harness: NotificationsHarness,
):
    group_id, meeting_id, _, _ = reminded(harness, mobile=MOBILE)
    harness.clock_at("2026-11-23 23.00")
    harness.cancelled(meeting_id, group_id)
    go_on(harness)
    at_night = harness.mails()[1:]

    at(harness, "2026-11-24 08.01")

    assert at_night == [(NOOR, "Gaat niet door: dinsdag 24 november")]
    assert harness.mails()[2:] == [(MOBILE, "")]


def test_a_text_message_that_would_come_too_late_goes_at_night(harness: NotificationsHarness):
    group_id = harness.group()
    member(harness, group_id, email=None, mobile=MOBILE)
    meeting_id = harness.meeting(group_id, at="08:30")
    harness.consume()
    harness.clock_at("2026-11-24 06.00")

    harness.cancelled(meeting_id, group_id, at="08:30")
    go_on(harness)

    assert harness.mails()[-1] == (MOBILE, "")
    assert sorted(row[1] for row in harness.states("meeting_cancelled")) == ["accepted", "suppressed"]


def test_a_move_is_told_at_night_when_somebody_would_come_for_nothing_at_the_old_moment(
    harness: NotificationsHarness,
):
    group_id = harness.group()
    member(harness, group_id, email=None, mobile=MOBILE)
    meeting_id = harness.meeting(group_id, at="08:30")
    at(harness, "2026-11-23 18.01")
    go_on(harness)
    before = len(harness.mails())
    harness.clock_at("2026-11-24 06.00")

    harness.moved(meeting_id, group_id, on="2026-11-27", at="08:30")
    go_on(harness)

    assert harness.mails()[before:] == [(MOBILE, "")]


def test_the_quiet_hours_that_somebody_chose_hold_for_a_change_too(harness: NotificationsHarness):
    group_id = harness.group()
    person, _ = member(harness, group_id, email=None, mobile=MOBILE)
    meeting_id = harness.meeting(group_id)
    harness.consume()
    preferences.choose_channels(
        harness.participant(person),
        participant_id=person,
        channels=["sms"],
        quiet=(time(20), time(10)),
        request_id=new_id(),
    )
    harness.clock_at("2026-11-23 20.30")
    before = len(harness.mails())

    harness.cancelled(meeting_id, group_id)
    go_on(harness)
    at(harness, "2026-11-24 09.59")
    too_early = harness.mails()[before:]
    at(harness, "2026-11-24 10.01")

    assert too_early == []
    assert harness.mails()[before:] == [(MOBILE, "")]


# Whom no message reaches.


def lead(harness: NotificationsHarness, group_id: str) -> None:
    harness.staff(harness.kim, group_ids=[group_id])


def test_who_leads_is_told_at_once_how_many_people_cannot_be_reached_and_not_who(harness: NotificationsHarness):
    group_id = harness.group()
    lead(harness, group_id)
    for name in ("Zwaluwtje", "Merel"):
        member(harness, group_id, name=name, email=None)
    member(harness, group_id)
    meeting_id = harness.meeting(group_id)
    harness.consume()
    harness.clock_at("2026-11-23 23.00")

    harness.cancelled(meeting_id, group_id, by=harness.kim)
    go_on(harness)

    assert subjects(harness, "kim@example.org") == ["Wil jij het vertellen? Dinsdag 24 november"]
    words = next(mail for mail in harness.mailbox.messages() if mail["To"] == "kim@example.org")
    plain = words.get_body(("plain",)).get_content()
    assert "Aan 2 mensen konden we dat niet laten weten." in plain
    assert f"http://127.0.0.1:8780/bijeenkomsten/{meeting_id}" in plain
    assert not [name for name in ("Zwaluwtje", "Merel") if name in plain]


def test_who_leads_hears_of_a_move_that_no_message_can_tell(harness: NotificationsHarness):
    group_id = harness.group()
    lead(harness, group_id)
    member(harness, group_id, email=None)
    meeting_id = harness.meeting(group_id)
    harness.consume()

    harness.moved(meeting_id, group_id, on="2026-11-26", by=harness.kim)
    go_on(harness)
    go_on(harness)

    assert subjects(harness, "kim@example.org") == ["Wil jij het vertellen? Donderdag 26 november"]
    assert [row[0] for row in harness.states() if row[0].endswith("in_person")] == ["move_in_person"]


@pytest.mark.parametrize("change", ["moved", "cancelled"])
def test_who_leads_hears_of_somebody_without_address_also_when_it_was_their_first_time(
    harness: NotificationsHarness, change: str
):
    group_id = harness.group()
    lead(harness, group_id)
    meeting_id = harness.meeting(group_id)
    harness.membership(harness.person(email=None), group_id)
    go_on(harness)

    if change == "moved":
        harness.moved(meeting_id, group_id, on="2026-11-26", by=harness.kim)
    else:
        harness.cancelled(meeting_id, group_id, by=harness.kim)
    go_on(harness)
    go_on(harness)

    assert [subject[:22] for subject in subjects(harness, "kim@example.org")] == ["Wil jij het vertellen?"]


def test_where_everybody_is_reached_nobody_is_asked_to_tell_it(harness: NotificationsHarness):
    group_id, meeting_id, _, _ = reminded(harness)
    lead(harness, group_id)

    harness.cancelled(meeting_id, group_id, by=harness.kim)
    go_on(harness)

    assert harness.states("cancellation_in_person") == []


def test_somebody_with_a_dead_address_and_a_number_that_works_is_reached(harness: NotificationsHarness):
    group_id, meeting_id, somebody, _ = reminded(harness, mobile=MOBILE)
    lead(harness, group_id)
    harness.cancelled(meeting_id, group_id, by=harness.kim)
    harness.consume()
    with own_service.transaction():
        own_service.database.execute("UPDATE contact SET refused = '[\"email\"]' WHERE id = ?", (somebody,))

    harness.send()

    assert harness.mails()[1:] == [(MOBILE, "")]
    assert harness.states("cancellation_in_person") == []


def test_who_turns_out_later_not_to_be_reached_is_told_of_once_more(harness: NotificationsHarness):
    group_id = harness.group()
    lead(harness, group_id)
    member(harness, group_id, name="Merel", email=None)
    meeting_id = harness.meeting(group_id)
    sam, _ = member(harness, group_id, name="Sam", email=None, mobile=MOBILE)
    harness.consume()
    harness.clock_at("2026-11-23 23.00")
    harness.cancelled(meeting_id, group_id, by=harness.kim)
    go_on(harness)
    harness.reached(sam)
    harness.consume()

    at(harness, "2026-11-24 08.01", "2026-11-24 08.02")

    assert subjects(harness, "kim@example.org") == ["Wil jij het vertellen? Dinsdag 24 november"] * 2
    assert "Aan 2 mensen" in text_of(harness)


# Somebody else leads.


def test_a_substitute_is_asked_hears_of_a_move_and_that_they_need_not_come(harness: NotificationsHarness):
    sub, group_id = harness.staff(new_id(), name="Vos", email="vos@example.org"), harness.group()
    meeting_id = harness.meeting(group_id)
    harness.consume()
    harness.meeting(group_id, meeting_id=meeting_id, substitute_ids=[sub])
    go_on(harness)
    harness.moved(meeting_id, group_id, on="2026-11-26", substitute_ids=[sub])
    go_on(harness)
    harness.meeting(group_id, meeting_id=meeting_id, on="2026-11-26", substitute_ids=[])
    go_on(harness)
    harness.meeting(group_id, meeting_id=meeting_id, on="2026-11-26", substitute_ids=[sub])
    go_on(harness)

    assert subjects(harness, "vos@example.org") == [
        "Je valt in op dinsdag 24 november",
        "Invallen is verplaatst naar donderdag 26 november",
        "Je hoeft niet in te vallen op donderdag 26 november",
        "Je valt in op donderdag 26 november",
    ]


def test_a_substitute_for_what_does_not_go_on_need_not_come(harness: NotificationsHarness):
    sub, group_id = harness.staff(new_id(), name="Vos", email="vos@example.org"), harness.group()
    meeting_id = harness.meeting(group_id, substitute_ids=[sub])
    go_on(harness)

    harness.cancelled(meeting_id, group_id, substitute_ids=[sub])
    go_on(harness)
    harness.meeting(group_id, meeting_id=meeting_id, state="cancelled", substitute_ids=[sub])
    go_on(harness)

    assert subjects(harness, "vos@example.org")[1:] == ["Je hoeft niet in te vallen op dinsdag 24 november"]


def test_who_was_asked_and_let_go_before_it_was_sent_hears_nothing(harness: NotificationsHarness):
    sub, group_id = harness.staff(new_id(), name="Vos", email="vos@example.org"), harness.group()
    meeting_id = harness.meeting(group_id, substitute_ids=[sub])
    harness.consume()
    harness.meeting(group_id, meeting_id=meeting_id, substitute_ids=[])

    go_on(harness)

    assert harness.mails() == []
    assert harness.states("meeting_substitute") == [("meeting_substitute", "withdrawn", "replaced")]


# The links.


def test_a_reminder_has_a_link_to_call_off_until_the_meeting_starts(harness: NotificationsHarness):
    _, meeting_id, _, membership_id = reminded(harness)

    token = re.search(r"/mijn/afmelden/(\S+)", text_of(harness))[1]

    link = links.check(own_service.encryption.keyring, "meetings", "call_off", token)
    assert (link.subject, link.expires_at.isoformat()) == (
        f"{meeting_id}.{membership_id}",
        "2026-11-24T18:30:00+00:00",
    )


def test_a_text_message_has_the_link_to_call_off_too(harness: NotificationsHarness):
    reminded(harness, email=None, mobile=MOBILE)

    assert re.search(
        r"Kom je niet\? Laat het even weten: http://127\.0\.0\.1:8780/mijn/afmelden/\S+", text_of(harness)
    )


def test_every_message_to_who_takes_part_leads_to_their_own_page_and_to_stopping(harness: NotificationsHarness):
    _, _, person, _ = reminded(harness)

    text, keyring = text_of(harness), own_service.encryption.keyring
    mine = links.check(keyring, "meetings", "mine", re.search(r"/mijn/naar/(\S+)", text)[1])
    stop = links.check(keyring, "notifications", "opt_out", re.search(r"/mijn/berichten/stop/(\S+)", text)[1])
    assert (mine.subject, stop.subject) == (person, f"{person}.reminders")
    message = harness.message("meeting_reminder")
    words = compose(message, "email", sender_details_of(harness.settings), load_context([message]))
    assert words.stop_link in words.text
    assert not [secret for secret in words.hidden if secret in words.without_secrets[1]]


def test_what_goes_to_who_works_here_has_no_such_links(harness: NotificationsHarness):
    harness.sign_in()

    go_on(harness)

    assert "/mijn/" not in text_of(harness)


def test_who_stood_at_the_door_is_not_welcomed_by_a_message(harness: NotificationsHarness):
    group_id = harness.group()
    harness.membership(harness.person(), group_id, placement_id=None)
    harness.meeting(group_id)

    go_on(harness)

    assert harness.states() == [("meeting_reminder", "planned", None)]
