"""Action links: an HMAC for one service, one purpose and one subject, until a moment.

A GET with such a link shows a page and changes nothing. It never opens answers or history. The token holds an
opaque id, a purpose and a moment of expiry, and nothing about a person.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

from shared import clock
from shared.security.encryption import Keyring


@dataclass(frozen=True)
class Link:
    """The contents of a checked token."""

    purpose: str
    subject: str
    expires_at: datetime


def mint(keyring: Keyring, service: str, purpose: str, subject: str, expires_at: datetime) -> str:
    """Return a token for the address of a page of `service`."""
    if "|" in purpose + subject:
        raise ValueError("a purpose and a subject have no bar in them")
    payload = f"{purpose}|{subject}|{int(expires_at.timestamp())}".encode()
    mac = hmac.new(keyring.raw("links", service), payload, hashlib.sha256).digest()[:20]
    return base64.urlsafe_b64encode(mac + payload).rstrip(b"=").decode()


def check(keyring: Keyring, service: str, purpose: str, token: str) -> Link | None:
    """Return the contents of a token, also of an expired one; None when it is forged or for another purpose."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    mac, payload = raw[:20], raw[20:]
    expected = hmac.new(keyring.raw("links", service), payload, hashlib.sha256).digest()[:20]
    if not hmac.compare_digest(mac, expected):
        return None
    signed_purpose, subject, expires = payload.decode().split("|")
    if signed_purpose != purpose:
        return None
    return Link(purpose, subject, datetime.fromtimestamp(int(expires), UTC))


def is_expired(link: Link) -> bool:
    """Tell whether it has expired, by the time of the people."""
    return clock.now() >= link.expires_at
