"""A meeting that is moved, does not go on, or is led by somebody else: who hears of it, when, and by which way."""

from __future__ import annotations

import re

import pytest

from services.meetings.events import MEETING_MOVED
from services.notifications.models import house as our_house
from services.notifications.queries.known import look_up
from services.notifications.queries.wording import compose
from services.notifications.sender import letterhead_of
from shared.auth import links
from shared.ids import new_id
from tests.notifications.conftest import Office
from tests.notifications.doing import at, go_on

NOOR, MOBILE = "noor@example.org", "+31612345678"
SINCE_LONG = "2026-09-01"


def subjects(house: Office, address: str = NOOR) -> list[str]:
    return [subject for to, subject in house.mails() if to == address]


def member(house: Office, group_id: str, **person: str | None) -> tuple[str, str]:
    """Somebody who takes part for longer, and whom nobody welcomes any more."""
    somebody = house.person(**person)
    return somebody, house.membership(somebody, group_id, starts_on=SINCE_LONG)


def reminded(house: Office, **person: str | None) -> tuple[str, str, str, str]:
    """Somebody who was reminded of the meeting of 24 November: (group, meeting, person, membership)."""
    group_id = house.group()
    somebody, membership_id = member(house, group_id, **person)
    meeting_id = house.meeting(group_id)
    house.hear()
    at(house, "2026-11-23 18.01")
    return group_id, meeting_id, somebody, membership_id


def text_of(house: Office, number: int = 0) -> str:
    """The plain words of the newest message, or of one before it."""
    mail = house.mailbox.messages()[number]
    body = mail.get_body(("plain",))
    return str(body.get_content() if body is not None else mail.get_content())


# Moved.


def test_who_was_reminded_hears_of_the_move_and_is_reminded_of_the_new_evening(house: Office):
    group_id, meeting_id, _, _ = reminded(house)

    house.moved(meeting_id, group_id, old_on="2026-11-24", on="2026-11-26", at="20:00")
    go_on(house)
    at(house, "2026-11-25 18.01")

    assert subjects(house) == [
        "Tot dinsdag 24 november",
        "Verplaatst naar donderdag 26 november",
        "Tot donderdag 26 november",
    ]
    moved = text_of(house, 1)
    assert "van dinsdag 24 november om 19.30 uur is verplaatst" in moved
    assert "Wanneer: donderdag 26 november om 20.00 uur" in moved


def test_who_was_told_nothing_and_is_reminded_in_time_gets_the_new_reminder_alone(house: Office):
    group_id = house.group()
    member(house, group_id)
    meeting_id = house.meeting(group_id, on="2026-11-26")
    house.hear()

    house.moved(meeting_id, group_id, old_on="2026-11-26", on="2026-11-24")
    go_on(house)
    at(house, "2026-11-23 18.01", "2026-11-25 18.01")

    assert subjects(house) == ["Tot dinsdag 24 november"]
    assert house.states("meeting_moved") == []
    assert ("meeting_reminder", "withdrawn", "meeting_moved") in house.states()


def test_who_knows_the_rhythm_and_would_be_reminded_too_late_hears_of_the_move(house: Office):
    group_id = house.group()
    member(house, group_id)
    meeting_id = house.meeting(group_id)
    house.hear()

    house.moved(meeting_id, group_id, old_on="2026-11-24", on="2026-11-26")
    go_on(house)
    at(house, "2026-11-25 18.01")

    assert subjects(house) == ["Verplaatst naar donderdag 26 november", "Tot donderdag 26 november"]


def test_who_wants_no_reminders_and_knows_the_rhythm_hears_of_the_move(house: Office):
    group_id = house.group()
    somebody, _ = member(house, group_id)
    house.agreed(somebody)
    meeting_id = house.meeting(group_id, on="2026-11-26")
    house.hear()

    house.moved(meeting_id, group_id, old_on="2026-11-26", on="2026-11-24")
    go_on(house)
    at(house, "2026-11-23 18.01")

    assert subjects(house) == ["Verplaatst naar dinsdag 24 november"]


