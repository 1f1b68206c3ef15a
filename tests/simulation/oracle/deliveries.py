"""Checks of all that arrived: true, wanted, at a decent hour, at the right address, once, and not too much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from tests.simulation.oracle import promises
from tests.simulation.oracle.facts import Facts, Finding
from tests.simulation.oracle.world import Meeting
from tests.simulation.record import Arrival, MessageHistory

_WENT = frozenset({"accepted", "delivered", "undelivered"})
_BREATH = timedelta(seconds=2)


def check_deliveries(facts: Facts) -> Iterable[Finding]:
    """Find everything that is wrong with what arrived."""
    for arrival in facts.record.arrivals:
        history = facts.histories.get(arrival.message)
        if history is None:
            yield Finding("kwam aan en is van niemand", arrival.to, arrival.message)
            continue
        if len(facts.arrivals[history.id]) > 1:
            yield Finding("kwam twee keer aan", history.message_type, history.id)
        if history.end.state not in _WENT:
            yield Finding(
                "kwam aan, maar staat er niet zo", f"{history.message_type} {history.end.state}", history.id
            )
        judges = (_judge_address, _judge_wish, _judge_hour, _judge_amount, _judge_truth)
        for judge in judges if history.person else (_judge_address, _judge_truth):
            yield from (
                Finding(fault, _who(history, arrival), history.id) for fault in judge(facts, history, arrival)
            )
    yield from _judge_doubles(facts)


def _who(history: MessageHistory, arrival: Arrival) -> str:
    return f"{history.message_type} om {promises.wall(arrival.at):%a %d-%m %H.%M} per {arrival.channel}"


def _judge_address(facts: Facts, history: MessageHistory, arrival: Arrival) -> Iterator[str]:
    if history.staff:
        if arrival.to != facts.world.staff.get(history.staff):
            yield "ging naar een verkeerd adres"
        return
    contact = facts.world.contact(history.person or "", arrival.at)
    if arrival.to != contact.address(arrival.channel):
        yield "ging naar een verkeerd adres"


def _judge_wish(facts: Facts, history: MessageHistory, arrival: Arrival) -> Iterator[str]:
    """Check consent, opt-outs, the channels that were chosen, and whether the address was known to be theirs."""
    if history.message_type in ("confirm_address", "reply_received"):
        return
    person = history.person or ""
    channels, why = facts.world.open_channels(history.message_type, person, arrival.at)
    if why == "unconfirmed" or (channels and arrival.channel not in channels):
        yield "ging vóór het adres bevestigd was, of langs een weg die niet gekozen is"
    elif not channels:
        yield f"ging zonder dat het mocht ({why})"
    if facts.world.is_paused(history.message_type, person, arrival.at):
        yield "ging terwijl iemand even rust wilde"


def _judge_hour(facts: Facts, history: MessageHistory, arrival: Arrival) -> Iterator[str]:
    quiet = facts.world.contact(history.person or "", arrival.at).quiet
    if history.message_type in promises.AT_ANY_HOUR or not promises.is_quiet(arrival.at, quiet):
        return
    if history.message_type in promises.URGENT and arrival.channel == "email":
        return
    if history.message_type in promises.URGENT and _is_short_notice(facts, history, arrival):
        return
    yield "ging in stille uren"


def _is_short_notice(facts: Facts, history: MessageHistory, arrival: Arrival) -> bool:
    """Tell whether waiting for the morning would have left less than an hour before somebody came for nothing."""
    timeline = facts.world.meetings[history.meeting or ""]
    starts = [
        value.start
        for moment, value in zip(timeline.moments, timeline.values, strict=True)
        if moment <= arrival.at
    ]
    quiet = facts.world.contact(history.person or "", arrival.at).quiet
    morning = promises.quiet_until(arrival.at, quiet)
    return any(arrival.at < start < morning + promises.LEAST_NOTICE for start in starts)


def _judge_amount(facts: Facts, history: MessageHistory, arrival: Arrival) -> Iterator[str]:
    if history.message_type in promises.NEEDS_YES:
        week = facts.sent_in_week(history.person or "", arrival.at, but=history.id)
        if week >= promises.MOST_A_WEEK:
            yield "was er een te veel in een week"


def _judge_truth(facts: Facts, history: MessageHistory, arrival: Arrival) -> Iterator[str]:
    """Check whether what it says was so when it went."""
    about = facts.world.meeting(history.meeting, arrival.at)
    if about is None:
        yield from _judge_talk(facts, history, arrival)
        return
    stay = facts.world.stays.get(history.membership or "")
    if stay is not None and not stay.is_on(arrival.at):
        yield "ging naar iemand die er niet meer bij hoort"
    if history.message_type in (promises.REMINDER, promises.MOVED):
        if about.status != "planned":
            yield "ging over een bijeenkomst die niet doorgaat of al was"
        if arrival.at >= about.start:
            yield "ging toen het al begonnen was"
        if not facts.mentions(arrival, about):
            yield "noemt een andere dag of een ander uur"
    if history.message_type == promises.REMINDER and facts.world.is_off(
        history.meeting or "", history.membership or "", arrival.at
    ):
        yield "ging naar iemand die zich had afgemeld"
    if history.message_type == promises.REMINDER and stay is not None and stay.starts_on > about.on:
        yield "ging naar iemand die dan nog niet meedoet"
    if history.message_type == promises.CANCELLED:
        if about.status != "cancelled":
            yield "zegt dat het niet doorgaat, en dat is niet zo"
        if not any(facts.mentions(arrival, moment) for moment in _moments_known(facts, history, arrival)):
            yield "noemt een andere dag of een ander uur"
    if history.message_type == promises.TO_LEADER and about.status != (
        "cancelled" if history.change == "called_off" else "planned"
    ):
        yield "zegt wie begeleidt van een bijeenkomst wat niet zo is"
    if history.message_type == promises.MISSED:
        yield from _judge_missed(facts, history, arrival)


def _moments_known(facts: Facts, history: MessageHistory, arrival: Arrival) -> list[Meeting]:
    """List the moments at which somebody may expect a meeting: those of the last news, else all that it had."""
    timeline = facts.world.meetings[history.meeting or ""]
    had = [
        meeting
        for at, meeting in zip(timeline.moments, timeline.values, strict=True)
        if at <= arrival.at and meeting is not None
    ]
    news = [
        words
        for at, earlier, words in facts.news_of(history.meeting or "", history.membership or "")
        if at < arrival.at and earlier.message_type != promises.CANCELLED
    ]
    known = [meeting for meeting in had if not news or facts.mentions(news[-1], meeting)]
    return [meeting for meeting in known if meeting.end > arrival.at] or had


def _judge_missed(facts: Facts, history: MessageHistory, arrival: Arrival) -> Iterator[str]:
    meeting, membership = history.meeting or "", history.membership or ""
    mark = facts.world.marks[meeting, membership]
    if mark.at(arrival.at) != "absent":
        yield "mist iemand die er was of zich had afgemeld"
    if facts.world.is_off(meeting, membership, arrival.at):
        yield "mist iemand die zich had afgemeld"
    if history.id in facts.world.held_back and facts.world.held_back[history.id] <= arrival.at:
        yield "ging terwijl de begeleider het tegenhield"
    since = next(
        (at for at, value in zip(mark.moments, mark.values, strict=True) if value == "absent"), arrival.at
    )
    tomorrow = promises.wall(since).date() + timedelta(days=1)
    if arrival.at < promises.moment_of(tomorrow, promises.NOON) - _BREATH:
        yield "ging voordat een begeleider kon kijken"
    lines = [action["line"] for action in facts.world.actions["line_written"] if action["message"] == history.id]
    if lines and lines[-1] not in arrival.text:
        yield "mist de regel die een begeleider erbij schreef"


def _judge_talk(facts: Facts, history: MessageHistory, arrival: Arrival) -> Iterator[str]:
    timeline = facts.world.talks.get(history.talk or "")
    talk = None if timeline is None else timeline.at(arrival.at)
    if talk is None:
        return
    state, _, on, clock = talk
    if on is None or clock is None:
        return
    if state == "over":
        yield "ging over een gesprek dat al was"
    if (state == "called_off") != (history.change == "called_off"):
        yield "zegt van een gesprek wat niet zo is"
    day, hour = promises.words_of(on, clock)
    if day not in arrival.text or hour not in arrival.text:
        yield "noemt een andere dag of een ander uur"


def _judge_doubles(facts: Facts) -> Iterator[Finding]:
    """Find what somebody got twice."""
    for (meeting, membership), histories in facts.about.items():
        seen: dict[tuple[object, ...], MessageHistory] = {}
        for history in histories:
            if not facts.arrivals[history.id]:
                continue
            arrival = facts.arrivals[history.id][0]
            key = _what_it_says(facts, history, arrival, meeting, membership)
            if key in seen:
                yield Finding("zegt hetzelfde nog eens", _who(history, arrival), history.id)
            seen[key] = history
    yield from _judge_missed_often(facts)


def _what_it_says(
    facts: Facts, history: MessageHistory, arrival: Arrival, meeting: str, membership: str
) -> tuple[object, ...]:
    """Return what makes two messages the same: the kind, the moment that they name and what came in between."""
    about = facts.world.meeting(meeting, arrival.at)
    off = facts.world.called_off[meeting, membership]
    taken_back = [
        at for at, is_off in zip(off.moments, off.values, strict=True) if not is_off and at <= arrival.at
    ]
    announced = None if about is None or history.message_type == promises.MISSED else about.announced
    timeline = facts.world.meetings[meeting]
    changes = sum(at <= arrival.at for at in timeline.moments)
    channel = arrival.channel if history.message_type == promises.CANCELLED else ""
    again = len(taken_back) if history.message_type == promises.REMINDER else 0
    return (
        history.message_type,
        announced,
        channel,
        again,
        changes if history.message_type != promises.MISSED else 0,
    )


def _judge_missed_often(facts: Facts) -> Iterator[Finding]:
    for person, sent in facts.sent_to.items():
        missed = sorted(
            (arrival.at, facts.world.stays[history.membership or ""].group, history.id)
            for history, arrival in sent
            if history.message_type == promises.MISSED
        )
        for number, (at, group, message) in enumerate(missed):
            before = [moment for moment, its, _ in missed[:number] if its == group]
            if before and at - before[-1] < promises.MISSED_EVERY:
                yield Finding("mist iemand twee keer binnen drie weken", person, message)
