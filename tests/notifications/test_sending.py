"""Sending: only what is true, known and discreet, at a good hour, by a way that is open, and never too late."""

from __future__ import annotations

import dataclasses
import re

import pytest

from services.intake.events import INTRO_TALK_CALLED_OFF, INTRO_TALK_MOVED, PARTICIPANT_CHANGED
from services.meetings.events import GROUP_CHANGED
from services.notifications.commands import sending
from services.notifications.commands.sending import Claim
from services.notifications.models import Message, Participant
from services.notifications.models import house as our_house
from services.questionnaires.events import MEASUREMENT_COMPLETED
from shared import clock
from shared.auth import links
from tests.notifications.conftest import Office
from tests.notifications.doing import go_on

NOOR = "noor@example.org"


def remind(house: Office) -> tuple[str, str, str]:
    """Somebody takes part and a reminder is planned: (person, group, membership)."""
    person, group_id = house.person(), house.group()
    membership_id = house.membership(person, group_id)
    house.meeting(group_id)
    go_on(house)
    return person, group_id, membership_id


def claim_all(house: Office) -> list[Claim]:
    return sending.claim_due(house.desk())[0]


def test_a_message_goes_through_its_life_step_by_step(house: Office):
    house.talk(house.person())

    go_on(house)

    assert house.life("intro_talk_invitation") == ["planned", "due", "claimed", "accepted"]
    assert house.attempts("intro_talk_invitation") == ["accepted"]


