"""E-mail addresses: how one is kept, how it travels and how two are compared; one rule for domains (IDNA 2008)."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit, urlunsplit

import idna
from email_validator import EmailNotValidError, validate_email

_MAILTO = re.compile(r"mailto:(?://)?([^?]*)", re.IGNORECASE)
_IN_ANGLES = re.compile(r"<([^<>]+)>")
# What comes along when an address is copied out of a sentence or a list.
_AROUND = " \t\r\n\"'`.,;:<>()[]{}‘’‚“”„«»/"
# What stands before it on a card, and what a telephone writes by itself behind the dot of a sentence.
_CALLED = re.compile(r"^(?:e-?mail(?:adres)?|mail|adres)\s*:?\s+", re.IGNORECASE)
_SPLIT_DOMAIN = re.compile(r"(@[^\s.@]+)\s*\.\s*([a-z]{2,})$", re.IGNORECASE)


class NotAnAddress(ValueError):
    """Raised for what cannot be written to. is_local: because of what stands before the @."""

    def __init__(self, *, is_local: bool) -> None:
        super().__init__("no address")
        self.is_local = is_local


def read_address(text: str) -> str:
    """Return the address that somebody typed or pasted, as it is kept: the domain in its own script.

    Signs that nobody sees, `mailto:`, a name with the address between < and >, and punctuation around it are left
    out. What stands before the @ is plain ASCII: for anything else (RFC 6531) every mail server on the way has to
    know the extension, and most do not. Raises NotAnAddress.
    """
    plain = _unwrapped(text)
    try:
        return str(validate_email(plain, check_deliverability=False, allow_smtputf8=False).normalized)
    except EmailNotValidError:
        raise NotAnAddress(is_local=_is_refused_for_its_local_part(plain)) from None


def wire_address(address: str) -> str:
    """Return an address as it stands in an envelope and in a header: ASCII. Raises NotAnAddress."""
    local, _, domain = address.rpartition("@")
    if not local.isascii() or not local or not domain:
        raise NotAnAddress(is_local=not local.isascii())
    return f"{local}@{wire_domain(domain)}"


def wire_domain(domain: str) -> str:
    """Return a domain as it travels: 'straße.de' is xn--strae-oqa.de. Raises NotAnAddress.

    IDNA 2008 with the mapping of UTS 46; Python's own codec is IDNA 2003, which makes another domain of a ß.
    """
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise NotAnAddress(is_local=False) from None


def wire_url(url: str) -> str:
    """Return an address of a page with its host as it travels. Raises NotAnAddress."""
    parts = urlsplit(url)
    return url if parts.netloc.isascii() else urlunsplit(parts._replace(netloc=wire_domain(parts.netloc)))


def comparable(address: str) -> str:
    """Return an address so that two that are one are the same text: for an index, a limit or a search.

    What cannot be written to is only made small, so that it still finds itself.
    """
    plain = _unwrapped(address)
    try:
        return wire_address(plain).lower()
    except NotAnAddress:
        return plain.lower()


def _unwrapped(text: str) -> str:
    seen = unicodedata.normalize("NFKC", "".join(sign for sign in text if unicodedata.category(sign) != "Cf"))
    plain = seen.strip(_AROUND)
    in_angles = _IN_ANGLES.search(seen)
    if in_angles is not None:
        plain = in_angles[1].strip(_AROUND)
    mailto = _MAILTO.match(plain)
    if mailto is not None:
        plain = unquote(mailto[1]).strip(_AROUND)
    return _SPLIT_DOMAIN.sub(r"\1.\2", re.sub(r"\s*@\s*", "@", _CALLED.sub("", plain)))


def _is_refused_for_its_local_part(address: str) -> bool:
    """Tell whether the same domain would do behind a plain local part."""
    local, _, domain = address.rpartition("@")
    try:
        validate_email(f"x@{domain}", check_deliverability=False)
    except EmailNotValidError:
        return False
    return bool(local) and not local.isascii()
