"""The subscriptions of notifications, to which each subject adds its handlers; and how sealed values are read."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from services.notifications.models import service
from services.notifications.models.foundation import EventMoment
from shared.errors import GiveUp
from shared.messaging.envelope import Event
from shared.messaging.subscriptions import ReceivedEvent, Subscriptions

subscriptions = Subscriptions(service.inbox)


class Id(fields.UUID):
    """An id, given as text."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        return str(super()._deserialize(*args, **kwargs))


class WallTime(fields.String):
    """'19:30' by the clock on the wall."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return time.fromisoformat(super()._deserialize(*args, **kwargs))
        except ValueError:
            raise ValidationError("no time") from None


class Zone(fields.String):
    """The name of a time zone that exists."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        name = super()._deserialize(*args, **kwargs)
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValidationError("no zone") from None
        return name


class Venue(Schema):
    """Where somebody meets."""

    name = fields.String(required=True)
    address = fields.String(required=True)


def event_moment_of(event: Event) -> EventMoment:
    """Return the pair by which facts about one subject are put in the order in which they were published."""
    return EventMoment(UUID(event.id).int >> 80, event.sequence)


def opened(event: ReceivedEvent, schema: type[Schema]) -> dict[str, Any]:
    """Return what only this service may read of the event.

    Raises GiveUp, without the values, when they are not what was promised.
    """
    try:
        values: dict[str, Any] = schema(unknown=EXCLUDE).load(event.personal)
    except ValidationError as wrong:
        fields = sorted(map(str, wrong.messages_dict))
        raise GiveUp(f"personal values not understood: {fields}", "unreadable") from None
    return values
