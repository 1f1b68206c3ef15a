"""The operator interface of a service that is open in this process, on its outbox and inbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from marshmallow import fields, validate

from shared.errors import GiveUp, NotFound
from shared.ids import first_id, is_id, moment_of
from shared.messaging import envelope
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
from shared.messaging.operator import Scope, scope_of
from shared.security.actor import Actor
from shared.service import Service

# Lists what one event made here: (its id, the organisations whose effects may be shown).
EffectsQuery = Callable[[str, Scope], Sequence[Effect]]
# How far apart the events of one trace may lie: a consumer that was down for a day still shows.
AROUND = timedelta(days=1)


class EventInspector:
    """See shared.messaging.operator.Operator.

    published     the types of events that this service publishes
    list_effects  for a service whose effects are worth showing
    """

    def __init__(
        self, service: Service, published: Sequence[EventType], list_effects: EffectsQuery | None = None
    ) -> None:
        self._service, self._list_effects = service, list_effects
        self._types = {event_type.type: event_type for event_type in published}
        self._replay = replay_command(service)

    def list_published(self, actor: Actor, wanted: EventFilter) -> PublishedPage:
        """See Operator."""
        table, scope = self._service.outbox.Outbox, scope_of(actor)
        query = table.select().where(_contains_organisation(table.data, scope), *self._conditions(wanted, scope))
        rows = list(query.order_by(table.event_id.desc()).limit(wanted.limit + 1))
        return PublishedPage(
            [self._published(row, scope) for row, _ in _within(rows[: wanted.limit], scope)],
            rows[wanted.limit - 1].event_id if len(rows) > wanted.limit else None,
        )

    def get_published(self, actor: Actor, event_id: str) -> PublishedDetails:
        """See Operator."""
        table, scope = self._service.outbox.Outbox, scope_of(actor)
        visible = _within(table.select().where(table.event_id == event_id), scope)
        if not visible:
            raise NotFound()
        ((row, data),) = visible
        event_type, sent = self._types.get(row.type), self._service.outbox.sent()
        return PublishedDetails(
            self._published(row, scope),
            consumers=[] if event_type is None else list(event_type.consumers),
            facts={} if event_type is None else visible_facts(event_type, data),
            sealed_for=sorted(data.get("personal") or {}),
            is_erased=bool(data.get("erased")),
            # Without a broker nothing is handed over: everybody reads the log.
            is_handed_over=None if not sent else row.seq <= sent,
            traceparent=row.traceparent,
        )

    def get_consumption(self, actor: Actor, event_id: str) -> Consumption:
        """See Operator."""
        scope, inbox = scope_of(actor), self._service.inbox
        handled = next(iter(self._inbox_rows(event_id)), None)
        pending = [self._pending(row, scope) for row in _failed_rows(inbox.InboxRetry, scope, event_id)]
        return Consumption(
            self._service.name,
            handled_at=None if handled is None else handled.handled_at,
            pending=pending[0] if pending else None,
            dead=[self._dead(row, scope) for row in _failed_rows(inbox.DeadLetter, scope, event_id)],
            effects=[] if self._list_effects is None else self._list_effects(event_id, scope),
        )

    def list_failures(self, actor: Actor) -> Failures:
        """See Operator."""
        scope, inbox = scope_of(actor), self._service.inbox
        waits_for_person = inbox.DeadLetter.replayed_at.is_null()
        return Failures(
            [self._pending(row, scope) for row in _failed_rows(inbox.InboxRetry, scope)],
            [self._dead(row, scope) for row in _failed_rows(inbox.DeadLetter, scope, None, waits_for_person)],
        )

    def replay(self, actor: Actor, *, dead_id: int, reason: str, request_id: str) -> str:
        """See Operator; a command of the service that holds the dead letter."""
        return self._replay(actor, dead_id=dead_id, reason=reason, request_id=request_id)

    def _conditions(self, wanted: EventFilter, scope: Scope) -> list[Any]:
        table, types = self._service.outbox.Outbox, self._types.values()
        conditions: list[Any] = []
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
            conditions += [table.traceparent == wanted.traceparent, *_published_around(table, wanted.around)]
        return conditions

    def _published(self, row: Any, scope: Scope) -> PublishedEvent:
        event_type = self._types.get(row.type)
        is_hidden = scope is not None and event_type is not None and bool(event_type.hidden_fields)
        return PublishedEvent(
            type=row.type,
            subject=_noun_of(row.subject) if is_hidden else row.subject,
            organisation_id=_organisation_of(json.loads(row.data)),
            id=row.event_id,
            service=self._service.name,
            at=row.time,
            number=row.seq,
            is_state=bool(row.is_state),
        )

    def _pending(self, row: Any, scope: Scope) -> PendingEvent:
        return PendingEvent(**self._failed(row, scope), attempt=row.attempt, next_at=row.next_at)

    def _dead(self, row: Any, scope: Scope) -> DeadLetter:
        return DeadLetter(
            **self._failed(row, scope),
            id=row.id,
            dead_lettered_at=row.dead_lettered_at,
            replayed_at=row.replayed_at,
            replay_reason=row.replay_reason,
        )

    def _failed(self, row: Any, scope: Scope) -> dict[str, Any]:
        # Of whom an event of another service was, only an operator of the whole machine sees.
        event = _event_of(row.event)
        return {
            "type": "" if event is None else event.type,
            "subject": row.subject if scope is None else _noun_of(row.subject),
            "organisation_id": "" if event is None else _organisation_of(event.data),
            "event_id": row.event_id,
            "consumer": self._service.name,
            "error_code": row.error_code,
        }

    def _inbox_rows(self, event_id: str) -> Iterable[Any]:
        # By source, because the index of the inbox begins with it.
        inbox = self._service.inbox
        for position in inbox.InboxPosition.select(inbox.InboxPosition.source):
            yield from inbox.Inbox.select().where(
                inbox.Inbox.source == position.source, inbox.Inbox.event_id == event_id
            )


def replay_command(service: Service) -> Callable[..., str]:
    """Return the command with which somebody has a dead letter of this service tried again.

    It gives the id of the event. NotFound when no such dead letter waits for a person, or not for this actor.
    """

    @service.command
    def replay_event(actor: Actor, *, dead_id: int, reason: str, request_id: str) -> str:
        dead, scope = service.inbox.DeadLetter.get_or_none(service.inbox.DeadLetter.id == dead_id), scope_of(actor)
        event = None if dead is None else _event_of(dead.event)
        data = {} if event is None else event.data
        if dead is None or not is_within(data, scope) or not service.inbox.replay(dead_id, reason):
            raise NotFound()
        service.audit.record(
            actor,
            "change",
            "dead_letter",
            dead.event_id,
            purpose=reason,
            organisation_id=data.get("organisation_id"),
        )
        return str(dead.event_id)

    return replay_event


def visible_facts(event_type: EventType, data: dict[str, Any]) -> dict[str, list[str]]:
    """Return the ids and the words of fixed lists in the data of an event; nothing else of it is ever shown."""
    facts = {}
    for name, field in event_type.schema().fields.items():
        value = data.get(name)
        if name not in event_type.hidden_fields and value is not None and _is_visible(field, value):
            facts[name] = [str(item) for item in (value if isinstance(value, list) else [value])]
    return facts


def is_within(data: dict[str, Any], scope: Scope) -> bool:
    """Whether an event with this data belongs to one of these organisations."""
    return scope is None or data.get("organisation_id") in scope


def _is_visible(field: Any, value: Any) -> bool:
    if isinstance(field, fields.List):
        return isinstance(value, list) and all(_is_visible(field.inner, item) for item in value)
    if isinstance(field, fields.UUID):
        return isinstance(value, str) and is_id(value)
    return any(isinstance(rule, validate.OneOf) and value in rule.choices for rule in field.validators)


def _within(rows: Iterable[Any], scope: Scope) -> list[tuple[Any, dict[str, Any]]]:
    loaded = [(row, json.loads(row.data)) for row in rows]
    return [(row, data) for row, data in loaded if is_within(data, scope)]


def _failed_rows(table: Any, scope: Scope, event_id: str | None = None, *conditions: Any) -> list[Any]:
    query = table.select().where(_contains_organisation(table.event, scope), *conditions)
    if event_id is not None:
        query = query.where(table.event_id == event_id)
    rows = []
    for row in query.order_by(table.id.desc()).limit(MOST):
        event = _event_of(row.event)
        if is_within({} if event is None else event.data, scope):
            rows.append(row)
    return rows


def _contains_organisation(column: Any, scope: Scope) -> Any:
    """Events whose text names one of these organisations: a first sieve, whose rows are read before they count."""
    if scope is None:
        return column.is_null(False)
    mentions = [column.contains(f'"organisation_id": "{each}"') for each in sorted(scope) if is_id(each)]
    if not mentions:
        return column.is_null()
    condition = mentions[0]
    for mention in mentions[1:]:
        condition |= mention
    return condition


def _published_around(table: Any, event_id: str | None) -> tuple[Any, ...]:
    moment = moment_of(event_id or "")
    if moment is None:
        return ()
    return (table.event_id >= first_id(moment - AROUND), table.event_id < first_id(moment + AROUND))


def _event_of(text: str) -> envelope.Event | None:
    try:
        return envelope.read(text)
    except GiveUp:
        return None


def _organisation_of(data: dict[str, Any]) -> str:
    return str(data.get("organisation_id") or "")


def _noun_of(subject: str) -> str:
    return subject.partition("/")[0]
