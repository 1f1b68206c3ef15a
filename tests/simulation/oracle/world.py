"""The state of everything at any moment of the month, computed from what people did and from nothing else."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Generic, TypeVar

from tests.simulation.oracle import promises
from tests.simulation.record import Action

T = TypeVar("T")
_ORDER = ("email", "sms")
PAUSE = timedelta(days=14)


class Timeline(Generic[T]):
    """A value that changes at some moments."""

    def __init__(self) -> None:
        self.moments: list[datetime] = []
        self.values: list[T] = []

    def put(self, at: datetime, value: T) -> None:
        """Set the value from this moment on."""
        if not self.values or self.values[-1] != value:
            self.moments.append(at)
            self.values.append(value)

    def at(self, moment: datetime) -> T | None:
        """Return the value at a moment; None before its first one."""
        index = bisect_right(self.moments, moment)
        return self.values[index - 1] if index else None

    def last(self) -> T:
        """Return the value after the last moment."""
        return self.values[-1]

    def spans(self, end: datetime) -> list[tuple[datetime, datetime, T]]:
        """List (from, until, value), in order; the last one lasts until the end."""
        untils = [*self.moments[1:], end][: len(self.moments)]
        return list(zip(self.moments, untils, self.values, strict=True))


@dataclass(frozen=True)
class Meeting:
    """The state of one meeting. place: another number is another place."""

    group: str
    on: date
    clock: time
    minutes: int
    status: str = "planned"
    place: int = 0

    @property
    def start(self) -> datetime:
        """When it begins."""
        return promises.moment_of(self.on, self.clock)

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.start + timedelta(minutes=self.minutes)

    @property
    def announced(self) -> tuple[date, time, int]:
        """What a message says of it: when, and where."""
        return self.on, self.clock, self.place


@dataclass
class Stay:
    """Somebody's membership of a group, from one moment to another."""

    id: str
    person: str
    group: str
    starts_on: date
    is_walk_in: bool
    since: datetime
    until: datetime | None = None

    def is_on(self, moment: datetime) -> bool:
        """Tell whether they take part then."""
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True)
class Contact:
    """Somebody's addresses and wishes.

    channels what they chose; None as they gave it
    stopped  what they said no to
    dead     addresses that bounced as not existing
    """

    email: str | None = None
    mobile: str | None = None
    purposes: frozenset[str] = frozenset()
    channels: tuple[str, ...] | None = None
    quiet: tuple[time, time] = promises.QUIET
    paused_until: datetime | None = None
    stopped: frozenset[str] = frozenset()
    dead: frozenset[str] = frozenset()

    def address(self, channel: str) -> str | None:
        """Return where this channel leads."""
        return self.email if channel == "email" else self.mobile

    @property
    def given(self) -> tuple[str, ...]:
        """The channels for which they gave an address."""
        return tuple(channel for channel in _ORDER if self.address(channel))


@dataclass
class Group:
    """A group. follows: what may follow an absence."""

    follows: tuple[str, ...]
    leaders: tuple[str, ...]
    lists: bool


@dataclass
class World:
    """Everything by its id; what has two ids by a meeting and a membership, or a meeting and a colleague.

    taken, marks  how members were marked in the room, and how that stood when it was closed
    """

    end: datetime
    groups: dict[str, Group] = field(default_factory=dict)
    staff: dict[str, str] = field(default_factory=dict)
    meetings: dict[str, Timeline[Meeting]] = field(default_factory=dict)
    stays: dict[str, Stay] = field(default_factory=dict)
    people: dict[str, Timeline[Contact]] = field(default_factory=dict)
    talks: dict[str, Timeline[tuple[str, str, date | None, time | None]]] = field(default_factory=dict)
    called_off: dict[tuple[str, str], Timeline[bool]] = field(default_factory=lambda: defaultdict(Timeline))
    marks: dict[tuple[str, str], Timeline[str]] = field(default_factory=lambda: defaultdict(Timeline))
    taken: dict[tuple[str, str], Timeline[str]] = field(default_factory=lambda: defaultdict(Timeline))
    stands_in: dict[tuple[str, str], Timeline[bool]] = field(default_factory=lambda: defaultdict(Timeline))
    confirmed: dict[tuple[str, str], datetime] = field(default_factory=dict)
    first_of: dict[tuple[str, str], str] = field(default_factory=dict)
    met: dict[str, datetime] = field(default_factory=dict)
    came_back: dict[str, datetime] = field(default_factory=dict)
    held_back: dict[str, datetime] = field(default_factory=dict)
    actions: dict[str, list[Action]] = field(default_factory=lambda: defaultdict(list))

    def meeting(self, key: str | None, moment: datetime) -> Meeting | None:
        """Return the state of a meeting at a moment."""
        timeline = self.meetings.get(key or "")
        return None if timeline is None else timeline.at(moment)

    def contact(self, person: str, moment: datetime) -> Contact:
        """Return how somebody can be reached at a moment."""
        return (self.people[person].at(moment) if person in self.people else None) or Contact()

    def is_off(self, meeting: str, membership: str, moment: datetime) -> bool:
        """Tell whether somebody called off."""
        return bool(self.called_off[meeting, membership].at(moment))

    def is_trusted(self, person: str, channel: str, address: str, moment: datetime) -> bool:
        """Tell whether an address is known to be theirs: confirmed, or the first one of who takes part."""
        confirmed_at = self.confirmed.get((person, address))
        if confirmed_at is not None and confirmed_at <= moment:
            return True
        met = self.met.get(person)
        return self.first_of.get((person, channel)) == address and met is not None and met <= moment

    def channels(self, person: str, moment: datetime, *, chosen: bool = True) -> list[str]:
        """List the channels by which somebody can be reached and wants to be, best liked first."""
        contact = self.contact(person, moment)
        wanted = contact.given if contact.channels is None or not chosen else contact.channels
        return [
            channel
            for channel in wanted
            if channel in contact.given and contact.address(channel) not in contact.dead
        ]

    def open_channels(self, kind: str, person: str, moment: datetime) -> tuple[list[str], str]:
        """List the channels by which a message of this kind may go now, with the reason when there is none."""
        contact, wanted = self.contact(person, moment), kind not in promises.AT_ANY_HOUR
        purpose = promises.NEEDS_YES.get(kind)
        news = kind in promises.NEWS and "all" in contact.stopped
        if news or (purpose is not None and {purpose, "all"} & contact.stopped):
            return [], "opted_out"
        channels = self.channels(person, moment, chosen=wanted)
        if not channels:
            return [], "address_dead" if contact.dead else "no_address"
        if purpose is not None and purpose not in contact.purposes:
            return [], "no_consent"
        if kind in promises.NEEDS_TRUST:
            channels = [
                channel
                for channel in channels
                if self.is_trusted(person, channel, contact.address(channel) or "", moment)
            ]
        return channels, "" if channels else "unconfirmed"

    def is_paused(self, kind: str, person: str, moment: datetime) -> bool:
        """Tell whether they asked for some weeks of quiet that hold for this kind."""
        until = self.contact(person, moment).paused_until
        return kind in promises.NEEDS_YES and until is not None and moment < until

    def leads(self, staff: str, meeting: str, moment: datetime) -> bool:
        """Tell whether somebody leads this meeting: their group, or for this once."""
        stand = self.meeting(meeting, moment)
        in_group = stand is not None and staff in self.groups[stand.group].leaders
        return in_group or bool(self.stands_in[meeting, staff].at(moment))
