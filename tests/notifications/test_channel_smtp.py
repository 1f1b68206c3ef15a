"""The mail server says later, never, nothing at all, or hangs up: each is what it is, and nothing is guessed."""

from __future__ import annotations

import dataclasses
import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.local.ports import free_port
from services.notifications.channels.mailbox import Mailbox
from services.notifications.settings import Settings
from shared.settings import SettingsError
from tests.notifications.conftest import NotificationsHarness
from tests.notifications.mail_server import HANGS_UP, SILENT, Contrary, serving

NOOR = "noor@example.org"
INVITATION, REMINDER = "intro_talk_invitation", "meeting_reminder"


@pytest.fixture
def remote(bare_harness: NotificationsHarness) -> Settings:
    """A mail server that is no mailbox of ours: nobody can ask it what it has."""
    bare_harness.organisation()
    return dataclasses.replace(
        bare_harness.settings, mailbox=None, smtp_port=free_port(), smtp_timeout_seconds=0.5
    )


def invite(harness: NotificationsHarness, name: str = "Noor", email: str = NOOR) -> str:
    person = harness.person(name=name, email=email)
    harness.talk(person)
    harness.consume()
    return person


def remind(harness: NotificationsHarness) -> None:
    """A reminder is due; it may arrive once, or never."""
    group_id = harness.group()
    harness.membership(harness.person(), group_id, starts_on="2026-09-01")
    harness.clock_at("2026-11-23 18.01")
    harness.meeting(group_id)
    harness.consume()


def later(harness: NotificationsHarness, settings: Settings, minutes: int = 2) -> None:
    harness.clock_at(f"2026-11-16 10.{minutes:02d}")
    harness.send(settings)


@pytest.mark.parametrize(
    ("contrary", "outcome"),
    [
        (Contrary(mail="421 busy"), "not_now"),
        (Contrary(mail="550 you may not send"), "not_now"),
        (Contrary(mail=SILENT), "timed_out_before"),
        (Contrary(mail=HANGS_UP), "not_connected"),
        (Contrary(rcpt="451 later"), "not_now"),
        (Contrary(rcpt=SILENT), "timed_out_before"),
        (Contrary(rcpt=HANGS_UP), "not_connected"),
        (Contrary(data="452 full"), "not_now"),
    ],
    ids=str,
)
def test_what_certainly_did_not_arrive_is_tried_again(
    bare_harness: NotificationsHarness, remote: Settings, contrary, outcome
):
    invite(bare_harness)

    with serving(contrary, remote.smtp_port):
        bare_harness.send(remote)
    before = bare_harness.states(INVITATION)
    with serving(Contrary(), remote.smtp_port) as message_type:
        later(bare_harness, remote)

    assert before == [(INVITATION, "due", None)]
    assert bare_harness.states(INVITATION) == [(INVITATION, "accepted", None)]
    assert bare_harness.attempts(INVITATION) == [outcome, "accepted"]
    assert message_type.sent == [NOOR]


def test_an_address_that_does_not_exist_is_not_tried_again_and_the_others_hear_of_it(
    bare_harness: NotificationsHarness, remote: Settings
):
    person = invite(bare_harness)

    with serving(Contrary(rcpt="550 no such user"), remote.smtp_port):
        bare_harness.send(remote)
    bare_harness.talk(person, on="2026-11-30")
    bare_harness.consume()
    with serving(Contrary(), remote.smtp_port) as message_type:
        bare_harness.send(remote)

    assert [
        (event.data["channels"], event.data["refused"]) for event in bare_harness.events("reachability_changed")
    ] == [
        (["email"], []),
        ([], ["email"]),
    ]
    assert bare_harness.states(INVITATION) == [
        (INVITATION, "rejected", None),
        (INVITATION, "suppressed", "address_dead"),
    ]
    assert message_type.sent == []


def test_another_address_is_given_a_chance_after_a_dead_one(bare_harness: NotificationsHarness, remote: Settings):
    person = invite(bare_harness)
    with serving(Contrary(rcpt="550 no such user"), remote.smtp_port):
        bare_harness.send(remote)

    bare_harness.reached(person, email="noor.nieuw@example.org")
    bare_harness.talk(person, on="2026-11-30")
    bare_harness.consume()
    with serving(Contrary(), remote.smtp_port) as message_type:
        bare_harness.send(remote)

    assert message_type.sent == ["noor.nieuw@example.org"]
    assert bare_harness.events("reachability_changed")[-1].data["refused"] == []


