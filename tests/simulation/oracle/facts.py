"""The facts of a record: what came of each message, and who got which news of which meeting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.simulation.oracle import promises
from tests.simulation.oracle.replay import rebuild
from tests.simulation.oracle.world import Meeting, Stay
from tests.simulation.record import Arrival, MessageHistory, Record

# What follows from an action has followed within this.
SOON = timedelta(seconds=40)
_MINUTE = timedelta(minutes=1)
_STEP = timedelta(minutes=20)
BY_PERSON = "hand"
_ABOUT_MEETING = frozenset({promises.REMINDER, promises.MOVED, promises.CANCELLED})


@dataclass(frozen=True)
class Finding:
    """Something that should not be so."""

    fault: str
    about: str
    message: str | None = None

    def __str__(self) -> str:
        return f"{self.fault}: {self.about}" + (f" [bericht {self.message}]" if self.message else "")


class Facts:
    """The world, the messages and what arrived, by what the checks look for."""

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
        """List what this member got about this meeting, in order; also what another message included.

        Whom a person was asked to tell counts as reached: without an address there is no other channel.
        """
        news = []
        for history in self.about[meeting, membership]:
            if history.message_type not in _ABOUT_MEETING:
                continue
            if history.channel == BY_PERSON and history.end.state == "suppressed":
                news.append((history.end.at, history, self._by_person(history)))
                continue
            by = self.arrivals.get(history.id) or self.arrivals.get(history.carrier or "")
            if by and (history.end.reason == "merged" or self.arrivals.get(history.id)):
                news += [(arrival.at, history, arrival) for arrival in by]
        return sorted(news, key=lambda item: item[0])

    def _by_person(self, history: MessageHistory) -> Arrival:
        """Return what a person who was asked to tell it says: the state at that moment."""
        about = self.world.meeting(history.meeting, history.end.at)
        words = " ".join(promises.words_of(about.on, about.clock)) if about is not None else ""
        return Arrival(-1, history.id, BY_PERSON, "", history.end.at, words)

    def mentions(self, arrival: Arrival, meeting: Meeting) -> bool:
        """Tell whether its words name this day and hour."""
        day, hour = promises.words_of(meeting.on, meeting.clock)
        return day in arrival.text and hour in arrival.text

    def knows(self, stay: Stay, meeting: str, old: Meeting, moment: datetime) -> bool:
        """Tell whether this member got the news of the meeting at that moment before this one."""
        news = [history for at, history, _ in self.news_of(meeting, stay.id) if at < moment]
        if news:
            return news[-1].message_type != promises.CANCELLED
        welcomes = [
            arrival
            for history, arrival in self.sent_to[stay.person]
            if history.message_type == promises.WELCOME and history.membership == stay.id and arrival.at < moment
        ]
        return any(self.mentions(arrival, old) for arrival in welcomes) or (
            self._is_welcomed_by_person(stay, moment) and self._is_first(stay, meeting, old, moment)
        )

    def _is_welcomed_by_person(self, stay: Stay, moment: datetime) -> bool:
        return any(
            history.message_type == promises.WELCOME
            and history.membership == stay.id
            and history.channel == BY_PERSON
            and history.end.state == "suppressed"
            and history.end.at < moment
            for history in self.record.histories
        )

    def _is_first(self, stay: Stay, key: str, old: Meeting, moment: datetime) -> bool:
        """Tell whether that is the meeting of a welcome: the first that they can come to."""
        others = (timeline.at(moment) for other, timeline in self.world.meetings.items() if other != key)
        return stay.starts_on <= old.on and not any(
            meeting is not None
            and meeting.group == stay.group
            and stay.starts_on <= meeting.on
            and meeting.start < old.start
            for meeting in others
        )

    def stays_of(self, group: str, moment: datetime) -> list[Stay]:
        """List who takes part in a group then."""
        return [stay for stay in self.world.stays.values() if stay.group == group and stay.is_on(moment)]

    def sent_in_week(self, person: str, moment: datetime, but: str = "", give: timedelta = -_MINUTE) -> int:
        """Count the messages that need consent and reached somebody in the week before.

        give  so much longer, or shorter, than a week: mail says its time to the second, and takes some
        """
        since, came_back = moment - promises.WEEK - give, self.world.came_back
        return sum(
            history.message_type in promises.NEEDS_YES
            and history.id != but
            and since < arrival.at <= moment
            and (history.id not in came_back or came_back[history.id] > moment)
            for history, arrival in self.sent_to[person]
        )

    def why_not(self, kind: str, person: str, moment: datetime) -> str:
        """Return what keeps a message of this kind from going to somebody at this moment, or nothing."""
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
        """Return the first moment at which it could have gone and would help; without one, what kept it.

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
    """List each finding once, in order."""
    return list(dict.fromkeys(findings))
