"""Mail that comes back: delivery reports (RFC 3464) and complaints (RFC 5965), about one message each.

Only a message of ours counts: its Message-ID stands in the part that quotes it, and nobody but its reader could
know that.
"""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message

from services.notifications.rules.receipts import Report, read_report

_OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@([^<>@\s]+)>", re.IGNORECASE)


@dataclass(frozen=True)
class MailBack:
    """What a report says of one message. code: the status of the mail server, such as 5.1.1."""

    message_id: str
    report: Report = Report.NOTHING
    code: str = ""
    is_complaint: bool = False


def read_mail(raw: bytes, domain: str) -> MailBack | None:
    """What this mail tells, or None when it is no report about a message of ours. domain: of our own address."""
    mail = email.message_from_bytes(raw, policy=policy.compat32)
    if mail.get_content_type() != "multipart/report":
        return None
    message_id = _quoted_id(mail, domain)
    if message_id is None:
        return None
    kind = str(mail.get_param("report-type") or "").casefold()
    if kind == "feedback-report":
        return MailBack(message_id, is_complaint=True)
    if kind != "delivery-status":
        return None
    # Each message of ours has one reader, so the first recipient is the one.
    fields = next((part for part in _recipients(mail) if part["Action"]), None)
    if fields is None:
        return None
    status = str(fields["Status"] or "")
    return MailBack(message_id, read_report(str(fields["Action"]), status), status.split(" ")[0][:20])


def _recipients(mail: Message) -> list[Message]:
    for part in mail.walk():
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            blocks = part.get_payload()
            return [block for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []
    return []


def _quoted_id(mail: Message, domain: str) -> str | None:
    """The Message-ID of the mail that is quoted, whole or just its head."""
    for part in mail.walk():
        quoted: Message | EmailMessage | None = None
        if part.get_content_type() in ("message/rfc822", "message/global"):
            inner = part.get_payload()
            quoted = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], Message) else None
        elif part.get_content_type() in ("text/rfc822-headers", "message/global-headers"):
            text = part.get_payload(decode=True)
            quoted = email.message_from_bytes(text if isinstance(text, bytes) else b"", policy=policy.compat32)
        match = _OURS.search(str(quoted["Message-ID"] or "")) if quoted is not None else None
        if match is not None and match[2].casefold() == domain.casefold():
            return match[1].casefold()
    return None