def test_a_dead_address_stays_dead_when_it_is_shown_again(bare_harness: NotificationsHarness, remote: Settings):
    person = invite(bare_harness)
    with serving(Contrary(rcpt="550 no such user"), remote.smtp_port):
        bare_harness.send(remote)

    bare_harness.reached(person, email=NOOR)
    bare_harness.talk(person, on="2026-11-30")
    bare_harness.consume()
    bare_harness.send(remote)

    assert bare_harness.states(INVITATION)[-1] == (INVITATION, "suppressed", "address_dead")
    assert bare_harness.events("reachability_changed")[-1].data["refused"] == ["email"]


def test_a_message_that_is_refused_says_nothing_of_the_address(
    bare_harness: NotificationsHarness, remote: Settings
):
    invite(bare_harness)

    with serving(Contrary(data="554 we think this is spam"), remote.smtp_port):
        bare_harness.send(remote)

    assert bare_harness.states(INVITATION) == [(INVITATION, "rejected", None)]
    assert bare_harness.events("reachability_changed")[-1].data["channels"] == ["email"]
    assert bare_harness.message(INVITATION).asked_at is not None


@pytest.mark.parametrize("how", [SILENT, HANGS_UP])
def test_an_invitation_in_doubt_is_sent_again(bare_harness: NotificationsHarness, remote: Settings, how: str):
    invite(bare_harness)

    with serving(Contrary(data=how), remote.smtp_port):
        bare_harness.send(remote)
    with serving(Contrary(), remote.smtp_port) as message_type:
        later(bare_harness, remote)

    assert bare_harness.steps(INVITATION) == [
        "planned",
        "due",
        "claimed",
        "unknown",
        "due",
        "claimed",
        "accepted",
    ]
    assert bare_harness.attempts(INVITATION) == ["in_doubt", "accepted"]
    assert message_type.sent == [NOOR]


@pytest.mark.parametrize("how", [SILENT, HANGS_UP])
def test_a_reminder_in_doubt_is_not_sent_again_and_asks_for_a_person(
    bare_harness: NotificationsHarness, remote: Settings, how: str
):
    remind(bare_harness)

    with serving(Contrary(data=how), remote.smtp_port):
        bare_harness.send(remote)
    bare_harness.clock_at("2026-11-23 19.00")
    with serving(Contrary(), remote.smtp_port) as message_type:
        bare_harness.send(remote)

    assert bare_harness.states(REMINDER) == [(REMINDER, "unknown", None)]
    assert bare_harness.message(REMINDER).asked_at is not None
    assert message_type.sent == []


@pytest.mark.parametrize("how", [SILENT, HANGS_UP])
@pytest.mark.parametrize("arrived", [True, False])
def test_our_own_mailbox_tells_whether_a_message_in_doubt_arrived(
    bare_harness: NotificationsHarness, how: str, arrived: bool
):
    bare_harness.organisation()
    settings = dataclasses.replace(bare_harness.settings, smtp_timeout_seconds=0.5)
    remind(bare_harness)

    keeps = Mailbox(bare_harness.folder / "mailbox") if arrived else None
    with serving(Contrary(data=how, keeps=keeps), settings.smtp_port):
        bare_harness.send(settings)
    bare_harness.mailbox.serve("127.0.0.1", settings.smtp_port)
    bare_harness.clock_at("2026-11-23 18.05")
    bare_harness.send(settings)

    reminders = [subject for _, subject in bare_harness.mails() if subject.startswith("Tot")]
    assert reminders == ["Tot dinsdag 24 november"]
    assert bare_harness.states(REMINDER) == [(REMINDER, "accepted", None)]
    assert len(bare_harness.attempts(REMINDER)) == (1 if arrived else 2)


def test_where_nobody_answers_the_rest_of_the_batch_is_not_tried_and_all_goes_later(
    bare_harness: NotificationsHarness, remote: Settings
):
    for number in range(5):
        invite(bare_harness, f"Noor {number}", f"noor{number}@example.org")

    sender = bare_harness.sender(remote)
    may_be_more = sender.step()
    states = {state for _, state, _ in bare_harness.states(INVITATION)}
    with serving(Contrary(), remote.smtp_port) as message_type:
        later(bare_harness, remote)

    assert not may_be_more
    assert states == {"due"}
    assert sorted(message_type.sent) == [f"noor{number}@example.org" for number in range(5)]


