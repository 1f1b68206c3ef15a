"""Sending: only what is true, known and discreet, at a good hour, by an open channel, and never too late."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta

import pytest

from deploy.local.ports import free_port
from services.intake.events import INTRO_TALK_CALLED_OFF, INTRO_TALK_MOVED, PARTICIPANT_CHANGED
from services.meetings.events import GROUP_CHANGED
from services.notifications.channels.port import OutgoingMessage
from services.notifications.channels.smtp import SmtpChannel, SmtpConnection
from services.notifications.commands import sending
from services.notifications.commands.sending import Claim, Outcome
from services.notifications.models import Message, Participant
from services.notifications.models import service as own_service
from services.notifications.rules.sending import Failure
from services.notifications.sender import Sender
from services.questionnaires.events import MEASUREMENT_COMPLETED
from shared import clock
from shared.security import links
from tests.notifications.actions import go_on
from tests.notifications.conftest import NotificationsHarness

NOOR = "noor@example.org"


def remind(harness: NotificationsHarness) -> tuple[str, str, str]:
    """Somebody takes part and a reminder is planned: (person, group, membership)."""
    person, group_id = harness.person(), harness.group()
    membership_id = harness.membership(person, group_id)
    harness.meeting(group_id)
    go_on(harness)
    return person, group_id, membership_id


def claim_all(harness: NotificationsHarness) -> list[Claim]:
    return sending.claim_due(harness.send_context())[0]


def test_a_message_goes_through_its_states_one_by_one(harness: NotificationsHarness):
    harness.talk(harness.person())

    go_on(harness)

    assert harness.steps("intro_talk_invitation") == ["planned", "due", "claimed", "accepted"]
    assert harness.attempts("intro_talk_invitation") == ["accepted"]


def test_an_email_is_readable_as_text_and_as_page_and_its_head_betrays_nothing(harness: NotificationsHarness):
    harness.talk(harness.person())

    go_on(harness)

    mail = harness.mailbox.messages()[0]
    assert mail["From"] == "Houvast <houvast@houvast.example>"
    assert mail["To"] == NOOR
    assert mail["Message-ID"] == f"<{harness.message('intro_talk_invitation').id}@houvast.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.strftime("%d-%m-%Y %H") == "16-11-2026 10"
    assert mail["Reply-To"] is None
    assert "/mijn/berichten/stop/" in mail["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.get_content_type() == "multipart/alternative"
    plain, page = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Wanneer: maandag 23 november om 14.00 uur" in plain
    assert "<dd>maandag 23 november om 14.00 uur</dd>" in page


def test_who_reads_answers_stands_in_the_head_and_is_informed_in_the_text(harness: NotificationsHarness):
    settings = dataclasses.replace(harness.settings, reply_to="kim@example.org")
    harness.talk(harness.person())
    harness.consume()

    harness.send(settings)

    mail = harness.mailbox.messages()[0]
    assert mail["Reply-To"] == "kim@example.org"
    assert "een mens leest mee" in mail.get_body(("plain",)).get_content()


def test_a_name_of_signs_arrives_as_it_was_given_and_becomes_no_markup(harness: NotificationsHarness):
    harness.talk(harness.person(name='<b>Daniëlle</b> ’t "Ei" ☺'))

    go_on(harness)

    mail = harness.mailbox.messages()[0]
    assert 'Hoi <b>Daniëlle</b> ’t "Ei" ☺,' in mail.get_body(("plain",)).get_content()
    assert "&lt;b&gt;Daniëlle" in mail.get_body(("html",)).get_content()


def test_a_name_of_several_lines_stays_in_its_sentence(harness: NotificationsHarness):
    harness.talk(harness.person(name="Noor\r\n.\r\n--\r\nGroet"))

    go_on(harness)

    mail = harness.mailbox.messages()[0]
    for part in ("plain", "html"):
        assert "Hoi Noor . -- Groet," in mail.get_body((part,)).get_content()


@pytest.mark.parametrize("name", [".", ".Houvast"])
def test_a_line_that_begins_with_a_dot_arrives_whole(harness: NotificationsHarness, name: str):
    harness.talk(harness.person())
    harness.consume()

    harness.send(dataclasses.replace(harness.settings, sender_name=name))

    text = harness.mailbox.messages()[0].get_body(("plain",)).get_content()
    assert f"Groet,\n{name}\n\n--\n" in text.replace("\r\n", "\n")


def test_a_text_message_arrives_where_somebody_has_no_email(harness: NotificationsHarness):
    harness.talk(harness.person(email=None, mobile="+31612345678"))

    go_on(harness)

    mail = harness.mailbox.messages()[0]
    assert (mail["To"], mail["X-Channel"]) == ("+31612345678", "sms")
    assert mail.get_content().startswith("Hoi Noor, we maken graag kennis met je: maandag 23 november")


def test_the_mailbox_of_this_machine_takes_texts_to_the_countries_that_were_named(harness: NotificationsHarness):
    harness.talk(harness.person(email=None, mobile="+32470123456"))
    harness.consume()

    harness.send()
    message = harness.message("intro_talk_invitation")

    assert (message.state, message.reason, message.channel) == ("suppressed", "no_channel", "hand")
    assert harness.mails() == []


def test_without_a_gateway_for_text_messages_a_person_is_asked_to_tell_it(harness: NotificationsHarness):
    harness.talk(harness.person(email=None, mobile="+31612345678"))
    harness.consume()

    harness.send(dataclasses.replace(harness.settings, mailbox=None))

    message = harness.message("intro_talk_invitation")
    assert (message.state, message.reason, message.channel) == ("suppressed", "no_channel", "hand")
    assert message.asked_at is not None


def test_the_link_to_a_list_opens_just_that_list(harness: NotificationsHarness):
    measurement_id = harness.measurement(harness.person())

    go_on(harness)

    text = harness.mailbox.messages()[0].get_body(("plain",)).get_content()
    token = re.search(r"http://127\.0\.0\.1:8780/mijn/vragenlijst/(\S+)", text)[1]
    link = links.check(own_service.encryption.keyring, "questionnaires", "fill_in", token)
    assert link.subject == measurement_id
    assert "tot en met maandag 14 december" in text


def test_the_sign_in_link_is_sent_and_its_secret_is_kept_nowhere_after(harness: NotificationsHarness):
    harness.sign_in(secret="Geheim123abcDEF456ghi789")

    go_on(harness)

    text = harness.mailbox.messages()[0].get_body(("plain",)).get_content()
    assert "http://127.0.0.1:8780/inloggen/link/Geheim123abcDEF456ghi789" in text
    assert harness.message("sign_in_link").secret is None


# At a good hour, and not too late.


def test_quiet_hours_put_off_and_do_not_drop(harness: NotificationsHarness):
    harness.clock_at("2026-11-16 22.00")
    harness.talk(harness.person())
    go_on(harness)
    at_night = harness.states("intro_talk_invitation")

    harness.clock_at("2026-11-17 07.59")
    harness.send()
    too_early = harness.mails()
    harness.clock_at("2026-11-17 08.01")
    harness.send()

    assert at_night == [("intro_talk_invitation", "held", "quiet_hours")]
    assert too_early == []
    assert harness.steps("intro_talk_invitation") == ["planned", "held", "due", "claimed", "accepted"]


def test_what_became_due_before_the_quiet_hours_is_not_sent_in_them(harness: NotificationsHarness):
    remind(harness)

    harness.clock_at("2026-11-23 23.00")
    harness.send()
    at_night = harness.states("meeting_reminder")
    harness.clock_at("2026-11-24 08.01")
    harness.send()

    assert at_night == [("meeting_reminder", "held", "quiet_hours")]
    assert harness.mails()[-1] == (NOOR, "Tot dinsdag 24 november")


def test_a_sign_in_link_goes_at_night(harness: NotificationsHarness):
    harness.clock_at("2026-11-16 23.30")
    harness.sign_in()

    go_on(harness)

    assert harness.mails() == [("kim@example.org", "Je link om in te loggen")]


def test_what_finds_no_quiet_moment_any_more_asks_for_a_person(harness: NotificationsHarness):
    harness.clock_at("2026-11-16 23.00")
    harness.talk(harness.person(email=None, mobile="+31612345678"), on="2026-11-17", at="07:30")

    go_on(harness)

    message = harness.message("intro_talk_invitation")
    assert (message.state, message.reason) == ("expired", "no_quiet_moment")
    assert message.asked_at is not None


def test_what_would_come_too_late_expires(harness: NotificationsHarness):
    remind(harness)

    harness.clock_at("2026-11-24 19.31")
    harness.send()

    assert harness.states("meeting_reminder") == [("meeting_reminder", "expired", "too_late")]
    assert len(harness.mails()) == 1


def test_a_sign_in_link_that_was_used_up_by_time_is_not_sent(harness: NotificationsHarness):
    harness.sign_in(minutes=15)
    harness.consume()

    harness.clock_at("2026-11-16 10.16")
    harness.send()

    assert harness.states("sign_in_link") == [("sign_in_link", "expired", "too_late")]
    assert harness.message("sign_in_link").secret is None


# Only what is still true, and only when everything was consumed.


def test_what_was_published_and_not_yet_consumed_holds_every_message_but_the_sign_in_link(
    harness: NotificationsHarness,
):
    remind(harness)
    harness.sign_in()
    harness.consume()
    harness.clock_at("2026-11-23 18.01")
    harness.person(name="Sam")

    harness.send()
    pending_subjects = harness.states("meeting_reminder")
    harness.consume()
    harness.send()

    assert pending_subjects == [("meeting_reminder", "held", "not_caught_up")]
    assert [subject for _, subject in harness.mails()][-1] == "Tot dinsdag 24 november"
    assert harness.steps("meeting_reminder") == ["planned", "held", "due", "claimed", "accepted"]


def test_the_sign_in_link_does_not_wait_for_what_was_not_consumed(harness: NotificationsHarness):
    harness.sign_in()
    harness.consume()
    harness.person(name="Sam")

    harness.send()

    assert harness.mails() == [("kim@example.org", "Je link om in te loggen")]


def test_an_event_that_could_not_be_handled_holds_the_message_about_its_subject(harness: NotificationsHarness):
    person, _, membership_id = remind(harness)
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

    harness.clock_at("2026-11-23 18.01")
    harness.send()

    assert harness.states("meeting_reminder") == [("meeting_reminder", "held", "not_caught_up")]


def test_somebody_we_have_not_heard_of_yet_is_waited_for(harness: NotificationsHarness):
    group_id = harness.group()
    person = harness.person()
    harness.membership(person, group_id)
    harness.consume()
    with own_service.transaction():
        Participant.delete().where(Participant.id == person).execute()

    harness.send()

    assert harness.states("welcome") == [("welcome", "held", "not_caught_up")]


def membership_ended(harness: NotificationsHarness, person: str, group_id: str, membership_id: str) -> None:
    harness.membership(person, group_id, membership_id=membership_id, state="ended")


def meeting_cancelled(harness: NotificationsHarness, person: str, group_id: str, membership_id: str) -> None:
    meeting_id = harness.message("meeting_reminder").meeting_id
    harness.cancelled(meeting_id, group_id)


def meeting_moved(harness: NotificationsHarness, person: str, group_id: str, membership_id: str) -> None:
    meeting_id = harness.message("meeting_reminder").meeting_id
    harness.moved(meeting_id, group_id, on="2026-12-24")


def consent_withdrawn(harness: NotificationsHarness, person: str, group_id: str, membership_id: str) -> None:
    harness.agreed(person, "questionnaires")


def address_removed(harness: NotificationsHarness, person: str, group_id: str, membership_id: str) -> None:
    harness.reached(person)


CHANGES = [
    (membership_ended, ("withdrawn", "left_group")),
    (meeting_cancelled, ("withdrawn", "meeting_cancelled")),
    (meeting_moved, ("withdrawn", "meeting_moved")),
    (consent_withdrawn, ("suppressed", "no_consent")),
    (address_removed, ("suppressed", "no_address")),
]
each_change = pytest.mark.parametrize(("change", "end"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])


@each_change
def test_what_is_no_longer_so_between_planning_and_sending_is_not_sent(harness: NotificationsHarness, change, end):
    story = remind(harness)
    change(harness, *story)
    harness.consume()

    harness.clock_at("2026-11-23 18.01")
    harness.send()

    assert harness.states("meeting_reminder")[0][1:] == end
    assert "Tot dinsdag 24 november" not in [subject for _, subject in harness.mails()]


@each_change
def test_what_is_no_longer_so_between_claiming_and_handing_over_is_not_sent(
    harness: NotificationsHarness, change, end
):
    story = remind(harness)
    harness.clock_at("2026-11-23 18.01")
    (claim,) = claim_all(harness)
    change(harness, *story)
    harness.consume()

    may_go = sending.mark_handing_over(claim, harness.send_context())
    harness.send()

    assert not may_go
    assert harness.states("meeting_reminder")[0][1:] == end
    assert "Tot dinsdag 24 november" not in [subject for _, subject in harness.mails()]


def test_an_event_that_waited_and_is_consumed_between_claiming_and_handing_over_is_not_overlooked(
    harness: NotificationsHarness,
):
    _, group_id, _ = remind(harness)
    harness.clock_at("2026-11-23 18.01")
    harness.schedule_retry(GROUP_CHANGED, group_id, group_id=group_id, state="ended")
    (claim,) = claim_all(harness)
    harness.retry_now()

    may_go = sending.mark_handing_over(claim, harness.send_context())

    assert not may_go
    assert harness.attempts("meeting_reminder") == ["not_true"]


def test_an_address_that_changes_between_claiming_and_handing_over_gets_the_message_instead(
    harness: NotificationsHarness,
):
    person, _, _ = remind(harness)
    harness.clock_at("2026-11-23 18.01")
    (claim,) = claim_all(harness)
    harness.reached(person, email="noor.nieuw@example.org")
    harness.consume()

    may_go = sending.mark_handing_over(claim, harness.send_context())
    harness.send()

    assert not may_go
    assert harness.mails()[1:] == [("noor.nieuw@example.org", "Tot dinsdag 24 november")]


def test_consent_that_was_taken_back_and_given_again_loses_no_reminder(harness: NotificationsHarness):
    person, _, _ = remind(harness)
    harness.agreed(person)
    harness.consume()
    harness.agreed(person, "reminders")
    harness.consume()

    harness.clock_at("2026-11-23 18.01")
    harness.send()

    assert harness.mails()[-1] == (NOOR, "Tot dinsdag 24 november")


def test_a_list_that_was_filled_in_is_not_asked_for(harness: NotificationsHarness):
    harness.clock_at("2026-11-16 22.00")
    person = harness.person()
    measurement_id = harness.measurement(person)
    go_on(harness)
    harness.publish(MEASUREMENT_COMPLETED, measurement_id, measurement_id=measurement_id, participant_id=person)
    harness.consume()

    harness.clock_at("2026-11-17 09.00")
    harness.send()

    assert harness.mails() == []
    assert harness.states() == [("questionnaire_invitation", "withdrawn", "questionnaire_completed")]


def test_who_no_longer_works_here_gets_no_sign_in_link(harness: NotificationsHarness):
    harness.sign_in()
    harness.consume()
    harness.staff(harness.kim, is_active=False)
    harness.consume()

    harness.send()

    assert harness.mails() == []
    assert harness.states() == [("sign_in_link", "withdrawn", "stopped_for_good")]


# Nothing that betrays, and nothing that cannot be written.


def test_a_message_that_would_betray_waits_for_a_person_and_the_next_one_goes(harness: NotificationsHarness):
    harness.talk(harness.person(name="Sam"), place="Herstelhuis Midden, Lindeveen")
    harness.talk(harness.person())

    go_on(harness)

    assert harness.mails() == [(NOOR, "Afspraak op maandag 23 november")]
    assert sorted(harness.states("intro_talk_invitation"), key=str) == [
        ("intro_talk_invitation", "accepted", None),
        ("intro_talk_invitation", "held", "betrays"),
    ]


@pytest.mark.parametrize("place", ["Dinsdaggroep", "zaal van de dinsdaggroep"])
def test_the_name_of_the_group_is_not_said(harness: NotificationsHarness, place: str):
    venue = {"name": place, "address": "Brugstraat 1", "area": "3412", "features": []}
    group_id = harness.group(venue=venue)
    harness.meeting(group_id)
    harness.membership(harness.person(), group_id)

    go_on(harness)

    assert harness.mails() == []
    assert harness.states("welcome") == [("welcome", "held", "betrays")]


def test_a_group_that_is_named_like_part_of_who_sends_gets_its_messages(harness: NotificationsHarness):
    group_id = harness.group(name="De Brug")
    harness.meeting(group_id)
    harness.membership(harness.person(), group_id)
    harness.consume()

    harness.send(dataclasses.replace(harness.settings, sender_name="Stichting De Brug"))

    assert harness.states("welcome") == [("welcome", "accepted", None)]


def test_the_name_of_the_organisation_is_not_said(harness: NotificationsHarness):
    harness.talk(harness.person(), form="video", place="https://video.example/de-kade/3")

    go_on(harness)

    assert harness.states("intro_talk_invitation") == [("intro_talk_invitation", "held", "betrays")]


@pytest.mark.parametrize(
    ("call_name", "group_name", "place", "address"),
    [
        ("MA", "Dinsdaggroep", "De Linde", "Buitenveldertselaan 3"),
        ("Noor", "De Brug", "Buurthuis De Brug", "Brugstraat 1, 3412 AA Lindeveen"),
        ("Noor", "Welkom", "De Kade", "Kadestraat 1"),
        ("Sam & Noor", "Sam", "Huis 't Anker & Co", "Herstelstraat 1"),
    ],
)
def test_who_is_called_or_meets_somewhere_by_a_name_that_resembles_another_word_gets_their_messages(
    harness: NotificationsHarness, call_name: str, group_name: str, place: str, address: str
):
    venue = {"name": place, "address": address, "area": "3412", "features": []}
    group_id = harness.group(name=group_name, venue=venue)
    harness.meeting(group_id)
    harness.membership(harness.person(name=call_name), group_id)

    go_on(harness)

    assert harness.states("welcome") == [("welcome", "accepted", None)]


def test_an_organisation_that_is_called_as_the_sender_may_be_named(harness: NotificationsHarness):
    harness.organisation(name="Houvast")
    harness.talk(harness.person())

    go_on(harness)

    assert len(harness.mails()) == 1


def test_what_waits_for_a_person_expires_in_the_end(harness: NotificationsHarness):
    harness.talk(harness.person(), place="Herstelhuis Midden")
    go_on(harness)

    harness.clock_at("2026-11-23 14.01")
    harness.send()

    assert harness.states("intro_talk_invitation") == [("intro_talk_invitation", "expired", "too_late")]


def test_a_message_that_cannot_be_written_waits_for_a_person_and_the_next_one_goes(harness: NotificationsHarness):
    person = harness.person(name="Sam")
    harness.talk(person)
    harness.talk(harness.person())
    harness.consume()
    with own_service.transaction():
        Participant.update(call_name=b"k1.broken").where(Participant.id == person).execute()

    harness.send()

    assert harness.mails() == [(NOOR, "Afspraak op maandag 23 november")]
    assert ("intro_talk_invitation", "held", "broken") in harness.states()


# Once, whoever sends.


def test_two_senders_that_look_at_the_same_moment_claim_each_message_once(harness: NotificationsHarness):
    for number in range(30):
        harness.talk(harness.person(name=f"Noor {number}", email=f"noor{number}@example.org"))
    harness.consume()

    first, second = claim_all(harness), claim_all(harness)

    assert (len(first), len(second)) == (sending.BATCH, 10)
    assert not {claim.claimed.message.id for claim in first} & {claim.claimed.message.id for claim in second}


def test_who_was_thought_dead_hands_over_nothing_any_more(harness: NotificationsHarness):
    harness.talk(harness.person())
    harness.consume()
    (slow,) = sending.claim_due(dataclasses.replace(harness.send_context(), lease=timedelta()))[0]

    harness.sender().sweep()
    harness.send()
    may_go = sending.mark_handing_over(slow, harness.send_context())

    assert not may_go
    assert len(harness.mails()) == 1


def test_a_sender_takes_nothing_over_from_itself_however_slow_the_other_side_is(harness: NotificationsHarness):
    class SweptMeanwhile(SmtpConnection):
        def offer(self, outgoing: OutgoingMessage) -> None:
            with own_service.transaction():  # longer ago than any claim lasts
                claimed, over = Message.claimed_until.is_null(False), clock.wall() - timedelta(seconds=1)
                Message.update(claimed_until=over).where(claimed).execute()
            slow.sweep()
            super().offer(outgoing)

    class SlowChannel(SmtpChannel):
        def connection(self) -> SmtpConnection:
            return SweptMeanwhile(harness.settings)

    harness.talk(harness.person())
    harness.consume()
    slow = Sender(harness.settings, {"email": SlowChannel(harness.settings)}, lambda: True)

    slow.step()

    assert harness.states("intro_talk_invitation") == [("intro_talk_invitation", "accepted", None)]
    assert harness.attempts("intro_talk_invitation") == ["accepted"]
    assert len(harness.mails()) == 1


@pytest.mark.parametrize("failure", [None, *Failure], ids=str)
def test_what_comes_of_it_with_who_was_thought_dead_changes_nothing_for_who_took_over(
    harness: NotificationsHarness, failure: Failure | None
):
    harness.talk(harness.person())
    harness.consume()
    at_once_over = dataclasses.replace(harness.send_context(), lease=timedelta())
    (slow,) = sending.claim_due(at_once_over)[0]
    assert sending.mark_handing_over(slow, at_once_over)
    harness.sender().sweep()
    harness.send()

    sending.settle(slow.claimed, Outcome(failure), drops_doubles=True)
    harness.clock_at("2026-11-16 12.00")
    harness.send()

    assert harness.states("intro_talk_invitation") == [("intro_talk_invitation", "accepted", None)]
    assert len(harness.mails()) == 1


def test_a_claim_by_a_clock_that_was_far_ahead_is_over(harness: NotificationsHarness):
    harness.talk(harness.person())
    harness.consume()
    sending.claim_due(dataclasses.replace(harness.send_context(), lease=timedelta(hours=1)))

    harness.sender().sweep()
    harness.send()

    assert len(harness.mails()) == 1


def test_what_a_clock_that_was_ahead_put_off_goes_when_it_is_right_again(harness: NotificationsHarness):
    remind(harness)
    harness.clock_at("2026-11-16 10.10")
    harness.sign_in()
    harness.consume()
    harness.clock_at("2026-11-16 10.00")

    harness.send()

    assert harness.states("sign_in_link") == [("sign_in_link", "accepted", None)]
    assert harness.states("meeting_reminder") == [("meeting_reminder", "planned", None)]


def test_the_next_try_of_a_clock_that_was_ahead_is_made_when_it_is_right_again(harness: NotificationsHarness):
    harness.clock_at("2026-11-16 14.00")
    harness.talk(harness.person())
    harness.consume()
    harness.send(dataclasses.replace(harness.settings, mailbox=None, smtp_port=free_port()))
    harness.clock_at("2026-11-16 10.00")

    harness.send()

    assert harness.attempts("intro_talk_invitation") == ["not_connected", "accepted"]


def test_whoever_waits_for_a_link_does_not_stand_behind_a_thousand_reminders(harness: NotificationsHarness):
    for number in range(30):
        harness.talk(harness.person(name=f"Noor {number}", email=f"noor{number}@example.org"))
    harness.sign_in()
    harness.consume()

    first = claim_all(harness)[0]

    assert first.address == "kim@example.org"


def test_nothing_is_shown_twice_when_the_talk_is_moved_while_it_is_being_sent(harness: NotificationsHarness):
    person = harness.person()
    talk_id = harness.talk(person)
    harness.consume()
    claim_all(harness)
    harness.talk_event(INTRO_TALK_MOVED, talk_id, person, on="2026-11-25")
    harness.consume()
    harness.talk_event(INTRO_TALK_CALLED_OFF, talk_id, person)
    harness.consume()

    harness.clock_at("2026-11-16 10.05")
    with own_service.transaction():
        Message.update(claimed_until=clock.wall()).where(Message.claimed_until.is_null(False)).execute()
    harness.send()

    assert [subject for _, subject in harness.mails()] == ["Onze afspraak gaat niet door"]


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("nl", "Afspraak op maandag 23 november"),
        ("en", "Appointment on Monday 23 November"),
        # One that we do not write yet: somebody walked into a group in which it is spoken.
        ("uk", "Afspraak op maandag 23 november"),
    ],
)
def test_somebody_is_written_in_their_own_language(harness: NotificationsHarness, language: str, subject: str):
    person = harness.person()
    harness.publish(PARTICIPANT_CHANGED, person, {"call_name": "Noor"}, participant_id=person, language=language)
    harness.talk(person)

    go_on(harness)

    assert harness.mails() == [(NOOR, subject)]
