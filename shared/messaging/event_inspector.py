"""What one service knows of the way of events: those that it said, and what it did with those of others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import fields, validate

from shared.errors import GiveUp, NotFound
from shared.ids import first_id, is_id, moment_of
from shared.messaging import envelope
from shared.messaging.envelope import EventType
from shared.messaging.operator import MOST, Scope, Told, scope_of
from shared.security.actor import Actor
from shared.service import Service
from shared.storage import MomentField

# The rows that one event made here: (its id, the organisations that may be told of) -> what to tell of each.
Made = Callable[[str, Scope], list[Told]]
# How far apart the events of one trace may lie: a consumer that was down for a day still shows.
AROUND = timedelta(days=1)


class EventInspector:
    """See shared.messaging.operator.Operator; for a service that is open in this process.

    said  the kinds of events of this service
    """

    def __init__(self, service: Service, said: Sequence[EventType], made: Made | None = None) -> None:
        self._service, self._made = service, made
        self._kinds = {kind.type: kind for kind in said}
        self._replay = replay_of(service)

    def said(self, actor: Actor, **filters: Any) -> Told:
        """See Operator."""
        table, scope = self._service.outbox.Outbox, scope_of(actor)
        limit = max(1, min(MOST, int(filters.get("limit") or MOST)))
        rows = table.select().where(_names(table.data, scope), *self._wanted(filters, scope))
        read = list(rows.order_by(table.event_id.desc()).limit(limit + 1))
        return {
            "events": [self._line(row, scope) for row, _ in self._shown(read[:limit], scope)],
            "onward": read[limit - 1].event_id if len(read) > limit else None,
        }

    def _wanted(self, filters: Told, scope: Scope) -> list[Any]:
        table, wanted = self._service.outbox.Outbox, []
        if filters.get("name"):
            types = [kind.type for kind in self._kinds.values() if kind.name == filters["name"]]
            wanted.append(table.type.in_(types))
        if filters.get("subject_id"):
            nouns = sorted({kind.subject for kind in self._kinds.values()})
            wanted.append(table.subject.in_([f"{noun}/{filters['subject_id']}" for noun in nouns]))
            if scope is not None:
                # Who asks about somebody would learn of whom it was said.
                wanted.append(
                    table.type.not_in([kind.type for kind in self._kinds.values() if kind.hidden_fields])
                )
        if filters.get("since"):
            wanted.append(table.time >= datetime.fromisoformat(filters["since"]))
        if filters.get("before"):
            wanted.append(table.event_id < filters["before"])
        if filters.get("trace"):
            wanted += [table.traceparent == filters["trace"], *_about_then(table, filters.get("around"))]
        return wanted

    def event(self, actor: Actor, event_id: str) -> Told:
        """See Operator."""
        table, scope = self._service.outbox.Outbox, scope_of(actor)
        found = self._shown(table.select().where(table.event_id == event_id), scope)
        if not found:
            raise NotFound()
        ((row, data),) = found
        kind, sent = self._kinds.get(row.type), self._service.outbox.sent()
        return self._line(row, scope) | {
            "facts": {} if kind is None else facts_of(kind, data),
            "readers": [] if kind is None else list(kind.consumers),
            "sealed_for": sorted(data.get("personal") or {}),
            "is_erased": bool(data.get("erased")),
            "trace": row.traceparent,
            # Without a broker nothing is handed over: everybody reads the log.
            "is_handed_over": None if not sent else row.seq <= sent,
        }

    def heard(self, actor: Actor, event_id: str) -> Told:
        """See Operator."""
        scope, inbox = scope_of(actor), self._service.inbox
        heard = next((row for row in self._notes(event_id)), None)
        waiting = [_waiting(row, scope) for row in self._kept(inbox.InboxRetry, scope, event_id)]
        dead = [_dead(row, scope) for row in self._kept(inbox.DeadLetter, scope, event_id)]
        return {
            "handled_at": None if heard is None else _text(heard.handled_at),
            "waiting": waiting[0] if waiting else None, "dead": dead,
            "made": self._made(event_id, scope) if self._made is not None else [],
        }  # fmt: skip

    def stuck(self, actor: Actor) -> Told:
        """See Operator."""
        scope, inbox = scope_of(actor), self._service.inbox
        dead = inbox.DeadLetter
        return {
            "waiting": [_waiting(row, scope) for row in self._kept(inbox.InboxRetry, scope)],
            "dead": [_dead(row, scope) for row in self._kept(dead, scope, None, dead.replayed_at.is_null())],
        }

    def replay(self, actor: Actor, *, dead_id: int, reason: str, request_id: str) -> str:
        """See Operator; a command of the service that holds the event."""
        return self._replay(actor, dead_id=dead_id, reason=reason, request_id=request_id)

    def _shown(self, rows: Iterable[Any], scope: Scope) -> list[tuple[Any, Told]]:
        read = [(row, json.loads(row.data)) for row in rows]
        return [(row, data) for row, data in read if is_in(data, scope)]

    def _line(self, row: Any, scope: Scope) -> Told:
        kind = self._kinds.get(row.type)
        is_hidden = scope is not None and kind is not None and bool(kind.hidden_fields)
        return {
            "id": row.event_id, "service": self._service.name, "type": row.type,
            "subject": _noun_of(row.subject) if is_hidden else row.subject,
            "time": _text(row.time), "said_at": _text(moment_of(row.event_id)), "number": row.seq,
            "is_state": bool(row.is_state), "organisation_id": json.loads(row.data).get("organisation_id"),
        }  # fmt: skip

    def _notes(self, event_id: str) -> Iterable[Any]:
        inbox = self._service.inbox
        for source in inbox.InboxPosition.select(inbox.InboxPosition.source):
            yield from inbox.Inbox.select().where(
                inbox.Inbox.source == source.source, inbox.Inbox.event_id == event_id
            )

    def _kept(self, table: Any, scope: Scope, event_id: str | None = None, *more: Any) -> list[Any]:
        rows = table.select().where(_names(table.event, scope), *more)
        if event_id is not None:
            rows = rows.where(table.event_id == event_id)
        found = rows.order_by(table.id.desc()).limit(MOST)
        return [row for row in found if scope is None or is_in(_data_of(row.event), scope)]


def replay_of(service: Service) -> Callable[..., str]:
    """The command with which somebody has a dead letter of this service tried again; gives the id of the event.

    NotFound when there is none that waits for a person, or not for this actor.
    """

    @service.command
    def replay_event(actor: Actor, *, dead_id: int, reason: str, request_id: str) -> str:
        dead = service.inbox.DeadLetter.get_or_none(service.inbox.DeadLetter.id == dead_id)
        scope = scope_of(actor)
        if dead is None or (scope is not None and not is_in(_data_of(dead.event), scope)):
            raise NotFound()
        if not service.inbox.replay(dead_id, reason):
            raise NotFound()
        service.audit.record(
            actor, "change", "dead_letter", dead.event_id, purpose=reason,
            organisation_id=_data_of(dead.event).get("organisation_id"),
        )  # fmt: skip
        return str(dead.event_id)

    return replay_event


def facts_of(kind: EventType, data: Told) -> Told:
    """Of the data of an event: ids, and words of fixed lists, but for those that its kind hides.

    Nothing else of it is ever shown.
    """
    return {
        name: data[name]
        for name, field in kind.schema().fields.items()
        if name not in kind.hidden_fields and data.get(name) is not None and _may_be_shown(field, data[name])
    }


def is_in(data: Told, scope: Scope) -> bool:
    """Whether an event is one of these organisations'."""
    return scope is None or data.get("organisation_id") in scope


