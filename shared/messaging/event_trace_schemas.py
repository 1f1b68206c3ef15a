"""The schemas that serialise an event trace for the operator interface over HTTP, one a dataclass."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar
from uuid import UUID

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from shared.messaging.event_trace import (
    MOST,
    Consumption,
    DeadLetter,
    Effect,
    EventFilter,
    Failures,
    PendingEvent,
    PublishedDetails,
    PublishedEvent,
    PublishedPage,
)


class _Serialized(Schema):
    """A dataclass as JSON and back."""

    makes: ClassVar[Callable[..., object]]

    class Meta:
        unknown = EXCLUDE

    @post_load
    def _make(self, data: dict[str, object], **_: object) -> object:
        return self.makes(**data)


class EventFilterSchema(_Serialized):
    makes = EventFilter
    name = fields.String(validate=validate.Regexp(r"^[a-z_]{1,60}$"))
    subject_id = fields.UUID()
    since = fields.AwareDateTime(format="iso")
    before = fields.UUID()
    traceparent = fields.String(validate=validate.Regexp(r"^[0-9a-f-]{1,60}$"))
    around = fields.UUID()
    limit = fields.Integer(validate=validate.Range(1, MOST))

    @post_load
    def _make(self, data: dict[str, object], **_: object) -> object:
        ids_as_text = {name: str(value) if isinstance(value, UUID) else value for name, value in data.items()}
        return super()._make(ids_as_text)


class PublishedEventSchema(_Serialized):
    makes = PublishedEvent
    id = fields.String()
    service = fields.String()
    type = fields.String()
    subject = fields.String()
    organisation_id = fields.String()
    at = fields.AwareDateTime()
    number = fields.Integer()
    is_state = fields.Boolean()


class PublishedPageSchema(_Serialized):
    makes = PublishedPage
    events = fields.List(fields.Nested(PublishedEventSchema))
    next_before = fields.String(allow_none=True)
    names = fields.List(fields.String())


class PublishedDetailsSchema(_Serialized):
    makes = PublishedDetails
    event = fields.Nested(PublishedEventSchema)
    consumers = fields.List(fields.String())
    facts: fields.Dict = fields.Dict(fields.String(), fields.List(fields.String()))
    sealed_for = fields.List(fields.String())
    is_erased = fields.Boolean()
    is_handed_over = fields.Boolean(allow_none=True)
    traceparent = fields.String(allow_none=True)


class _FailedEventSchema(_Serialized):
    event_id = fields.String()
    consumer = fields.String()
    type = fields.String()
    subject = fields.String()
    organisation_id = fields.String()
    error_code = fields.String()


class PendingEventSchema(_FailedEventSchema):
    makes = PendingEvent
    attempt = fields.Integer()
    next_at = fields.AwareDateTime()


class DeadLetterSchema(_FailedEventSchema):
    makes = DeadLetter
    id = fields.Integer()
    dead_lettered_at = fields.AwareDateTime()
    replayed_at = fields.AwareDateTime(allow_none=True)
    replay_reason = fields.String(allow_none=True)


class FailuresSchema(_Serialized):
    makes = Failures
    pending = fields.List(fields.Nested(PendingEventSchema))
    dead = fields.List(fields.Nested(DeadLetterSchema))


class EffectSchema(_Serialized):
    makes = Effect
    label = fields.String()
    state = fields.String()
    reason = fields.String(allow_none=True)
    page = fields.String()


class ConsumptionSchema(_Serialized):
    makes = Consumption
    consumer = fields.String()
    handled_at = fields.AwareDateTime(allow_none=True)
    pending = fields.Nested(PendingEventSchema, allow_none=True)
    dead = fields.List(fields.Nested(DeadLetterSchema))
    effects = fields.List(fields.Nested(EffectSchema))
    is_known = fields.Boolean()
