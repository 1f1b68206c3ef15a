"""The mailbox of the embedded default: a real SMTP server on this machine that writes each message to a Maildir.

A message is on the disk before it is accepted, and of two with the same Message-ID only the first is kept. Text
messages are put into the same box. Nothing ever leaves this machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
from collections.abc import Collection
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notifications.channels.port import Connection, OutgoingMessage
from shared import clock, log
from shared.ids import new_id

_MAX_BYTES = 1024 * 1024


class Mailbox:
    """A folder with everything that was delivered here."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._controller: Controller | None = None

    def serve(self, host: str, port: int) -> None:
        """Take mail at this address until `stop`. Raises OSError when the port is taken."""
        self._make_folders()
        for left in (self._path / "tmp").iterdir():
            left.unlink()
        controller = Controller(
            _Handler(self),
            hostname=host,
            port=port,
            server_hostname="mailbox",
            ident="postbus",
            data_size_limit=_MAX_BYTES,
        )
        try:
            controller.start()
        except BaseException:
            controller.loop.close()
            raise
        self._controller = controller

    def stop(self) -> None:
        """Take no more mail."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def keep(self, content: bytes) -> None:
        """Put a message on the disk for good; one whose Message-ID is here already is dropped."""
        self._make_folders()
        message_id = message_from_bytes(content).get("Message-ID", "").strip() or new_id()
        fresh, there = self._path / "tmp" / new_id(), self._path / "new" / name_of(message_id)
        with fresh.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, there)  # unlike a rename, refuses to take another's place
        fresh.unlink()
        _fsync_folder(self._path / "new")

    def deliver_text(self, number: str, text: str, message_id: str) -> None:
        """Keep a text message as if a telephone had received it."""
        mail = EmailMessage(policy=policy.SMTP)
        mail["To"] = number
        mail["Date"] = format_datetime(clock.local(clock.now()))
        mail["Message-ID"] = message_id
        mail["X-Channel"] = "sms"
        mail.set_content(text, charset="utf-8", cte="quoted-printable")
        self.keep(mail.as_bytes())

    def messages(self, *, first: int = 0, limit: int | None = None) -> list[EmailMessage]:
        """Return every message that was delivered, newest first."""
        last = None if limit is None else first + limit
        return [_read(path) for path in self._newest_first()[first:last]]

    def count(self) -> int:
        """Return how many messages were delivered."""
        return len(self._newest_first())

    def find(self, message_id: str) -> EmailMessage | None:
        """Return the message with this Message-ID, or None when it was never delivered here."""
        path = self._path / "new" / name_of(message_id)
        return _read(path) if path.exists() else None

    def open(self, name: str) -> EmailMessage | None:
        """Return the message that lies here under this name (see `name_of`)."""
        path = self._path / "new" / name
        return _read(path) if name.isalnum() and path.exists() else None

    def remove(self, message_ids: Collection[str]) -> None:
        """Delete for good what was delivered under these Message-IDs."""
        there = [self._path / "new" / name_of(message_id) for message_id in message_ids]
        for path in there:
            path.unlink(missing_ok=True)
        if there and (self._path / "new").is_dir():
            _fsync_folder(self._path / "new")

    def _newest_first(self) -> list[Path]:
        folder = self._path / "new"
        if not folder.is_dir():
            return []
        with os.scandir(folder) as entries:
            entries_by_age = [(entry.stat().st_mtime_ns, entry.path) for entry in entries]
        return [Path(path) for _, path in sorted(entries_by_age, reverse=True)]

    def _make_folders(self) -> None:
        for name in ("tmp", "new", "cur"):
            (self._path / name).mkdir(mode=0o700, parents=True, exist_ok=True)


class _Handler:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes), "no decoding was asked for"
        # Accepted only when it is on the disk; writing must not hold up the other connections.
        try:
            await asyncio.get_running_loop().run_in_executor(None, self._mailbox.keep, envelope.content)
        except OSError as error:
            log.error("mailbox_cannot_write", error)
            return "452 nu geen ruimte"
        return "250 bewaard"


class MailboxTextChannel:
    """Text messages into the mailbox: the channel of an installation that cannot reach a telephone."""

    drops_doubles = True

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def connection(self) -> Connection:
        """Return a connection to the mailbox."""
        return _MailboxTextConnection(self._mailbox)

    def has_taken(self, provider_id: str) -> bool | None:
        """Tell whether the mailbox has this message."""
        return self._mailbox.find(provider_id) is not None


class _MailboxTextConnection:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def offer(self, outgoing: OutgoingMessage) -> None:
        """Do nothing: there is always room."""

    def hand_over(self, outgoing: OutgoingMessage) -> int:
        """Deliver the text."""
        self._mailbox.deliver_text(outgoing.address, outgoing.text, outgoing.provider_id)
        return 250

    def withdraw(self) -> None:
        """Do nothing: nothing was sent yet."""

    def close(self) -> None:
        """Do nothing: nothing was opened."""


def name_of(message_id: str) -> str:
    """Return the name of the file that holds the message with this Message-ID."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:32]


def _read(path: Path) -> EmailMessage:
    mail = message_from_bytes(path.read_bytes(), policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
