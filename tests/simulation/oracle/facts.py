"""A record laid out for judging: what came of each message, and who was told what of which meeting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.simulation.oracle import promises
from tests.simulation.oracle.replay import rebuild
from tests.simulation.oracle.world import Meeting, Stay
from tests.simulation.record import Arrival, MessageHistory, Record

# What follows from a deed has followed within this.
SOON = timedelta(seconds=40)
_MINUTE = timedelta(minutes=1)
_STEP = timedelta(minutes=20)
BY_PERSON = "hand"
_ABOUT_MEETING = frozenset({promises.REMINDER, promises.MOVED, promises.CANCELLED})


@dataclass(frozen=True)
class Finding:
    """Something that should not be so."""

    what: str
    about: str
    message: str | None = None

    def __str__(self) -> str:
        return f"{self.what}: {self.about}" + (f" [bericht {self.message}]" if self.message else "")


class Facts:
    """The world, the messages and what arrived."""

    def __init__(self, record: Record) -> None:
        self.record, self.world = record, rebuild(record)
        self.end = self.world.end
        self.histories = {history.id: history for history in record.histories}
        self.arrivals: dict[str, list[Arrival]] = defaultdict(list)
        for arrival in record.arrivals:
            self.arrivals[arrival.message].append(arrival)
        self.about: dict[tuple[str, str], list[MessageHistory]] = defaultdict(list)
        self.sent_to: dict[str, list[tuple[MessageHistory, Arrival]]] = defaultdict(list)
        for history in record.histories:
            if history.meeting and history.membership:
                self.about[history.meeting, history.membership].append(history)
            for arrival in self.arrivals[history.id]:
                self.sent_to[history.person or history.staff or ""].append((history, arrival))

    def news_of(self, meeting: str, membership: str) -> list[tuple[datetime, MessageHistory, Arrival]]:
        """What this member was told of this meeting, in order; also what another message said along.

        Whom a person was asked to tell counts as told: who has no address hears in no other way.
        """
        told = []
        for history in self.about[meeting, membership]:
            if history.kind not in _ABOUT_MEETING:
                continue
            if history.channel == BY_PERSON and history.end.state == "suppressed":
                told.append((history.end.at, history, self._by_person(history)))
                continue
            by = self.arrivals.get(history.id) or self.arrivals.get(history.carrier or "")
            if by and (history.end.reason == "merged" or self.arrivals.get(history.id)):
                told += [(arrival.at, history, arrival) for arrival in by]
        return sorted(told, key=lambda one: one[0])

    def _by_person(self, history: MessageHistory) -> Arrival:
        """What a person who was asked to tell it says: how it stands then."""
        about = self.world.meeting(history.meeting, history.end.at)
        words = " ".join(promises.words_of(about.on, about.clock)) if about is not None else ""
        return Arrival(-1, history.id, BY_PERSON, "", history.end.at, words)

    def mentions(self, arrival: Arrival, meeting: Meeting) -> bool:
        """Whether its words name this day and hour."""
        day, hour = promises.words_of(meeting.on, meeting.clock)
        return day in arrival.text and hour in arrival.text

    def knows(self, stay: Stay, meeting: str, old: Meeting, moment: datetime) -> bool:
        """Whether this member was told before this moment that the meeting is at that moment."""
        told = [history for at, history, _ in self.news_of(meeting, stay.id) if at < moment]
        if told:
            return told[-1].kind != promises.CANCELLED
        welcomes = [
            arrival for history, arrival in self.sent_to[stay.person]
            if history.kind == promises.WELCOME and history.membership == stay.id and arrival.at < moment
        ]  # fmt: skip
        return any(self.mentions(arrival, old) for arrival in welcomes) or (
            self._is_welcomed_by_person(stay, moment) and self._is_first(stay, meeting, old, moment)
        )

    def _is_welcomed_by_person(self, stay: Stay, moment: datetime) -> bool:
        return any(
            history.kind == promises.WELCOME and history.membership == stay.id and history.channel == BY_PERSON
            and history.end.state == "suppressed" and history.end.at < moment
            for history in self.record.histories
        )  # fmt: skip

    def _is_first(self, stay: Stay, key: str, old: Meeting, moment: datetime) -> bool:
        """Whether that is the meeting which a welcome speaks of: the first that they can come to."""
        others = (line.at(moment) for other, line in self.world.meetings.items() if other != key)
        return stay.starts_on <= old.on and not any(
            one is not None and one.group == stay.group and stay.starts_on <= one.on and one.start < old.start
            for one in others
        )

    def stays_of(self, group: str, moment: datetime) -> list[Stay]:
        """Who takes part in a group then."""
        return [stay for stay in self.world.stays.values() if stay.group == group and stay.is_on(moment)]

    def sent_in_week(self, person: str, moment: datetime, but: str = "", give: timedelta = -_MINUTE) -> int:
        """How many messages that need a yes came to somebody in the week before, and did not come back.

        give  so much longer, or shorter, than a week: mail says its time to the second, and takes some
        """
        since, came_back = moment - promises.WEEK - give, self.world.came_back
        return sum(
            history.kind in promises.NEEDS_YES and history.id != but and since < arrival.at <= moment
            and (history.id not in came_back or came_back[history.id] > moment)
            for history, arrival in self.sent_to[person]
        )  # fmt: skip

    def why_not(self, kind: str, person: str, moment: datetime) -> str:
        """What keeps a message of this kind from going to somebody at this moment; empty when nothing does."""
        channels, reason = self.world.open_channels(kind, person, moment)
        if not channels:
            return reason
        if self.world.is_paused(kind, person, moment):
            return "paused"
        quiet = self.world.contact(person, moment).quiet
        wakes = kind not in promises.AT_ANY_HOUR and (kind not in promises.URGENT or channels[0] == "sms")
        if wakes and promises.is_quiet(moment, quiet):
            return "quiet_hours"
        if kind in promises.NEEDS_YES and self.sent_in_week(person, moment, give=_MINUTE) >= promises.MOST_A_WEEK:
            return "budget"
        return ""

    def free_moment(self, kind: str, person: str, first: datetime, until: datetime) -> tuple[datetime | None, str]:
        """The first moment at which it could have gone, of those in which it helps; without one, what kept it.

        What is final at the first look stays so: who says yes later has a yes for the next one.
        """
        moment, why = first, "too_late"
        while moment < until:
            why = self.why_not(kind, person, moment)
            if not why:
                return moment, ""
            if why in FINAL:
                return None, why
            moment += _STEP
        return None, why


FINAL = frozenset({"no_address", "no_consent", "opted_out", "address_dead"})


def unique(findings: Iterable[Finding]) -> list[Finding]:
    """Each once, in order."""
    return list(dict.fromkeys(findings))
