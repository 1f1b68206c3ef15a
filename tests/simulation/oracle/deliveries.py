"""Of all that arrived: was it true, wanted, at a decent hour, at the right address, once, and not too much?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from tests.simulation.oracle import promises
from tests.simulation.oracle.case import Case, Finding
from tests.simulation.record import Arrival, Life

_WENT = frozenset({"accepted", "delivered", "undelivered"})
_BREATH = timedelta(seconds=2)


def judge_arrivals(case: Case) -> Iterable[Finding]:
    """Everything that is wrong with what arrived."""
    for arrival in case.record.arrivals:
        life = case.lives.get(arrival.message)
        if life is None:
            yield Finding("kwam aan en is van niemand", arrival.to, arrival.message)
            continue
        if len(case.arrivals[life.id]) > 1:
            yield Finding("kwam twee keer aan", life.kind, life.id)
        if life.end.state not in _WENT:
            yield Finding("kwam aan, maar staat er niet zo", f"{life.kind} {life.end.state}", life.id)
        judges = (_judge_address, _judge_wish, _judge_hour, _judge_amount, _judge_truth)
        for judge in judges if life.person else (_judge_address, _judge_truth):
            yield from (Finding(what, _who(life, arrival), life.id) for what in judge(case, life, arrival))
    yield from _judge_doubles(case)


def _who(life: Life, arrival: Arrival) -> str:
    return f"{life.kind} om {promises.wall(arrival.at):%a %d-%m %H.%M} per {arrival.way}"


def _judge_address(case: Case, life: Life, arrival: Arrival) -> Iterator[str]:
    if life.staff:
        if arrival.to != case.world.staff.get(life.staff):
            yield "ging naar een verkeerd adres"
        return
    contact = case.world.contact(life.person or "", arrival.at)
    if arrival.to != contact.address(arrival.way):
        yield "ging naar een verkeerd adres"


def _judge_wish(case: Case, life: Life, arrival: Arrival) -> Iterator[str]:
    """The yes, the no, the ways that were chosen and whether the address was known to be theirs."""
    if life.kind in ("confirm_address", "reply_received"):
        return
    person = life.person or ""
    ways, why = case.world.open_ways(life.kind, person, arrival.at)
    if why == "unconfirmed" or (ways and arrival.way not in ways):
        yield "ging vóór het adres bevestigd was, of langs een weg die niet gekozen is"
    elif not ways:
        yield f"ging zonder dat het mocht ({why})"
    if case.world.is_paused(life.kind, person, arrival.at):
        yield "ging terwijl iemand even rust wilde"


def _judge_hour(case: Case, life: Life, arrival: Arrival) -> Iterator[str]:
    quiet = case.world.contact(life.person or "", arrival.at).quiet
    if life.kind in promises.AT_ANY_HOUR or not promises.is_quiet(arrival.at, quiet):
        return
    if life.kind in promises.URGENT and arrival.way == "email":
        return
    if life.kind in promises.URGENT and _is_short_notice(case, life, arrival):
        return
    yield "ging in stille uren"


def _is_short_notice(case: Case, life: Life, arrival: Arrival) -> bool:
    """Whether waiting for the morning would have left less than an hour before somebody would come for nothing."""
    line = case.world.meetings[life.meeting or ""]
    starts = [value.start for moment, value in zip(line.moments, line.values, strict=True) if moment <= arrival.at]
    quiet = case.world.contact(life.person or "", arrival.at).quiet
    morning = promises.quiet_until(arrival.at, quiet)
    return any(arrival.at < start < morning + promises.LEAST_NOTICE for start in starts)


def _judge_amount(case: Case, life: Life, arrival: Arrival) -> Iterator[str]:
    if life.kind in promises.NEEDS_YES:
        week = case.sent_in_week(life.person or "", arrival.at, but=life.id)
        if week >= promises.MOST_A_WEEK:
            yield "was er een te veel in een week"


def _judge_truth(case: Case, life: Life, arrival: Arrival) -> Iterator[str]:
    """Whether what it says was so when it went."""
    about = case.world.meeting(life.meeting, arrival.at)
    if about is None:
        yield from _judge_talk(case, life, arrival)
        return
    stay = case.world.stays.get(life.membership or "")
    if stay is not None and not stay.is_on(arrival.at):
        yield "ging naar iemand die er niet meer bij hoort"
    if life.kind in (promises.REMINDER, promises.MOVED):
        if about.status != "planned":
            yield "ging over een bijeenkomst die niet doorgaat of al was"
        if arrival.at >= about.start:
            yield "ging toen het al begonnen was"
        if not case.tells(arrival, about):
            yield "noemt een andere dag of een ander uur"
    if life.kind == promises.REMINDER and case.world.is_off(life.meeting or "", life.membership or "", arrival.at):
        yield "ging naar iemand die zich had afgemeld"
    if life.kind == promises.REMINDER and stay is not None and stay.starts_on > about.on:
        yield "ging naar iemand die dan nog niet meedoet"
    if life.kind == promises.CANCELLED:
        if about.status != "cancelled":
            yield "zegt dat het niet doorgaat, en dat is niet zo"
        if not case.tells(arrival, about):
            yield "noemt een andere dag of een ander uur"
    if life.kind == promises.TO_LEADER and about.status != (
        "cancelled" if life.change == "called_off" else "planned"
    ):
        yield "zegt wie begeleidt van een bijeenkomst wat niet zo is"
    if life.kind == promises.MISSED:
        yield from _judge_missed(case, life, arrival)


def _judge_missed(case: Case, life: Life, arrival: Arrival) -> Iterator[str]:
    meeting, membership = life.meeting or "", life.membership or ""
    mark = case.world.marks[meeting, membership]
    if mark.at(arrival.at) != "absent":
        yield "mist iemand die er was of zich had afgemeld"
    if case.world.is_off(meeting, membership, arrival.at):
        yield "mist iemand die zich had afgemeld"
    if life.id in case.world.held_back and case.world.held_back[life.id] <= arrival.at:
        yield "ging terwijl de begeleider het tegenhield"
    since = next(
        (at for at, value in zip(mark.moments, mark.values, strict=True) if value == "absent"), arrival.at
    )
    tomorrow = promises.wall(since).date() + timedelta(days=1)
    if arrival.at < promises.moment_of(tomorrow, promises.NOON) - _BREATH:
        yield "ging voordat een begeleider kon kijken"
    lines = [deed["line"] for deed in case.world.deeds["line_written"] if deed["message"] == life.id]
    if lines and lines[-1] not in arrival.text:
        yield "mist de regel die een begeleider erbij schreef"


def _judge_talk(case: Case, life: Life, arrival: Arrival) -> Iterator[str]:
    line = case.world.talks.get(life.talk or "")
    told = None if line is None else line.at(arrival.at)
    if told is None:
        return
    state, _, on, clock = told
    if on is None or clock is None:
        return
    if state == "over":
        yield "ging over een gesprek dat al was"
    if (state == "called_off") != (life.change == "called_off"):
        yield "zegt van een gesprek wat niet zo is"
    day, hour = promises.words_of(on, clock)
    if day not in arrival.text or hour not in arrival.text:
        yield "noemt een andere dag of een ander uur"


def _judge_doubles(case: Case) -> Iterator[Finding]:
    """Nobody is told the same twice."""
    for (meeting, membership), lives in case.about.items():
        seen: dict[tuple[object, ...], Life] = {}
        for life in lives:
            if not case.arrivals[life.id]:
                continue
            arrival = case.arrivals[life.id][0]
            key = _what_it_says(case, life, arrival, meeting, membership)
            if key in seen:
                yield Finding("zegt hetzelfde nog eens", _who(life, arrival), life.id)
            seen[key] = life
    yield from _judge_missed_often(case)


def _what_it_says(case: Case, life: Life, arrival: Arrival, meeting: str, membership: str) -> tuple[object, ...]:
    """What makes two messages the same: the kind, the moment of which it tells and what came in between."""
    about = case.world.meeting(meeting, arrival.at)
    off = case.world.called_off[meeting, membership]
    taken_back = [
        at for at, is_off in zip(off.moments, off.values, strict=True) if not is_off and at <= arrival.at
    ]
    told = None if about is None or life.kind == promises.MISSED else about.told
    line = case.world.meetings[meeting]
    changes = sum(at <= arrival.at for at in line.moments)
    way = arrival.way if life.kind == promises.CANCELLED else ""
    again = len(taken_back) if life.kind == promises.REMINDER else 0
    return life.kind, told, way, again, changes if life.kind != promises.MISSED else 0


def _judge_missed_often(case: Case) -> Iterator[Finding]:
    for person, sent in case.sent_to.items():
        missed = sorted(
            (arrival.at, case.world.stays[life.membership or ""].group, life.id)
            for life, arrival in sent if life.kind == promises.MISSED
        )  # fmt: skip
        for number, (at, group, message) in enumerate(missed):
            before = [moment for moment, its, _ in missed[:number] if its == group]
            if before and at - before[-1] < promises.MISSED_EVERY:
                yield Finding("mist iemand twee keer binnen drie weken", person, message)
