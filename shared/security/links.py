"""Action links: an HMAC for one service, one purpose and one subject, until a moment.

A GET with such a link shows a page and changes nothing. It never opens answers or history. The token holds an
opaque id, a purpose and an hour, and nothing about a person.
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
    """What a token says once it was checked."""

    purpose: str
    subject: str
    expires_at: datetime


def mint(keyring: Keyring, service: str, purpose: str, subject: str, expires_at: datetime) -> str:
    """A token for the address of a page of `service`."""
    if "|" in purpose + subject:
        raise ValueError("a purpose and a subject have no bar in them")
    payload = f"{purpose}|{subject}|{int(expires_at.timestamp())}".encode()
    mac = hmac.new(keyring.raw("links", service), payload, hashlib.sha256).digest()[:20]
    return base64.urlsafe_b64encode(mac + payload).rstrip(b"=").decode()


def check(keyring: Keyring, service: str, purpose: str, token: str) -> Link | None:
    """What the token says, also when it has expired; None when it is not ours or for another purpose."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    mac, payload = raw[:20], raw[20:]
    expected = hmac.new(keyring.raw("links", service), payload, hashlib.sha256).digest()[:20]
    if not hmac.compare_digest(mac, expected):
        return None
    said, subject, expires = payload.decode().split("|")
    if said != purpose:
        return None
    return Link(said, subject, datetime.fromtimestamp(int(expires), UTC))


def is_expired(link: Link) -> bool:
    """Whether its time is over, by the time of the people."""
    return clock.now() >= link.expires_at
