"""The way of events through the services: who said them, who heard them, what came of it, and what got stuck.

Put together from what each service tells over its operator interface. A service that does not answer is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeVar

from services.meetings.models import Organisation
from services.meetings.rules import trouble
from shared import clock
from shared.errors import NotFound
from shared.messaging.operator import Operators, OperatorUnreachable, Told, as_operator
from shared.security.actor import Actor, within

T = TypeVar("T")
ROLES = ("messenger", "manager")
APPLICATIONS = ("meetings", "intake", "questionnaires", "notifications")
# What the pages call them: the names of services are for programs.
PARTS = dict(zip(APPLICATIONS, ("groups", "introductions", "lists", "messages"), strict=True))
# Why somebody has an event tried again: fixed words, so that no name can stand in the audit trail.
REASONS = ("mended", "there_now", "asked_for", "to_see")
PAGE = 50


@dataclass(frozen=True)
class EventLine:
    """One event in a list; `at` is the time of the people."""

    id: str
    part: str
    name: str
    noun: str
    subject_id: str
    at: datetime
    organisation_id: str


@dataclass(frozen=True)
class Listing:
    """One page of events, the newest first; `onward` goes with the address of the next page."""

    lines: Sequence[EventLine]
    onward: str | None
    silent: Sequence[str]


@dataclass(frozen=True)
class Stuck:
    """An event that one service could not handle yet. `number` and the rest after it: only of a dead one."""

    part: str
    event_id: str
    name: str
    noun: str
    subject_id: str
    trouble: str
    organisation_id: str
    tries: int = 0
    next_at: datetime | None = None
    number: int | None = None
    dead_lettered_at: datetime | None = None
    replayed_at: datetime | None = None
    replay_reason: str | None = None


@dataclass(frozen=True)
class AllStuck:
    """Everything that waits: what is tried again by itself, and what needs a person."""

    waiting: Sequence[Stuck]
    dead: Sequence[Stuck]
    silent: Sequence[str]


@dataclass(frozen=True)
class Made:
    """What a reader made of the event, in words of that reader; `page` tells more."""

    what: str
    state: str
    why: str | None
    page: str


@dataclass(frozen=True)
class Reader:
    """What one service did with the event. state: heard, waiting, dead, not_yet or silent"""

    part: str
    state: str
    took_ms: int | None = None
    waiting: Stuck | None = None
    dead: Sequence[Stuck] = ()
    made: Sequence[Made] = ()


@dataclass(frozen=True)
class Way:
    """One event whole. Without `line` who said it no longer has it, or does not answer (`silent`)."""

    event_id: str
    line: EventLine | None
    silent: Sequence[str]
    readers: Sequence[Reader]
    number: int | None = None
    is_state: bool = False
    is_handed_over: bool | None = None
    is_erased: bool = False
    facts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sealed_for: Sequence[str] = ()
    along: Sequence[EventLine] = ()

    @property
    def organisations(self) -> set[str]:
        """Whose event it is."""
        stuck = [one for reader in self.readers for one in (*reader.dead, reader.waiting) if one is not None]
        return {one.organisation_id for one in ([self.line] if self.line else stuck) if one.organisation_id}


def list_events(actor: Actor, operators: Operators, **filters: Any) -> Listing:
    """The events of the actor's organisations. Filters: name, part, subject_id, since (a day), before."""
    who, part, since = as_operator(actor, frozenset(ROLES)), filters.get("part"), filters.get("since")
    asked = {
        "name": filters.get("name"), "subject_id": filters.get("subject_id"), "before": filters.get("before"),
        "since": None if since is None else _day(since), "limit": PAGE,
    }  # fmt: skip
    names = [name for name in APPLICATIONS if part in (None, PARTS[name])]
    told, silent = _ask_all(names, lambda name: operators[name].said(who, **asked))
    lines = sorted((_line(one) for said in told.values() for one in said["events"]), key=_newest, reverse=True)
    # Below where a service stopped telling, what it has is not known yet: that comes on a next page.
    horizon = max((said["onward"] for said in told.values() if said["onward"]), default="")
    lines = [line for line in lines if line.id >= horizon]
    onward = lines[PAGE - 1].id if len(lines) > PAGE else horizon or None
    return Listing(lines[:PAGE], onward, _parts(silent))


def list_stuck(actor: Actor, operators: Operators) -> AllStuck:
    """What waits in all services, the newest first."""
    who = as_operator(actor, frozenset(ROLES))
    told, silent = _ask_all(APPLICATIONS, lambda name: operators[name].stuck(who))
    waiting = [_stuck(name, one) for name, stuck in told.items() for one in stuck["waiting"]]
    dead = [_stuck(name, one) for name, stuck in told.items() for one in stuck["dead"]]
    return AllStuck(
        sorted(waiting, key=lambda one: one.event_id, reverse=True),
        sorted(dead, key=lambda one: one.event_id, reverse=True),
        _parts(silent),
    )


