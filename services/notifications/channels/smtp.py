"""SMTP as a client: the only file that speaks it. Two halves: up to RCPT nothing is sent, from DATA it may be."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime

from services.notifications.channels.mail_head import OWN_HEADER, POLICY, write_mailbox, write_words
from services.notifications.channels.mailbox import Mailbox
from services.notifications.channels.port import Connection, NotAccepted, OutgoingMessage
from services.notifications.rules.receipts import Report, read_reply
from services.notifications.rules.sending import Failure, failure_of_smtp_reply
from services.notifications.settings import Settings
from shared import clock, watchdog
from shared.email_addresses import NotAnAddress, wire_address, wire_domain, wire_url


class SmtpChannel:
    """E-mail through the mail server of the settings; a mailbox on this machine can be asked what it has."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._witness = None if settings.mailbox is None else Mailbox(settings.mailbox)
        self.drops_doubles = self._witness is not None

    def connection(self) -> Connection:
        """Return a connection to the mail server."""
        return SmtpConnection(self._settings)

    def has_taken(self, provider_id: str) -> bool | None:
        """Ask the mailbox on this machine; a mail server cannot be asked."""
        return None if self._witness is None else self._witness.find(provider_id) is not None


class SmtpConnection:
    """One connection to the mail server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None
        self._content = b""

    def offer(self, outgoing: OutgoingMessage) -> None:
        """Say MAIL and RCPT."""
        self._content = self._write(outgoing)
        server = self._connected()
        try:
            code, _ = server.mail(return_path_of(self._settings).replace("*", _hexes(outgoing.provider_id)))
            if code != 250:
                # Not our reader's fault: what is wrong with us may be fixed before the message expires.
                raise NotAccepted(Failure.NOT_NOW, code)
            code, answer = server.rcpt(wire_address(outgoing.address))
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise NotAccepted(_before(error)) from None
        except NotAccepted:
            self.withdraw()
            raise
        if code not in (250, 251):
            self.withdraw()
            failure = failure_of_smtp_reply(code)
            raise NotAccepted(
                Failure.NOT_NOW if failure == Failure.IN_DOUBT else failure,
                code,
                is_address_refused=_is_gone(code, answer),
            )

    def hand_over(self, outgoing: OutgoingMessage) -> int:
        """Say DATA and send the message itself."""
        assert self._server is not None, "a message is offered before it is handed over"
        try:
            code, _ = self._server.docmd("data")
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise NotAccepted(_before(error)) from None
        if code != 354:
            self.withdraw()
            failure = failure_of_smtp_reply(code)
            raise NotAccepted(Failure.NOT_NOW if failure == Failure.IN_DOUBT else failure, code)
        try:
            self._server.send(_dotted(self._content))
            code, answer = self._server.getreply()
        except (OSError, smtplib.SMTPException):
            self._hang_up()
            raise NotAccepted(Failure.IN_DOUBT) from None
        if code != 250:
            raise NotAccepted(failure_of_smtp_reply(code), code, is_address_refused=_is_gone(code, answer))
        return code

    def withdraw(self) -> None:
        """Say RSET."""
        if self._server is None:
            return
        try:
            code, _ = self._server.rset()
        except (OSError, smtplib.SMTPException):
            code = 0
        if code != 250:
            self._hang_up()

    def close(self) -> None:
        """Say QUIT."""
        if self._server is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._server.quit()
        self._hang_up()

    def _write(self, outgoing: OutgoingMessage) -> bytes:
        try:
            return write_mail(outgoing, self._settings).as_bytes(policy=POLICY)
        except NotAnAddress:
            raise NotAccepted(Failure.REFUSED, is_address_refused=True) from None
        except (MessageError, ValueError):
            # A head that cannot be written will never be.
            raise NotAccepted(Failure.REFUSED) from None

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            try:
                self._server = self._connect()
            except (OSError, smtplib.SMTPException, ValueError):
                raise NotAccepted(Failure.NOT_CONNECTED, is_down=True) from None
        return self._server

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        # Named after our own address: the name of this machine is nobody's business, and looking it up may hang.
        server = _Server(
            wire_domain(settings.smtp_host),
            settings.smtp_port,
            local_hostname=domain_of(settings),
            timeout=settings.smtp_timeout_seconds,
        )
        try:
            server.ehlo_or_helo_if_needed()
            if settings.needs_tls:
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if settings.smtp_user is not None:
                server.login(settings.smtp_user, settings.smtp_password or "")
        except BaseException:
            server.close()
            raise
        return server

    def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


class _Server(smtplib.SMTP):
    def getreply(self) -> tuple[int, bytes]:
        """Read an answer. Each may take the whole time-out: who waits for many of them does not hang."""
        watchdog.report()
        return super().getreply()


def write_mail(outgoing: OutgoingMessage, settings: Settings) -> EmailMessage:
    """Return the e-mail as it travels: plain text first, then the page; nothing in its head tells what it is
    about. Raises NotAnAddress and ValueError for what cannot be written.
    """
    mail = EmailMessage(policy=POLICY)
    for name, value in _head(outgoing, settings).items():
        mail[name] = value
    mail.set_content(outgoing.text, charset="utf-8", cte="quoted-printable")
    if outgoing.page:
        mail.add_alternative(outgoing.page, subtype="html", charset="utf-8", cte="quoted-printable")
    return mail


def domain_of(settings: Settings) -> str:
    """Return the domain of our own address, as it travels."""
    return wire_domain(settings.sender.rpartition("@")[2])


def return_path_of(settings: Settings) -> str:
    """Return where reports go, as it travels; a * stands for the id of a message."""
    return wire_address(settings.bounce_address or settings.sender)


def _head(outgoing: OutgoingMessage, settings: Settings) -> dict[str, str]:
    head = {
        "From": write_mailbox(outgoing.sender_name or settings.sender_name, wire_address(settings.sender)),
        "To": wire_address(outgoing.address),
        "Subject": write_words(outgoing.subject),
        "Date": format_datetime(clock.local(clock.now())),
        "Message-ID": outgoing.provider_id,
        # A relay may give it another Message-ID; a report that quotes this one is still known as ours.
        OWN_HEADER: _hexes(outgoing.provider_id),
        "Auto-Submitted": "auto-generated",
    }
    if settings.reply_to:
        head["Reply-To"] = wire_address(settings.reply_to)
    if outgoing.stop_link:
        # RFC 8058: a mail program shows a button, and posts to the link when it is pressed. It does so only
        # where the mail is signed with DKIM over these two: the work of the mail server of the settings.
        head["List-Unsubscribe"] = f"<{wire_url(outgoing.stop_link)}>"
        head["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return head


def _hexes(provider_id: str) -> str:
    return provider_id.strip("<>").partition("@")[0].replace("-", "")


def _is_gone(code: int, answer: bytes) -> bool:
    return read_reply(code, answer.decode("utf-8", "replace")) is Report.GONE


def _before(error: Exception) -> Failure:
    # smtplib calls silence a disconnection, and keeps what it really was as the context.
    was_silent = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
    return Failure.TIMED_OUT_BEFORE if was_silent else Failure.NOT_CONNECTED


def _dotted(content: bytes) -> bytes:
    """Double the dot at the beginning of a line, because a line of one dot ends the message (RFC 5321, 4.5.2)."""
    lines = content.split(b"\r\n")
    doubled = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)
    return doubled + (b".\r\n" if doubled.endswith(b"\r\n") else b"\r\n.\r\n")
