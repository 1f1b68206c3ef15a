"""What a mail server receives, as bytes, read by a reader of the tests' own: each header of each message type."""

from __future__ import annotations

import dataclasses
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.local.ports import free_port
from services.notifications.channels.mail_head import write_mailbox, write_words
from services.notifications.channels.port import NotAccepted, OutgoingMessage
from services.notifications.channels.smtp import SmtpConnection, write_mail
from services.notifications.queries.rendering import Layout, render
from services.notifications.rules.message_types import MessageType
from services.notifications.settings import Settings
from shared.ids import new_id
from shared.settings import SettingsError
from tests.notifications.conftest import NotificationsHarness
from tests.notifications.mail_server import Contrary, serving
from tests.notifications.test_templates import LEAST
from tests.support.raw_mail import Head, decoded

LONG = (
    "https://groepen.een-naam-die-nergens-ophoudt.voorbeeld.example/mijn/berichten/stop/" + "Zx3kPq9vTt0aBc1d" * 12
)
ALWAYS = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "x-reference-id",
    "auto-submitted",
    "reply-to",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "mime-version",
    "content-type",
]


@pytest.fixture
def outside(bare_harness: NotificationsHarness) -> Settings:
    """A mail server that is no mailbox of ours."""
    bare_harness.organisation()
    return dataclasses.replace(
        bare_harness.settings,
        mailbox=None,
        smtp_port=free_port(),
        smtp_timeout_seconds=5,
        reply_to="kim@houvast.example",
    )


def outgoing(
    address: str = "noor@example.org", *, subject: str = "Afspraak", stop_link: str = LONG
) -> OutgoingMessage:
    provider_id = f"<{new_id()}@berichten.herstelgroepen-met-een-lange-naam.voorbeeld.example>"
    return OutgoingMessage(
        provider_id, address, subject, "Tot dan, één tegelijk.\n.\n", "<p>Tot dan</p>", None, stop_link
    )


def received(where: Settings, *messages: OutgoingMessage) -> tuple[Contrary, list[Head]]:
    """Send these over one connection; gives the server and what it received."""
    with serving(Contrary(), where.smtp_port) as server:
        connection = SmtpConnection(where)
        for message in messages:
            connection.offer(message)
            connection.hand_over(message)
        connection.close()
    return server, [Head(content) for content in server.contents]


def test_every_own_header_of_every_type_of_message_is_read_as_it_was_meant(outside: Settings):
    messages = [
        outgoing(subject=render(message_type, Layout.SUBJECT, {"call_name": "Zoë 🙂", **values}).strip())
        for message_type in MessageType
        for values in LEAST[message_type]
    ]
    where = dataclasses.replace(outside, sender_name='Groepen "De Brug", één voor allen & allen voor één')

    _, heads = received(where, *messages)

    assert len(heads) == len(messages) >= len(MessageType)
    for head, message in zip(heads, messages, strict=True):
        assert sorted(head.names()) == sorted(ALWAYS)
        assert head.mailbox("From") == (where.sender_name, "houvast@houvast.example")
        assert head.mailbox("To") == ("", "noor@example.org")
        assert head.mailbox("Reply-To") == ("", "kim@houvast.example")
        assert head.words("Subject") == message.subject
        assert head["Message-ID"] == message.provider_id
        assert head["X-Reference-Id"] in message.provider_id.replace("-", "")
        assert head["List-Unsubscribe"] == f"<{LONG}>"
        assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert head["Auto-Submitted"] == "auto-generated"
        assert re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", head["Date"])
        assert all(len(line) <= 78 or b" " not in line.partition(b" ")[2] for line in head.lines)


def test_a_message_that_was_planned_arrives_with_its_stop_link_in_one_piece(
    bare_harness: NotificationsHarness, outside: Settings
):
    where = dataclasses.replace(outside, public_url="https://" + "groepen." * 12 + "voorbeeld.example")
    bare_harness.measurement(bare_harness.person(name="Zoë"))
    bare_harness.consume()

    with serving(Contrary(), where.smtp_port) as server:
        bare_harness.send(where)

    (head,) = map(Head, server.contents)
    assert head["List-Unsubscribe"].startswith(f"<{where.public_url}/")
    assert head["List-Unsubscribe"].endswith(">")


