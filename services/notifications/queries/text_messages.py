"""Text messages that left lately, for the limits."""

from __future__ import annotations

from datetime import datetime

from services.notifications.models import TextSent, service
from services.notifications.queries.addresses import blind_index
from services.notifications.rules import text_limits
from services.notifications.rules.text_limits import Sent, TextLimits


def blind_block(number: str) -> str:
    """Return the blind index of the block of ten thousand numbers that this one lies in."""
    return service.encryption.index(text_limits.block_of(number), "address.sms_block")


def free_at(number: str, most: TextLimits, now: datetime, *, is_awaited: bool) -> datetime | None:
    """Return when one more text message may go to this number; None when it may go now.

    is_awaited  what anybody can ask for is counted apart: it takes no room from what we send ourselves
    """
    recent = (TextSent.at > now - text_limits.DAY) & (TextSent.is_awaited == is_awaited)
    blind, block = blind_index("sms", number), blind_block(number)

    def moments(*about: object, most: int) -> list[datetime]:
        # No more than can matter: the newest `most` decide.
        rows = TextSent.select(TextSent.at).where(recent, *about).order_by(TextSent.at.desc()).limit(most)
        return [row.at for row in rows]

    sent = Sent(
        moments(TextSent.number == blind, most=most.per_number),
        moments(TextSent.block == block, most=most.per_block),
        moments(most=most.in_all),
    )
    return text_limits.free_at(sent, most, now)
