"""What people could expect, computed from what happened alone; and whether it came, or why it could not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from tests.simulation.oracle import promises
from tests.simulation.oracle.change_expectations import check_changes
from tests.simulation.oracle.facts import SOON, Facts, Finding
from tests.simulation.oracle.world import Meeting, Stay

# So long something may take that is due now.
_SLACK = timedelta(minutes=2)


def check_promises(facts: Facts) -> Iterable[Finding]:
    """Find everything that was promised and did not come."""
    for key, timeline in facts.world.meetings.items():
        for stay in facts.world.stays.values():
            if stay.group == timeline.last().group:
                yield from _judge_reminders(facts, key, stay)
                yield from _judge_missed(facts, key, stay)
        yield from check_changes(facts, key)
    yield from _judge_signups(facts)
    yield from _judge_welcomes(facts)
    yield from _judge_talks(facts)
    yield from _judge_staff(facts)
    yield from _judge_codes(facts)


def _judge_reminders(facts: Facts, key: str, stay: Stay) -> Iterator[Finding]:
    for first, until, meeting in _spans_to_remind_of(facts, key, stay):
        due = max(first, promises.remind_at(meeting.on))
        until = min(until, meeting.start)
        late = due > promises.remind_at(meeting.on) and meeting.start - due < promises.LEAST_AHEAD
        if late or due + _SLACK >= until or _was_reminded(facts, key, stay, meeting, due, until):
            continue
        free, _ = facts.free_moment(
            promises.REMINDER, stay.person, _brought_forward(facts, stay, due, meeting), until
        )
        if free is not None and free + _SLACK < until:
            yield Finding("een herinnering kwam niet", _of(meeting, stay))


def _spans_to_remind_of(facts: Facts, key: str, stay: Stay) -> Iterator[tuple[datetime, datetime, Meeting]]:
    """List the spans of time in which somebody takes part, comes, and the meeting is at one moment."""
    off = facts.world.called_off[key, stay.id]
    for first, until, meeting in facts.world.meetings[key].spans(facts.end):
        if meeting.status != "planned" or meeting.on < stay.starts_on:
            continue
        first, until = max(first, stay.since), min(until, stay.until or facts.end)
        cuts = [moment for moment in off.moments if first < moment < until]
        edges = [first, *cuts, until]
        for begin, end in pairwise(edges):
            if begin < end and not off.at(begin):
                yield begin, end, meeting


def _was_reminded(facts: Facts, key: str, stay: Stay, meeting: Meeting, due: datetime, until: datetime) -> bool:
    """Tell whether somebody got this day and hour: by the reminder, or by a change shortly before it."""
    news_of = [news for news in facts.news_of(key, stay.id) if news[1].message_type != promises.CANCELLED]
    return any(
        facts.mentions(arrival, meeting)
        and at < until
        and (history.message_type == promises.REMINDER or due - at < promises.JUST_NOTIFIED)
        for at, history, arrival in news_of
    )


def _brought_forward(facts: Facts, stay: Stay, due: datetime, meeting: Meeting) -> datetime:
    """Return when it is due first: at its moment, or after the night."""
    after = promises.quiet_until(due, facts.world.contact(stay.person, due).quiet)
    return after if after < meeting.start else due


def _judge_missed(facts: Facts, key: str, stay: Stay) -> Iterator[Finding]:
    timeline, mark = facts.world.meetings[key], facts.world.marks[key, stay.id]
    if "message" not in facts.world.groups[stay.group].follows:
        return
    for first, until, value in mark.spans(facts.end):
        meeting = timeline.at(first)
        if value != "absent" or meeting is None or facts.world.is_off(key, stay.id, first):
            continue
        if (promises.wall(first).date() - meeting.on).days > promises.FOLLOWS_WITHIN_DAYS or not stay.is_on(first):
            continue
        tomorrow = promises.wall(first).date() + timedelta(days=1)
        due = promises.moment_of(tomorrow, promises.NOON)
        until = min(until, stay.until or facts.end, meeting.end + promises.MISSED_HELPS)
        came = [history for history in facts.about[key, stay.id] if history.message_type == promises.MISSED]
        if due + _SLACK >= until or any(facts.arrivals[history.id] for history in came):
            continue
        if any(history.id in facts.world.held_back for history in came) or _was_missed_lately(facts, stay, due):
            continue
        if _was_there_since(facts, stay, meeting, first):
            continue
        free, _ = facts.free_moment(promises.MISSED, stay.person, due, until)
        if free is not None and free + _SLACK < until:
            yield Finding("een 'we hebben je gemist' kwam niet", _of(meeting, stay))


def _was_there_since(facts: Facts, stay: Stay, missed: Meeting, moment: datetime) -> bool:
    """Tell whether they were at a later meeting before the message that they were missed."""
    for (key, membership), taken in facts.world.taken.items():
        later = facts.world.meeting(key, moment)
        if membership != stay.id or later is None or later.on <= missed.on:
            continue
        closed = facts.world.marks.get((key, membership))
        marked = None if closed is None else closed.at(moment)
        if (marked or taken.at(moment)) == "present":
            return True
    return False


def _was_missed_lately(facts: Facts, stay: Stay, due: datetime) -> bool:
    return any(
        history.message_type == promises.MISSED
        and facts.world.stays[history.membership or ""].group == stay.group
        and due - promises.MISSED_EVERY < arrival.at <= due + promises.MISSED_HELPS
        for history, arrival in facts.sent_to[stay.person]
    )


def _judge_signups(facts: Facts) -> Iterator[Finding]:
    """Expect one confirmation of every sign-up with an address, as soon as it is no longer night."""
    for action in facts.world.actions["person_signed_up"]:
        person = action["person"]
        came = sum(history.message_type == promises.CONFIRMATION for history, _ in facts.sent_to[person])
        if came > 1:
            yield Finding("een aanmelding is vaker bevestigd", person)
        due = promises.quiet_until(action.at, facts.world.contact(person, action.at).quiet)
        is_able = facts.why_not(promises.CONFIRMATION, person, due + SOON) == ""
        if not came and due + _SLACK < facts.end and is_able:
            yield Finding("een aanmelding is niet bevestigd", person)


def _judge_welcomes(facts: Facts) -> Iterator[Finding]:
    for stay in facts.world.stays.values():
        if stay.is_walk_in:
            continue
        quiet = facts.world.contact(stay.person, stay.since).quiet
        due = promises.quiet_until(stay.since, quiet)
        until = min(stay.until or facts.end, facts.end)
        came = any(
            history.message_type == promises.WELCOME and history.membership == stay.id
            for history, _ in facts.sent_to[stay.person]
        )
        if not came and due + _SLACK < until and facts.why_not(promises.WELCOME, stay.person, due + SOON) == "":
            yield Finding("een welkom kwam niet", stay.id)


def _judge_talks(facts: Facts) -> Iterator[Finding]:
    """Expect an invitation for every talk ahead, and a reminder on the evening before for who consented."""
    for key, timeline in facts.world.talks.items():
        for first, until, (state, person, on, clock) in timeline.spans(facts.end):
            if state != "planned" or on is None or clock is None:
                continue
            start = promises.moment_of(on, clock)
            due = promises.quiet_until(first, facts.world.contact(person, first).quiet)
            until = min(until, start)
            words = promises.words_of(on, clock)
            reached = [
                arrival
                for history, arrival in facts.sent_to[person]
                if history.talk == key and arrival.at >= first and all(word in arrival.text for word in words)
            ]
            is_able = facts.why_not("intro_talk_invitation", person, due) == ""
            if not reached and due + _SLACK < until and is_able:
                yield Finding("een uitnodiging voor een gesprek kwam niet", f"{key} {on} {clock}")
            yield from _judge_talk_reminder(facts, key, person, first, until, words)


def _judge_talk_reminder(
    facts: Facts, key: str, person: str, first: datetime, until: datetime, words: tuple[str, str]
) -> Iterator[Finding]:
    value = facts.world.talks[key].at(first)
    on = None if value is None else value[2]
    if on is None or first >= promises.remind_at(on) or until <= promises.remind_at(on) + _SLACK:
        return
    reminded = any(
        all(word in arrival.text for word in words)
        and history.message_type in (promises.TALK_REMINDER, promises.REMINDER)
        for history, arrival in facts.sent_to[person]
    )
    free, _ = facts.free_moment(promises.TALK_REMINDER, person, promises.remind_at(on), until)
    if not reminded and free is not None and free + _SLACK < until:
        yield Finding("een herinnering aan een gesprek kwam niet", key)


def _judge_staff(facts: Facts) -> Iterator[Finding]:
    """Expect every substitute to be asked, and to hear when they need not come."""
    for (key, staff), timeline in facts.world.stands_in.items():
        for first, until, does in timeline.spans(facts.end):
            meeting = facts.world.meeting(key, first)
            if meeting is None or meeting.status != "planned" or first >= meeting.start:
                continue
            came = [
                arrival
                for history, arrival in facts.sent_to[staff]
                if history.message_type == "meeting_substitute"
                and history.meeting == key
                and first <= arrival.at < first + _SLACK
            ]
            if not came and until > first + _SLACK:
                word = "is gevraagd" if does else "hoeft niet"
                yield Finding(f"wie invalt hoorde niet dat het {word}", key)


def _judge_codes(facts: Facts) -> Iterator[Finding]:
    for action in facts.world.actions["asked_code"]:
        person = action["person"]
        came = any(
            history.message_type == "access_code" and action.at <= arrival.at < action.at + _SLACK
            for history, arrival in facts.sent_to[person]
        )
        if not came and facts.world.channels(person, action.at, chosen=False):
            yield Finding("een code kwam niet", person)


def _of(meeting: Meeting, stay: Stay) -> str:
    return f"bijeenkomst {meeting.on} {meeting.clock:%H.%M}, deelname {stay.id} van {stay.person}"
