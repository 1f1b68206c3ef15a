"""Today: how far an appointment is, what may be started from there, and in which services work may wait."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.meetings.rules import permissions
from services.meetings.rules.meetings import MeetingState


class Progress(StrEnum):
    """How far an appointment is: `done` is closed, or over."""

    CANCELLED = "cancelled"
    TO_COME = "to_come"
    GOING_ON = "going_on"
    DONE = "done"


def progress_of(state: str, starts_at: datetime, ends_at: datetime, now: datetime) -> Progress:
    """Return how far an appointment is; `state` of a meeting, or "planned" for a talk."""
    if state == MeetingState.CANCELLED:
        return Progress.CANCELLED
    if state != MeetingState.PLANNED or now >= ends_at:
        return Progress.DONE
    return Progress.GOING_ON if now >= starts_at else Progress.TO_COME


def has_appointments(roles: Set[str]) -> bool:
    """Return whether somebody with these roles leads groups, or holds talks."""
    return bool(roles & {permissions.FACILITATOR, permissions.INTRO_WORKER, permissions.COORDINATOR})


@dataclass(frozen=True)
class QuickAction:
    """Something that somebody in one of these roles may start without being asked to; the page names it."""

    name: str
    roles: frozenset[str]
    address: str


_MEETS_PEOPLE = frozenset({permissions.INTRO_WORKER, permissions.COORDINATOR})
QUICK_ACTIONS = (
    QuickAction("sign_up", _MEETS_PEOPLE, "/kennismaking/nieuw"),
    QuickAction("start_group", frozenset({permissions.COORDINATOR}), "/groepen/nieuw"),
    QuickAction("region", frozenset({permissions.COORDINATOR}), "/regio"),
    QuickAction("groups", frozenset({permissions.FACILITATOR}), "/groepen"),
    QuickAction("calls", frozenset({permissions.FACILITATOR}), "/bellijst"),
    QuickAction("messages", frozenset({permissions.MESSENGER}), "/berichten#alle"),
    QuickAction("invite", frozenset({permissions.MANAGER}), "/beheer"),
    QuickAction("access_log", frozenset({permissions.MANAGER}), "/beheer/inzage"),
)


@dataclass(frozen=True)
class PendingCount:
    """A service that counts what waits there for somebody in one of these roles.

    name     as the page calls it
    address  the address that a script asks
    pages    where a link goes without a script
    """

    name: str
    roles: frozenset[str]
    address: str
    pages: tuple[str, ...]


PENDING_COUNTS = (
    PendingCount("facilitator", frozenset({permissions.FACILITATOR}), "/berichten/wacht", ("missed", "replies")),
    PendingCount("messenger", frozenset({permissions.MESSENGER}), "/berichten/wacht", ("messages", "replies")),
    PendingCount(
        "events", frozenset({permissions.MESSENGER, permissions.MANAGER}), "/gebeurtenissen/wacht", ("events",)
    ),
)
