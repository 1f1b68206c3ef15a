"""Whether an address is somebody's: what may go where nobody said so yet, who is asked, and what came back."""

from __future__ import annotations

import dataclasses
import re
from email.message import EmailMessage
from typing import Any

import pytest

from deploy.local.ports import free_port
from services.intake import events as intake
from services.notifications.channels.bounced_mail import read_mail
from services.notifications.models import Address, Contact, OptOut
from services.notifications.rules.receipts import Report, read_report
from services.notifications.rules.routes import AddressFacts, is_trusted, may_go_to
from tests.notifications.actions import go_on
from tests.notifications.conftest import NotificationsHarness
from tests.notifications.mail_server import Contrary, serving

INVITATION, QUESTION, ASKED = "intro_talk_invitation", "questionnaire_invitation", "confirm_address"
SECRET = "geheim-van-de-mailserver-0123456789abcdef"
MOBILE = "+31612345678"


def confirm_path(harness: NotificationsHarness) -> str:
    (mail,) = [mail for mail in harness.mailbox.messages() if mail["Subject"] == "Klopt dit adres?"]
    link = re.search(r"https?://\S+/mijn/berichten/klopt/\S+", mail.get_body(("plain",)).get_content())
    assert link is not None
    return link[0].removeprefix(harness.settings.public_url)


# Confirmed or not.


def test_somebody_new_gets_answers_and_nothing_else_and_is_asked_once(harness: NotificationsHarness):
    person = harness.person(is_confirmed=False)
    harness.talk(person)
    harness.measurement(person)
    go_on(harness)
    go_on(harness)

    assert harness.states(INVITATION) == [(INVITATION, "accepted", None)]
    assert harness.states(QUESTION) == [(QUESTION, "held", "unconfirmed")]
    assert harness.states(ASKED) == [(ASKED, "accepted", None)]


def test_a_mail_scanner_confirms_nothing_and_a_press_lets_go_what_waits(harness: NotificationsHarness):
    harness.measurement(harness.person(is_confirmed=False))
    go_on(harness)
    visitor, path = harness.visitor(), confirm_path(harness)

    page = visitor.open(path)
    harness.send()
    before = harness.states(QUESTION)
    done = visitor.submit(page, re.escape(path))
    harness.send()

    assert before == [(QUESTION, "held", "unconfirmed")]
    assert "Dank je wel" in done.text
    assert harness.states(QUESTION) == [(QUESTION, "accepted", None)]


def test_the_question_says_nobodys_name_and_not_whose_list_waits(harness: NotificationsHarness):
    harness.measurement(harness.person(is_confirmed=False))
    go_on(harness)

    mail = next(message for message in harness.mailbox.messages() if message["Subject"] == "Klopt dit adres?")

    assert "Noor" not in mail.as_string()
    assert mail["List-Unsubscribe"] is None


def test_a_link_for_an_address_that_was_changed_since_confirms_nothing(harness: NotificationsHarness):
    person = harness.person(is_confirmed=False)
    harness.measurement(person)
    go_on(harness)
    visitor, path = harness.visitor(), confirm_path(harness)
    page = visitor.open(path)

    harness.reached(person, email="noor.nieuw@example.org", is_confirmed=False)
    harness.consume()
    gone = visitor.submit(page, re.escape(path))

    assert gone.status == 409
    assert "Dit adres gebruiken we niet meer" in gone.text
    assert Address.select().where(Address.confirmed_at.is_null(False)).count() == 0


def test_who_takes_part_was_met_and_is_not_asked_about_the_address_they_came_with(harness: NotificationsHarness):
    person, group_id = harness.person(is_confirmed=False), harness.group()
    harness.membership(person, group_id)
    harness.measurement(person)
    go_on(harness)

    assert harness.states(QUESTION) == [(QUESTION, "accepted", None)]
    assert harness.states(ASKED) == []


def test_who_came_to_the_talk_has_the_address_at_which_they_were_invited(harness: NotificationsHarness):
    person = harness.person(is_confirmed=False)
    talk_id = harness.talk(person)
    go_on(harness)
    harness.talk_event(intake.INTRO_TALK_HELD, talk_id, person)
    harness.measurement(person)
    go_on(harness)

    assert [row.confirmed_by for row in Address.select()] == ["talk"]
    assert harness.states(QUESTION) == [(QUESTION, "accepted", None)]