def test_a_welcome_that_told_the_moment_counts_as_told(house: Office):
    group_id = house.group()
    meeting_id = house.meeting(group_id)
    house.membership(house.person(), group_id)
    go_on(house)

    house.moved(meeting_id, group_id, old_on="2026-11-24", on="2026-11-25")
    go_on(house)

    assert subjects(house) == ["Welkom, fijn dat je komt", "Verplaatst naar woensdag 25 november"]


def test_moved_an_hour_before_it_is_told_at_once_and_reminds_at_the_same_time(house: Office):
    group_id, meeting_id, _, _ = reminded(house)
    house.clock_at("2026-11-24 18.30")

    house.moved(meeting_id, group_id, old_on="2026-11-24", on="2026-11-25")
    go_on(house)
    at(house, "2026-11-25 10.00")

    assert subjects(house) == ["Tot dinsdag 24 november", "Verplaatst naar woensdag 25 november"]
    assert ("meeting_reminder", "withdrawn", "replaced") in house.states()


def test_each_of_two_moves_is_told_once_also_when_it_is_said_again(house: Office):
    group_id, meeting_id, _, _ = reminded(house)
    house.moved(meeting_id, group_id, old_on="2026-11-24", on="2026-11-26")
    go_on(house)
    house.moved(meeting_id, group_id, old_on="2026-11-26", on="2026-11-27")
    go_on(house)

    house.say_all_again()
    house.hear_again()
    go_on(house)

    assert subjects(house)[1:] == ["Verplaatst naar donderdag 26 november", "Verplaatst naar vrijdag 27 november"]
    assert "van donderdag 26 november om 19.30 uur" in text_of(house)


def test_moved_twice_before_anybody_heard_it_names_the_moment_that_was_told(house: Office):
    group_id, meeting_id, _, _ = reminded(house, email=None, mobile=MOBILE)
    house.clock_at("2026-11-23 22.00")
    house.moved(meeting_id, group_id, old_on="2026-11-24", on="2026-11-26")
    go_on(house)
    house.moved(meeting_id, group_id, old_on="2026-11-26", on="2026-11-27")
    go_on(house)

    at(house, "2026-11-24 08.01")

    assert len(house.mails()) == 2
    assert "dinsdag 24 november is verplaatst. Nieuw: vrijdag 27 november" in text_of(house)


def test_moved_back_before_anybody_heard_it_nobody_hears_anything(house: Office):
    group_id, meeting_id, _, _ = reminded(house, email=None, mobile=MOBILE)
    house.clock_at("2026-11-23 22.00")
    house.moved(meeting_id, group_id, old_on="2026-11-24", on="2026-11-26")
    go_on(house)
    house.moved(meeting_id, group_id, old_on="2026-11-26", on="2026-11-24")
    go_on(house)

    at(house, "2026-11-24 08.01", "2026-11-24 12.00")

    assert len(house.mails()) == 1


def test_another_place_for_one_evening_is_told_and_stands_in_the_reminder_of_it(house: Office):
    group_id, meeting_id, _, _ = reminded(house)
    member(house, group_id, name="Sam", email="sam@example.org")
    house.clock_at("2026-11-23 18.02")
    place = {"name": "De Linde", "address": "Lindelaan 4"}

    house.moved(meeting_id, group_id, old_on="2026-11-24", place=place)
    go_on(house)

    assert subjects(house) == ["Tot dinsdag 24 november", "Andere plek op dinsdag 24 november"]
    assert subjects(house, "sam@example.org") == ["Tot dinsdag 24 november"]
    assert all("De Linde, Lindelaan 4" in text_of(house, number) for number in (0, 1))
    assert "De tijd blijft gelijk." in "".join(text_of(house, number) for number in (0, 1))


