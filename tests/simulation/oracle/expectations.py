"""What people were owed, reckoned from what happened alone; and whether it came, or why it could not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from tests.simulation.oracle import promises
from tests.simulation.oracle.case import SOON, Case, Finding
from tests.simulation.oracle.change_expectations import judge_changes
from tests.simulation.oracle.world import Meeting, Stay

# So long something may take that is due now.
_WHILE = timedelta(minutes=2)


def judge_promises(case: Case) -> Iterable[Finding]:
    """Everything that was owed and did not come."""
    for key, line in case.world.meetings.items():
        for stay in case.world.stays.values():
            if stay.group == line.last().group:
                yield from _judge_reminders(case, key, stay)
                yield from _judge_missed(case, key, stay)
        yield from judge_changes(case, key)
    yield from _judge_welcomes(case)
    yield from _judge_talks(case)
    yield from _judge_staff(case)
    yield from _judge_codes(case)


def _judge_reminders(case: Case, key: str, stay: Stay) -> Iterator[Finding]:
    for first, until, meeting in _spans_to_remind_of(case, key, stay):
        due = max(first, promises.remind_at(meeting.on))
        until = min(until, meeting.start)
        late = due > promises.remind_at(meeting.on) and meeting.start - due < promises.LEAST_AHEAD
        if late or due + _WHILE >= until or _was_reminded(case, key, stay, meeting, due, until):
            continue
        free, _ = case.free_moment(
            promises.REMINDER, stay.person, _brought_forward(case, stay, due, meeting), until
        )
        if free is not None and free + _WHILE < until:
            yield Finding("een herinnering kwam niet", _of(meeting, stay))


def _spans_to_remind_of(case: Case, key: str, stay: Stay) -> Iterator[tuple[datetime, datetime, Meeting]]:
    """The stretches of time in which somebody takes part, comes, and the meeting stands at one moment."""
    off = case.world.called_off[key, stay.id]
    for first, until, meeting in case.world.meetings[key].spans(case.end):
        if meeting.status != "planned" or meeting.on < stay.starts_on:
            continue
        first, until = max(first, stay.since), min(until, stay.until or case.end)
        cuts = [moment for moment in off.moments if first < moment < until]
        edges = [first, *cuts, until]
        for begin, end in pairwise(edges):
            if begin < end and not off.at(begin):
                yield begin, end, meeting


def _was_reminded(case: Case, key: str, stay: Stay, meeting: Meeting, due: datetime, until: datetime) -> bool:
    """Whether somebody heard this day and hour: by the reminder, or by the change itself shortly before it."""
    tellings = [one for one in case.tellings(key, stay.id) if one[1].kind != promises.CANCELLED]
    return any(
        case.tells(arrival, meeting) and at < until
        and (life.kind == promises.REMINDER or due - at < promises.JUST_TOLD)
        for at, life, arrival in tellings
    )  # fmt: skip


def _brought_forward(case: Case, stay: Stay, due: datetime, meeting: Meeting) -> datetime:
    """When the first look is: at its moment, or after the night."""
    after = promises.quiet_until(due, case.world.contact(stay.person, due).quiet)
    return after if after < meeting.start else due


def _judge_missed(case: Case, key: str, stay: Stay) -> Iterator[Finding]:
    line, mark = case.world.meetings[key], case.world.marks[key, stay.id]
    if "message" not in case.world.groups[stay.group].follows:
        return
    for first, until, value in mark.spans(case.end):
        meeting = line.at(first)
        if value != "absent" or meeting is None or case.world.is_off(key, stay.id, first):
            continue
        if (promises.wall(first).date() - meeting.on).days > promises.FOLLOWS_WITHIN_DAYS or not stay.is_on(first):
            continue
        tomorrow = promises.wall(first).date() + timedelta(days=1)
        due = promises.moment_of(tomorrow, promises.NOON)
        until = min(until, stay.until or case.end, meeting.end + promises.MISSED_HELPS)
        came = [life for life in case.about[key, stay.id] if life.kind == promises.MISSED]
        if due + _WHILE >= until or any(case.arrivals[life.id] for life in came):
            continue
        if any(life.id in case.world.held_back for life in came) or _was_missed_lately(case, stay, due):
            continue
        if _was_there_since(case, stay, meeting, first):
            continue
        free, _ = case.free_moment(promises.MISSED, stay.person, due, until)
        if free is not None and free + _WHILE < until:
            yield Finding("een 'we hebben je gemist' kwam niet", _of(meeting, stay))


def _was_there_since(case: Case, stay: Stay, missed: Meeting, moment: datetime) -> bool:
    """Whether they were at a later meeting already when it was said that they were missed."""
    for (key, membership), taken in case.world.taken.items():
        later = case.world.meeting(key, moment)
        if membership != stay.id or later is None or later.on <= missed.on:
            continue
        closed = case.world.marks.get((key, membership))
        marked = None if closed is None else closed.at(moment)
        if (marked or taken.at(moment)) == "present":
            return True
    return False


def _was_missed_lately(case: Case, stay: Stay, due: datetime) -> bool:
    return any(
        life.kind == promises.MISSED and case.world.stays[life.membership or ""].group == stay.group
        and due - promises.MISSED_EVERY < arrival.at <= due + promises.MISSED_HELPS
        for life, arrival in case.sent_to[stay.person]
    )  # fmt: skip


def _judge_welcomes(case: Case) -> Iterator[Finding]:
    for stay in case.world.stays.values():
        if stay.is_walk_in:
            continue
        quiet = case.world.contact(stay.person, stay.since).quiet
        due = promises.quiet_until(stay.since, quiet)
        until = min(stay.until or case.end, case.end)
        came = any(
            life.kind == promises.WELCOME and life.membership == stay.id for life, _ in case.sent_to[stay.person]
        )
        if not came and due + _WHILE < until and case.why_not(promises.WELCOME, stay.person, due + SOON) == "":
            yield Finding("een welkom kwam niet", stay.id)


def _judge_talks(case: Case) -> Iterator[Finding]:
    """Who has a talk ahead was told when, and reminded on the evening before if they wanted."""
    for key, line in case.world.talks.items():
        for first, until, (state, person, on, clock) in line.spans(case.end):
            if state != "planned" or on is None or clock is None:
                continue
            start = promises.moment_of(on, clock)
            due = promises.quiet_until(first, case.world.contact(person, first).quiet)
            until = min(until, start)
            words = promises.words_of(on, clock)
            told = [
                arrival for life, arrival in case.sent_to[person]
                if life.talk == key and arrival.at >= first and all(word in arrival.text for word in words)
            ]  # fmt: skip
            is_able = case.why_not("intro_talk_invitation", person, due) == ""
            if not told and due + _WHILE < until and is_able:
                yield Finding("een uitnodiging voor een gesprek kwam niet", f"{key} {on} {clock}")
            yield from _judge_talk_reminder(case, key, person, first, until, words)


def _judge_talk_reminder(
    case: Case, key: str, person: str, first: datetime, until: datetime, words: tuple[str, str]
) -> Iterator[Finding]:
    value = case.world.talks[key].at(first)
    on = None if value is None else value[2]
    if on is None or first >= promises.remind_at(on) or until <= promises.remind_at(on) + _WHILE:
        return
    reminded = any(
        all(word in arrival.text for word in words) and life.kind in (promises.TALK_REMINDER, promises.REMINDER)
        for life, arrival in case.sent_to[person]
    )
    free, _ = case.free_moment(promises.TALK_REMINDER, person, promises.remind_at(on), until)
    if not reminded and free is not None and free + _WHILE < until:
        yield Finding("een herinnering aan een gesprek kwam niet", key)


def _judge_staff(case: Case) -> Iterator[Finding]:
    """Who stands in was asked, and hears when they need not come."""
    for (key, staff), line in case.world.stands_in.items():
        for first, until, does in line.spans(case.end):
            meeting = case.world.meeting(key, first)
            if meeting is None or meeting.status != "planned" or first >= meeting.start:
                continue
            came = [
                arrival for life, arrival in case.sent_to[staff]
                if life.kind == "meeting_substitute" and life.meeting == key
                and first <= arrival.at < first + _WHILE
            ]  # fmt: skip
            if not came and until > first + _WHILE:
                word = "is gevraagd" if does else "hoeft niet"
                yield Finding(f"wie invalt hoorde niet dat het {word}", key)


def _judge_codes(case: Case) -> Iterator[Finding]:
    for deed in case.world.deeds["asked_code"]:
        person = deed["person"]
        came = any(
            life.kind == "access_code" and deed.at <= arrival.at < deed.at + _WHILE
            for life, arrival in case.sent_to[person]
        )
        if not came and case.world.ways(person, deed.at, chosen=False):
            yield Finding("een code kwam niet", person)


def _of(meeting: Meeting, stay: Stay) -> str:
    return f"bijeenkomst {meeting.on} {meeting.clock:%H.%M}, deelname {stay.id} van {stay.person}"
