"""Names for things: UUIDs that sort by the moment they were made."""

from __future__ import annotations

import os
import time
import uuid
from datetime import UTC, datetime


def new_id() -> str:
    """A fresh UUIDv7 (RFC 9562 §5.7) as text: 48 bits of milliseconds, the rest random."""
    stamp = time.time_ns() // 1_000_000
    number = (stamp & 0xFFFFFFFFFFFF) << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=number))


def minted_at(text: str) -> datetime:
    """The moment at which an id of ours was made, by the time of the machine."""
    return datetime.fromtimestamp((uuid.UUID(text).int >> 80) / 1000, UTC)


def is_id(text: str) -> bool:
    """Whether the text is a UUID in its usual written form."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def first_id(moment: datetime) -> str:
    """The lowest id that can be made from this moment on: what is below it is older."""
    stamp = int(moment.timestamp() * 1000) & 0xFFFFFFFFFFFF
    return str(uuid.UUID(int=stamp << 80))


def moment_of(text: str) -> datetime | None:
    """When an id was made, by the time of the machine; None when it is not one of ours."""
    if not is_id(text) or uuid.UUID(text).version != 7:
        return None
    try:
        return datetime.fromtimestamp((uuid.UUID(text).int >> 80) / 1000, UTC)
    except (ValueError, OverflowError):
        return None
