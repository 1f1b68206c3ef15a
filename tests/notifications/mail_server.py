"""A real mail server that can be set to be contrary: to say later or never, to be silent, to hang up."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from services.notifications.channels.mailbox import Mailbox

SILENT, HANGS_UP = "silent", "hangs up"


@dataclass
class Contrary:
    """How the server behaves: an answer, SILENT or HANGS_UP for each of the three moments.

    keeps   where a message goes before the answer to it; none is nowhere
    """

    mail: str = "250 OK"
    rcpt: str = "250 OK"
    data: str = "250 OK"
    keeps: Mailbox | None = None
    asked: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    connections: int = 0
    users: list[str] = field(default_factory=list)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if await self._answers(server, self.mail):
            envelope.mail_from = address
        return self.mail

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        self.asked.append(address)
        if await self._answers(server, self.rcpt):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.sent += envelope.rcpt_tos
        self.senders.append(str(envelope.mail_from))
        self.contents.append(bytes(envelope.original_content or b""))
        if self.keeps is not None:
            self.keeps.keep(bytes(envelope.content or b""))
        await self._answers(server, self.data)
        return self.data

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: Any
    ) -> AuthResult:
        self.users.append(login.login.decode())
        return AuthResult(success=login.password == b"wachtwoord")

    @staticmethod
    async def _answers(server: SMTP, how: str) -> bool:
        if how == SILENT:
            await asyncio.sleep(30)
        if how == HANGS_UP:
            server.transport.close()
        return how.startswith("2")


class _Counting(Controller):
    def factory(self) -> SMTP:
        self.handler.connections += 1
        return super().factory()


@contextmanager
def serving(contrary: Contrary, port: int, tls: ssl.SSLContext | None = None) -> Iterator[Contrary]:
    """This server at this port of the loopback address."""
    extra: dict[str, Any] = {}
    if tls is not None:
        extra = {"tls_context": tls, "require_starttls": True, "authenticator": contrary.authenticate}
    controller = _Counting(contrary, hostname="127.0.0.1", port=port, server_hostname="contrary", **extra)
    controller.start()
    # aiosmtpd calls at its own door once, to see whether it opens.
    contrary.connections = 0
    try:
        yield contrary
    finally:
        controller.stop()