@pytest.mark.parametrize(
    ("address", "travels"),
    [
        ("info@münchen.de", "info@xn--mnchen-3ya.de"),
        ("noor@straße.de", "noor@xn--strae-oqa.de"),
        ("noor@faß.straße.example", "noor@xn--fa-hia.xn--strae-oqa.example"),
        ("noor@παράδειγμα.gr", "noor@xn--hxajbheg2az3al.gr"),
        ("noor@βόλος.com", "noor@xn--nxasmm1c.com"),
        ("noor@例子.广告", "noor@xn--fsqu00a.xn--4rr70v"),
        ("Noor.Jansen+groep@Example.ORG", "Noor.Jansen+groep@example.org"),
        ("noor@xn--strae-oqa.de", "noor@xn--strae-oqa.de"),
    ],
)
def test_a_domain_is_the_same_in_the_envelope_and_in_the_header(outside: Settings, address: str, travels: str):
    server, (head,) = received(outside, outgoing(address))

    assert server.sent == [travels]
    assert head.mailbox("To") == ("", travels)


def test_our_own_addresses_travel_as_ascii_too(outside: Settings):
    where = dataclasses.replace(outside, sender="houvast@straße.example", reply_to="kim@münchen.example")

    server, (head,) = received(where, outgoing(stop_link="https://straße.example/stop/abc"))

    assert server.senders == ["houvast@xn--strae-oqa.example"]
    assert head.mailbox("From")[1] == "houvast@xn--strae-oqa.example"
    assert head.mailbox("Reply-To")[1] == "kim@xn--mnchen-3ya.example"
    assert head["List-Unsubscribe"] == "<https://xn--strae-oqa.example/stop/abc>"


@pytest.mark.parametrize(
    "address", ["jörg@voorbeeld.nl", "用户@例子.广告", "noor@voor\u200dbeeld..nl", "noor", "noor@"]
)
def test_what_cannot_be_written_in_a_head_is_refused_before_anything_is_said(outside: Settings, address: str):
    with serving(Contrary(), outside.smtp_port) as server, pytest.raises(NotAccepted) as refused:
        SmtpConnection(outside).offer(outgoing(address))

    assert refused.value.is_address_refused
    assert server.asked == []


def test_a_subject_cannot_add_a_header(outside: Settings):
    _, (head,) = received(outside, outgoing(subject="Tot dan\r\nBcc: iedereen@example.org\r\n\r\nDag"))

    assert "bcc" not in head.names()
    assert head.words("Subject") == "Tot dan Bcc: iedereen@example.org Dag"


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=200)


@given(ANY_TEXT)
def test_any_words_can_be_a_subject(words: str):
    tidy = " ".join(words.split())

    assert decoded(write_words(words)) == tidy
    assert write_words(words).isascii()


@given(name=ANY_TEXT, subject=ANY_TEXT)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_name_can_be_a_sender_and_stays_one_address(outside: Settings, name: str, subject: str):
    where = dataclasses.replace(outside, sender_name=name)

    head = Head(write_mail(outgoing(subject=subject), where).as_bytes())

    assert head.mailbox("From") == (" ".join(name.split()), "houvast@houvast.example")
    assert head.words("Subject") == " ".join(subject.split())


def test_a_name_with_a_comma_or_quotes_is_quoted():
    assert write_mailbox('De "Brug", Kade', "a@b.example") == '"De \\"Brug\\", Kade" <a@b.example>'


@pytest.mark.parametrize(
    "wrong",
    [
        {"sender": "jörg@houvast.example"},
        {"reply_to": "jörg@houvast.example"},
        {"bounce_address": "terug"},
        {"bounce_address": "terug+**@houvast.example"},
        {"bounce_address": "terug@*.example"},
        {"sender": "*@houvast.example"},
    ],
    ids=str,
)
def test_an_address_of_ours_that_cannot_travel_stops_the_start(outside: Settings, wrong: dict[str, str]):
    with pytest.raises(SettingsError, match=f"NOTIFICATIONS_{next(iter(wrong)).upper()}"):
        dataclasses.replace(outside, **wrong)
