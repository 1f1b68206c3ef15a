"""The head of an e-mail as bytes on the wire: ASCII, the rest in encoded words, folded only at white space.

The policy of the standard library folds a long link or id without a space as an encoded word, in which no mail
program looks for it, and writes a name with a comma and an accent as two addresses.
"""

from __future__ import annotations

from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry
from email.policy import SMTP, Policy
from email.utils import formataddr

# By which a report tells which message it is about, where a relay gave it another Message-ID.
OWN_HEADER = "X-Reference-Id"
_LONGEST_LINE = 78
_LONGEST_WORD = 75  # RFC 2047, 2


class _WrittenHeader(BaseHeader):
    """A header whose value is written already: it is folded at its spaces, and nothing else is done to it."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, object]) -> None:
        if not value.isascii() or not value.isprintable():
            raise ValueError("a header is written in printable ASCII")
        kwds["decoded"], kwds["parse_tree"] = value, None

    def fold(self, *, policy: Policy) -> str:
        lines = [f"{self.name}:"]
        for position, word in enumerate(str(self).split()):
            if position and len(lines[-1]) + 1 + len(word) > _LONGEST_LINE:
                lines.append("")
            lines[-1] += f" {word}"
        return policy.linesep.join(lines) + policy.linesep


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    names = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", OWN_HEADER, "Auto-Submitted")
    for name in (*names, "List-Unsubscribe", "List-Unsubscribe-Post"):
        registry.map_to_type(name, _WrittenHeader)
    return registry


POLICY = SMTP.clone(cte_type="7bit", header_factory=_registry())


def write_words(text: str) -> str:
    """Return text as it stands in a header; white space is one space."""
    tidy = " ".join(text.split())
    if tidy.isascii() and tidy.isprintable() and "=?" not in tidy:
        return tidy
    return " ".join(Header(tidy, "utf-8", maxlinelen=_LONGEST_WORD).encode().split())


def write_mailbox(name: str, address: str) -> str:
    """Return an address with a name as it stands in a header."""
    words = write_words(name)
    if words.isascii() and words == " ".join(name.split()):
        return formataddr((words, address))
    return f"{words} <{address}>"
