"""Delivery reports as different mail servers write them, about one message of ours; all words are our own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

MESSAGE_ID = "01990000-0000-7000-8000-00000000000f"
DOMAIN = "houvast.example"
NOOR = "noor@voorbeeld.example"
_HEAD = f"""\
From: Houvast <houvast@{DOMAIN}>
To: {NOOR}
Subject: Afspraak op maandag 23 november
Message-ID: <{{message_id}}@{{domain}}>
{{own_header}}MIME-Version: 1.0
"""


def lines_of(name: str) -> list[tuple[str, str, str]]:
    """(form, status, words) of each line of a list of reports; words and status may be empty."""
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.split("|", 2)] for line in lines if not line.startswith("#")]
    return [(form, "" if status == "-" else status, words) for form, status, words in cells]


def quoted(message_id: str = MESSAGE_ID, domain: str = DOMAIN, own_header: str = "") -> str:
    """The head of our mail, as a report quotes it."""
    return _HEAD.format(message_id=message_id, domain=domain, own_header=own_header)


def write(form: str, status: str, words: str, *, head: str | None = None, to: str = f"houvast@{DOMAIN}") -> bytes:
    """A report in this form; head: what it quotes of our mail."""
    text = _FORMS[form](status, words, quoted() if head is None else head)
    return f"To: {to}\n{text}".replace("\n", "\r\n").encode()


def _dsn(
    sender: str, prose: str, fields: str, quote: str, kind: str = "report; report-type=delivery-status"
) -> str:
    return f"""\
From: {sender}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/{kind}; boundary="b1"

--b1
Content-Type: {prose}

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.{DOMAIN}

Final-Recipient: rfc822; {NOOR}
{fields}

--b1
{quote}
--b1--
"""


def _head_only(head: str) -> str:
    return f"Content-Type: text/rfc822-headers\n\n{head}"


def _whole(head: str) -> str:
    return f"Content-Type: message/rfc822\n\n{head}\nDit nummer bestaat niet meer.\n"


def _fields(status: str, words: str, action: str = "failed") -> str:
    answer = (words.partition(" said: ")[2] or words).partition(" (in reply to ")[0]
    return f"Action: {action}\nStatus: {status}" + (f"\nDiagnostic-Code: smtp; {answer}" if answer else "")


def _postfix(status: str, words: str, head: str) -> str:
    prose = (
        "text/plain; charset=utf-8\n\nThis is the mail system. I'm sorry to have to inform you that your message"
        " could not\nbe delivered to one or more recipients. It's attached below.\n\nFor further assistance,"
        f" please send mail to postmaster.\n\n<{NOOR}>: {words}\n"
    )
    return _dsn("Mail Delivery System <MAILER-DAEMON@mail>", prose, _fields(status, words), _head_only(head))


def _sendmail(status: str, words: str, head: str) -> str:
    prose = (
        "text/plain\n\n   ----- The following addresses had permanent fatal errors -----\n"
        f"<{NOOR}>\n\n   ----- Transcript of session follows -----\n{words}\n"
    )
    return _dsn("Mail Delivery Subsystem <MAILER-DAEMON@mail>", prose, _fields(status, words), _whole(head))


def _microsoft(status: str, words: str, head: str) -> str:
    prose = (
        'text/html; charset="utf-8"\n\n<html><style>p { color: red }</style><body><p><b>Delivery has failed to'
        f" these recipients or groups:</b></p><p>{NOOR}</p><p>Contact your helpdesk.</p></body></html>\n"
    )
    return _dsn(f"postmaster@mail.{DOMAIN}", prose, _fields(status, words), _whole(head))


def _gmail(status: str, words: str, head: str) -> str:
    prose = f"text/plain; charset=utf-8\n\n** Message not delivered **\n\nThere was a problem with {NOOR}.\n"
    return _dsn("Mail Delivery Subsystem <mailer-daemon@mail>", prose, _fields(status, words), _head_only(head))


def _open_smtpd(status: str, words: str, head: str) -> str:
    prose = f"text/plain\n\n    Hi!\n\n    An error has occurred while attempting to deliver:\n\n{NOOR}: {words}\n"
    return _dsn(
        "Mailer Daemon <MAILER-DAEMON@mail>", prose, f"Action: error\nStatus: {status}", _head_only(head), "mixed"
    )


def _domino(status: str, words: str, head: str) -> str:
    prose = f"text/plain\n\nYour message\n\n  was not delivered to:\n\n  {NOOR}\n\nbecause:\n\n  {words}\n"
    return _dsn("Postmaster <postmaster@mail>", prose, _fields(status, ""), _head_only(head))


def _exim(_: str, words: str, head: str) -> str:
    return f"""\
From: Mail Delivery System <Mailer-Daemon@mail.{DOMAIN}>
X-Failed-Recipients: {NOOR}
Auto-Submitted: auto-replied
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {NOOR}
    {words}

------ This is a copy of the message, including all the headers. ------

{head}
Dit nummer bestaat niet meer.
"""


def _qmail(_: str, words: str, head: str) -> str:
    return f"""\
From: MAILER-DAEMON@mail.{DOMAIN}
Subject: failure notice

Hi. This is the qmail-send program at mail.{DOMAIN}.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{NOOR}>:
{words}

--- Below this line is a copy of the message.

{head}
Dit nummer bestaat niet meer.
"""


def _text(_: str, words: str, head: str) -> str:
    return f"""\
From: Postmaster <postmaster@voorbeeld.example>
Subject: Undeliverable: Afspraak op maandag 23 november

{words}

----- Original message -----
{head}
Dit nummer bestaat niet meer.
"""


_FORMS: dict[str, Callable[[str, str, str], str]] = {
    "postfix": _postfix,
    "sendmail": _sendmail,
    "m365": _microsoft,
    "exchange": _microsoft,
    "gmail": _gmail,
    "opensmtpd": _open_smtpd,
    "domino": _domino,
    "exim": _exim,
    "qmail": _qmail,
    "yahoo": _qmail,
    "groupwise": _text,
    "text": _text,
}