@pytest.mark.parametrize("to", ["2026-11-15", "2026-11-16"])
def test_what_is_over_already_is_not_told(house: Office, to: str):
    group_id = house.group()
    member(house, group_id)
    meeting_id = house.meeting(group_id)
    house.hear()

    house.moved(meeting_id, group_id, old_on="2026-11-24", on=to, at="09:00")
    go_on(house)

    assert house.states("meeting_moved") == []


def test_a_move_that_is_heard_before_the_meeting_waits_for_it(house: Office):
    meeting_id, group_id = new_id(), house.group()
    house.say(MEETING_MOVED, meeting_id, meeting_id=meeting_id, group_id=group_id)

    house.hear()

    assert house.waiting() == 1


# Cancelled.


def test_a_cancellation_an_hour_before_goes_at_once_by_both_ways(house: Office):
    group_id, meeting_id, _, _ = reminded(house, mobile=MOBILE)
    house.clock_at("2026-11-24 18.30")

    house.cancelled(meeting_id, group_id)
    go_on(house)

    assert sorted(house.mails()[1:]) == [(MOBILE, ""), (NOOR, "Gaat niet door: dinsdag 24 november")]
    assert "dinsdag 24 november om 19.30 uur gaat helaas niet door" in text_of(house)


def test_the_second_way_of_somebody_who_has_one_is_quietly_left_out(house: Office):
    group_id, meeting_id, _, _ = reminded(house)

    house.cancelled(meeting_id, group_id)
    go_on(house)

    assert subjects(house)[1:] == ["Gaat niet door: dinsdag 24 november"]
    second = next(row for row in house.messages("meeting_cancelled") if row.beside)
    assert (second.state, second.reason, second.asked_at) == ("suppressed", "no_second_way", None)


def test_whoever_has_only_an_address_that_nobody_confirmed_is_told_of_a_cancellation_by_a_person(house: Office):
    group_id, meeting_id, somebody, _ = reminded(house)
    house.reached(somebody, email="nieuw@example.org", is_confirmed=False)
    house.hear()

    house.cancelled(meeting_id, group_id)
    go_on(house)

    assert subjects(house, "nieuw@example.org") == ["Klopt dit adres?"]
    first = next(row for row in house.messages("meeting_cancelled") if not row.beside)
    assert (first.state, first.reason, first.channel) == ("suppressed", "unconfirmed", "hand")
    assert first.asked_at is not None


def test_whoever_knows_the_rhythm_hears_of_a_cancellation_and_whoever_called_off_does_not(house: Office):
    group_id = house.group()
    member(house, group_id)
    sam, sams = member(house, group_id, name="Sam", email="sam@example.org")
    house.membership(house.person(name="Vos", email="vos@example.org"), group_id, starts_on="2026-12-01")
    meeting_id = house.meeting(group_id)
    house.called_off(sam, sams, meeting_id)
    house.hear()

    house.cancelled(meeting_id, group_id)
    go_on(house)

    assert subjects(house) == ["Gaat niet door: dinsdag 24 november"]
    assert subjects(house, "sam@example.org") == []
    assert "Gaat niet door: dinsdag 24 november" not in subjects(house, "vos@example.org")


def test_a_reminder_that_waits_is_withdrawn_by_the_cancellation(house: Office):
    group_id = house.group()
    member(house, group_id)
    meeting_id = house.meeting(group_id)
    house.hear()

    house.cancelled(meeting_id, group_id)
    go_on(house)
    at(house, "2026-11-23 18.01")

    assert subjects(house) == ["Gaat niet door: dinsdag 24 november"]
    assert house.states("meeting_reminder") == [("meeting_reminder", "withdrawn", "meeting_cancelled")]


def test_a_cancellation_does_not_wait_for_what_was_not_heard_yet(house: Office):
    group_id, meeting_id, _, _ = reminded(house)
    house.cancelled(meeting_id, group_id)
    house.hear()
    house.person(name="Sam")

    house.send()

    assert subjects(house)[1:] == ["Gaat niet door: dinsdag 24 november"]


