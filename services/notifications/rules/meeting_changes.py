"""What changed of a meeting, between what was known of it and how it is now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

_WHEN_AND_WHERE = ("on", "at", "zone", "place_name", "place_address")


@dataclass(frozen=True, kw_only=True)
class MeetingState:
    """A meeting in local wall time; the fields are those of models.Meeting."""

    organisation_id: str
    group_id: str
    on: date
    at: time
    zone: str
    minutes: int
    state: str
    place_name: str | None
    place_address: str | None
    substitute_ids: list[str]

    @property
    def moment(self) -> tuple[date, time]:
        """The day, the hour."""
        return self.on, self.at


class Change(StrEnum):
    """What people hear of. A move is to another moment or another place."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    REINSTATED = "reinstated"


def changes_between(known: MeetingState, now: MeetingState) -> frozenset[Change]:
    """Return what changed; nothing when it says once more what is known, also if it changed twice meanwhile."""
    changes = {
        Change.MOVED: any(getattr(known, name) != getattr(now, name) for name in _WHEN_AND_WHERE),
        Change.CANCELLED: known.state != "cancelled" and now.state == "cancelled",
        Change.REINSTATED: known.state != "planned" and now.state == "planned",
    }
    return frozenset(change for change, is_so in changes.items() if is_so)
