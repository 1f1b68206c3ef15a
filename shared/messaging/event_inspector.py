"""The operator interface of a service that is open in this process, on its outbox and inbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import peewee

from shared.errors import NotFound
from shared.messaging.envelope import EventType
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
from shared.messaging.event_visibility import (
    data_of,
    event_of,
    failed_within,
    is_within,
    names_organisation,
    published_around,
    published_within,
    visible_facts,
)
from shared.messaging.operator import Scope, scope_of
from shared.security.actor import Actor
from shared.service import Service

# Lists what one event made here: (its id, the organisations whose effects may be shown).
EffectsQuery = Callable[[str, Scope], Sequence[Effect]]


class EventInspector:
    """The Operator of a service that is open in this process.

    published     the types of events that this service publishes
    list_effects  for a service whose effects are worth showing
    """

    def __init__(
        self, service: Service, published: Sequence[EventType], list_effects: EffectsQuery | None = None
    ) -> None:
        self._service, self._list_effects = service, list_effects
        self._types = {event_type.type: event_type for event_type in published}
        self._replay = _replay_command(service)

    def list_published(self, actor: Actor, wanted: EventFilter) -> PublishedPage:
        table, scope = self._service.outbox.Outbox, scope_of(actor)
        query = table.select().where(names_organisation(table.data, scope), *self._conditions(wanted, scope))
        rows = list(query.order_by(table.event_id.desc()).limit(wanted.limit + 1))
        return PublishedPage(
            [self._published(row, data, scope) for row, data in published_within(rows[: wanted.limit], scope)],
            rows[wanted.limit - 1].event_id if len(rows) > wanted.limit else None,
            names=sorted({event_type.name for event_type in self._types.values()}),
        )

    def get_published(self, actor: Actor, event_id: str) -> PublishedDetails:
        table, scope = self._service.outbox.Outbox, scope_of(actor)
        visible = published_within(table.select().where(table.event_id == event_id), scope)
        if not visible:
            raise NotFound()
        ((row, data),) = visible
        event_type, sent = self._types.get(row.type), self._service.outbox.sent()
        sealed = data.get("personal")
        return PublishedDetails(
            self._published(row, data, scope),
            consumers=[] if event_type is None else list(event_type.consumers),
            facts={} if event_type is None else visible_facts(event_type, data),
            sealed_for=sorted(sealed) if isinstance(sealed, dict) else [],
            is_erased=bool(data.get("erased")),
            # Without a broker nothing is handed over: everybody reads the log.
            is_handed_over=None if not sent else row.seq <= sent,
            traceparent=row.traceparent,
        )

    def get_consumption(self, actor: Actor, event_id: str) -> Consumption:
        scope, inbox = scope_of(actor), self._service.inbox
        retries, dead_letters = inbox.InboxRetry, inbox.DeadLetter
        pending = failed_within(retries, scope, retries.event_id == event_id)
        return Consumption(
            self._service.name,
            handled_at=self._handled_at(event_id),
            pending=self._pending(pending[0], scope) if pending else None,
            dead=[
                self._dead(row, scope)
                for row in failed_within(dead_letters, scope, dead_letters.event_id == event_id)
            ],
            effects=[] if self._list_effects is None else self._list_effects(event_id, scope),
        )

    def list_failures(self, actor: Actor, *, most: int = MOST) -> Failures:
        """See Operator; `most` is how many of each are listed."""
        scope, inbox = scope_of(actor), self._service.inbox
        retries, dead_letters = inbox.InboxRetry, inbox.DeadLetter
        waits_for_person = dead_letters.replayed_at.is_null()
        return Failures(
            [self._pending(row, scope) for row in failed_within(retries, scope, most=most)],
            [self._dead(row, scope) for row in failed_within(dead_letters, scope, waits_for_person, most=most)],
        )

    def replay(self, actor: Actor, *, dead_id: int, reason: str, request_id: str) -> str:
        """See Operator; a command of the service that holds the dead letter."""
        return self._replay(actor, dead_id=dead_id, reason=reason, request_id=request_id)

    def _conditions(self, wanted: EventFilter, scope: Scope) -> list[peewee.Expression]:
        table, types = self._service.outbox.Outbox, self._types.values()
        conditions: list[peewee.Expression] = []
        if wanted.name:
            conditions.append(table.type.in_([each.type for each in types if each.name == wanted.name]))
        if wanted.subject_id:
            nouns = sorted({each.subject for each in types})
            conditions.append(table.subject.in_([f"{noun}/{wanted.subject_id}" for noun in nouns]))
            if scope is not None:
                # Who filters on a subject would learn which hidden events are about it.
                conditions.append(table.type.not_in([each.type for each in types if each.hidden_fields]))
        if wanted.since:
            conditions.append(table.time >= wanted.since)
        if wanted.before:
            conditions.append(table.event_id < wanted.before)
        if wanted.traceparent:
            near = published_around(table.event_id, wanted.around)
            conditions += [table.traceparent == wanted.traceparent, *near]
        return conditions

    def _published(self, row: Any, data: Mapping[str, object], scope: Scope) -> PublishedEvent:
        event_type = self._types.get(row.type)
        is_hidden = scope is not None and event_type is not None and bool(event_type.hidden_fields)
        return PublishedEvent(
            type=row.type,
            subject=_noun_of(row.subject) if is_hidden else row.subject,
            organisation_id=_organisation_of(data),
            id=row.event_id,
            service=self._service.name,
            at=row.time,
            number=row.seq,
            is_state=row.is_state,
        )

    def _pending(self, row: Any, scope: Scope) -> PendingEvent:
        return PendingEvent(*self._failed(row, scope), attempt=row.attempt, next_at=row.next_at)

    def _dead(self, row: Any, scope: Scope) -> DeadLetter:
        return DeadLetter(
            *self._failed(row, scope),
            id=row.id,
            dead_lettered_at=row.dead_lettered_at,
            replayed_at=row.replayed_at,
            replay_reason=row.replay_reason,
            source=row.source if scope is None else "",
            reason=row.reason if scope is None else "",
        )

    def _failed(self, row: Any, scope: Scope) -> tuple[str, str, str, str, str, str]:
        """Return the fields of FailedEvent, in their order."""
        event = event_of(row.event)
        return (
            "" if event is None else event.type,
            # Of whom an event of another service was, only an operator of the whole machine sees.
            row.subject if scope is None else _noun_of(row.subject),
            _organisation_of(data_of(event)),
            row.event_id,
            self._service.name,
            row.error_code,
        )

    def _handled_at(self, event_id: str) -> datetime | None:
        inbox = self._service.inbox
        # By source, because the index of the inbox begins with it.
        for position in inbox.InboxPosition.select(inbox.InboxPosition.source):
            handled = inbox.Inbox.get_or_none(
                inbox.Inbox.source == position.source, inbox.Inbox.event_id == event_id
            )
            if handled is not None:
                return handled.handled_at
        return None


def _replay_command(service: Service) -> Callable[..., str]:
    """Return the command with which somebody retries a dead letter of this service.

    It gives the id of the event. NotFound when no such dead letter waits for a person, or not for this actor.
    """

    @service.command
    def replay_event(actor: Actor, *, dead_id: int, reason: str, request_id: str) -> str:
        dead, scope = service.inbox.DeadLetter.get_or_none(service.inbox.DeadLetter.id == dead_id), scope_of(actor)
        data = {} if dead is None else data_of(event_of(dead.event))
        if dead is None or not is_within(data, scope) or not service.inbox.replay(dead_id, reason):
            raise NotFound()
        service.audit.record(
            actor,
            "change",
            "dead_letter",
            dead.event_id,
            purpose=reason,
            organisation_id=_organisation_of(data) or None,
        )
        return str(dead.event_id)

    return replay_event


def _organisation_of(data: Mapping[str, object]) -> str:
    return str(data.get("organisation_id") or "")


def _noun_of(subject: str) -> str:
    return subject.partition("/")[0]
