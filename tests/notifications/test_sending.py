"""Sending: only what is true, known and discreet, at a good hour, by a way that is open, and never too late."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta

import pytest

from services.intake.events import INTRO_TALK_CALLED_OFF, INTRO_TALK_MOVED, PARTICIPANT_CHANGED
from services.meetings.events import GROUP_CHANGED
from services.notifications.commands import sending
from services.notifications.commands.sending import Claim
from services.notifications.models import Message, Participant
from services.notifications.models import service as own_service
from services.questionnaires.events import MEASUREMENT_COMPLETED
from shared import clock
from shared.security import links
from tests.notifications.conftest import NotificationsHarness
from tests.notifications.doing import go_on

NOOR = "noor@example.org"


def remind(service: NotificationsHarness) -> tuple[str, str, str]:
    """Somebody takes part and a reminder is planned: (person, group, membership)."""
    person, group_id = service.person(), service.group()
    membership_id = service.membership(person, group_id)
    service.meeting(group_id)
    go_on(service)
    return person, group_id, membership_id


def claim_all(service: NotificationsHarness) -> list[Claim]:
    return sending.claim_due(service.send_context())[0]


def test_a_message_goes_through_its_life_step_by_step(service: NotificationsHarness):
    service.talk(service.person())

    go_on(service)

    assert service.steps("intro_talk_invitation") == ["planned", "due", "claimed", "accepted"]
    assert service.attempts("intro_talk_invitation") == ["accepted"]


def test_an_email_is_readable_in_two_ways_and_its_head_betrays_nothing(service: NotificationsHarness):
    service.talk(service.person())

    go_on(service)

    mail = service.mailbox.messages()[0]
    assert mail["From"] == "Houvast <houvast@houvast.example>"
    assert mail["To"] == NOOR
    assert mail["Message-ID"] == f"<{service.one('intro_talk_invitation').id}@houvast.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.strftime("%d-%m-%Y %H") == "16-11-2026 10"
    assert mail["Reply-To"] is None
    assert "/mijn/berichten/stop/" in mail["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.get_content_type() == "multipart/alternative"
    plain, page = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Wanneer: maandag 23 november om 14.00 uur" in plain
    assert "<dd>maandag 23 november om 14.00 uur</dd>" in page


def test_who_reads_answers_stands_in_the_head_and_is_told_in_the_text(service: NotificationsHarness):
    settings = dataclasses.replace(service.settings, reply_to="kim@example.org")
    service.talk(service.person())
    service.consume()

    service.send(settings)

    mail = service.mailbox.messages()[0]
    assert mail["Reply-To"] == "kim@example.org"
    assert "een mens leest mee" in mail.get_body(("plain",)).get_content()


def test_a_name_of_signs_arrives_as_it_was_given_and_becomes_no_markup(service: NotificationsHarness):
    service.talk(service.person(name='<b>Daniëlle</b> ’t "Ei" ☺'))

    go_on(service)

    mail = service.mailbox.messages()[0]
    assert 'Hoi <b>Daniëlle</b> ’t "Ei" ☺,' in mail.get_body(("plain",)).get_content()
    assert "&lt;b&gt;Daniëlle" in mail.get_body(("html",)).get_content()


def test_a_line_that_begins_with_a_dot_arrives_whole(service: NotificationsHarness):
    service.talk(service.person(name="\r\n.\r\n.Noor"))

    go_on(service)

    text = service.mailbox.messages()[0].get_body(("plain",)).get_content()
    assert "\n.\n.Noor," in text.replace("\r\n", "\n")


def test_a_text_message_arrives_where_somebody_has_no_email(service: NotificationsHarness):
    service.talk(service.person(email=None, mobile="+31612345678"))

    go_on(service)

    mail = service.mailbox.messages()[0]
    assert (mail["To"], mail["X-Channel"]) == ("+31612345678", "sms")
    assert mail.get_content().startswith("Hoi Noor, we maken graag kennis met je: maandag 23 november")


def test_without_a_way_to_send_text_messages_a_person_is_asked_to_tell_it(service: NotificationsHarness):
    service.talk(service.person(email=None, mobile="+31612345678"))
    service.consume()

    service.send(dataclasses.replace(service.settings, mailbox=None))

    message = service.one("intro_talk_invitation")
    assert (message.state, message.reason, message.channel) == ("suppressed", "no_channel", "hand")
    assert message.asked_at is not None


def test_the_link_to_a_list_opens_just_that_list(service: NotificationsHarness):
    measurement_id = service.measurement(service.person())

    go_on(service)

    text = service.mailbox.messages()[0].get_body(("plain",)).get_content()
    token = re.search(r"http://127\.0\.0\.1:8780/mijn/vragenlijst/(\S+)", text)[1]
    link = links.check(own_service.encryption.keyring, "questionnaires", "fill_in", token)
    assert link.subject == measurement_id
    assert "tot en met maandag 14 december" in text


def test_the_sign_in_link_is_sent_and_its_secret_is_kept_nowhere_after(service: NotificationsHarness):
    service.sign_in(secret="Geheim123abcDEF456ghi789")

    go_on(service)

    text = service.mailbox.messages()[0].get_body(("plain",)).get_content()
    assert "http://127.0.0.1:8780/inloggen/link/Geheim123abcDEF456ghi789" in text
    assert service.one("sign_in_link").secret is None


# At a good hour, and not too late.


def test_quiet_hours_put_off_and_do_not_drop(service: NotificationsHarness):
    service.clock_at("2026-11-16 22.00")
    service.talk(service.person())
    go_on(service)
    at_night = service.states("intro_talk_invitation")

    service.clock_at("2026-11-17 07.59")
    service.send()
    too_early = service.mails()
    service.clock_at("2026-11-17 08.01")
    service.send()

    assert at_night == [("intro_talk_invitation", "held", "quiet_hours")]
    assert too_early == []
    assert service.steps("intro_talk_invitation") == ["planned", "held", "due", "claimed", "accepted"]


def test_what_became_due_before_the_quiet_hours_is_not_sent_in_them(service: NotificationsHarness):
    remind(service)

    service.clock_at("2026-11-23 23.00")
    service.send()
    at_night = service.states("meeting_reminder")
    service.clock_at("2026-11-24 08.01")
    service.send()

    assert at_night == [("meeting_reminder", "held", "quiet_hours")]
    assert service.mails()[-1] == (NOOR, "Tot dinsdag 24 november")


def test_a_sign_in_link_goes_at_night(service: NotificationsHarness):
    service.clock_at("2026-11-16 23.30")
    service.sign_in()

    go_on(service)

    assert service.mails() == [("kim@example.org", "Je link om in te loggen")]


def test_what_finds_no_quiet_moment_any_more_asks_for_a_person(service: NotificationsHarness):
    service.clock_at("2026-11-16 23.00")
    service.talk(service.person(), on="2026-11-17", at="07:30")

    go_on(service)

    message = service.one("intro_talk_invitation")
    assert (message.state, message.reason) == ("expired", "no_quiet_moment")
    assert message.asked_at is not None


def test_what_would_come_too_late_expires(service: NotificationsHarness):
    remind(service)

    service.clock_at("2026-11-24 19.31")
    service.send()

    assert service.states("meeting_reminder") == [("meeting_reminder", "expired", "too_late")]
    assert len(service.mails()) == 1


def test_a_sign_in_link_that_was_used_up_by_time_is_not_sent(service: NotificationsHarness):
    service.sign_in(minutes=15)
    service.consume()

    service.clock_at("2026-11-16 10.16")
    service.send()

    assert service.states("sign_in_link") == [("sign_in_link", "expired", "too_late")]
    assert service.one("sign_in_link").secret is None


# Only what is still true, and only when everything was heard.


def test_what_was_said_and_not_yet_heard_holds_every_message_but_the_sign_in_link(service: NotificationsHarness):
    remind(service)
    service.sign_in()
    service.consume()
    service.clock_at("2026-11-23 18.01")
    service.person(name="Sam")

    service.send()
    pending_subjects = service.states("meeting_reminder")
    service.consume()
    service.send()

    assert pending_subjects == [("meeting_reminder", "held", "not_caught_up")]
    assert [subject for _, subject in service.mails()][-1] == "Tot dinsdag 24 november"
    assert service.steps("meeting_reminder") == ["planned", "held", "due", "claimed", "accepted"]


def test_the_sign_in_link_does_not_wait_for_what_was_not_heard(service: NotificationsHarness):
    service.sign_in()
    service.consume()
    service.person(name="Sam")

    service.send()

    assert service.mails() == [("kim@example.org", "Je link om in te loggen")]


def test_an_event_that_could_not_be_handled_holds_the_message_about_its_subject(service: NotificationsHarness):
    person, _, membership_id = remind(service)
    with own_service.transaction():
        own_service.inbox.InboxRetry.insert(
            source="meetings",
            event_id=person,
            subject=f"membership/{membership_id}",
            event="{}",
            attempt=0,
            next_at=clock.wall(),
            error="the world is wrong for now",
            error_code="too_early",
        ).execute()

    service.clock_at("2026-11-23 18.01")
    service.send()

    assert service.states("meeting_reminder") == [("meeting_reminder", "held", "not_caught_up")]


def test_somebody_we_have_not_heard_of_yet_is_waited_for(service: NotificationsHarness):
    group_id = service.group()
    person = service.person()
    service.membership(person, group_id)
    service.consume()
    with own_service.transaction():
        Participant.delete().where(Participant.id == person).execute()

    service.send()

    assert service.states("welcome") == [("welcome", "held", "not_caught_up")]


def membership_ended(service: NotificationsHarness, person: str, group_id: str, membership_id: str) -> None:
    service.membership(person, group_id, membership_id=membership_id, state="ended")


def meeting_cancelled(service: NotificationsHarness, person: str, group_id: str, membership_id: str) -> None:
    meeting_id = service.one("meeting_reminder").meeting_id
    service.meeting(group_id, meeting_id=meeting_id, state="cancelled")


def meeting_moved(service: NotificationsHarness, person: str, group_id: str, membership_id: str) -> None:
    meeting_id = service.one("meeting_reminder").meeting_id
    service.meeting(group_id, meeting_id=meeting_id, on="2026-12-24")


def consent_withdrawn(service: NotificationsHarness, person: str, group_id: str, membership_id: str) -> None:
    service.agreed(person, "questionnaires")


def address_removed(service: NotificationsHarness, person: str, group_id: str, membership_id: str) -> None:
    service.reached(person)


CHANGES = [
    (membership_ended, ("withdrawn", "left_group")),
    (meeting_cancelled, ("withdrawn", "meeting_cancelled")),
    (meeting_moved, ("withdrawn", "meeting_moved")),
    (consent_withdrawn, ("suppressed", "no_consent")),
    (address_removed, ("suppressed", "no_address")),
]
each_change = pytest.mark.parametrize(("change", "end"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])


@each_change
def test_what_is_no_longer_so_between_planning_and_sending_is_not_sent(service: NotificationsHarness, change, end):
    story = remind(service)
    change(service, *story)
    service.consume()

    service.clock_at("2026-11-23 18.01")
    service.send()

    assert service.states("meeting_reminder")[0][1:] == end
    assert [subject for _, subject in service.mails()] == ["Welkom, fijn dat je komt"]


@each_change
def test_what_is_no_longer_so_between_claiming_and_handing_over_is_not_sent(
    service: NotificationsHarness, change, end
):
    story = remind(service)
    service.clock_at("2026-11-23 18.01")
    (claim,) = claim_all(service)
    change(service, *story)
    service.consume()

    may_go = sending.mark_handing_over(claim, service.send_context())
    service.send()

    assert not may_go
    assert service.states("meeting_reminder")[0][1:] == end
    assert [subject for _, subject in service.mails()] == ["Welkom, fijn dat je komt"]


def test_an_event_that_waited_and_is_heard_between_claiming_and_handing_over_is_not_overlooked(
    service: NotificationsHarness,
):
    _, group_id, _ = remind(service)
    service.clock_at("2026-11-23 18.01")
    service.schedule_retry(GROUP_CHANGED, group_id, group_id=group_id, state="ended")
    (claim,) = claim_all(service)
    service.retry_now()

    may_go = sending.mark_handing_over(claim, service.send_context())

    assert not may_go
    assert service.attempts("meeting_reminder") == ["not_true"]


def test_an_address_that_changes_between_claiming_and_handing_over_gets_the_message_instead(
    service: NotificationsHarness,
):
    person, _, _ = remind(service)
    service.clock_at("2026-11-23 18.01")
    (claim,) = claim_all(service)
    service.reached(person, email="noor.nieuw@example.org")
    service.consume()

    may_go = sending.mark_handing_over(claim, service.send_context())
    service.send()

    assert not may_go
    assert service.mails()[1:] == [("noor.nieuw@example.org", "Tot dinsdag 24 november")]


def test_consent_that_was_taken_back_and_given_again_loses_no_reminder(service: NotificationsHarness):
    person, _, _ = remind(service)
    service.agreed(person)
    service.consume()
    service.agreed(person, "reminders")
    service.consume()

    service.clock_at("2026-11-23 18.01")
    service.send()

    assert service.mails()[-1] == (NOOR, "Tot dinsdag 24 november")


def test_a_list_that_was_filled_in_is_not_asked_for(service: NotificationsHarness):
    service.clock_at("2026-11-16 22.00")
    person = service.person()
    measurement_id = service.measurement(person)
    go_on(service)
    service.publish(MEASUREMENT_COMPLETED, measurement_id, measurement_id=measurement_id, participant_id=person)
    service.consume()

    service.clock_at("2026-11-17 09.00")
    service.send()

    assert service.mails() == []
    assert service.states() == [("questionnaire_invitation", "withdrawn", "questionnaire_completed")]


def test_who_no_longer_works_here_gets_no_sign_in_link(service: NotificationsHarness):
    service.sign_in()
    service.consume()
    service.staff(service.kim, is_active=False)
    service.consume()

    service.send()

    assert service.mails() == []
    assert service.states() == [("sign_in_link", "withdrawn", "stopped_for_good")]


# Nothing that betrays, and nothing that cannot be written.


def test_a_message_that_would_betray_waits_for_a_person_and_the_next_one_goes(service: NotificationsHarness):
    service.talk(service.person(name="Sam"), place="Herstelhuis Midden, Lindeveen")
    service.talk(service.person())

    go_on(service)

    assert service.mails() == [(NOOR, "Afspraak op maandag 23 november")]
    assert sorted(service.states("intro_talk_invitation"), key=str) == [
        ("intro_talk_invitation", "accepted", None),
        ("intro_talk_invitation", "held", "betrays"),
    ]


@pytest.mark.parametrize("place", ["Dinsdaggroep", "zaal van de dinsdaggroep", "De Kade, Lindeveen"])
def test_the_names_of_group_and_organisation_are_not_said(service: NotificationsHarness, place: str):
    venue = {"name": place, "address": "Brugstraat 1", "area": "3412", "features": []}
    group_id = service.group(venue=venue)
    service.meeting(group_id)
    service.membership(service.person(), group_id)

    go_on(service)

    assert service.mails() == []
    assert service.states("welcome") == [("welcome", "held", "betrays")]


def test_an_organisation_that_is_called_as_the_sender_may_be_named(service: NotificationsHarness):
    service.organisation(name="Houvast")
    service.talk(service.person())

    go_on(service)

    assert len(service.mails()) == 1


def test_what_waits_for_a_person_expires_in_the_end(service: NotificationsHarness):
    service.talk(service.person(), place="Herstelhuis Midden")
    go_on(service)

    service.clock_at("2026-11-23 14.01")
    service.send()

    assert service.states("intro_talk_invitation") == [("intro_talk_invitation", "expired", "too_late")]


def test_a_message_that_cannot_be_written_waits_for_a_person_and_the_next_one_goes(service: NotificationsHarness):
    person = service.person(name="Sam")
    service.talk(person)
    service.talk(service.person())
    service.consume()
    with own_service.transaction():
        Participant.update(call_name=b"k1.broken").where(Participant.id == person).execute()

    service.send()

    assert service.mails() == [(NOOR, "Afspraak op maandag 23 november")]
    assert ("intro_talk_invitation", "held", "broken") in service.states()


# Once, whoever sends.


def test_two_senders_that_look_at_the_same_moment_claim_each_message_once(service: NotificationsHarness):
    for number in range(30):
        service.talk(service.person(name=f"Noor {number}", email=f"noor{number}@example.org"))
    service.consume()

    first, second = claim_all(service), claim_all(service)

    assert (len(first), len(second)) == (sending.BATCH, 10)
    assert not {claim.claimed.message_id for claim in first} & {claim.claimed.message_id for claim in second}


def test_who_was_thought_dead_hands_over_nothing_any_more(service: NotificationsHarness):
    service.talk(service.person())
    service.consume()
    (slow,) = sending.claim_due(dataclasses.replace(service.send_context(), lease=timedelta()))[0]

    service.sender().sweep()
    service.send()
    may_go = sending.mark_handing_over(slow, service.send_context())

    assert not may_go
    assert len(service.mails()) == 1


def test_a_claim_by_a_clock_that_was_far_ahead_is_over(service: NotificationsHarness):
    service.talk(service.person())
    service.consume()
    sending.claim_due(dataclasses.replace(service.send_context(), lease=timedelta(hours=1)))

    service.sender().sweep()
    service.send()

    assert len(service.mails()) == 1


def test_whoever_waits_for_a_link_does_not_stand_behind_a_thousand_reminders(service: NotificationsHarness):
    for number in range(30):
        service.talk(service.person(name=f"Noor {number}", email=f"noor{number}@example.org"))
    service.sign_in()
    service.consume()

    first = claim_all(service)[0]

    assert first.address == "kim@example.org"


def test_nothing_is_said_twice_when_the_talk_is_moved_while_it_is_being_sent(service: NotificationsHarness):
    person = service.person()
    talk_id = service.talk(person)
    service.consume()
    claim_all(service)
    service.talk_told(INTRO_TALK_MOVED, talk_id, person, on="2026-11-25")
    service.consume()
    service.talk_told(INTRO_TALK_CALLED_OFF, talk_id, person)
    service.consume()

    service.clock_at("2026-11-16 10.05")
    with own_service.transaction():
        Message.update(claimed_until=clock.wall()).where(Message.claimed_until.is_null(False)).execute()
    service.send()

    assert [subject for _, subject in service.mails()] == ["Onze afspraak gaat niet door"]


def test_a_language_we_do_not_write_yet_is_written_in_dutch(service: NotificationsHarness):
    person = service.person()
    service.publish(PARTICIPANT_CHANGED, person, {"call_name": "Noor"}, participant_id=person, language="en")
    service.talk(person)

    go_on(service)

    assert service.mails() == [(NOOR, "Afspraak op maandag 23 november")]
