"""Mail that comes back: delivery reports (RFC 3464, and those in prose) and complaints (RFC 5965), of one message.

Only a message of ours counts. It is known by what nobody but its reader could know: its Message-ID, a header of
our own that a relay leaves alone, or a return path of its own.
"""

from __future__ import annotations

import email
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.header import decode_header, make_header
from email.message import Message

from flufl.bounce import all_failures

from services.notifications.channels.mail_head import OWN_HEADER
from services.notifications.rules.receipts import Report, read_prose, read_report

_ID = "[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}"
_OWN_HEADER = re.compile(rf"^[> \t|]*{OWN_HEADER}:\s*({_ID})\b", re.IGNORECASE | re.MULTILINE)
_DAEMON = re.compile(
    r"mailer-?daemon|postmaster|mail[- ]?deliver|delivery (subsystem|system)|mdaemon|mail-?daemon|bounce", re.I
)
_FAILURE = re.compile(
    r"undeliver|not deliver|un-?deliverable|delivery (status|failure|failed|has failed|problem|error|notification)"
    r"|failure notice|returned (mail|to sender)|mail delivery|onbestelbaar|niet (bezorgd|afgeleverd|besteld)"
    r"|unzustellbar|nicht zugestellt|non remis|non distribu|no se (ha )?(pudo|entreg)|mancata consegna",
    re.IGNORECASE,
)
# From here on a report in prose quotes our own mail, and that says nothing of why it came back.
_QUOTE = re.compile(
    r"^[> \t]*(-{2,}[^\n]*(copy|original|returned|message follows|unsent|header|kopie|bericht|nachricht)[^\n]*"
    r"|[^\n]*below this line is a copy[^\n]*|(received|return-path|message-id|mime-version|dkim-signature):)",
    re.IGNORECASE | re.MULTILINE,
)
_TAG = re.compile(r"<(style|script).*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
# What it says about our mail may hold any word.
_HEADER_LINE = re.compile(
    r"^[> \t]*(with subject|(subject|to|cc|from|sent|date|onderwerp|aan|betreff|objet)[ \t]*:)[^\n]*",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class MailBack:
    """What a report says of one message.

    message_id  None when it is about none of ours, as far as can be seen
    code        the status of the mail server, such as 5.1.1
    """

    message_id: str | None
    report: Report = Report.NOTHING
    code: str = ""
    is_complaint: bool = False


def read_mail(raw: bytes, domain: str, return_path: str = "") -> MailBack | None:
    """Return what this mail tells, or None when it is no report.

    domain       of our own address
    return_path  our address for reports, with a * where the id of a message goes; another one tells nothing
    """
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    mail = email.message_from_bytes(raw, policy=policy.compat32)
    kind = str(mail.get_param("report-type") or "").casefold()
    if mail.get_content_type() == "multipart/report" and kind == "feedback-report":
        return MailBack(_message_id(mail, raw, domain, return_path), is_complaint=True)
    report, code = _read_fields(mail) or _read_prose(mail) or (None, "")
    return None if report is None else MailBack(_message_id(mail, raw, domain, return_path), report, code)


def _read_fields(mail: Message) -> tuple[Report, str] | None:
    # Each message of ours has one reader, so the first recipient is the one.
    fields = next((part for part in _recipients(mail) if part["Action"]), None)
    if fields is None:
        return None
    status = str(fields["Status"] or "")
    words = " ".join(str(line).partition(";")[2] or str(line) for line in fields.get_all("Diagnostic-Code", []))
    return read_report(str(fields["Action"]), status, words, _prose(mail)), status.split(" ")[0][:20]


def _recipients(mail: Message) -> list[Message]:
    for part in mail.walk():
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            blocks = part.get_payload()
            return [block for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []
    return []


def _read_prose(mail: Message) -> tuple[Report, str] | None:
    """Read a report of a server that writes for people: qmail, Exim, and many that are older than the standard."""
    named = f"{mail['From'] or ''} {mail['Return-Path'] or ''}"
    is_failure = bool(mail["X-Failed-Recipients"]) or bool(_FAILURE.search(_decoded(mail["Subject"])))
    if not is_failure and not _DAEMON.search(named):
        return None
    lasting = _lasting(mail)
    if lasting is False:
        return Report.NOTHING, ""
    return read_prose(_prose(mail), is_failure=is_failure or lasting is True), ""


def _lasting(mail: Message) -> bool | None:
    """Return whether a report says that it is over; None when its form is not known either."""
    try:
        temporary, permanent = all_failures(mail)
    except Exception:
        # It reads what strangers send, in formats that nobody wrote down.
        return None
    if permanent:
        return True
    return False if temporary else None


def _prose(mail: Message) -> str:
    """Return what a report says to people, without the mail that it quotes."""
    parts = [part for part in _own_parts(mail) if part.get_content_maintype() == "text"]
    plain = [part for part in parts if part.get_content_type() == "text/plain"]
    text = "\n".join(map(_text, (plain or parts)[:1]))
    if not plain:
        text = html.unescape(
            re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL | re.IGNORECASE)
        )
    quote = _QUOTE.search(text)
    return _HEADER_LINE.sub("", text if quote is None else text[: quote.start()])


def _own_parts(mail: Message) -> Iterator[Message]:
    """Yield the parts of a mail, and not those of a mail inside it."""
    yield mail
    if mail.get_content_maintype() == "multipart" and isinstance(mail.get_payload(), list):
        for part in mail.get_payload():
            if isinstance(part, Message):
                yield from _own_parts(part)


def _message_id(mail: Message, raw: bytes, domain: str, return_path: str) -> str | None:
    """Return which message it is about: best known by the mail that is quoted, whole, its head, or in prose."""
    everything = "\n".join([raw.decode("latin-1"), *map(_text, mail.walk())])
    ours = rf"<({_ID})@{re.escape(domain)}>"
    searches = [
        re.compile(rf"^[> \t|]*Message-ID:\s*{ours}", re.IGNORECASE | re.MULTILINE),
        _OWN_HEADER,
        re.compile(ours, re.IGNORECASE),
    ]
    if "*" in return_path:
        searches.append(re.compile(re.escape(return_path).replace(r"\*", f"({_ID})"), re.IGNORECASE))
    match = next((match for search in searches if (match := search.search(everything))), None)
    if match is None:
        return None
    digits = match[1].casefold().replace("-", "")
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _decoded(value: object) -> str:
    try:
        return str(make_header(decode_header(str(value or ""))))
    except (LookupError, ValueError):
        return str(value)


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return content.decode("latin-1")