def test_an_ended_group_does_not_cancel_its_meetings_one_by_one(house: Office):
    group_id = house.group()
    member(house, group_id)
    meeting_ids = [house.meeting(group_id, on=f"2026-12-0{day}") for day in range(1, 8)]
    house.hear()
    house.group(group_id=group_id, state="ended")
    for number, meeting_id in enumerate(meeting_ids, start=1):
        house.cancelled(meeting_id, group_id, on=f"2026-12-0{number}")

    go_on(house)

    assert house.mails() == []


def test_a_meeting_that_goes_on_after_all_is_told_to_who_heard_that_it_was_off(house: Office):
    group_id, meeting_id, _, _ = reminded(house)
    house.cancelled(meeting_id, group_id)
    go_on(house)

    house.meeting(group_id, meeting_id=meeting_id)
    go_on(house)
    at(house, "2026-11-24 12.00")

    assert subjects(house)[1:] == [
        "Gaat niet door: dinsdag 24 november",
        "Het gaat toch door: dinsdag 24 november",
    ]


def test_off_on_and_off_again_is_told_each_time(house: Office):
    group_id, meeting_id, _, _ = reminded(house)
    for _ in range(2):
        house.cancelled(meeting_id, group_id)
        go_on(house)
        house.meeting(group_id, meeting_id=meeting_id)
        go_on(house)

    off, on = "Gaat niet door: dinsdag 24 november", "Het gaat toch door: dinsdag 24 november"
    assert subjects(house)[1:] == [off, on, off, on]


def test_who_never_heard_that_it_was_off_does_not_hear_that_it_goes_on(house: Office):
    group_id, meeting_id, _, _ = reminded(house, email=None, mobile=MOBILE)
    house.clock_at("2026-11-23 22.00")
    house.cancelled(meeting_id, group_id)
    go_on(house)
    house.meeting(group_id, meeting_id=meeting_id)
    go_on(house)

    at(house, "2026-11-24 08.01")

    assert [to for to, _ in house.mails()] == [MOBILE], "reminded at six, and nothing is otherwise"
    assert ("meeting_reminder", "withdrawn", "replaced") in house.states()
    assert ("meeting_cancelled", "withdrawn", "meeting_goes_on") in house.states()


# In quiet hours.


def test_at_night_an_email_about_a_change_goes_and_a_text_message_waits_for_the_morning(house: Office):
    group_id, meeting_id, _, _ = reminded(house, mobile=MOBILE)
    house.clock_at("2026-11-23 23.00")
    house.cancelled(meeting_id, group_id)
    go_on(house)
    at_night = house.mails()[1:]

    at(house, "2026-11-24 08.01")

    assert at_night == [(NOOR, "Gaat niet door: dinsdag 24 november")]
    assert house.mails()[2:] == [(MOBILE, "")]


def test_a_text_message_that_would_come_too_late_goes_at_night(house: Office):
    group_id = house.group()
    member(house, group_id, email=None, mobile=MOBILE)
    meeting_id = house.meeting(group_id, at="08:30")
    house.hear()
    house.clock_at("2026-11-24 06.00")

    house.cancelled(meeting_id, group_id, at="08:30")
    go_on(house)

    assert house.mails()[-1] == (MOBILE, "")
    assert sorted(row[1] for row in house.states("meeting_cancelled")) == ["accepted", "suppressed"]


# Whom no message reaches.


def lead(house: Office, group_id: str) -> None:
    house.staff(house.kim, group_ids=[group_id])


