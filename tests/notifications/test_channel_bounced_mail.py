"""What a report says of an address: code and text together; a refusal about us is never held against a person."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from deploy.local.ports import free_port
from services.notifications.app import create_app
from services.notifications.channels.bounced_mail import MailBack, read_mail
from services.notifications.models import Contact
from services.notifications.queries.health import count_reports
from services.notifications.rules.receipts import Report, read_reply
from services.notifications.settings import Settings
from shared import clock
from tests.notifications.conftest import NotificationsHarness
from tests.notifications.delivery_reports import DOMAIN, MESSAGE_ID, lines_of, quoted, write
from tests.notifications.mail_server import Contrary, serving
from tests.support.raw_mail import Head

Form = tuple[str, str, str]
NO_SUCH_ADDRESS = lines_of("reports_no_such_address.txt")
SOMETHING_ELSE = lines_of("reports_of_something_else.txt")


def read(raw: bytes, return_path: str = "") -> MailBack:
    content = read_mail(raw, DOMAIN, return_path)
    assert content is not None
    return content


def meanings(lines: list[Form]) -> list[tuple[Report, Form]]:
    return [(read(write(*line)).report, line) for line in lines]


def test_there_are_enough_reports_to_judge_by():
    assert len(NO_SUCH_ADDRESS) >= 60
    assert len(SOMETHING_ELSE) >= 120


def test_a_report_of_no_such_address_is_read_as_that():
    assert [line for meaning, line in meanings(NO_SUCH_ADDRESS) if meaning is not Report.GONE] == []


def test_no_report_of_anything_else_makes_an_address_dead():
    assert [line for meaning, line in meanings(SOMETHING_ELSE) if meaning is Report.GONE] == []


def test_every_form_of_report_tells_which_message_it_is_about():
    for line in NO_SUCH_ADDRESS + SOMETHING_ELSE:
        assert read(write(*line)).message_id == MESSAGE_ID, line


@pytest.mark.parametrize("line", ["\n", "\r"])
def test_a_report_with_other_ends_of_lines_is_read_too(line: str):
    raw = write("sendmail", "5.1.1", "550 5.1.1 User unknown").replace(b"\r\n", line.encode())

    assert (read(raw).report, read(raw).message_id) == (Report.GONE, MESSAGE_ID)


@pytest.mark.parametrize(
    ("code", "answer", "means"),
    [
        (550, "5.1.1 no such user", Report.GONE),
        (550, "5.7.1 relay access denied", Report.FAILED),
        (550, "5.2.1 mailbox disabled", Report.DOUBTFUL),
        (550, "", Report.FAILED),
        (450, "4.1.1 user unknown", Report.DOUBTFUL),
        (554, "5.7.1 user unknown, or your server is on a blocklist", Report.FAILED),
    ],
)
def test_the_answer_of_a_mail_server_is_read_by_the_same_rule(code: int, answer: str, means: Report):
    assert read_reply(code, answer) is means


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"From: MAILER-DAEMON@mail\r\nContent-Type: multipart/report; boundary=\r\n\r\n--\r\n",
        b"From: MAILER-DAEMON@mail\r\nContent-Type: text/plain; charset=x-unknown\r\n\r\n\xff\xfe\x00",
        b"Subject: =?x-unknown?q?failure?=\r\nX-Failed-Recipients: noor\r\n\r\n550",
        b"From: MAILER-DAEMON@mail\r\nContent-Type: message/rfc822\r\n\r\n" * 40,
    ],
)
def test_a_report_that_is_damaged_breaks_nothing(raw: bytes):
    content = read_mail(raw, DOMAIN)

    assert content is None or content.message_id is None


@pytest.mark.parametrize("sender", ["Noor <noor@voorbeeld.example>", "Kim <kim@houvast.example>"])
def test_what_a_person_writes_is_no_report(sender: str):
    raw = f"From: {sender}\r\nSubject: Re: Afspraak\r\n\r\nDit adres bestaat niet meer: unknown user\r\n".encode()

    assert read_mail(raw, DOMAIN) is None


# Which message it is about.

SECRET = "geheim-van-de-mailserver-0123456789abcdef"
INVITATION = "intro_talk_invitation"
RETURN_PATH = f"terug+*@{DOMAIN}"


@pytest.fixture
def outside(bare_harness: NotificationsHarness) -> Settings:
    """A mail server that is no mailbox of ours, with a return path for each message."""
    bare_harness.organisation()
    own = {"mailbox": None, "mailbox_page": False, "smtp_port": free_port(), "bounce_secret": SECRET}
    return dataclasses.replace(bare_harness.settings, bounce_address=RETURN_PATH, smtp_timeout_seconds=5, **own)


def send(
    bare_harness: NotificationsHarness, where: Settings, *, person: str | None = None, **talk: Any
) -> tuple[str, Contrary]:
    """Invite somebody; gives who, and the mail server with what it received."""
    person = person or bare_harness.person()
    bare_harness.talk(person, **talk)
    bare_harness.consume()
    with serving(Contrary(), where.smtp_port) as server:
        bare_harness.send(where)
    return person, server


def hand_over(where: Settings, raw: bytes) -> int:
    answer = (
        create_app(where)
        .test_client()
        .post(
            "/berichten/terug/e-mail",
            data=raw,
            headers={"Authorization": f"Bearer {where.bounce_secret}"},
            content_type="message/rfc822",
        )
    )
    return int(answer.status_code)


NO_USER = ("postfix", "5.1.1", "host mx said: 550 5.1.1 User unknown")


def test_a_report_is_known_by_a_return_path_of_its_own(bare_harness: NotificationsHarness, outside: Settings):
    person, server = send(bare_harness, outside)
    (sender,) = server.senders

    raw = write(*NO_USER, head="From: houvast@houvast.example\nMessage-ID: <other@relay.example>\n", to=sender)
    status = hand_over(outside, raw)

    assert sender == RETURN_PATH.replace("*", Head(server.contents[0])["X-Reference-Id"])
    assert status == 200
    assert Contact.get_by_id(person).refused == ["email"]


@pytest.mark.parametrize("form", ["postfix", "sendmail", "exim", "qmail", "m365"])
def test_a_report_is_known_by_our_own_header_where_a_relay_gave_another_id(
    bare_harness: NotificationsHarness, outside: Settings, form: str
):
    person, server = send(bare_harness, outside)
    own = f"X-Reference-Id: {Head(server.contents[0])['X-Reference-Id']}\n"

    hand_over(outside, write(form, *NO_USER[1:], head=quoted("other-id", "relay.example", own)))

    assert Contact.get_by_id(person).refused == ["email"]


def test_reports_about_nothing_of_ours_are_counted(bare_harness: NotificationsHarness, outside: Settings):
    _, server = send(bare_harness, outside)
    strange = write(*NO_USER, head=quoted("other-id", "relay.example"))
    for _ in range(2):
        assert hand_over(outside, strange) == 200
    week = clock.now() - timedelta(days=7)
    before = count_reports(week)

    hand_over(outside, write(*NO_USER, to=server.senders[0], head=""))

    assert before == (2, 0)
    assert count_reports(week) == (3, 1)
    assert count_reports(clock.now() + timedelta(seconds=1)) == (0, 0)


# How often.

FULL = ("postfix", "5.2.2", "host mx said: 552 5.2.2 mailbox full")
POLICY = ("postfix", "5.7.1", "host mx said: 550 5.7.1 rejected by policy")


def refuse(
    bare_harness: NotificationsHarness, where: Settings, report: tuple[str, str, str], days: list[int]
) -> list[str]:
    """An invitation on each of these days of November, each of which comes back; gives what is dead by then."""
    person = bare_harness.person()
    for number, day in enumerate(days):
        bare_harness.clock_at(f"2026-11-{day} 10.{10 + number}")
        _, server = send(bare_harness, where, person=person, on="2026-11-30", at=f"{10 + number}:00")
        hand_over(where, write(*report, to=server.senders[-1], head=""))
    refused: list[str] = Contact.get_by_id(person).refused
    return refused


@pytest.mark.parametrize(
    ("report", "days", "dead"),
    [
        (NO_USER, [17], ["email"]),
        (FULL, [17], []),
        (FULL, [17, 18], []),
        (FULL, [17, 17, 17], []),
        (FULL, [17, 18, 19], ["email"]),
        (("postfix", "5.4.4", "Name service error: Host not found"), [17, 18, 19], ["email"]),
        (POLICY, [17, 18, 19, 20, 21], []),
    ],
    ids=str,
)
def test_an_address_is_dead_at_once_or_after_three_in_a_row_or_never(
    bare_harness: NotificationsHarness,
    outside: Settings,
    report: tuple[str, str, str],
    days: list[int],
    dead: list[str],
):
    assert refuse(bare_harness, outside, report, days) == dead


@pytest.mark.parametrize(
    ("answer", "dead"),
    [
        ("550 5.1.1 no such user", ["email"]),
        ("550 5.7.1 relay access denied", []),
        ("554 5.7.1 your network is on a blocklist", []),
        ("552 5.2.2 mailbox full", []),
        ("550 5.2.1 receiving mail at a rate that prevents delivery", []),
        ("550 sender verify failed: user unknown", []),
        ("550", []),
    ],
)
@pytest.mark.parametrize("moment", ["rcpt", "data"])
def test_a_refusal_while_we_send_makes_an_address_dead_only_when_it_says_so(
    bare_harness: NotificationsHarness, outside: Settings, moment: str, answer: str, dead: list[str]
):
    person = bare_harness.person()
    bare_harness.talk(person)
    bare_harness.consume()

    with serving(Contrary(**{moment: answer}), outside.smtp_port):
        bare_harness.send(outside)

    assert bare_harness.states(INVITATION) == [(INVITATION, "rejected", None)]
    assert Contact.get_by_id(person).refused == dead
