"""Why a message ended as it did, or still waits: which action, or which promise, keeps it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from tests.simulation.oracle import promises
from tests.simulation.oracle.facts import FINAL, SOON, Facts
from tests.simulation.record import MessageHistory, Step

_SLACK = timedelta(minutes=2)
_MINUTE = timedelta(minutes=1)


def why_ended(facts: Facts, history: MessageHistory) -> str | None:
    """Say why in a few words; None when nothing that happened explains it."""
    end = history.end
    if end.state in ("accepted", "delivered", "undelivered"):
        return _arrived(facts, history, end)
    if end.state == "planned":
        return _planned(facts, history)
    if end.state == "held":
        return _waits(facts, history, end.reason or "", facts.end)
    by_state = {"withdrawn": _WITHDRAWN, "suppressed": _SUPPRESSED, "expired": _EXPIRED}
    reason = by_state.get(end.state, {}).get(end.reason or "")
    return None if reason is None else reason(facts, history, end)


def _arrived(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    if not facts.arrivals[history.id]:
        return None
    if end.state == "accepted":
        return "kwam aan"
    report = "bounced" if facts.arrivals[history.id][0].channel == "email" else "lost_text"
    came_back = any(
        action["message"] == history.id and action.at <= end.at for action in facts.world.actions[report]
    )
    return "ging weg, en kwam terug" if came_back else None


def _planned(facts: Facts, history: MessageHistory) -> str | None:
    """Explain what waits for its moment."""
    if history.talk is not None:
        talk = facts.world.talks[history.talk].at(facts.end)
        on = None if talk is None else talk[2]
    else:
        meeting = facts.world.meeting(history.meeting, facts.end)
        on = None if meeting is None else meeting.on
    return "komt nog" if on is not None and promises.remind_at(on) > facts.end - SOON else None


def _waits(facts: Facts, history: MessageHistory, reason: str, moment: datetime) -> str | None:
    """Explain it when the reason for which it waits is there at this moment."""
    person, at_night = history.person or "", "is voor na de nacht"
    contact = facts.world.contact(person, moment)
    if reason == "quiet_hours":
        return at_night if promises.is_quiet(moment, contact.quiet) else None
    if reason == "veto":
        mark = facts.world.marks[history.meeting or "", history.membership or ""]
        day = promises.wall(mark.moments[-1]).date() + timedelta(days=1)
        return "een begeleider mag nog kijken" if moment < promises.moment_of(day, promises.NOON) + SOON else None
    if reason == "budget":
        full = facts.sent_in_week(person, moment, but=history.id, give=_MINUTE) >= promises.MOST_A_WEEK
        return "deze week genoeg gekregen" if full else None
    if reason == "paused":
        return "wil even rust" if facts.world.is_paused(history.message_type, person, moment) else None
    if reason == "unconfirmed":
        _, why = facts.world.open_channels(history.message_type, person, moment)
        return "het adres is nog niet bevestigd" if why == "unconfirmed" else None
    return None


def _changed(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    made, then = (
        facts.world.meeting(history.meeting, history.made_at),
        facts.world.meeting(history.meeting, end.at),
    )
    changed = made is not None and then is not None and made.announced != then.announced
    back = any(
        history.made_at <= action.at <= end.at and action["meeting"] == history.meeting
        for kind in ("meeting_moved", "meeting_elsewhere", "meeting_reopened")
        for action in facts.world.actions[kind]
    )
    return "de bijeenkomst werd verplaatst" if changed or back else None


def _off(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    then = facts.world.meeting(history.meeting, end.at)
    return "de bijeenkomst gaat niet door" if then is not None and then.status == "cancelled" else None


def _goes_on(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    then = facts.world.meeting(history.meeting, end.at)
    return "de bijeenkomst gaat toch door" if then is not None and then.status == "planned" else None


def _called_off(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    off = facts.world.is_off(history.meeting or "", history.membership or "", end.at)
    return "had zich afgemeld" if off else None


def _left(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    stay = facts.world.stays.get(history.membership or "")
    return "doet niet meer mee" if stay is not None and not stay.is_on(end.at) else None


def _corrected(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    mark = facts.world.marks[history.meeting or "", history.membership or ""].at(end.at)
    return "was er toch, of had zich afgemeld" if mark != "absent" else None


def _merged(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    """Explain what stands in another message of the same evening."""
    meeting = facts.world.meeting(history.meeting, end.at)
    carried = facts.arrivals.get(history.carrier or "", [])
    if meeting is None or not carried:
        return None
    return "staat in een ander bericht van die avond" if facts.mentions(carried[0], meeting) else None


def _replaced(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    if history.message_type == "confirm_address":
        return _address_settled(facts, history, end)
    stay, then = (
        facts.world.stays.get(history.membership or ""),
        facts.world.meeting(history.meeting, end.at),
    )
    if stay is not None and then is not None and stay.starts_on > then.on:
        return "doet dan nog niet mee"
    made = [
        other
        for other in facts.about[history.meeting or "", history.membership or ""]
        if other.id != history.id and abs(other.made_at - end.at) < SOON
    ]
    if any(other.message_type == promises.MOVED for other in made):
        return "hoorde net al van de verandering"
    if history.message_type == "meeting_substitute" and (history.staff or "") in {
        staff
        for (meeting, staff), timeline in facts.world.stands_in.items()
        if meeting == history.meeting and timeline.values
    }:
        return "valt intussen wel of niet in"
    earlier = [
        arrival for at, _, arrival in facts.news_of(history.meeting or "", history.membership or "") if at < end.at
    ]
    known = then is not None and any(facts.mentions(arrival, then) for arrival in earlier)
    return "wist het al: heen en weer terug" if known and history.message_type == promises.REMINDER else None


def _address_settled(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    person, channel = history.person or "", history.change or ""
    now, then = (
        facts.world.contact(person, end.at).address(channel),
        facts.world.contact(person, history.made_at).address(channel),
    )
    confirmed_at = facts.world.confirmed.get((person, now or ""))
    settled = (
        now != then
        or (confirmed_at is not None and confirmed_at <= end.at)
        or channel not in facts.world.channels(person, end.at)
    )
    return "het adres is intussen bevestigd of veranderd" if settled else None


def _held_back(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    return "een begeleider hield het tegen" if history.id in facts.world.held_back else None


def _all_reached(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    histories = [
        other
        for (meeting, _), all_of_it in facts.about.items()
        if meeting == history.meeting
        for other in all_of_it
    ]
    came = any(facts.arrivals[other.id] for other in histories)
    return "iedereen is intussen bereikt" if came else None


def _talk(state: str) -> Callable[[Facts, MessageHistory, Step], str | None]:
    def judge(facts: Facts, history: MessageHistory, end: Step) -> str | None:
        made, then = (facts.world.talks[history.talk or ""].at(moment) for moment in (history.made_at, end.at))
        if then is None or made is None:
            return None
        if state == "called_off":
            return "de kennismaking is afgezegd" if then[0] == "called_off" else None
        return "de kennismaking is verplaatst" if then != made else None

    return judge


def _no_channel(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    """Explain it when the reason is the one found here."""
    if history.is_secondary:
        return _no_second(facts, history, end)
    _, why = facts.world.open_channels(history.message_type, history.person or "", end.at)
    same = why == end.reason or {why, end.reason} <= {"no_address", "address_dead"}
    return _WORDS[end.reason or ""] if same else None


def _no_second(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    channels, why = facts.world.open_channels(history.message_type, history.person or "", end.at)
    return "er is geen tweede weg" if len(channels) < 2 or why in FINAL else None


def _lately(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    stay = facts.world.stays[history.membership or ""]
    lately = any(
        other.message_type == promises.MISSED
        and facts.world.stays[other.membership or ""].group == stay.group
        and end.at - promises.MISSED_EVERY < arrival.at <= end.at
        for other, arrival in facts.sent_to[stay.person]
    )
    return "hoorde dat kort geleden al" if lately else None


def _paused_too_long(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    return "wil even rust" if facts.world.is_paused(history.message_type, history.person or "", end.at) else None


def _too_late(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    """Explain what waited for a reason that was there until it was too late to help."""
    meeting = facts.world.meeting(history.meeting, end.at)
    last = next((step for step in reversed(history.steps[:-1]) if step.state == "held"), None)
    if history.talk is not None:
        talk = facts.world.talks[history.talk].at(end.at)
        if talk is not None and talk[0] == "over" and promises.remind_at(talk[2] or end.at.date()) > end.at:
            return "het gesprek was eerder"
    if meeting is not None and history.message_type != promises.MISSED and end.at < meeting.start - SOON:
        return None
    if last is None or last.reason is None:
        return None
    why = _waits(facts, history, last.reason, end.at - _SLACK)
    return None if why is None else f"{why}, tot het te laat was"


def _no_quiet(facts: Facts, history: MessageHistory, end: Step) -> str | None:
    """Explain what had no hour at which it might go, between its moment and the end of its use."""
    meeting, person = facts.world.meeting(history.meeting, end.at), history.person or ""
    if meeting is None:
        return None
    moment, quiet = max(end.at, promises.remind_at(meeting.on)), facts.world.contact(person, end.at).quiet
    while moment < meeting.start:
        if not promises.is_quiet(moment, quiet):
            return None
        moment += _SLACK
    return "tot het begint wil iemand het stil hebben"


_WORDS = {
    "no_address": "heeft geen adres gegeven",
    "address_dead": "het adres werkt niet meer",
    "no_consent": "heeft er geen ja op gezegd",
    "opted_out": "heeft er nee op gezegd",
    "unconfirmed": "het adres is nog niet bevestigd",
}
_Judge = Callable[[Facts, MessageHistory, Step], "str | None"]
_WITHDRAWN: dict[str, _Judge] = {
    "meeting_moved": _changed,
    "meeting_cancelled": _off,
    "meeting_goes_on": _goes_on,
    "called_off": _called_off,
    "left_group": _left,
    "attendance_corrected": _corrected,
    "merged": _merged,
    "replaced": _replaced,
    "held_back": _held_back,
    "all_reached": _all_reached,
    "talk_called_off": _talk("called_off"),
    "talk_moved": _talk("moved"),
}
_SUPPRESSED: dict[str, _Judge] = {
    "no_address": _no_channel,
    "address_dead": _no_channel,
    "no_consent": _no_channel,
    "opted_out": _no_channel,
    "unconfirmed": _no_channel,
    "no_second_channel": _no_second,
    "missed_lately": _lately,
    "paused": _paused_too_long,
}
_EXPIRED: dict[str, _Judge] = {"too_late": _too_late, "no_quiet_moment": _no_quiet}