def test_who_leads_is_told_at_once_how_many_people_cannot_be_reached_and_not_who(house: Office):
    group_id = house.group()
    lead(house, group_id)
    for name in ("Zwaluwtje", "Merel"):
        member(house, group_id, name=name, email=None)
    member(house, group_id)
    meeting_id = house.meeting(group_id)
    house.hear()
    house.clock_at("2026-11-23 23.00")

    house.cancelled(meeting_id, group_id, by=house.kim)
    go_on(house)

    assert subjects(house, "kim@example.org") == ["Wil jij het vertellen? Dinsdag 24 november"]
    words = next(mail for mail in house.mailbox.messages() if mail["To"] == "kim@example.org")
    plain = words.get_body(("plain",)).get_content()
    assert "Aan 2 mensen konden we dat niet laten weten." in plain
    assert f"http://127.0.0.1:8780/bijeenkomsten/{meeting_id}" in plain
    assert not [name for name in ("Zwaluwtje", "Merel") if name in plain]


def test_who_leads_hears_of_a_move_that_no_message_can_tell(house: Office):
    group_id = house.group()
    lead(house, group_id)
    member(house, group_id, email=None)
    meeting_id = house.meeting(group_id)
    house.hear()

    house.moved(meeting_id, group_id, old_on="2026-11-24", on="2026-11-26", by=house.kim)
    go_on(house)
    go_on(house)

    assert subjects(house, "kim@example.org") == ["Wil jij het vertellen? Donderdag 26 november"]
    assert [row[0] for row in house.states() if row[0].endswith("by_hand")] == ["moved_by_hand"]


@pytest.mark.parametrize("change", ["moved", "cancelled"])
def test_who_leads_hears_of_somebody_without_address_also_when_it_was_their_first_time(house: Office, change: str):
    group_id = house.group()
    lead(house, group_id)
    meeting_id = house.meeting(group_id)
    house.membership(house.person(email=None), group_id)
    go_on(house)

    if change == "moved":
        house.moved(meeting_id, group_id, old_on="2026-11-24", on="2026-11-26", by=house.kim)
    else:
        house.cancelled(meeting_id, group_id, by=house.kim)
    go_on(house)
    go_on(house)

    assert [subject[:22] for subject in subjects(house, "kim@example.org")] == ["Wil jij het vertellen?"]


def test_where_everybody_is_reached_nobody_is_asked_to_tell_it(house: Office):
    group_id, meeting_id, _, _ = reminded(house)
    lead(house, group_id)

    house.cancelled(meeting_id, group_id, by=house.kim)
    go_on(house)

    assert house.states("cancellation_by_hand") == []


def test_somebody_with_a_dead_address_and_a_number_that_works_is_reached(house: Office):
    group_id, meeting_id, somebody, _ = reminded(house, mobile=MOBILE)
    lead(house, group_id)
    house.cancelled(meeting_id, group_id, by=house.kim)
    house.hear()
    with our_house.transaction():
        our_house.database.execute("UPDATE contact SET refused = '[\"email\"]' WHERE id = ?", (somebody,))

    house.send()

    assert house.mails()[1:] == [(MOBILE, "")]
    assert house.states("cancellation_by_hand") == []


def test_who_turns_out_later_not_to_be_reached_is_told_of_once_more(house: Office):
    group_id = house.group()
    lead(house, group_id)
    member(house, group_id, name="Merel", email=None)
    meeting_id = house.meeting(group_id)
    sam, _ = member(house, group_id, name="Sam", email=None, mobile=MOBILE)
    house.hear()
    house.clock_at("2026-11-23 23.00")
    house.cancelled(meeting_id, group_id, by=house.kim)
    go_on(house)
    house.reached(sam)
    house.hear()

    at(house, "2026-11-24 08.01", "2026-11-24 08.02")

    assert subjects(house, "kim@example.org") == ["Wil jij het vertellen? Dinsdag 24 november"] * 2
    assert "Aan 2 mensen" in text_of(house)


# Somebody else leads.


