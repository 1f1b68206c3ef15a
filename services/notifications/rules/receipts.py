"""What a delivery report, or the answer of a mail server, says of an address: code and text together decide.

The codes (RFC 3463) are used loosely: 5.1.1 comes with a full box, 5.7.1 with "no such user", and a refusal that
is about us comes with all of them. So the text goes first, the code counts where the text leaves it open, and only
what says that there is no such address says so of the address at once.
"""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from pathlib import Path

_STATUS = re.compile(r"(?<![\d.])([245])\.([0-7])\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?=[ -]|$)")
_NEAR = 200
# What the codes themselves say, where the text adds nothing: no such mailbox, domain, or moved without an address.
_GONE_CODES = frozenset({(1, 1), (1, 2), (1, 6), (1, 10)})
# The address, its box or its domain may be at fault, or just today.
_DOUBTFUL_CODES = frozenset(
    {(1, 0), (1, 3), (1, 4), (2, 0), (2, 1), (2, 2), (2, 4), (4, 1), (4, 3), (4, 4), (4, 7)}
)
_WORDS = tomllib.loads((Path(__file__).parents[1] / "data" / "report_words.toml").read_text(encoding="utf-8"))
_PARTS = {
    "WHO": rf"\b({'|'.join(_WORDS['who'])})\b",
    "UNKNOWN": rf"\b({'|'.join(_WORDS['unknown'])})\b",
    "NO_SUCH": rf"\b({'|'.join(_WORDS['no_such'])})",
    "KIND": rf"( ({'|'.join(_WORDS['kind'])}))*",
}


def _any_of(name: str) -> re.Pattern[str]:
    whole = re.sub("|".join(_PARTS), lambda match: _PARTS[match[0]], "|".join(_WORDS[name]))
    return re.compile(whole)


_ABOUT_US, _DOUBT, _NOBODY = _any_of("about_us"), _any_of("doubt"), _any_of("nobody")
_STILL_TRYING, _UNAVAILABLE = _any_of("still_trying"), _any_of("unavailable")
_UNAVAILABLE_CODES = (0, 1, 3, 5)


class Report(StrEnum):
    """What a report comes down to."""

    DELIVERED = "delivered"
    GONE = "gone"  # it did not arrive, and there is no such address
    DOUBTFUL = "doubtful"  # it did not arrive, and the address may be why: it counts when that goes on
    FAILED = "failed"  # it did not arrive, and that says nothing of the address
    NOTHING = "nothing"  # still trying, or passed on: not known yet


def read_report(action: str, status: str, *texts: str) -> Report:
    """Read the Action and the Status of one recipient (RFC 3464).

    texts  what the servers said in words, that of the server itself first; the first that says something counts
    """
    outcome = (action.split() or [""])[0].strip(" ;").casefold()
    if outcome == "delivered":
        return Report.DELIVERED
    if outcome not in ("failed", "error"):
        return Report.NOTHING
    code = _code(status, *texts)
    for text in texts:
        meant = _read_words(text)
        if meant is not None:
            return Report.DOUBTFUL if meant is Report.GONE and code is not None and code[0] != 5 else meant
    return _read_code(code, is_unavailable=any(_UNAVAILABLE.search(_plain(text)) for text in texts))


def read_reply(code: int, text: str) -> Report:
    """Read what a mail server answered to one recipient."""
    return read_report("failed", "5.0.0" if 500 <= code <= 599 else "4.0.0", text)


def read_prose(text: str, *, is_failure: bool) -> Report:
    """Read a report that no machine was meant to read.

    is_failure  it is known that it did not arrive, and not yet why
    """
    if _STILL_TRYING.search(_plain(text)):
        return Report.NOTHING
    has_code = _code("", text) is not None
    meant = read_report("failed", "" if has_code else "5.0.0", text)
    says_why = has_code or _read_words(text) is not None
    return meant if is_failure or says_why else Report.NOTHING


def _read_words(text: str) -> Report | None:
    plain = _plain(text)
    nobody = _NOBODY.search(plain)
    # A long report has more in it than why: what counts against it stands close by.
    near = plain if nobody is None else plain[max(0, nobody.start() - _NEAR) : nobody.end() + _NEAR]
    if _ABOUT_US.search(near):
        return Report.FAILED
    if _DOUBT.search(near):
        return Report.DOUBTFUL
    return None if nobody is None else Report.GONE


def _read_code(code: tuple[int, int, int] | None, *, is_unavailable: bool) -> Report:
    if code is None:
        return Report.FAILED
    if code[0] == 5 and (code[1:] in _GONE_CODES or (is_unavailable and code[1] in _UNAVAILABLE_CODES)):
        return Report.GONE
    return Report.DOUBTFUL if code[1:] in _DOUBTFUL_CODES | _GONE_CODES else Report.FAILED


def _code(status: str, *texts: str) -> tuple[int, int, int] | None:
    """Return the code that says most: that of the server in its own words, else that of the report."""
    for text in (*texts, status):
        for match in _STATUS.finditer(text):
            # A number of a version that begins with a 2 is no code of something that did not arrive.
            if match[1] != "2" and (match[2], match[3]) != ("0", "0"):
                return int(match[1]), int(match[2]), int(match[3])
    for text in (status, *texts):
        first = _STATUS.search(text) or _REPLY.search(text)
        if first is not None:
            return int(first[1]), 0, 0
    return None


def _plain(text: str) -> str:
    """Return the words alone, small, on one line; addresses of people and pages may hold any word."""
    words = re.sub(r"https?://\S+|<?[^\s<>@]+@[^\s<>@]+>?", " ", text.casefold())
    return " ".join(words.replace("’", "'").split())
