"""Ids: UUIDs that sort by the moment they were made."""

from __future__ import annotations

import os
import re
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from marshmallow import fields

_WRITTEN = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def new_id() -> str:
    """Return a new UUIDv7 (RFC 9562 §5.7) as text: 48 bits of milliseconds, the rest random."""
    stamp, random_bits = time.time_ns() // 1_000_000 & 0xFFFFFFFFFFFF, int.from_bytes(os.urandom(10), "big")
    version, variant = 0x7000 | random_bits >> 68, 0x8000 | random_bits >> 54 & 0x3FFF
    return (
        f"{stamp >> 16:08x}-{stamp & 0xFFFF:04x}-{version:04x}-{variant:04x}-{random_bits & 0xFFFFFFFFFFFF:012x}"
    )


def minted_at(text: str) -> datetime:
    """Return when an id of ours was made, by the time of the machine."""
    return datetime.fromtimestamp((uuid.UUID(text).int >> 80) / 1000, UTC)


def is_id(text: object) -> bool:
    """Tell whether this is a UUID in its usual written form."""
    return isinstance(text, str) and _WRITTEN.fullmatch(text) is not None


def first_id(moment: datetime) -> str:
    """Return the lowest id that can be made from this moment on: what is below it is older."""
    stamp = int(moment.timestamp() * 1000) & 0xFFFFFFFFFFFF
    return str(uuid.UUID(int=stamp << 80))


def moment_of(text: str) -> datetime | None:
    """Return when an id was made, by the time of the machine; None when it is no id of ours."""
    if not is_id(text) or uuid.UUID(text).version != 7:
        return None
    try:
        return minted_at(text)
    except (ValueError, OverflowError):
        return None


class IdText(fields.UUID):
    """A UUID in a marshmallow schema, loaded as text."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> Any:
        return str(super()._deserialize(value, attr, data, **kwargs))
