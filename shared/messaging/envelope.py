"""The event around each event: CloudEvents 1.0, structured JSON, by the NL GOV profile.

`id` is a UUIDv7 made when the event is said and kept for ever; `time` is the moment of recording; `source` is
a URN of the system; `sequence` is the publisher's gap-free number; context attributes never hold personal values.
A state event carries the whole state of its subject and a version (epoch, counter) that decides; a fact only
triggers.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from marshmallow import Schema

from shared.errors import GiveUp
from shared.ids import is_id

SOURCE = "urn:nld:systeem:houvast:{service}"
# What is left of the data of an event about somebody who was forgotten.
REDACTED = {"erased": True}
_TYPE = re.compile(r"^nl\.houvast\.([a-z]+)\.([a-z_]+)\.v([1-9][0-9]*)$")
_json = json.JSONEncoder().encode
_SOURCE = re.compile(r"^urn:nld:systeem:houvast:([a-z]+)$")


@dataclass(frozen=True)
class EventType:
    """One kind of event that a service says.

    subject   the noun that the subject of each event begins with, as in `thing/<id>`
    schema    marshmallow schema of the data, without `version` and `personal`
    example   data that the schema accepts, shown in EVENTS.md and tried on every reader
    readers   the services that hear it; only they can be given personal values
    personal  what is sealed for which reader: reader -> names of values
    hides     names of values that who looks after the events may not see, and with any of them not the subject
    """

    service: str
    name: str
    subject: str
    schema: type[Schema]
    example: dict[str, Any]
    readers: tuple[str, ...]
    is_state: bool = False
    version: int = 1
    personal: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hides: frozenset[str] = frozenset()

    @property
    def type(self) -> str:
        """The CloudEvents type."""
        return f"nl.houvast.{self.service}.{self.name}.v{self.version}"

    @cached_property
    def _shape(self) -> Schema:
        return self.schema()  # made once: that costs more than looking at the data

    def check(self, data: dict[str, Any], personal: dict[str, dict[str, Any]]) -> None:
        """Said wrongly is a fault of ours: it stops the command before anything is written."""
        wrong = self._shape.validate(data)
        if wrong:
            raise ValueError(f"{self.type} is said wrongly: {wrong}")
        promised = {reader: set(names) for reader, names in self.personal.items()}
        if {reader: set(values) for reader, values in personal.items()} != promised:
            raise ValueError(f"{self.type}: the personal values are not those it promises")


@dataclass(frozen=True)
class Event:
    """An event as its reader sees it."""

    id: str
    service: str
    type: str
    subject: str
    sequence: int
    data: dict[str, Any]
    traceparent: str | None = None

    @property
    def about(self) -> str:
        """What the sealed values of this event are bound to."""
        return about(self.type, self.subject)

    @property
    def is_redacted(self) -> bool:
        """Whether it was about somebody who was forgotten since."""
        return self.data == REDACTED

    @property
    def version(self) -> tuple[int, int] | None:
        """(epoch, counter) of a state event, None for a fact. GiveUp when it is neither."""
        found = self.data.get("version")
        if found is None:
            return None
        try:
            epoch, counter = found
            return int(epoch), int(counter)
        except (TypeError, ValueError, OverflowError):
            raise GiveUp("a version that cannot be read") from None


def redacted(text: str) -> str:
    """The same event without its data; of what is no event nothing is left."""
    try:
        attributes = {**json.loads(text), "data": REDACTED}
    except (ValueError, TypeError, RecursionError):
        attributes = REDACTED
    return json.dumps(attributes)


def about(type: str, subject: str) -> str:
    """The associated data of the sealed values in an event."""
    return f"{type}|{subject}"


def write(*, id: str, service: str, type: str, subject: str, time: str, sequence: int, data: str,
          traceparent: str | None) -> str:  # fmt: skip
    """The event as it travels, one JSON text. `data` is JSON already."""
    trace = f'"traceparent": {_json(traceparent)}, ' if traceparent else ""
    return (
        f'{{"specversion": "1.0", "id": {_json(id)}, "source": {_json(SOURCE.format(service=service))},'
        f' "type": {_json(type)}, "subject": {_json(subject)}, "time": {_json(time)},'
        f' "sequence": "{sequence:010d}", "sequencetype": "Integer",'
        f' "datacontenttype": "application/json", {trace}"data": {data}}}'
    )


def read(text: str) -> Event:
    """Open an event. GiveUp when it is not one: no retry can mend what cannot be read."""
    try:
        loaded = json.loads(text)
        source, kind = _SOURCE.match(loaded["source"]), _TYPE.match(loaded["type"])
        event = Event(
            id=loaded["id"], service=source[1] if source else "", type=loaded["type"], subject=loaded["subject"],
            sequence=int(loaded["sequence"]), data=loaded["data"], traceparent=loaded.get("traceparent"),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as wrong:
        raise GiveUp(f"unreadable: {type(wrong).__name__}") from None
    is_whole = source and kind and loaded.get("specversion") == "1.0" and isinstance(event.data, dict)
    if not is_whole or not is_id(event.id) or not _is_line(event.subject, 100):
        raise GiveUp("unreadable: not an event of ours")
    if event.traceparent is not None and not _is_line(event.traceparent, 100):
        raise GiveUp("unreadable: a trace that is none")
    return event


def _is_line(value: object, most: int) -> bool:
    """Whether this is text that any store can hold."""
    return isinstance(value, str) and len(value) <= most and value.isprintable()