def get_way(actor: Actor, operators: Operators, event_id: str) -> Way:
    """The whole way of one event; NotFound when no service knows of one for this actor."""
    who = as_operator(actor, frozenset(ROLES))
    said, silent = _find_said(who, operators, event_id)
    if said is None:
        readers = _readers(who, operators, event_id, APPLICATIONS, None)
        kept = [one for one in readers if one.dead or one.waiting]
        if not kept:
            raise NotFound()
        return Way(event_id, None, _parts(silent), kept)
    others = [name for name in APPLICATIONS if name in said["readers"]]
    readers = _readers(who, operators, event_id, others, _moment(said["said_at"]))
    return Way(
        event_id, _line(said), _parts(silent), readers,
        number=said["number"], is_state=said["is_state"], is_handed_over=said["is_handed_over"],
        is_erased=said["is_erased"], facts=_facts(said["facts"]), sealed_for=_parts(said["sealed_for"]),
        along=_along(who, operators, said),
    )  # fmt: skip


def replay(actor: Actor, operators: Operators, part: str, **asked: Any) -> None:
    """Have a part of Houvast try a dead letter again. NotFound, or OperatorUnreachable when it is silent."""
    name = next(name for name, its in PARTS.items() if its == part)
    if name not in operators:
        raise OperatorUnreachable(name)
    operators[name].replay(as_operator(actor, frozenset(ROLES)), **asked)


def organisation_names(actor: Actor) -> dict[str, str]:
    """Told only where there are more than one, to tell them apart."""
    rows = list(Organisation.select().where(within(actor, Organisation.id, ROLES)))
    return {row.id: row.name for row in rows} if len(rows) > 1 else {}


def _ask_all(names: Iterable[str], ask: Callable[[str], T]) -> tuple[dict[str, T], list[str]]:
    """What each service answers, and which gave no answer or have no address here."""
    told, silent = {}, []
    for name in names:
        try:
            told[name] = ask(name)
        except (OperatorUnreachable, KeyError):
            silent.append(name)
    return told, silent


def _find_said(who: Actor, operators: Operators, event_id: str) -> tuple[Told | None, list[str]]:
    silent: list[str] = []
    for name in APPLICATIONS:
        try:
            return operators[name].event(who, event_id), []
        except NotFound:
            continue
        except (OperatorUnreachable, KeyError):
            silent.append(name)
    return None, silent


def _readers(
    who: Actor, operators: Operators, event_id: str, names: Sequence[str], said_at: datetime | None
) -> list[Reader]:
    told, silent = _ask_all(names, lambda name: operators[name].heard(who, event_id))
    return [
        Reader(PARTS[name], "silent") if name in silent else _reader(name, told[name], said_at) for name in names
    ]


def _reader(name: str, told: Told, said_at: datetime | None) -> Reader:
    waiting = None if told["waiting"] is None else _stuck(name, told["waiting"])
    dead = [_stuck(name, one) for one in told["dead"]]
    handled_at = _moment(told["handled_at"])
    if waiting is not None:
        state = "waiting"
    elif any(one.replayed_at is None for one in dead):
        state = "dead"
    else:
        state = "not_yet" if handled_at is None else "heard"
    took = None
    if state == "heard" and handled_at is not None and said_at is not None:
        took = max(0, round((handled_at - said_at).total_seconds() * 1000))
    made = [Made(one["what"], one["state"], one["why"], one["page"]) for one in told["made"]]
    return Reader(PARTS[name], state, took, waiting, dead, made)


def _along(who: Actor, operators: Operators, said: Told) -> list[EventLine]:
    """What else was said because of the same press of a button, oldest first."""
    if not said["trace"]:
        return []
    asked = {"trace": said["trace"], "around": said["id"], "limit": PAGE}
    told, _ = _ask_all(APPLICATIONS, lambda name: operators[name].said(who, **asked))
    lines = [_line(one) for each in told.values() for one in each["events"] if one["id"] != said["id"]]
    return sorted(lines, key=_newest)


def _line(told: Told) -> EventLine:
    noun, _, subject_id = told["subject"].partition("/")
    at = _moment(told["time"]) or clock.now()
    return EventLine(
        told["id"],
        PARTS[told["service"]],
        _name_of(told["type"]),
        noun,
        subject_id,
        at,
        told["organisation_id"] or "",
    )


def _stuck(service: str, told: Told) -> Stuck:
    noun, _, subject_id = told["subject"].partition("/")
    return Stuck(
        PARTS[service], told["event_id"], _name_of(told["type"]), noun, subject_id,
        trouble.trouble_of(told["why"], is_dead="id" in told), told["organisation_id"] or "",
        tries=told.get("attempt", 0), next_at=_moment(told.get("next_at")), number=told.get("id"),
        dead_lettered_at=_moment(told.get("dead_lettered_at")), replayed_at=_moment(told.get("replayed_at")),
        replay_reason=told.get("replay_reason"),
    )  # fmt: skip


def _facts(facts: Told) -> dict[str, list[str]]:
    many = {name: value if isinstance(value, list) else [value] for name, value in facts.items()}
    return {name: [str(one) for one in values] for name, values in many.items()}


def _parts(names: Iterable[str]) -> list[str]:
    return [PARTS[name] for name in names if name in PARTS]


def _newest(line: EventLine) -> str:
    return line.id


def _name_of(event_type: str) -> str:
    """'thing_changed' of 'nl.houvast.service.thing_changed.v1'; empty when it is none."""
    parts = event_type.split(".")
    return parts[3] if len(parts) == 5 else ""


def _day(on: date) -> str:
    return clock.instant(on, time(0)).isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