def test_another_address_of_somebody_who_takes_part_is_asked_about(harness: NotificationsHarness):
    person, group_id = harness.person(is_confirmed=False), harness.group()
    harness.membership(person, group_id)
    harness.consume()
    harness.reached(person, email="noor.nieuw@example.org", is_confirmed=False)
    harness.measurement(person)
    go_on(harness)

    assert harness.states(ASKED) == [(ASKED, "accepted", None)]
    assert harness.states(QUESTION) == [(QUESTION, "held", "unconfirmed")]


def test_a_question_that_still_waits_is_not_asked_at_the_next_address(harness: NotificationsHarness):
    person, group_id = harness.person(is_confirmed=False), harness.group()
    harness.membership(person, group_id)
    harness.consume()
    harness.clock_at("2026-11-16 23.00")
    for email in ("noor.twee@example.org", "noor.drie@example.org"):
        harness.reached(person, email=email, is_confirmed=False)
        harness.consume()
    harness.clock_at("2026-11-17 08.01")
    harness.send()

    assert harness.states(ASKED) == [(ASKED, "withdrawn", "replaced"), (ASKED, "accepted", None)]
    assert ("noor.drie@example.org", "Klopt dit adres?") in harness.mails()
    assert ("noor.twee@example.org", "Klopt dit adres?") not in harness.mails()


def test_a_messenger_who_heard_it_read_back_can_say_so(harness: NotificationsHarness):
    harness.measurement(harness.person(is_confirmed=False))
    go_on(harness)
    visitor = harness.visitor("messenger")
    path = f"/berichten/{harness.message(QUESTION).id}"

    visitor.submit(visitor.open(path), path + "/adres-klopt")
    harness.send()

    assert [row.confirmed_by for row in Address.select()] == ["staff"]
    assert harness.states(QUESTION) == [(QUESTION, "accepted", None)]


def test_a_number_that_was_dead_with_somebody_else_gets_only_the_question(harness: NotificationsHarness):
    first = harness.person(name="Sam", email="gone@example.org")
    harness.talk(first)
    harness.consume()
    settings = dataclasses.replace(harness.settings, mailbox=None, mailbox_page=False, smtp_port=free_port())
    with serving(Contrary(rcpt="550 no such user"), settings.smtp_port):
        harness.send(settings)

    second = harness.person(email="gone@example.org", is_confirmed=False)
    harness.talk(second)
    go_on(harness)

    states = [state for state in harness.states(INVITATION) if state[1] != "rejected"]
    assert states == [(INVITATION, "held", "unconfirmed")]
    assert harness.states(ASKED) == [(ASKED, "accepted", None)]
    assert Address.get(Address.participant_id == second).needs_proof


@pytest.mark.parametrize(
    ("facts", "trusted"),
    [
        (AddressFacts(), False),
        (AddressFacts(is_confirmed=True), True),
        (AddressFacts(is_met=True), True),
        (AddressFacts(is_met=True, is_first=False), False),
        (AddressFacts(is_met=True, needs_proof=True), False),
        (AddressFacts(is_confirmed=True, is_first=False), True),
    ],
)
def test_trust_is_met_or_confirmed(facts: AddressFacts, trusted: bool):
    assert is_trusted(facts) is trusted
    assert may_go_to("confirm_address", facts)
    assert may_go_to("meeting_reminder", facts) is trusted
    assert may_go_to("intro_talk_invitation", facts) is (trusted or not facts.needs_proof)


# What comes back.


def report(
    message_id: str, *, action: str = "failed", status: str = "5.1.1", domain: str = "houvast.example"
) -> bytes:
    """What a mail server says of a message (RFC 3464)."""
    return f"""\
From: MAILER-DAEMON@mx.example
To: houvast@houvast.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

It did not work.
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; noor@example.org
Action: {action}
Status: {status}

--b1
Content-Type: text/rfc822-headers

From: houvast@houvast.example
Message-ID: <{message_id}@{domain}>
Subject: Afspraak

--b1--
""".replace("\n", "\r\n").encode()


def hand_over(harness: NotificationsHarness, raw: bytes, secret: str = SECRET) -> int:
    client = harness.app_with(dataclasses.replace(harness.settings, bounce_secret=SECRET)).test_client()
    answer = client.post(
        "/berichten/terug/e-mail",
        data=raw,
        headers={"Authorization": f"Bearer {secret}"},
        content_type="message/rfc822",
    )
    return int(answer.status_code)


def invited(harness: NotificationsHarness) -> tuple[str, str]:
    """Somebody who was sent an invitation; gives who, and the id of the message."""
    person = harness.person()
    harness.talk(person)
    go_on(harness)
    return person, str(harness.message(INVITATION).id)


