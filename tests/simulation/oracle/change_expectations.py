"""What is expected when a meeting is moved or cancelled: a message by every channel, else a call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from tests.simulation.oracle import promises
from tests.simulation.oracle.facts import Facts, Finding
from tests.simulation.oracle.world import Meeting, Stay

_SLACK = timedelta(minutes=2)
_CHANGES = ("meeting_moved", "meeting_elsewhere", "meeting_cancelled", "meeting_reopened")


def check_changes(facts: Facts, key: str) -> Iterator[Finding]:
    """Find what was expected after the changes of one meeting and did not come."""
    spans = facts.world.meetings[key].spans(facts.end)
    for (_, _, before), (at, until, after) in pairwise(spans):
        if at >= before.start:
            continue
        yield from _judge_leaders(facts, key, before, at, until)
        if (before.status, after.status) == ("planned", "cancelled"):
            yield from _judge_cancellation(facts, key, before, at, min(until, after.end))
        elif before.status == after.status == "planned" and before.announced != after.announced:
            yield from _judge_move(facts, key, before, at, min(until, after.start))
        elif (before.status, after.status) == ("cancelled", "planned"):
            yield from _judge_reopening(facts, key, at, min(until, after.start))


def _judge_leaders(facts: Facts, key: str, before: Meeting, at: datetime, until: datetime) -> Iterator[Finding]:
    """Expect whoever leads the group to hear of every change that others made; a substitute hears it as such."""
    changes = [
        action
        for kind in _CHANGES
        for action in facts.world.actions[kind]
        if action["meeting"] == key and action.at == at
    ]
    if not changes or until <= at + _SLACK:
        return
    doers = {action.about.get("by") for action in changes}
    for leader in facts.world.groups[before.group].leaders:
        if leader in doers or facts.world.stands_in[key, leader].at(at):
            continue
        reached = any(
            history.message_type == promises.TO_LEADER and history.meeting == key and at <= arrival.at < until
            for history, arrival in facts.sent_to[leader]
        )
        if not reached:
            yield Finding("een begeleider hoorde niet wat een ander veranderde", f"{key} {leader}")


def _judge_cancellation(
    facts: Facts, key: str, before: Meeting, at: datetime, until: datetime
) -> Iterator[Finding]:
    if until <= at + _SLACK:
        return
    unreached = []
    for stay in facts.stays_of(before.group, at):
        knew = facts.knows(stay, key, before, at) or stay.starts_on < before.on
        if stay.starts_on > before.on or not knew or facts.world.is_off(key, stay.id, at):
            continue
        if _last_news(facts, key, stay, at) == promises.CANCELLED:
            continue  # they think so already
        channels, _ = facts.world.open_channels(promises.CANCELLED, stay.person, at)
        if not channels:
            unreached.append(stay)
        for channel in channels:
            if not _came(facts, key, stay, promises.CANCELLED, channel, at, until) and not _waits(
                facts, stay, channel, at, until
            ):
                yield Finding(
                    f"dat het niet doorgaat kwam niet per {channel}", f"{key} {stay.id} van {stay.person}"
                )
    yield from _judge_in_person(facts, key, promises.CANCELLED, unreached, at, until)


def _judge_move(facts: Facts, key: str, before: Meeting, at: datetime, until: datetime) -> Iterator[Finding]:
    after = facts.world.meeting(key, at)
    assert after is not None
    if until <= at + _SLACK:
        return
    unreached = []
    for stay in facts.stays_of(before.group, at):
        if stay.starts_on > after.on or not facts.knows(stay, key, before, at):
            continue
        channels, _ = facts.world.open_channels(promises.MOVED, stay.person, at)
        if not channels:
            unreached.append(stay)
            continue
        stays = min(until, stay.until or until)
        reached = any(
            at <= moment < stays and facts.mentions(arrival, after)
            for moment, _, arrival in facts.news_of(key, stay.id)
        )
        if (
            not reached
            and not _waits(facts, stay, channels[0], at, stays)
            and not _knew_already(facts, key, stay, after, at)
        ):
            yield Finding("dat het verplaatst is kwam niet", f"{key} {stay.id} van {stay.person}")
    yield from _judge_in_person(facts, key, promises.MOVED, unreached, at, until)


def _judge_reopening(facts: Facts, key: str, at: datetime, until: datetime) -> Iterator[Finding]:
    after = facts.world.meeting(key, at)
    assert after is not None
    unreached = []
    for stay in facts.stays_of(after.group, at):
        if _last_news(facts, key, stay, at) != promises.CANCELLED or until <= at + _SLACK:
            continue
        channels, _ = facts.world.open_channels(promises.MOVED, stay.person, at)
        if not channels:
            unreached.append(stay)
        reached = any(at <= moment < until for moment, _, _ in facts.news_of(key, stay.id))
        if channels and not reached and not _waits(facts, stay, channels[0], at, until):
            yield Finding("dat het toch doorgaat kwam niet", f"{key} {stay.id} van {stay.person}")
    yield from _judge_in_person(facts, key, promises.MOVED, unreached, at, until)


def _came(facts: Facts, key: str, stay: Stay, kind: str, channel: str, at: datetime, until: datetime) -> bool:
    return any(
        history.message_type == kind and arrival.channel == channel and at <= moment < until
        for moment, history, arrival in facts.news_of(key, stay.id)
    )


def _waits(facts: Facts, stay: Stay, channel: str, at: datetime, until: datetime) -> bool:
    """Tell whether something came in between: a text waits for the morning, if there is time."""
    if stay.until is not None and stay.until <= at + _SLACK:
        return True
    if channel == "email":
        return False
    morning = promises.quiet_until(at, facts.world.contact(stay.person, at).quiet)
    return morning > at and morning + _SLACK >= min(until, stay.until or until, _next_wish(facts, stay, at))


def _next_wish(facts: Facts, stay: Stay, at: datetime) -> datetime:
    """Return when this person's channels change next."""
    return next((moment for moment in facts.world.people[stay.person].moments if moment > at), facts.end)


def _last_news(facts: Facts, key: str, stay: Stay, at: datetime) -> str:
    reached = [history.message_type for moment, history, _ in facts.news_of(key, stay.id) if moment < at]
    return reached[-1] if reached else ""


def _knew_already(facts: Facts, key: str, stay: Stay, after: Meeting, at: datetime) -> bool:
    """Tell whether what they heard last was this moment already: it was moved there and back."""
    reached = [arrival for moment, _, arrival in facts.news_of(key, stay.id) if moment < at]
    return bool(reached) and facts.mentions(reached[-1], after)


def _judge_in_person(
    facts: Facts, key: str, kind: str, unreached: list[Stay], at: datetime, until: datetime
) -> Iterator[Finding]:
    """Expect whom no message reaches on the list of whoever leads it, who is sent a message about that."""
    if not unreached:
        return
    lists = [
        action
        for action in facts.world.actions["unreached_list_read"]
        if action["meeting"] == key and action.at >= at
    ]
    shown = lists[0]["memberships"] if lists else []
    for stay in unreached:
        if stay.id not in shown:
            yield Finding("wie niet te bereiken is stond niet op de lijst van de begeleider", f"{key} {stay.id}")
    meeting = facts.world.meeting(key, at)
    assert meeting is not None
    for leader in facts.world.groups[meeting.group].leaders:
        written = any(
            history.message_type == promises.IN_PERSON[kind]
            and history.meeting == key
            and at <= arrival.at < until
            for history, arrival in facts.sent_to[leader]
        )
        if not written:
            yield Finding("een begeleider hoorde niet dat iemand niet te bereiken is", f"{kind} {key}")
