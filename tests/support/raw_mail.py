"""A reader of mail as bytes (RFC 5322 and 2047), for the tests alone: it shares nothing with what writes it."""

from __future__ import annotations

import base64
import quopri
import re

_FIELD = re.compile(rb"([!-9;-~]+):[ \t]?(.*)", re.DOTALL)
_WORD = re.compile(r"=\?([\w-]+)\?([QqBb])\?([!->@-~]+)\?=")


class Head:
    """The fields of one mail. Raises AssertionError for bytes that a mail server may refuse or spoil."""

    def __init__(self, raw: bytes) -> None:
        head, separator, self.body = raw.partition(b"\r\n\r\n")
        assert separator, "a head ends with an empty line"
        assert raw.isascii(), "only ASCII travels everywhere"
        assert not re.search(rb"\r(?!\n)|(?<!\r)\n", raw), "a line ends with CR and LF"
        assert max(map(len, raw.split(b"\r\n"))) <= 998, "RFC 5322, 2.1.1"
        self.lines = head.split(b"\r\n")
        assert all(line.strip() for line in self.lines), "a folded line has more than white space"
        self.fields: list[tuple[str, str]] = []
        for line in re.split(rb"\r\n(?![ \t])", head):
            match = _FIELD.fullmatch(line)
            assert match is not None, line
            self.fields.append((match[1].decode().lower(), match[2].replace(b"\r\n", b"").decode()))

    def __getitem__(self, name: str) -> str:
        (value,) = (value for known, value in self.fields if known == name.lower())
        return value

    def names(self) -> list[str]:
        """The names of the fields, in order."""
        return [name for name, _ in self.fields]

    def words(self, name: str) -> str:
        """A field with its encoded words decoded."""
        return decoded(self[name])

    def mailbox(self, name: str) -> tuple[str, str]:
        """(name, address) of a field that holds one address; a name may be empty."""
        match = re.fullmatch(r'(?:("(?:[^"\\]|\\.)*"|[^"<>,;:\\]*?) )?<?([^<>\s,]+@[^<>\s,]+?)>?', self[name])
        assert match is not None, self[name]
        shown = match[1] or ""
        if shown.startswith('"'):
            return re.sub(r"\\(.)", r"\1", shown[1:-1]), match[2]
        return decoded(shown), match[2]


def decoded(value: str) -> str:
    """Text with encoded words as a person reads it."""
    assert all(len(match[0]) <= 75 for match in _WORD.finditer(value)), "RFC 2047, 2"
    # White space between two encoded words is not shown. A sign is never cut in two between them.
    joined = re.sub(r"(\?=)[ \t]+(?==\?)", r"\1", value)
    shown = _WORD.sub(_decode, joined)
    assert "=?" not in shown or "=?" not in value, shown
    return shown


def _decode(match: re.Match[str]) -> str:
    content = match[3].encode()
    as_bytes = base64.b64decode(content) if match[2] in "Bb" else quopri.decodestring(content, header=True)
    return as_bytes.decode(match[1])
