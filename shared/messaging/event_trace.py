"""What is known of one event in all services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.ids import moment_of

# The most events in one answer.
MOST = 100


@dataclass(frozen=True)
class EventFilter:
    """Which published events to list.

    since        a moment of the people
    before       the `next_before` of an earlier page
    traceparent  with `around`: of this trace, within a day of the event with that id
    """

    name: str | None = None
    subject_id: str | None = None
    since: datetime | None = None
    before: str | None = None
    traceparent: str | None = None
    around: str | None = None
    limit: int = MOST


@dataclass(frozen=True)
class _AboutSubject:
    """What an event is of: `subject` is "noun/id", or only the noun where the id is hidden."""

    type: str
    subject: str
    organisation_id: str

    @property
    def name(self) -> str:
        """'thing_changed' of 'nl.houvast.service.thing_changed.v1'; empty for an unreadable event."""
        parts = self.type.split(".")
        return parts[3] if len(parts) == 5 else ""

    @property
    def noun(self) -> str:
        return self.subject.partition("/")[0]

    @property
    def subject_id(self) -> str:
        return self.subject.partition("/")[2]


@dataclass(frozen=True)
class PublishedEvent(_AboutSubject):
    """An event in the outbox of `service`, without its data; `at` is the time of the people."""

    id: str
    service: str
    at: datetime
    number: int
    is_state: bool


@dataclass(frozen=True)
class PublishedPage:
    """Published events, the newest first.

    next_before  the filter of the next page, None on the last
    names        of all events that the service ever publishes
    """

    events: Sequence[PublishedEvent]
    next_before: str | None
    names: Sequence[str] = ()


@dataclass(frozen=True)
class PublishedDetails:
    """An event with what may be shown of its data.

    facts           name -> ids and words of fixed lists
    sealed_for      the services that can open the rest
    is_handed_over  None without a broker: consumers read the log themselves
    """

    event: PublishedEvent
    consumers: Sequence[str]
    facts: Mapping[str, Sequence[str]]
    sealed_for: Sequence[str]
    is_erased: bool
    is_handed_over: bool | None
    traceparent: str | None


@dataclass(frozen=True)
class FailedEvent(_AboutSubject):
    """An event that `consumer` could not handle; `error_code` is a word of shared.messaging.inbox."""

    event_id: str
    consumer: str
    error_code: str


@dataclass(frozen=True)
class PendingEvent(FailedEvent):
    """One that is tried again by itself; `attempt` counts from 0."""

    attempt: int
    next_at: datetime


@dataclass(frozen=True)
class DeadLetter(FailedEvent):
    """One that needs a person, or did; `id` is what `replay` asks for.

    source, reason  where it came from, and in English why; only for an operator at the machine
    """

    id: int
    dead_lettered_at: datetime
    replayed_at: datetime | None
    replay_reason: str | None
    source: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Failures:
    """What services could not handle, the newest first."""

    pending: Sequence[PendingEvent]
    dead: Sequence[DeadLetter]


@dataclass(frozen=True)
class Effect:
    """What a consumer made of an event, in Dutch; `page` is the address that shows more."""

    label: str
    state: str
    reason: str | None
    page: str


@dataclass(frozen=True)
class Consumption:
    """What one service did with an event; without `is_known` that service did not answer."""

    consumer: str
    handled_at: datetime | None = None
    pending: PendingEvent | None = None
    dead: Sequence[DeadLetter] = ()
    effects: Sequence[Effect] = ()
    is_known: bool = True

    @property
    def state(self) -> str:
        """One of silent, pending, dead, not_yet and handled."""
        if not self.is_known:
            return "silent"
        if self.pending is not None:
            return "pending"
        if any(dead_letter.replayed_at is None for dead_letter in self.dead):
            return "dead"
        return "not_yet" if self.handled_at is None else "handled"

    @property
    def failures(self) -> Sequence[FailedEvent]:
        return [*self.dead, *([] if self.pending is None else [self.pending])]


@dataclass(frozen=True)
class EventTrace:
    """One event from its publisher to what its consumers made of it.

    published  None when its publisher dropped it since, or is among the `silent`
    related    what else was published in the same trace, oldest first
    """

    event_id: str
    published: PublishedDetails | None
    consumptions: Sequence[Consumption]
    related: Sequence[PublishedEvent] = ()
    silent: Sequence[str] = field(default=())

    @property
    def subject(self) -> PublishedEvent | FailedEvent:
        """The event itself, or else what a consumer kept of it."""
        if self.published is not None:
            return self.published.event
        return next(failed for consumption in self.consumptions for failed in consumption.failures)

    @property
    def organisations(self) -> set[str]:
        """The organisations whose event it is."""
        failures = [failed for consumption in self.consumptions for failed in consumption.failures]
        events = [self.published.event] if self.published is not None else failures
        return {event.organisation_id for event in events if event.organisation_id}

    def latency_ms(self, consumption: Consumption) -> int | None:
        """Return the time from publishing to handling; None when one of the two is not known."""
        published_at = moment_of(self.event_id)
        if self.published is None or consumption.handled_at is None or published_at is None:
            return None
        return max(0, round((consumption.handled_at - published_at).total_seconds() * 1000))