def test_a_substitute_is_asked_hears_of_a_move_and_that_they_need_not_come(house: Office):
    sub, group_id = house.staff(new_id(), name="Vos", email="vos@example.org"), house.group()
    meeting_id = house.meeting(group_id)
    house.hear()
    house.meeting(group_id, meeting_id=meeting_id, substitute_ids=[sub])
    go_on(house)
    house.moved(meeting_id, group_id, old_on="2026-11-24", on="2026-11-26", substitute_ids=[sub])
    go_on(house)
    house.meeting(group_id, meeting_id=meeting_id, on="2026-11-26", substitute_ids=[])
    go_on(house)
    house.meeting(group_id, meeting_id=meeting_id, on="2026-11-26", substitute_ids=[sub])
    go_on(house)

    assert subjects(house, "vos@example.org") == [
        "Je valt in op dinsdag 24 november",
        "Invallen is verplaatst naar donderdag 26 november",
        "Je hoeft niet in te vallen op donderdag 26 november",
        "Je valt in op donderdag 26 november",
    ]


def test_a_substitute_for_what_does_not_go_on_need_not_come(house: Office):
    sub, group_id = house.staff(new_id(), name="Vos", email="vos@example.org"), house.group()
    meeting_id = house.meeting(group_id, substitute_ids=[sub])
    go_on(house)

    house.cancelled(meeting_id, group_id, substitute_ids=[sub])
    go_on(house)
    house.meeting(group_id, meeting_id=meeting_id, state="cancelled", substitute_ids=[sub])
    go_on(house)

    assert subjects(house, "vos@example.org")[1:] == ["Je hoeft niet in te vallen op dinsdag 24 november"]


def test_who_was_asked_and_let_go_before_it_was_sent_hears_nothing(house: Office):
    sub, group_id = house.staff(new_id(), name="Vos", email="vos@example.org"), house.group()
    meeting_id = house.meeting(group_id, substitute_ids=[sub])
    house.hear()
    house.meeting(group_id, meeting_id=meeting_id, substitute_ids=[])

    go_on(house)

    assert house.mails() == []
    assert house.states("meeting_substitute") == [("meeting_substitute", "withdrawn", "replaced")]


# The links.


def test_a_reminder_has_a_link_to_call_off_until_the_meeting_starts(house: Office):
    _, meeting_id, _, membership_id = reminded(house)

    token = re.search(r"/mijn/afmelden/(\S+)", text_of(house))[1]

    link = links.check(our_house.privacy.keyring, "meetings", "call_off", token)
    assert (link.subject, link.expires_at.isoformat()) == (
        f"{meeting_id}.{membership_id}",
        "2026-11-24T18:30:00+00:00",
    )


def test_a_text_message_has_the_link_to_call_off_too(house: Office):
    reminded(house, email=None, mobile=MOBILE)

    assert re.search(
        r"Kom je niet\? Laat het even weten: http://127\.0\.0\.1:8780/mijn/afmelden/\S+", text_of(house)
    )


def test_every_message_to_who_takes_part_leads_to_their_own_page_and_to_stopping(house: Office):
    _, _, person, _ = reminded(house)

    text, keyring = text_of(house), our_house.privacy.keyring
    mine = links.check(keyring, "meetings", "mine", re.search(r"/mijn/naar/(\S+)", text)[1])
    stop = links.check(keyring, "notifications", "opt_out", re.search(r"/mijn/berichten/stop/(\S+)", text)[1])
    assert (mine.subject, stop.subject) == (person, f"{person}.reminders")
    message = house.one("meeting_reminder")
    words = compose(message, "email", letterhead_of(house.settings), look_up([message]))
    assert words.stop_link in words.text
    assert not [secret for secret in words.hidden if secret in words.to_keep()[1]]


def test_what_goes_to_who_works_here_has_no_such_links(house: Office):
    house.sign_in()

    go_on(house)

    assert "/mijn/" not in text_of(house)


def test_who_stood_at_the_door_is_not_welcomed_by_a_message(house: Office):
    group_id = house.group()
    house.membership(house.person(), group_id, placement_id=None)
    house.meeting(group_id)

    go_on(house)

    assert house.states() == [("meeting_reminder", "planned", None)]
