"""The parts of Houvast that say themselves what waits there: Vandaag asks those in which somebody works."""

from __future__ import annotations

from dataclasses import dataclass

from services.meetings.rules import people
from shared.security.actor import Actor


@dataclass(frozen=True)
class Elsewhere:
    """A part of Houvast that says itself what waits there for somebody in one of these roles.

    name  what the page calls it by
    asks  the address that a script asks
    ways  where to look without a script
    """

    name: str
    roles: frozenset[str]
    asks: str
    ways: tuple[str, ...]


ELSEWHERE = (
    Elsewhere("facilitator", frozenset({people.FACILITATOR}), "/berichten/wacht", ("missed", "replies")),
    Elsewhere("messenger", frozenset({people.MESSENGER}), "/berichten/wacht", ("messages", "replies")),
    Elsewhere("events", frozenset({people.MESSENGER, people.MANAGER}), "/gebeurtenissen/wacht", ("events",)),
)


def list_elsewhere(actor: Actor) -> list[Elsewhere]:
    """The parts that this actor works in, each asked once."""
    found: dict[str, Elsewhere] = {}
    for place in ELSEWHERE:
        if actor.organisations(*place.roles):
            found.setdefault(place.asks, place)
    return list(found.values())