def test_an_address_that_does_not_exist_is_not_written_to_any_more_and_the_others_hear_of_it(
    harness: NotificationsHarness,
):
    person, message_id = invited(harness)

    for _ in range(2):
        assert hand_over(harness, report(message_id)) == 200

    assert harness.states(INVITATION) == [(INVITATION, "undelivered", None)]
    assert harness.message(INVITATION).asked_at is not None
    assert Contact.get_by_id(person).refused == ["email"]
    assert [event.data["refused"] for event in harness.events("reachability_changed")] == [[], ["email"]]


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "4.4.7", "nonsense"])
def test_a_full_box_or_a_refusal_of_one_message_leaves_the_address_alone(
    harness: NotificationsHarness, status: str
):
    person, message_id = invited(harness)

    hand_over(harness, report(message_id, status=status))

    assert harness.states(INVITATION) == [(INVITATION, "undelivered", None)]
    assert Contact.get_by_id(person).refused == []


def test_still_trying_is_nothing_yet(harness: NotificationsHarness):
    _, message_id = invited(harness)

    hand_over(harness, report(message_id, action="delayed", status="4.4.1"))

    assert harness.states(INVITATION) == [(INVITATION, "accepted", None)]


def test_a_bounce_of_an_older_address_says_nothing_of_the_one_that_is_used_now(harness: NotificationsHarness):
    person, message_id = invited(harness)
    harness.reached(person, email="noor.nieuw@example.org")
    harness.consume()

    hand_over(harness, report(message_id))

    assert Contact.get_by_id(person).refused == []
    assert harness.events("reachability_changed")[-1].data["refused"] == []


def test_who_calls_it_spam_gets_no_more_of_it(harness: NotificationsHarness):
    person, message_id = invited(harness)
    raw = report(message_id).replace(b"report-type=delivery-status", b"report-type=feedback-report")

    assert hand_over(harness, raw) == 200

    assert [(row.purpose, row.by) for row in OptOut.select()] == [("all", "complaint")]
    assert Contact.get_by_id(person).refused == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: hallo\r\n\r\nDag!",
        report("0199-nothing"),
        b"\xff\xfe\x00",
        report("01990000-0000-7000-8000-000000000001", domain="elsewhere.example"),
        report("01990000-0000-7000-8000-000000000001"),
    ],
    ids=["empty", "event", "no id", "bytes", "not ours", "unknown"],
)
def test_other_mail_is_let_go(harness: NotificationsHarness, raw: bytes):
    invited(harness)

    assert hand_over(harness, raw) == 200
    assert harness.states(INVITATION) == [(INVITATION, "accepted", None)]


def test_whoever_does_not_know_the_secret_can_report_nothing(harness: NotificationsHarness):
    _, message_id = invited(harness)

    assert hand_over(harness, report(message_id), secret="guess") == 404
    client = harness.app.test_client()
    assert client.post("/berichten/terug/e-mail", data=report(message_id)).status_code == 404
    assert harness.states(INVITATION) == [(INVITATION, "accepted", None)]


def test_a_whole_message_that_is_quoted_is_read_too():
    inner = EmailMessage()
    inner["Message-ID"] = "<01990000-0000-7000-8000-00000000000f@houvast.example>"
    inner.set_content("Dag")
    head, _, _ = report("x").partition(b"--b1\r\nContent-Type: text/rfc822-headers")
    raw = head + b"--b1\r\nContent-Type: message/rfc822\r\n\r\n" + inner.as_bytes() + b"\r\n--b1--\r\n"

    receipt: Any = read_mail(raw, "houvast.example")

    assert (receipt.message_id[-4:], receipt.report, receipt.code) == ("000f", Report.GONE, "5.1.1")


@pytest.mark.parametrize(
    ("action", "status", "means"),
    [
        ("failed", "5.1.1", Report.GONE),
        ("Failed", " 5.1.10 (x)", Report.GONE),
        ("failed", "5.4.4", Report.DOUBTFUL),
        ("failed", "5.2.1", Report.DOUBTFUL),
        ("failed", "5.7.1", Report.FAILED),
        ("failed", "5.1.100", Report.FAILED),
        ("failed", "4.1.1", Report.DOUBTFUL),
        ("failed", "", Report.FAILED),
        ("delivered", "2.0.0", Report.DELIVERED),
        ("relayed", "2.0.0", Report.NOTHING),
        ("delayed", "5.1.1", Report.NOTHING),
    ],
)
def test_what_a_report_comes_down_to(action: str, status: str, means: Report):
    assert read_report(action, status) is means
