"""Which events an operator may see, and what of them: only ids and words of fixed lists."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import peewee
from marshmallow import fields, validate

from shared.errors import GiveUp
from shared.ids import first_id, is_id, moment_of
from shared.messaging import envelope
from shared.messaging.envelope import EventType
from shared.messaging.event_trace import MOST
from shared.messaging.operator import Scope

# How far apart the events of one trace may lie: a consumer that was down for a day still shows.
AROUND = timedelta(days=1)


def visible_facts(event_type: EventType, data: Mapping[str, object]) -> dict[str, list[str]]:
    """Return the ids and the words of fixed lists in the data of an event; nothing else of it is ever shown."""
    facts = {}
    for name, field in event_type.schema().fields.items():
        value = data.get(name)
        if name not in event_type.hidden_fields and value is not None and _is_visible(field, value):
            facts[name] = [str(item) for item in (value if isinstance(value, list) else [value])]
    return facts


def _is_visible(field: fields.Field[Any], value: object) -> bool:
    if isinstance(field, fields.List):
        return isinstance(value, list) and all(_is_visible(field.inner, item) for item in value)
    if isinstance(field, fields.UUID):
        return isinstance(value, str) and is_id(value)
    return any(isinstance(rule, validate.OneOf) and value in rule.choices for rule in field.validators)


def is_within(data: Mapping[str, object], scope: Scope) -> bool:
    """Tell whether an event with this data belongs to one of these organisations."""
    return scope is None or data.get("organisation_id") in scope


def published_within(rows: Iterable[Any], scope: Scope) -> list[tuple[Any, dict[str, object]]]:
    """Return the rows of an outbox that may be seen, each with its data."""
    loaded = [(row, json.loads(row.data)) for row in rows]
    return [(row, data) for row, data in loaded if is_within(data, scope)]


def failed_within(table: Any, scope: Scope, *conditions: peewee.Expression, most: int = MOST) -> list[Any]:
    """Return the rows of a table of failed events that may be seen, the newest first."""
    query = table.select().where(names_organisation(table.event, scope), *conditions)
    rows = query.order_by(table.id.desc()).limit(most)
    return [row for row in rows if is_within(data_of(event_of(row.event)), scope)]


def names_organisation(column: peewee.TextField, scope: Scope) -> peewee.Expression:
    """Select the events whose text names one of these organisations: their rows are read before they count."""
    if scope is None:
        return column.is_null(False)
    mentions = [column.contains(f'"organisation_id": "{each}"') for each in sorted(scope) if is_id(each)]
    if not mentions:
        return column.is_null()
    condition = mentions[0]
    for mention in mentions[1:]:
        condition |= mention
    return condition


def published_around(column: peewee.CharField, event_id: str | None) -> tuple[peewee.Expression, ...]:
    """Select the event ids within AROUND of this one; all of them when it is no id of ours."""
    moment = moment_of(event_id or "")
    if moment is None:
        return ()
    return (column >= first_id(moment - AROUND), column < first_id(moment + AROUND))


def event_of(text: str) -> envelope.Event | None:
    """Return the event, or None for text that is none."""
    try:
        return envelope.read(text)
    except GiveUp:
        return None


def data_of(event: envelope.Event | None) -> Mapping[str, object]:
    """Return the data of an event; nothing of what is none."""
    return {} if event is None else event.data
