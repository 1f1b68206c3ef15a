"""Events through the services: what was published, who handled it, what followed, and what failed.

Read from the operator interfaces of the services. A service that does not answer is named as silent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date, time
from typing import TypeVar

from services.meetings.models import Organisation
from shared import clock
from shared.errors import NotFound
from shared.messaging.event_trace import (
    Consumption,
    DeadLetter,
    EventFilter,
    EventTrace,
    PendingEvent,
    PublishedDetails,
    PublishedEvent,
)
from shared.messaging.operator import Operators, OperatorUnreachable, as_operator
from shared.security.actor import Actor, within

T = TypeVar("T")
ROLES = ("messenger", "manager")
# What the pages call each service: the names of services are for programs.
PARTS = {
    "meetings": "groups",
    "intake": "introductions",
    "questionnaires": "lists",
    "notifications": "messages",
}
# Why somebody has an event replayed: fixed words, so that no name can stand in the audit trail.
REASONS = ("mended", "there_now", "asked_for", "to_see")
PAGE = 50


@dataclass(frozen=True)
class PublishedList:
    """One page of events, the newest first; `next_before` goes with the address of the next page.

    names  of all events that those who were asked ever publish
    """

    events: Sequence[PublishedEvent]
    next_before: str | None
    names: Set[str]
    silent: Sequence[str]


@dataclass(frozen=True)
class FailureList:
    """Everything that failed, the newest first: pending retries and dead letters."""

    pending: Sequence[PendingEvent]
    dead: Sequence[DeadLetter]
    silent: Sequence[str]


def list_published(
    actor: Actor,
    operators: Operators,
    *,
    name: str | None = None,
    part: str | None = None,
    subject_id: str | None = None,
    since: date | None = None,
    before: str | None = None,
) -> PublishedList:
    """Return a page of the events of the actor's organisations; `since` is the first day that counts."""
    vouched = as_operator(actor, frozenset(ROLES))
    since_at = None if since is None else clock.instant(since, time(0))
    wanted = EventFilter(name=name, subject_id=subject_id, since=since_at, before=before, limit=PAGE)
    services = [service for service in PARTS if part in (None, PARTS[service])]
    pages, silent = _ask_all(services, lambda service: operators[service].list_published(vouched, wanted))
    events = sorted((event for page in pages.values() for event in page.events), key=_by_id, reverse=True)
    # Below where a service stopped, what it has is not known yet: that comes on a next page.
    horizon = max((page.next_before for page in pages.values() if page.next_before), default="")
    events = [event for event in events if event.id >= horizon]
    next_before = events[PAGE - 1].id if len(events) > PAGE else horizon or None
    names = {name for page in pages.values() for name in page.names}
    return PublishedList(events[:PAGE], next_before, names, silent)


def list_failures(actor: Actor, operators: Operators) -> FailureList:
    """Return what failed in any of the services."""
    vouched = as_operator(actor, frozenset(ROLES))
    answers, silent = _ask_all(PARTS, lambda service: operators[service].list_failures(vouched))
    pending = [event for failures in answers.values() for event in failures.pending]
    dead = [dead_letter for failures in answers.values() for dead_letter in failures.dead]
    return FailureList(
        sorted(pending, key=lambda event: event.event_id, reverse=True),
        sorted(dead, key=lambda dead_letter: dead_letter.event_id, reverse=True),
        silent,
    )


def get_event_trace(actor: Actor, operators: Operators, event_id: str) -> EventTrace:
    """Return the trace of one event. NotFound when no service has it for this actor."""
    vouched = as_operator(actor, frozenset(ROLES))
    published, silent = _find_published(vouched, operators, event_id)
    if published is None:
        consumptions = [
            consumption
            for consumption in _list_consumptions(vouched, operators, event_id, PARTS)
            if consumption.failures
        ]
        if not consumptions:
            raise NotFound()
        return EventTrace(event_id, None, consumptions, silent=silent)
    consumers = [service for service in PARTS if service in published.consumers]
    return EventTrace(
        event_id,
        published,
        _list_consumptions(vouched, operators, event_id, consumers),
        related=_list_related(vouched, operators, published),
    )


def replay(actor: Actor, operators: Operators, part: str, *, dead_id: int, reason: str, request_id: str) -> None:
    """Have a service replay a dead letter. NotFound; OperatorUnreachable when it is silent."""
    service = next(service for service, name in PARTS.items() if name == part)
    if service not in operators:
        raise OperatorUnreachable(service)
    vouched = as_operator(actor, frozenset(ROLES))
    operators[service].replay(vouched, dead_id=dead_id, reason=reason, request_id=request_id)


def organisation_names(actor: Actor) -> dict[str, str]:
    """Return the names of the actor's organisations where there are several, to tell them apart."""
    rows = list(Organisation.select().where(within(actor, Organisation.id, ROLES)))
    return {row.id: row.name for row in rows} if len(rows) > 1 else {}


def _ask_all(services: Iterable[str], ask: Callable[[str], T]) -> tuple[dict[str, T], list[str]]:
    """Return the answer of each service, and which services are silent or have no address."""
    answers, silent = {}, []
    for service in services:
        try:
            answers[service] = ask(service)
        except (OperatorUnreachable, KeyError):
            silent.append(service)
    return answers, silent


def _find_published(
    vouched: Actor, operators: Operators, event_id: str
) -> tuple[PublishedDetails | None, list[str]]:
    silent: list[str] = []
    for service in PARTS:
        try:
            return operators[service].get_published(vouched, event_id), []
        except NotFound:
            continue
        except (OperatorUnreachable, KeyError):
            silent.append(service)
    return None, silent


def _list_consumptions(
    vouched: Actor, operators: Operators, event_id: str, services: Iterable[str]
) -> list[Consumption]:
    services = list(services)
    answers, _ = _ask_all(services, lambda service: operators[service].get_consumption(vouched, event_id))
    return [answers.get(service) or Consumption(service, is_known=False) for service in services]


def _list_related(vouched: Actor, operators: Operators, published: PublishedDetails) -> list[PublishedEvent]:
    """Return the other events of the same trace, oldest first."""
    if not published.traceparent:
        return []
    event_id = published.event.id
    wanted = EventFilter(traceparent=published.traceparent, around=event_id, limit=PAGE)
    pages, _ = _ask_all(PARTS, lambda service: operators[service].list_published(vouched, wanted))
    return sorted((event for page in pages.values() for event in page.events if event.id != event_id), key=_by_id)


def _by_id(event: PublishedEvent) -> str:
    return event.id
