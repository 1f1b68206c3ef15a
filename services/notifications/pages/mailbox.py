"""The mailbox of this machine, to which the embedded default delivers: what people would have received."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from flask import Blueprint, current_app, g, render_template, request

from services.notifications.channels.mailbox import Mailbox, name_of
from services.notifications.commands import triage
from services.notifications.queries.messages import find_organisations
from shared.errors import NotFound
from shared.security.access import requires_staff

pages = Blueprint("postbox", __name__)
PAGE = 50


@dataclass(frozen=True)
class Received:
    """A message as its reader would see it. paragraphs: of lines, of (words, address to go to or None)."""

    name: str
    at: datetime
    to: str
    sender: str
    subject: str
    paragraphs: list[list[list[tuple[str, str | None]]]]


@pages.get("/berichten/postbus")
@requires_staff("messenger")
def received() -> str:
    """Show what was delivered on this machine, newest first."""
    mailbox, page = _mailbox(), max(1, request.args.get("blad", 1, type=int))
    mails = mailbox.messages(first=(page - 1) * PAGE, limit=PAGE)
    ours = find_organisations(g.actor, [_message_id(mail) for mail in mails])
    return render_template(
        "notifications/mailbox/list.html",
        mails=[_received(mail) for mail in mails if _message_id(mail) in ours],
        page=page,
        has_more=mailbox.count() > page * PAGE,
    )


@pages.get("/berichten/postbus/<name>")
@requires_staff("messenger")
def read(name: str) -> str:
    """Show one message as plain text; links to our own pages can be followed."""
    mail = _mailbox().open(name)
    ours = {} if mail is None else find_organisations(g.actor, [_message_id(mail)])
    if mail is None or not ours:
        raise NotFound()
    ((message_id, organisation_id),) = ours.items()
    triage.log_access(g.actor, [(message_id, organisation_id)])
    return render_template("notifications/mailbox/message.html", mail=_received(mail))


def _mailbox() -> Mailbox:
    settings = current_app.extensions["settings"]
    if not settings.shows_mailbox:
        raise NotFound()
    return Mailbox(settings.mailbox)


def _message_id(mail: EmailMessage) -> str:
    """Return our id of the message: the first part of its Message-ID."""
    return str(mail["Message-ID"] or "").strip("<> ").partition("@")[0]


def _received(mail: EmailMessage) -> Received:
    body = mail.get_body(("plain",))
    text = "" if body is None else str(body.get_content())
    return Received(
        name=name_of(str(mail["Message-ID"]).strip()),
        at=mail["Date"].datetime,
        to=str(mail["To"]),
        sender=str(mail["From"] or ""),
        subject=str(mail["Subject"] or ""),
        paragraphs=_paragraphs(text),
    )


def _paragraphs(text: str) -> list[list[list[tuple[str, str | None]]]]:
    ours = re.escape(current_app.extensions["settings"].public_url)
    address = re.compile(rf"({ours}/[^\s<>\"]*)")
    blocks = re.split(r"\n\s*\n", text.strip().replace("\r\n", "\n"))
    return [
        [
            [(part, part if address.fullmatch(part) else None) for part in address.split(line) if part]
            for line in block.split("\n")
        ]
        for block in blocks
    ]