def test_what_could_not_be_sent_in_time_expires(bare_harness: NotificationsHarness, remote: Settings):
    bare_harness.sign_in(minutes=15)
    bare_harness.consume()
    bare_harness.send(remote)

    bare_harness.clock_at("2026-11-16 10.14")
    bare_harness.send(remote)
    bare_harness.clock_at("2026-11-16 10.16")
    bare_harness.send(remote)

    assert bare_harness.states("sign_in_link") == [("sign_in_link", "expired", "too_late")]
    assert bare_harness.message("sign_in_link").secret is None


def test_a_batch_goes_over_one_connection(bare_harness: NotificationsHarness, remote: Settings):
    for number in range(12):
        invite(bare_harness, f"Noor {number}", f"noor{number}@example.org")

    with serving(Contrary(), remote.smtp_port) as message_type:
        bare_harness.send(remote)

    assert len(message_type.sent) == 12
    assert message_type.connections == 1


def test_one_refused_address_does_not_hold_up_the_rest_of_the_batch(
    bare_harness: NotificationsHarness, remote: Settings
):
    for number in range(3):
        invite(bare_harness, f"Noor {number}", f"noor{number}@example.org")
    invite(bare_harness, "Sam", "sám@example.org")
    invite(bare_harness, "Vos", "vos@bücher.example")

    with serving(Contrary(), remote.smtp_port) as message_type:
        bare_harness.send(remote)

    assert sorted(message_type.sent) == [
        "noor0@example.org",
        "noor1@example.org",
        "noor2@example.org",
        "vos@xn--bcher-kva.example",
    ]
    assert ("intro_talk_invitation", "rejected", None) in bare_harness.states(INVITATION)


# Over TLS, or not at all.


def certificate(folder: Path) -> ssl.SSLContext:
    """A certificate for the loopback address that signs itself; `ca.pem` is to be trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.org")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context


def test_mail_goes_over_tls_with_our_name_and_password(
    bare_harness: NotificationsHarness, remote: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    tls = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    settings = dataclasses.replace(
        remote, smtp_starttls=True, smtp_user="houvast", smtp_password="wachtwoord", smtp_timeout_seconds=5
    )
    invite(bare_harness)

    with serving(Contrary(), settings.smtp_port, tls) as message_type:
        bare_harness.send(settings)

    assert message_type.sent == [NOOR]
    assert message_type.users == ["houvast"]


def test_nothing_goes_to_a_server_whose_certificate_nobody_vouches_for(
    bare_harness: NotificationsHarness, remote: Settings, tmp_path: Path
):
    settings = dataclasses.replace(
        remote, smtp_starttls=True, smtp_user="houvast", smtp_password="wachtwoord", smtp_timeout_seconds=5
    )
    invite(bare_harness)

    with serving(Contrary(), settings.smtp_port, certificate(tmp_path)) as message_type:
        bare_harness.send(settings)

    assert message_type.sent == []
    assert message_type.users == []
    assert bare_harness.attempts(INVITATION) == ["not_connected"]


def test_nothing_goes_in_the_open_where_tls_is_asked_for(bare_harness: NotificationsHarness, remote: Settings):
    invite(bare_harness)

    with serving(Contrary(), remote.smtp_port) as message_type:
        bare_harness.send(dataclasses.replace(remote, smtp_starttls=True))

    assert message_type.sent == []
    assert bare_harness.states(INVITATION) == [(INVITATION, "due", None)]


@pytest.mark.parametrize(
    ("host", "starttls", "needs"),
    [
        ("127.0.0.1", False, False),
        ("::1", False, False),
        ("localhost", False, False),
        ("127.0.0.1", True, True),
        ("mail.example.org", False, True),
        ("192.0.2.1", False, True),
        ("127.0.0.1.example.org", False, True),
    ],
)
def test_tls_is_needed_for_every_server_that_is_not_this_machine(
    remote: Settings, host: str, starttls: bool, needs: bool
):
    settings = dataclasses.replace(remote, smtp_host=host, smtp_starttls=starttls)

    assert settings.needs_tls == needs


@pytest.mark.parametrize(
    "wrong",
    [
        {"smtp_user": "houvast"},
        {"smtp_password": "wachtwoord"},
        {"sender": "houvast"},
        {"smtp_host": "mail.example.org", "mailbox": Path("mailbox")},
    ],
    ids=str,
)
def test_settings_that_cannot_work_stop_the_start(remote: Settings, wrong: dict[str, object]):
    with pytest.raises(SettingsError, match="NOTIFICATIONS_"):
        dataclasses.replace(remote, **wrong)
