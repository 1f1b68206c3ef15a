"""Text messages that left lately and that are to leave, for the limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import peewee

from services.notifications.models import WAITING, Membership, Message, TextSent, service
from services.notifications.queries.addresses import blind_index
from services.notifications.queries.context import load_context
from services.notifications.queries.routes import preview_channel
from services.notifications.rules import text_limits
from services.notifications.rules.routes import Channel
from services.notifications.rules.text_limits import Sent, TextLimits

_ROWS_AT_ONCE = 200


@dataclass(frozen=True)
class TextLoad:
    """Text messages that are to leave within a day, that wait for room, and that may leave in a day."""

    to_come: int
    held: int
    most: int


def blind_block(number: str) -> str:
    """Return the blind index of the block of ten thousand numbers that this one lies in."""
    return service.encryption.index(text_limits.block_of(number), "address.sms_block")


def free_at(number: str, most: TextLimits, now: datetime, *, is_awaited: bool) -> datetime | None:
    """Return when one more text message may go to this number; None when it may go now.

    is_awaited  what anybody can ask for is counted apart: it takes no room from what we send ourselves
    """
    most = for_region(most)
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


def for_region(limits: TextLimits) -> TextLimits:
    """Return the limits as they are for how many take part now."""
    if not limits.follows_region:
        return limits
    members = Membership.select(peewee.fn.COUNT(Membership.participant_id.distinct())).where(
        Membership.state == "active"
    )
    return replace(limits, in_all=text_limits.most_in_all(members.scalar()))


def get_load(limits: TextLimits, now: datetime) -> TextLoad:
    """Return what is to leave beside what may."""
    held = Message.select().where(WAITING, Message.reason == "sms_limit").count()
    within_a_day = Message.select().where(WAITING, Message.due_at < now + text_limits.DAY).order_by(Message.id)
    to_come = 0
    for messages in peewee.chunked(within_a_day, _ROWS_AT_ONCE):
        context = load_context(messages)
        to_come += sum(preview_channel(message, context) == Channel.SMS for message in messages)
    return TextLoad(to_come, held, for_region(limits).in_all)
