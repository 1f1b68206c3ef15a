"""Why a message ended as it did, or still waits: which deed, or which promise, stands against it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from tests.simulation.oracle import promises
from tests.simulation.oracle.case import FINAL, SOON, Case
from tests.simulation.record import Life, Step

_WHILE = timedelta(minutes=2)
_MINUTE = timedelta(minutes=1)


def why_ended(case: Case, life: Life) -> str | None:
    """In a few words; None when nothing that happened explains it."""
    end = life.end
    if end.state in ("accepted", "delivered", "undelivered"):
        return _arrived(case, life, end)
    if end.state == "planned":
        return _planned(case, life)
    if end.state == "held":
        return _waits(case, life, end.reason or "", case.end)
    by_state = {"withdrawn": _WITHDRAWN, "suppressed": _SUPPRESSED, "expired": _EXPIRED}
    found = by_state.get(end.state, {}).get(end.reason or "")
    return None if found is None else found(case, life, end)


def _arrived(case: Case, life: Life, end: Step) -> str | None:
    if not case.arrivals[life.id]:
        return None
    if end.state == "accepted":
        return "kwam aan"
    what = "bounced" if case.arrivals[life.id][0].way == "email" else "lost_text"
    told = any(deed["message"] == life.id and deed.at <= end.at for deed in case.world.deeds[what])
    return "ging weg, en kwam terug" if told else None


def _planned(case: Case, life: Life) -> str | None:
    """Its moment is still to come."""
    if life.talk is not None:
        told = case.world.talks[life.talk].at(case.end)
        on = None if told is None else told[2]
    else:
        meeting = case.world.meeting(life.meeting, case.end)
        on = None if meeting is None else meeting.on
    return "komt nog" if on is not None and promises.remind_at(on) > case.end - SOON else None


def _waits(case: Case, life: Life, reason: str, moment: datetime) -> str | None:
    """Whether the reason for which it waits is there at this moment."""
    person, at_night = life.person or "", "is voor na de nacht"
    contact = case.world.contact(person, moment)
    if reason == "quiet_hours":
        return at_night if promises.is_quiet(moment, contact.quiet) else None
    if reason == "veto":
        mark = case.world.marks[life.meeting or "", life.membership or ""]
        day = promises.wall(mark.moments[-1]).date() + timedelta(days=1)
        return "een begeleider mag nog kijken" if moment < promises.moment_of(day, promises.NOON) + SOON else None
    if reason == "budget":
        full = case.sent_in_week(person, moment, but=life.id, give=_MINUTE) >= promises.MOST_A_WEEK
        return "deze week genoeg gekregen" if full else None
    if reason == "paused":
        return "wil even rust" if case.world.is_paused(life.kind, person, moment) else None
    if reason == "unconfirmed":
        _, why = case.world.open_ways(life.kind, person, moment)
        return "het adres is nog niet bevestigd" if why == "unconfirmed" else None
    return None


def _changed(case: Case, life: Life, end: Step) -> str | None:
    made, then = case.world.meeting(life.meeting, life.made_at), case.world.meeting(life.meeting, end.at)
    changed = made is not None and then is not None and made.told != then.told
    back = any(life.made_at <= deed.at <= end.at and deed["meeting"] == life.meeting
               for what in ("meeting_moved", "meeting_elsewhere", "meeting_reopened")
               for deed in case.world.deeds[what])  # fmt: skip
    return "de bijeenkomst werd verplaatst" if changed or back else None


def _off(case: Case, life: Life, end: Step) -> str | None:
    then = case.world.meeting(life.meeting, end.at)
    return "de bijeenkomst gaat niet door" if then is not None and then.status == "cancelled" else None


def _goes_on(case: Case, life: Life, end: Step) -> str | None:
    then = case.world.meeting(life.meeting, end.at)
    return "de bijeenkomst gaat toch door" if then is not None and then.status == "planned" else None


def _called_off(case: Case, life: Life, end: Step) -> str | None:
    off = case.world.is_off(life.meeting or "", life.membership or "", end.at)
    return "had zich afgemeld" if off else None


def _left(case: Case, life: Life, end: Step) -> str | None:
    stay = case.world.stays.get(life.membership or "")
    return "doet niet meer mee" if stay is not None and not stay.is_on(end.at) else None


def _mended(case: Case, life: Life, end: Step) -> str | None:
    mark = case.world.marks[life.meeting or "", life.membership or ""].at(end.at)
    return "was er toch, of had zich afgemeld" if mark != "absent" else None


def _merged(case: Case, life: Life, end: Step) -> str | None:
    """It stands in another message of the same evening."""
    meeting = case.world.meeting(life.meeting, end.at)
    carried = case.arrivals.get(life.carrier or "", [])
    if meeting is None or not carried:
        return None
    return "staat in een ander bericht van die avond" if case.tells(carried[0], meeting) else None


def _replaced(case: Case, life: Life, end: Step) -> str | None:
    if life.kind == "confirm_address":
        return _address_settled(case, life, end)
    stay, then = case.world.stays.get(life.membership or ""), case.world.meeting(life.meeting, end.at)
    if stay is not None and then is not None and stay.starts_on > then.on:
        return "doet dan nog niet mee"
    made = [other for other in case.about[life.meeting or "", life.membership or ""]
            if other.id != life.id and abs(other.made_at - end.at) < SOON]  # fmt: skip
    if any(other.kind == promises.MOVED for other in made):
        return "hoorde net al van de verandering"
    if life.kind == "meeting_substitute" and (life.staff or "") in {
        staff for (meeting, staff), line in case.world.stands_in.items() if meeting == life.meeting and line.values
    }:
        return "valt intussen wel of niet in"
    told = [arrival for at, _, arrival in case.tellings(life.meeting or "", life.membership or "") if at < end.at]
    known = then is not None and any(case.tells(arrival, then) for arrival in told)
    return "wist het al: heen en weer terug" if known and life.kind == promises.REMINDER else None


def _address_settled(case: Case, life: Life, end: Step) -> str | None:
    person, way = life.person or "", life.change or ""
    now, then = (
        case.world.contact(person, end.at).address(way),
        case.world.contact(person, life.made_at).address(way),
    )
    said = case.world.confirmed.get((person, now or ""))
    settled = now != then or (said is not None and said <= end.at) or way not in case.world.ways(person, end.at)
    return "het adres is intussen bevestigd of veranderd" if settled else None


def _held_back(case: Case, life: Life, end: Step) -> str | None:
    return "een begeleider hield het tegen" if life.id in case.world.held_back else None


def _all_reached(case: Case, life: Life, end: Step) -> str | None:
    lives = [
        other for (meeting, _), all_of_it in case.about.items() if meeting == life.meeting for other in all_of_it
    ]
    came = any(case.arrivals[other.id] for other in lives)
    return "iedereen is intussen bereikt" if came else None


def _talk(state: str) -> Callable[[Case, Life, Step], str | None]:
    def judge(case: Case, life: Life, end: Step) -> str | None:
        made, then = (case.world.talks[life.talk or ""].at(moment) for moment in (life.made_at, end.at))
        if then is None or made is None:
            return None
        if state == "called_off":
            return "de kennismaking is afgezegd" if then[0] == "called_off" else None
        return "de kennismaking is verplaatst" if then != made else None

    return judge


def _no_way(case: Case, life: Life, end: Step) -> str | None:
    """The reason is the one that we find ourselves."""
    if life.beside:
        return _no_second(case, life, end)
    _, why = case.world.open_ways(life.kind, life.person or "", end.at)
    same = why == end.reason or {why, end.reason} <= {"no_address", "address_dead"}
    return _WORDS[end.reason or ""] if same else None


def _no_second(case: Case, life: Life, end: Step) -> str | None:
    ways, why = case.world.open_ways(life.kind, life.person or "", end.at)
    return "er is geen tweede weg" if len(ways) < 2 or why in FINAL else None


def _lately(case: Case, life: Life, end: Step) -> str | None:
    stay = case.world.stays[life.membership or ""]
    lately = any(
        other.kind == promises.MISSED and case.world.stays[other.membership or ""].group == stay.group
        and end.at - promises.MISSED_EVERY < arrival.at <= end.at
        for other, arrival in case.sent_to[stay.person]
    )  # fmt: skip
    return "hoorde dat kort geleden al" if lately else None


def _paused_too_long(case: Case, life: Life, end: Step) -> str | None:
    return "wil even rust" if case.world.is_paused(life.kind, life.person or "", end.at) else None


def _too_late(case: Case, life: Life, end: Step) -> str | None:
    """It waited for a reason that was there until it was too late to help."""
    meeting = case.world.meeting(life.meeting, end.at)
    last = next((step for step in reversed(life.steps[:-1]) if step.state == "held"), None)
    if life.talk is not None:
        told = case.world.talks[life.talk].at(end.at)
        if told is not None and told[0] == "over" and promises.remind_at(told[2] or end.at.date()) > end.at:
            return "het gesprek was eerder"
    if meeting is not None and life.kind != promises.MISSED and end.at < meeting.start - SOON:
        return None
    if last is None or last.reason is None:
        return None
    why = _waits(case, life, last.reason, end.at - _WHILE)
    return None if why is None else f"{why}, tot het te laat was"


def _no_quiet(case: Case, life: Life, end: Step) -> str | None:
    """Between its moment and the end of its use there is no hour at which it may go."""
    meeting, person = case.world.meeting(life.meeting, end.at), life.person or ""
    if meeting is None:
        return None
    moment, quiet = max(end.at, promises.remind_at(meeting.on)), case.world.contact(person, end.at).quiet
    while moment < meeting.start:
        if not promises.is_quiet(moment, quiet):
            return None
        moment += _WHILE
    return "tot het begint wil iemand het stil hebben"


_WORDS = {
    "no_address": "heeft geen adres gegeven", "address_dead": "het adres werkt niet meer",
    "no_consent": "heeft er geen ja op gezegd", "opted_out": "heeft er nee op gezegd",
    "unconfirmed": "het adres is nog niet bevestigd",
}  # fmt: skip
_Judge = Callable[[Case, Life, Step], "str | None"]
_WITHDRAWN: dict[str, _Judge] = {
    "meeting_moved": _changed, "meeting_cancelled": _off, "meeting_goes_on": _goes_on, "called_off": _called_off,
    "left_group": _left, "attendance_corrected": _mended, "merged": _merged, "replaced": _replaced,
    "held_back": _held_back, "all_reached": _all_reached, "talk_called_off": _talk("called_off"),
    "talk_moved": _talk("moved"),
}  # fmt: skip
_SUPPRESSED: dict[str, _Judge] = {
    "no_address": _no_way, "address_dead": _no_way, "no_consent": _no_way, "opted_out": _no_way,
    "unconfirmed": _no_way, "no_second_way": _no_second, "missed_lately": _lately, "paused": _paused_too_long,
}  # fmt: skip
_EXPIRED: dict[str, _Judge] = {"too_late": _too_late, "no_quiet_moment": _no_quiet}
