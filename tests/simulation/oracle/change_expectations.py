"""What is owed when a meeting is moved or is off: to who knew of it, by each way; else who leads tells it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from tests.simulation.oracle import promises
from tests.simulation.oracle.case import Case, Finding
from tests.simulation.oracle.world import Meeting, Stay

_WHILE = timedelta(minutes=2)
_CHANGES = ("meeting_moved", "meeting_elsewhere", "meeting_cancelled", "meeting_reopened")


def judge_changes(case: Case, key: str) -> Iterator[Finding]:
    """Everything that was owed after the changes of one meeting."""
    spans = case.world.meetings[key].spans(case.end)
    for (_, _, before), (at, until, after) in pairwise(spans):
        if at >= before.start:
            continue
        yield from _judge_leaders(case, key, before, at, until)
        if (before.status, after.status) == ("planned", "cancelled"):
            yield from _judge_cancellation(case, key, before, at, min(until, after.end))
        elif before.status == after.status == "planned" and before.told != after.told:
            yield from _judge_move(case, key, before, at, min(until, after.start))
        elif (before.status, after.status) == ("cancelled", "planned"):
            yield from _judge_reopening(case, key, at, min(until, after.start))


def _judge_leaders(case: Case, key: str, before: Meeting, at: datetime, until: datetime) -> Iterator[Finding]:
    """Who leads the group hears of every change that they did not make; who stands in hears it as such."""
    changes = [
        deed for what in _CHANGES for deed in case.world.deeds[what]
        if deed["meeting"] == key and deed.at == at
    ]  # fmt: skip
    if not changes or until <= at + _WHILE:
        return
    doers = {deed.about.get("by") for deed in changes}
    for leader in case.world.groups[before.group].leaders:
        if leader in doers or case.world.stands_in[key, leader].at(at):
            continue
        told = any(
            life.kind == promises.TO_LEADER and life.meeting == key and at <= arrival.at < until
            for life, arrival in case.sent_to[leader]
        )
        if not told:
            yield Finding("een begeleider hoorde niet wat een ander veranderde", f"{key} {leader}")


def _judge_cancellation(case: Case, key: str, before: Meeting, at: datetime, until: datetime) -> Iterator[Finding]:
    if until <= at + _WHILE:
        return
    untold = []
    for stay in case.stays_of(before.group, at):
        knew = case.knows(stay, key, before, at) or stay.starts_on < before.on
        if stay.starts_on > before.on or not knew or case.world.is_off(key, stay.id, at):
            continue
        if _last_heard(case, key, stay, at) == promises.CANCELLED:
            continue  # they think so already
        ways, _ = case.world.open_ways(promises.CANCELLED, stay.person, at)
        if not ways:
            untold.append(stay)
        for way in ways:
            if not _came(case, key, stay, promises.CANCELLED, way, at, until) and not _waits(
                case, stay, way, at, until
            ):
                yield Finding(f"dat het niet doorgaat kwam niet per {way}", f"{key} {stay.id} van {stay.person}")
    yield from _judge_by_hand(case, key, promises.CANCELLED, untold, at, until)


def _judge_move(case: Case, key: str, before: Meeting, at: datetime, until: datetime) -> Iterator[Finding]:
    after = case.world.meeting(key, at)
    assert after is not None
    if until <= at + _WHILE:
        return
    untold = []
    for stay in case.stays_of(before.group, at):
        if stay.starts_on > after.on or not case.knows(stay, key, before, at):
            continue
        ways, _ = case.world.open_ways(promises.MOVED, stay.person, at)
        if not ways:
            untold.append(stay)
            continue
        stays = min(until, stay.until or until)
        told = any(
            at <= moment < stays and case.tells(arrival, after)
            for moment, _, arrival in case.tellings(key, stay.id)
        )
        if not told and not _waits(case, stay, ways[0], at, stays) and not _knew_new(case, key, stay, after, at):
            yield Finding("dat het verplaatst is kwam niet", f"{key} {stay.id} van {stay.person}")
    yield from _judge_by_hand(case, key, promises.MOVED, untold, at, until)


def _judge_reopening(case: Case, key: str, at: datetime, until: datetime) -> Iterator[Finding]:
    after = case.world.meeting(key, at)
    assert after is not None
    untold = []
    for stay in case.stays_of(after.group, at):
        if _last_heard(case, key, stay, at) != promises.CANCELLED or until <= at + _WHILE:
            continue
        ways, _ = case.world.open_ways(promises.MOVED, stay.person, at)
        if not ways:
            untold.append(stay)
        told = any(at <= moment < until for moment, _, _ in case.tellings(key, stay.id))
        if ways and not told and not _waits(case, stay, ways[0], at, until):
            yield Finding("dat het toch doorgaat kwam niet", f"{key} {stay.id} van {stay.person}")
    yield from _judge_by_hand(case, key, promises.MOVED, untold, at, until)


def _came(case: Case, key: str, stay: Stay, kind: str, way: str, at: datetime, until: datetime) -> bool:
    return any(
        life.kind == kind and arrival.way == way and at <= moment < until
        for moment, life, arrival in case.tellings(key, stay.id)
    )


def _waits(case: Case, stay: Stay, way: str, at: datetime, until: datetime) -> bool:
    """Whether something came in between before it could go: a text waits for the morning, if there is time."""
    if stay.until is not None and stay.until <= at + _WHILE:
        return True
    if way == "email":
        return False
    morning = promises.quiet_until(at, case.world.contact(stay.person, at).quiet)
    return morning > at and morning + _WHILE >= min(until, stay.until or until, _next_wish(case, stay, at))


def _next_wish(case: Case, stay: Stay, at: datetime) -> datetime:
    """When this person's ways change next."""
    return next((moment for moment in case.world.people[stay.person].moments if moment > at), case.end)


def _last_heard(case: Case, key: str, stay: Stay, at: datetime) -> str:
    told = [life.kind for moment, life, _ in case.tellings(key, stay.id) if moment < at]
    return told[-1] if told else ""


def _knew_new(case: Case, key: str, stay: Stay, after: Meeting, at: datetime) -> bool:
    """Whether what they heard last was this moment already: it was moved there and back."""
    told = [arrival for moment, _, arrival in case.tellings(key, stay.id) if moment < at]
    return bool(told) and case.tells(told[-1], after)


def _judge_by_hand(
    case: Case, key: str, kind: str, untold: list[Stay], at: datetime, until: datetime
) -> Iterator[Finding]:
    """Whom no message reaches stands on the list of who leads it, and they were written that there is somebody."""
    if not untold:
        return
    lists = [deed for deed in case.world.deeds["saw_whom_to_tell"] if deed["meeting"] == key and deed.at >= at]
    shown = lists[0]["memberships"] if lists else []
    for stay in untold:
        if stay.id not in shown:
            yield Finding("wie niet te bereiken is stond niet op de lijst van de begeleider", f"{key} {stay.id}")
    meeting = case.world.meeting(key, at)
    assert meeting is not None
    for leader in case.world.groups[meeting.group].leaders:
        written = any(
            life.kind == promises.BY_HAND[kind] and life.meeting == key and at <= arrival.at < until
            for life, arrival in case.sent_to[leader]
        )
        if not written:
            yield Finding("een begeleider hoorde niet dat iemand niet te bereiken is", f"{kind} {key}")
