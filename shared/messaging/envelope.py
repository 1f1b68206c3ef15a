"""The envelope of an event: CloudEvents 1.0, structured JSON, by the NL GOV profile.

`id` is a UUIDv7 made when the event is published and kept for ever; `time` is the moment of recording; `source` is
a URN of the system; `sequence` is the publisher's gap-free number; context attributes never hold personal values.
A state event carries the whole state of its subject and a version (epoch, counter): the newest decides, whatever
its name. A fact only triggers.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any

from marshmallow import Schema

from shared.errors import GiveUp
from shared.ids import is_id

SOURCE = "urn:nld:systeem:houvast:{service}"
# The data of an event about an erased person.
REDACTED = {"erased": True}
_TYPE = re.compile(r"^nl\.houvast\.([a-z]+)\.([a-z_]+)\.v([1-9][0-9]*)$")
_json = json.JSONEncoder().encode
_SOURCE = re.compile(r"^urn:nld:systeem:houvast:([a-z]+)$")


@dataclass(frozen=True)
class EventType:
    """One type of event that a service publishes.

    subject        the noun that the subject of each event begins with, as in `thing/<id>`; it names one state, of
                   which all state events about it carry the whole
    schema         marshmallow schema of the data, without `version` and `personal`
    example        data that the schema accepts, shown in EVENTS.md and tried on every consumer
    consumers      the services that subscribe to it; only they can be given personal values
    personal       what is sealed for which consumer: consumer -> names of values
    hidden_fields  names of values that no operator sees; with any of them the subject is hidden too
    """

    service: str
    name: str
    subject: str
    schema: type[Schema]
    example: dict[str, Any]
    consumers: tuple[str, ...]
    is_state: bool = False
    version: int = 1
    personal: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hidden_fields: frozenset[str] = frozenset()

    @property
    def type(self) -> str:
        """The CloudEvents type."""
        return f"nl.houvast.{self.service}.{self.name}.v{self.version}"

    @cached_property
    def _schema(self) -> Schema:
        return self.schema()  # made once: that costs more than validating the data

    def check(self, data: dict[str, Any], personal: dict[str, dict[str, Any]]) -> None:
        """Raise ValueError when the data or the personal values are not those of this type.

        That is a programming error: it stops the command before anything is written.
        """
        errors = self._schema.validate(data)
        if errors:
            raise ValueError(f"{self.type} is published wrongly: {errors}")
        promised = {consumer: set(names) for consumer, names in self.personal.items()}
        if {consumer: set(values) for consumer, values in personal.items()} != promised:
            raise ValueError(f"{self.type}: the personal values are not those it promises")


def declared_in(module: ModuleType) -> tuple[EventType, ...]:
    """Return every event type that stands in this module under a name of its own, by name."""
    declared = {value.name: value for value in vars(module).values() if isinstance(value, EventType)}
    return tuple(declared[name] for name in sorted(declared))


@dataclass(frozen=True)
class Event:
    """An event as its consumer sees it."""

    id: str
    service: str
    type: str
    subject: str
    sequence: int
    data: dict[str, Any]
    traceparent: str | None = None

    @property
    def associated_data(self) -> str:
        """What the sealed values of this event are bound to."""
        return associated_data(self.type, self.subject)

    @property
    def is_redacted(self) -> bool:
        """Whether it was about a person who was erased since."""
        return self.data == REDACTED

    @property
    def version(self) -> tuple[int, int] | None:
        """(epoch, counter) of a state event, None for a fact; GiveUp when it is neither."""
        version = self.data.get("version")
        if version is None:
            return None
        try:
            epoch, counter = version
            return int(epoch), int(counter)
        except (TypeError, ValueError, OverflowError):
            raise GiveUp("a version that cannot be read") from None


def redacted(text: str) -> str:
    """Return the same event without its data; of text that is no event nothing is left."""
    try:
        attributes = {**json.loads(text), "data": REDACTED}
    except (ValueError, TypeError, RecursionError):
        attributes = REDACTED
    return json.dumps(attributes)


def associated_data(type: str, subject: str) -> str:
    """Return the associated data (AEAD) of the sealed values in an event."""
    return f"{type}|{subject}"


def write(
    *, id: str, service: str, type: str, subject: str, time: str, sequence: int, data: str, traceparent: str | None
) -> str:
    """Return the event as one JSON text; `data` is JSON already."""
    trace = f'"traceparent": {_json(traceparent)}, ' if traceparent else ""
    return (
        f'{{"specversion": "1.0", "id": {_json(id)}, "source": {_json(SOURCE.format(service=service))},'
        f' "type": {_json(type)}, "subject": {_json(subject)}, "time": {_json(time)},'
        f' "sequence": "{sequence:010d}", "sequencetype": "Integer",'
        f' "datacontenttype": "application/json", {trace}"data": {data}}}'
    )


def read(text: str) -> Event:
    """Parse an event. Raises GiveUp when the text is none: no retry can fix what cannot be read."""
    try:
        loaded = json.loads(text)
        source, type_match = _SOURCE.match(loaded["source"]), _TYPE.match(loaded["type"])
        event = Event(
            id=loaded["id"],
            service=source[1] if source else "",
            type=loaded["type"],
            subject=loaded["subject"],
            sequence=int(loaded["sequence"]),
            data=loaded["data"],
            traceparent=loaded.get("traceparent"),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise GiveUp(f"unreadable: {type(error).__name__}", "unreadable") from None
    is_whole = source and type_match and loaded.get("specversion") == "1.0" and isinstance(event.data, dict)
    if not is_whole or not is_id(event.id) or not _is_line(event.subject, 100):
        raise GiveUp("unreadable: not an event of ours", "unreadable")
    if event.traceparent is not None and not _is_line(event.traceparent, 100):
        raise GiveUp("unreadable: a trace that is none", "unreadable")
    return event


def _is_line(value: object, max_length: int) -> bool:
    """Whether this is text that any store can hold."""
    return isinstance(value, str) and len(value) <= max_length and value.isprintable()