def _may_be_shown(field: Any, value: Any) -> bool:
    if isinstance(field, fields.List):
        return isinstance(value, list) and all(_may_be_shown(field.inner, one) for one in value)
    if isinstance(field, fields.UUID):
        return isinstance(value, str) and is_id(value)
    return any(isinstance(one, validate.OneOf) and value in one.choices for one in field.validators)


def _names(column: Any, scope: Scope) -> Any:
    """The events whose text names one of these organisations: a first sieve, what is read is looked at again."""
    if scope is None:
        return column.is_null(False)
    named = [column.contains(f'"organisation_id": "{one}"') for one in sorted(scope) if is_id(one)]
    if not named:
        return column.is_null()
    either = named[0]
    for one in named[1:]:
        either |= one
    return either


def _about_then(table: Any, event_id: str | None) -> tuple[Any, ...]:
    moment = moment_of(event_id or "")
    if moment is None:
        return ()
    return (table.event_id >= first_id(moment - AROUND), table.event_id < first_id(moment + AROUND))


def _data_of(text: str) -> Told:
    try:
        return envelope.read(text).data
    except GiveUp:
        return {}


def _type_of(text: str) -> str:
    try:
        return envelope.read(text).type
    except GiveUp:
        return ""


def _waiting(row: Any, scope: Scope) -> Told:
    return _stuck(row, scope) | {"attempt": row.attempt, "next_at": _text(row.next_at), "why": row.error}


def _dead(row: Any, scope: Scope) -> Told:
    return _stuck(row, scope) | {
        "id": row.id, "dead_lettered_at": _text(row.dead_lettered_at), "why": row.reason,
        "replayed_at": _text(row.replayed_at),
        "replay_reason": row.replay_reason,
    }  # fmt: skip


def _stuck(row: Any, scope: Scope) -> Told:
    """What others said is theirs to know: of whom it was, only whoever looks after the machine sees."""
    return {
        "source": row.source, "event_id": row.event_id, "type": _type_of(row.event),
        "subject": row.subject if scope is None else _noun_of(row.subject),
        "organisation_id": _data_of(row.event).get("organisation_id"),
    }  # fmt: skip


def _noun_of(subject: str) -> str:
    return subject.partition("/")[0]


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else MomentField().db_value(moment.astimezone(UTC))