def test_an_email_is_readable_in_two_ways_and_its_head_betrays_nothing(house: Office):
    house.talk(house.person())

    go_on(house)

    mail = house.mailbox.messages()[0]
    assert mail["From"] == "Houvast <houvast@houvast.example>"
    assert mail["To"] == NOOR
    assert mail["Message-ID"] == f"<{house.one('intro_talk_invitation').id}@houvast.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.strftime("%d-%m-%Y %H") == "16-11-2026 10"
    assert mail["Reply-To"] is None
    assert "/mijn/berichten/stop/" in mail["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.get_content_type() == "multipart/alternative"
    plain, page = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Wanneer: maandag 23 november om 14.00 uur" in plain
    assert "<dd>maandag 23 november om 14.00 uur</dd>" in page


def test_who_reads_answers_stands_in_the_head_and_is_told_in_the_text(house: Office):
    settings = dataclasses.replace(house.settings, reply_to="kim@example.org")
    house.talk(house.person())
    house.hear()

    house.send(settings)

    mail = house.mailbox.messages()[0]
    assert mail["Reply-To"] == "kim@example.org"
    assert "een mens leest mee" in mail.get_body(("plain",)).get_content()


def test_a_name_of_signs_arrives_as_it_was_given_and_becomes_no_markup(house: Office):
    house.talk(house.person(name='<b>Daniëlle</b> ’t "Ei" ☺'))

    go_on(house)

    mail = house.mailbox.messages()[0]
    assert 'Hoi <b>Daniëlle</b> ’t "Ei" ☺,' in mail.get_body(("plain",)).get_content()
    assert "&lt;b&gt;Daniëlle" in mail.get_body(("html",)).get_content()


def test_a_line_that_begins_with_a_dot_arrives_whole(house: Office):
    house.talk(house.person(name="\r\n.\r\n.Noor"))

    go_on(house)

    text = house.mailbox.messages()[0].get_body(("plain",)).get_content()
    assert "\n.\n.Noor," in text.replace("\r\n", "\n")


def test_a_text_message_arrives_where_somebody_has_no_email(house: Office):
    house.talk(house.person(email=None, mobile="+31612345678"))

    go_on(house)

    mail = house.mailbox.messages()[0]
    assert (mail["To"], mail["X-Channel"]) == ("+31612345678", "sms")
    assert mail.get_content().startswith("Hoi Noor, we maken graag kennis met je: maandag 23 november")


def test_without_a_way_to_send_text_messages_a_person_is_asked_to_tell_it(house: Office):
    house.talk(house.person(email=None, mobile="+31612345678"))
    house.hear()

    house.send(dataclasses.replace(house.settings, mailbox=None))

    message = house.one("intro_talk_invitation")
    assert (message.state, message.reason, message.channel) == ("suppressed", "no_channel", "hand")
    assert message.asked_at is not None


def test_the_link_to_a_list_opens_just_that_list(house: Office):
    measurement_id = house.measurement(house.person())

    go_on(house)

    text = house.mailbox.messages()[0].get_body(("plain",)).get_content()
    token = re.search(r"http://127\.0\.0\.1:8780/mijn/vragenlijst/(\S+)", text)[1]
    link = links.check(our_house.privacy.keyring, "questionnaires", "fill_in", token)
    assert link.subject == measurement_id
    assert "tot en met maandag 14 december" in text


def test_the_sign_in_link_is_sent_and_its_secret_is_kept_nowhere_after(house: Office):
    house.sign_in(secret="Geheim123abcDEF456ghi789")

    go_on(house)

    text = house.mailbox.messages()[0].get_body(("plain",)).get_content()
    assert "http://127.0.0.1:8780/inloggen/link/Geheim123abcDEF456ghi789" in text
    assert house.one("sign_in_link").secret is None


# At a good hour, and not too late.


def test_quiet_hours_put_off_and_do_not_drop(house: Office):
    house.clock_at("2026-11-16 22.00")
    house.talk(house.person())
    go_on(house)
    at_night = house.states("intro_talk_invitation")

    house.clock_at("2026-11-17 07.59")
    house.send()
    too_early = house.mails()
    house.clock_at("2026-11-17 08.01")
    house.send()

    assert at_night == [("intro_talk_invitation", "held", "quiet_hours")]
    assert too_early == []
    assert house.life("intro_talk_invitation") == ["planned", "held", "due", "claimed", "accepted"]


def test_what_became_due_before_the_quiet_hours_is_not_sent_in_them(house: Office):
    remind(house)

    house.clock_at("2026-11-23 23.00")
    house.send()
    at_night = house.states("meeting_reminder")
    house.clock_at("2026-11-24 08.01")
    house.send()

    assert at_night == [("meeting_reminder", "held", "quiet_hours")]
    assert house.mails()[-1] == (NOOR, "Tot dinsdag 24 november")


def test_a_sign_in_link_goes_at_night(house: Office):
    house.clock_at("2026-11-16 23.30")
    house.sign_in()

    go_on(house)

    assert house.mails() == [("kim@example.org", "Je link om in te loggen")]


def test_what_finds_no_quiet_moment_any_more_asks_for_a_person(house: Office):
    house.clock_at("2026-11-16 23.00")
    house.talk(house.person(), on="2026-11-17", at="07:30")

    go_on(house)

    message = house.one("intro_talk_invitation")
    assert (message.state, message.reason) == ("expired", "no_quiet_moment")
    assert message.asked_at is not None


def test_what_would_come_too_late_expires(house: Office):
    remind(house)

    house.clock_at("2026-11-24 19.31")
    house.send()

    assert house.states("meeting_reminder") == [("meeting_reminder", "expired", "too_late")]
    assert len(house.mails()) == 1


def test_a_sign_in_link_that_was_used_up_by_time_is_not_sent(house: Office):
    house.sign_in(minutes=15)
    house.hear()

    house.clock_at("2026-11-16 10.16")
    house.send()

    assert house.states("sign_in_link") == [("sign_in_link", "expired", "too_late")]
    assert house.one("sign_in_link").secret is None


# Only what is still true, and only when everything was heard.


def test_what_was_said_and_not_yet_heard_holds_every_message_but_the_sign_in_link(house: Office):
    remind(house)
    house.sign_in()
    house.hear()
    house.clock_at("2026-11-23 18.01")
    house.person(name="Sam")

    house.send()
    unheard = house.states("meeting_reminder")
    house.hear()
    house.send()

    assert unheard == [("meeting_reminder", "held", "not_caught_up")]
    assert [subject for _, subject in house.mails()][-1] == "Tot dinsdag 24 november"
    assert house.life("meeting_reminder") == ["planned", "held", "due", "claimed", "accepted"]


def test_the_sign_in_link_does_not_wait_for_what_was_not_heard(house: Office):
    house.sign_in()
    house.hear()
    house.person(name="Sam")

    house.send()

    assert house.mails() == [("kim@example.org", "Je link om in te loggen")]


def test_a_letter_that_could_not_be_handled_holds_the_message_about_its_subject(house: Office):
    person, _, membership_id = remind(house)
    with our_house.transaction():
        our_house.inbox.InboxRetry.insert(
            source="meetings", event_id=person, subject=f"membership/{membership_id}", letter="{}", attempt=0,
            next_at=clock.wall(), error="the world is wrong for now",
        ).execute()  # fmt: skip

    house.clock_at("2026-11-23 18.01")
    house.send()

    assert house.states("meeting_reminder") == [("meeting_reminder", "held", "not_caught_up")]


def test_somebody_we_have_not_heard_of_yet_is_waited_for(house: Office):
    group_id = house.group()
    person = house.person()
    house.membership(person, group_id)
    house.hear()
    with our_house.transaction():
        Participant.delete().where(Participant.id == person).execute()

    house.send()

    assert house.states("welcome") == [("welcome", "held", "not_caught_up")]


def membership_ended(house: Office, person: str, group_id: str, membership_id: str) -> None:
    house.membership(person, group_id, membership_id=membership_id, state="ended")


def meeting_cancelled(house: Office, person: str, group_id: str, membership_id: str) -> None:
    meeting_id = house.one("meeting_reminder").meeting_id
    house.meeting(group_id, meeting_id=meeting_id, state="cancelled")


def meeting_moved(house: Office, person: str, group_id: str, membership_id: str) -> None:
    meeting_id = house.one("meeting_reminder").meeting_id
    house.meeting(group_id, meeting_id=meeting_id, on="2026-12-24")


def consent_withdrawn(house: Office, person: str, group_id: str, membership_id: str) -> None:
    house.agreed(person, "questionnaires")


def address_removed(house: Office, person: str, group_id: str, membership_id: str) -> None:
    house.reached(person)


CHANGES = [
    (membership_ended, ("withdrawn", "left_group")),
    (meeting_cancelled, ("withdrawn", "meeting_cancelled")),
    (meeting_moved, ("withdrawn", "meeting_moved")),
    (consent_withdrawn, ("suppressed", "no_consent")),
    (address_removed, ("suppressed", "no_address")),
]
each_change = pytest.mark.parametrize(("change", "end"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])


@each_change
def test_what_is_no_longer_so_between_planning_and_sending_is_not_sent(house: Office, change, end):
    story = remind(house)
    change(house, *story)
    house.hear()

    house.clock_at("2026-11-23 18.01")
    house.send()

    assert house.states("meeting_reminder")[0][1:] == end
    assert [subject for _, subject in house.mails()] == ["Welkom, fijn dat je komt"]


@each_change
def test_what_is_no_longer_so_between_claiming_and_handing_over_is_not_sent(house: Office, change, end):
    story = remind(house)
    house.clock_at("2026-11-23 18.01")
    (claim,) = claim_all(house)
    change(house, *story)
    house.hear()

    may_go = sending.mark_handing_over(claim, house.desk())
    house.send()

    assert not may_go
    assert house.states("meeting_reminder")[0][1:] == end
    assert [subject for _, subject in house.mails()] == ["Welkom, fijn dat je komt"]


def test_a_letter_that_waited_and_is_heard_between_claiming_and_handing_over_is_not_overlooked(house: Office):
    _, group_id, _ = remind(house)
    house.clock_at("2026-11-23 18.01")
    house.put_aside(GROUP_CHANGED, group_id, group_id=group_id, state="ended")
    (claim,) = claim_all(house)
    house.retry_now()

    may_go = sending.mark_handing_over(claim, house.desk())

    assert not may_go
    assert house.attempts("meeting_reminder") == ["not_true"]


def test_an_address_that_changes_between_claiming_and_handing_over_gets_the_message_instead(house: Office):
    person, _, _ = remind(house)
    house.clock_at("2026-11-23 18.01")
    (claim,) = claim_all(house)
    house.reached(person, email="noor.nieuw@example.org")
    house.hear()

    may_go = sending.mark_handing_over(claim, house.desk())
    house.send()

    assert not may_go
    assert house.mails()[1:] == [("noor.nieuw@example.org", "Tot dinsdag 24 november")]


def test_consent_that_was_taken_back_and_given_again_loses_no_reminder(house: Office):
    person, _, _ = remind(house)
    house.agreed(person)
    house.hear()
    house.agreed(person, "reminders")
    house.hear()

    house.clock_at("2026-11-23 18.01")
    house.send()

    assert house.mails()[-1] == (NOOR, "Tot dinsdag 24 november")


def test_a_list_that_was_filled_in_is_not_asked_for(house: Office):
    house.clock_at("2026-11-16 22.00")
    person = house.person()
    measurement_id = house.measurement(person)
    go_on(house)
    house.say(MEASUREMENT_COMPLETED, measurement_id, measurement_id=measurement_id, participant_id=person)
    house.hear()

    house.clock_at("2026-11-17 09.00")
    house.send()

    assert house.mails() == []
    assert house.states() == [("questionnaire_invitation", "withdrawn", "questionnaire_completed")]


def test_who_no_longer_works_here_gets_no_sign_in_link(house: Office):
    house.sign_in()
    house.hear()
    house.staff(house.kim, is_active=False)
    house.hear()

    house.send()

    assert house.mails() == []
    assert house.states() == [("sign_in_link", "withdrawn", "stopped_for_good")]


# Nothing that betrays, and nothing that cannot be written.


def test_a_message_that_would_betray_waits_for_a_person_and_the_next_one_goes(house: Office):
    house.talk(house.person(name="Sam"), place="Herstelhuis Midden, Lindeveen")
    house.talk(house.person())

    go_on(house)

    assert house.mails() == [(NOOR, "Afspraak op maandag 23 november")]
    assert sorted(house.states("intro_talk_invitation"), key=str) == [
        ("intro_talk_invitation", "accepted", None),
        ("intro_talk_invitation", "held", "betrays"),
    ]


@pytest.mark.parametrize("place", ["Dinsdaggroep", "zaal van de dinsdaggroep", "De Kade, Lindeveen"])
def test_the_names_of_group_and_organisation_are_not_said(house: Office, place: str):
    venue = {"name": place, "address": "Brugstraat 1", "area": "3412", "features": []}
    group_id = house.group(venue=venue)
    house.meeting(group_id)
    house.membership(house.person(), group_id)

    go_on(house)

    assert house.mails() == []
    assert house.states("welcome") == [("welcome", "held", "betrays")]


def test_an_organisation_that_is_called_as_the_sender_may_be_named(house: Office):
    house.organisation(name="Houvast")
    house.talk(house.person())

    go_on(house)

    assert len(house.mails()) == 1


def test_what_waits_for_a_person_expires_in_the_end(house: Office):
    house.talk(house.person(), place="Herstelhuis Midden")
    go_on(house)

    house.clock_at("2026-11-23 14.01")
    house.send()

    assert house.states("intro_talk_invitation") == [("intro_talk_invitation", "expired", "too_late")]


def test_a_message_that_cannot_be_written_waits_for_a_person_and_the_next_one_goes(house: Office):
    person = house.person(name="Sam")
    house.talk(person)
    house.talk(house.person())
    house.hear()
    with our_house.transaction():
        Participant.update(call_name=b"k1.broken").where(Participant.id == person).execute()

    house.send()

    assert house.mails() == [(NOOR, "Afspraak op maandag 23 november")]
    assert ("intro_talk_invitation", "held", "broken") in house.states()


# Once, whoever sends.


def test_two_senders_that_look_at_the_same_moment_claim_each_message_once(house: Office):
    for number in range(30):
        house.talk(house.person(name=f"Noor {number}", email=f"noor{number}@example.org"))
    house.hear()

    first, second = claim_all(house), claim_all(house)

    assert (len(first), len(second)) == (sending.BATCH, 10)
    assert not {claim.grip.message_id for claim in first} & {claim.grip.message_id for claim in second}


def test_who_was_thought_dead_hands_over_nothing_any_more(house: Office):
    house.talk(house.person())
    house.hear()
    (slow,) = sending.claim_due(dataclasses.replace(house.desk(), lease_until=clock.wall))[0]

    house.sender().sweep()
    house.send()
    may_go = sending.mark_handing_over(slow, house.desk())

    assert not may_go
    assert len(house.mails()) == 1


def test_whoever_waits_for_a_link_does_not_stand_behind_a_thousand_reminders(house: Office):
    for number in range(30):
        house.talk(house.person(name=f"Noor {number}", email=f"noor{number}@example.org"))
    house.sign_in()
    house.hear()

    first = claim_all(house)[0]

    assert first.address == "kim@example.org"


def test_nothing_is_said_twice_when_the_talk_is_moved_while_it_is_being_sent(house: Office):
    person = house.person()
    talk_id = house.talk(person)
    house.hear()
    claim_all(house)
    house.talk_told(INTRO_TALK_MOVED, talk_id, person, on="2026-11-25")
    house.hear()
    house.talk_told(INTRO_TALK_CALLED_OFF, talk_id, person)
    house.hear()

    house.clock_at("2026-11-16 10.05")
    with our_house.transaction():
        Message.update(claimed_until=clock.wall()).where(Message.claimed_until.is_null(False)).execute()
    house.send()

    assert [subject for _, subject in house.mails()] == ["Onze afspraak gaat niet door"]


def test_a_language_we_do_not_write_yet_is_written_in_dutch(house: Office):
    person = house.person()
    house.say(PARTICIPANT_CHANGED, person, {"call_name": "Noor"}, participant_id=person, language="en")
    house.talk(person)

    go_on(house)

    assert house.mails() == [(NOOR, "Afspraak op maandag 23 november")]
