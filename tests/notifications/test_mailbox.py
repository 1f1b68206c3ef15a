"""The mailbox of this machine: on the disk before it is accepted, one of each, and nothing lost by a full disk."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from deploy.local.ports import free_port
from services.notifications.channels.mailbox import Mailbox, name_of


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Mailbox, int]]:
    mailbox, port = Mailbox(tmp_path / "mailbox"), free_port()
    mailbox.serve("127.0.0.1", port)
    yield mailbox, port
    mailbox.stop()


def mail(message_id: str | None, text: str = "Hoi") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "houvast@houvast.example", "noor@example.org", "Afspraak"
    if message_id:
        made["Message-ID"] = message_id
    made.set_content(text)
    return made


def post(port: int, made: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="test") as server:
        server.send_message(made)


def test_what_is_sent_lies_in_a_maildir_that_only_we_may_read(served, tmp_path: Path):
    mailbox, port = served

    post(port, mail("<a@houvast.example>"))

    (path,) = (tmp_path / "mailbox" / "new").iterdir()
    assert path.name == name_of("<a@houvast.example>")
    assert list((tmp_path / "mailbox" / "tmp").iterdir()) == []
    assert (tmp_path / "mailbox" / "new").stat().st_mode & 0o077 == 0
    assert mailbox.find("<a@houvast.example>")["Subject"] == "Afspraak"


def test_of_two_with_one_message_id_the_first_is_kept(served):
    mailbox, port = served

    for text in ("eerste", "tweede"):
        post(port, mail("<a@houvast.example>", text))

    assert [message.get_content().strip() for message in mailbox.messages()] == ["eerste"]


def test_of_many_at_once_with_one_message_id_one_is_kept(served):
    mailbox, port = served
    threads = [threading.Thread(target=post, args=(port, mail("<a@houvast.example>"))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert mailbox.count() == 1


def test_mail_without_a_message_id_is_each_a_message_of_its_own(served):
    mailbox, port = served

    for _ in range(2):
        post(port, mail(None))

    assert mailbox.count() == 2


def test_messages_come_newest_first_and_in_parts(served):
    mailbox, port = served
    for number in range(5):
        post(port, mail(f"<{number}@houvast.example>", str(number)))

    newest = [message.get_content().strip() for message in mailbox.messages(first=1, limit=2)]

    assert newest == ["3", "2"]


def test_a_text_message_is_kept_once_like_a_mail(tmp_path: Path):
    mailbox = Mailbox(tmp_path / "mailbox")

    for _ in range(2):
        mailbox.deliver_text("+31612345678", "Hoi Daniëlle ☺", "<t@houvast.example>")

    (kept,) = mailbox.messages()
    assert (kept["To"], kept["X-Channel"], kept.get_content().strip()) == ("+31612345678", "sms", "Hoi Daniëlle ☺")


def test_an_empty_mailbox_has_nothing_and_is_not_made_by_looking(tmp_path: Path):
    mailbox = Mailbox(tmp_path / "mailbox")

    assert (mailbox.messages(), mailbox.count(), mailbox.find("<a@b>"), mailbox.open("0" * 32)) == (
        [],
        0,
        None,
        None,
    )
    assert not (tmp_path / "mailbox").exists()


def test_half_a_message_that_a_dead_server_left_is_no_message(tmp_path: Path):
    (tmp_path / "mailbox" / "tmp").mkdir(parents=True)
    (tmp_path / "mailbox" / "tmp" / "half").write_bytes(b"From: hou")
    mailbox = Mailbox(tmp_path / "mailbox")

    mailbox.serve("127.0.0.1", free_port())
    mailbox.stop()

    assert mailbox.messages() == []
    assert list((tmp_path / "mailbox" / "tmp").iterdir()) == []


def test_a_disk_that_cannot_be_written_says_later_and_keeps_nothing_half(served, tmp_path: Path):
    mailbox, port = served
    (tmp_path / "mailbox" / "tmp").rmdir()
    (tmp_path / "mailbox" / "tmp").write_text("in the way")

    with pytest.raises(smtplib.SMTPDataError) as refused:
        post(port, mail("<a@houvast.example>"))

    assert refused.value.smtp_code == 452
    assert mailbox.messages() == []


def test_a_port_that_is_taken_is_said_at_once(served, tmp_path: Path):
    _, port = served

    with pytest.raises(OSError, match="in use"):
        Mailbox(tmp_path / "other").serve("127.0.0.1", port)
