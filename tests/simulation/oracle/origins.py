"""Why a message exists: which deed asked for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

from tests.simulation.oracle import promises
from tests.simulation.oracle.case import SOON, Case
from tests.simulation.record import Life

_OFFICE = (time(9), time(17))
_SATURDAY = 5
_NOT_TOLD = frozenset({"suppressed", "expired", "rejected", "undelivered", "held"})


def why_made(case: Case, life: Life) -> str | None:
    """In a few words; None when nothing that happened asks for it."""
    found = _BY_KIND.get(life.kind)
    return None if found is None else found(case, life)


def _after(case: Case, life: Life, *whats: str, **about: object) -> bool:
    """Whether one of these deeds was done just before it was made."""
    return any(
        deed.at <= life.made_at <= deed.at + SOON
        and all(deed.about.get(name) == value for name, value in about.items())
        for what in whats
        for deed in case.world.deeds[what]
    )


def _reminder(case: Case, life: Life) -> str | None:
    meeting, stay = case.world.meeting(life.meeting, life.made_at), case.world.stays.get(life.membership or "")
    if meeting is None or stay is None or meeting.group != stay.group or stay.person != life.person:
        return None
    comes = stay.is_on(life.made_at) and stay.starts_on <= meeting.on and meeting.status == "planned"
    return "doet mee, en er is een bijeenkomst" if comes else None


def _moved(case: Case, life: Life) -> str | None:
    stay = case.world.stays.get(life.membership or "")
    line = case.world.meetings.get(life.meeting or "")
    if stay is None or line is None or not stay.is_on(life.made_at):
        return None
    before = line.at(life.made_at - SOON)
    knew = before is not None and (
        stay.starts_on < before.on or case.knows(stay, life.meeting or "", before, life.made_at)
        or case.tellings(life.meeting or "", stay.id)
    )  # fmt: skip
    deeds = {"moved": "meeting_moved", "place": "meeting_elsewhere", "on_again": "meeting_reopened"}
    deed = deeds.get(life.change or "", "")
    return "de bijeenkomst veranderde" if knew and _after(case, life, deed, meeting=life.meeting) else None


def _cancelled(case: Case, life: Life) -> str | None:
    stay = case.world.stays.get(life.membership or "")
    if stay is None or not stay.is_on(life.made_at):
        return None
    if case.world.is_off(life.meeting or "", stay.id, life.made_at):
        return None
    asked = _after(case, life, "meeting_cancelled", meeting=life.meeting)
    return "de bijeenkomst gaat niet door" if asked else None


def _missed(case: Case, life: Life) -> str | None:
    stay = case.world.stays.get(life.membership or "")
    if stay is None or "message" not in case.world.groups[stay.group].follows:
        return None
    marked = case.world.marks[life.meeting or "", stay.id].at(life.made_at) == "absent"
    off = case.world.is_off(life.meeting or "", stay.id, life.made_at)
    asked = _after(case, life, "meeting_closed", "mark_mended", meeting=life.meeting)
    return "was er niet, en de groep laat dat weten" if marked and asked and not off else None


def _welcome(case: Case, life: Life) -> str | None:
    stay = case.world.stays.get(life.membership or "")
    asked = stay is not None and not stay.is_walk_in and _after(case, life, "joined", membership=life.membership)
    return "kreeg een plek" if asked else None


def _talk(case: Case, life: Life) -> str | None:
    asked = _after(case, life, "talk_planned", "talk_moved", "talk_called_off", talk=life.talk)
    return "er is een kennismaking afgesproken of veranderd" if asked else None


def _substitute(case: Case, life: Life) -> str | None:
    asked = _after(case, life, "stood_in", "stood_down", meeting=life.meeting, staff=life.staff)
    stands = bool(case.world.stands_in[life.meeting or "", life.staff or ""].values)
    changed = _after(
        case, life, "meeting_moved", "meeting_cancelled", "meeting_reopened", "meeting_elsewhere",
        meeting=life.meeting,
    )  # fmt: skip
    return "valt in, of hoeft dat niet meer" if asked or (stands and changed) else None


def _to_leader(case: Case, life: Life) -> str | None:
    """Somebody else changed a meeting of the group that they lead."""
    meeting, deeds = case.world.meeting(life.meeting, life.made_at), {
        "moved": "meeting_moved", "place": "meeting_elsewhere", "called_off": "meeting_cancelled",
        "on_again": "meeting_reopened",
    }  # fmt: skip
    by_another = any(
        deed["meeting"] == life.meeting and deed.about.get("by") != life.staff
        and deed.at <= life.made_at <= deed.at + SOON
        for deed in case.world.deeds[deeds.get(life.change or "", "")]
    )  # fmt: skip
    leads = meeting is not None and life.staff in case.world.groups[meeting.group].leaders
    return "een ander veranderde een bijeenkomst van de eigen groep" if by_another and leads else None


def _by_hand(case: Case, life: Life) -> str | None:
    """Somebody who had to hear of a change could not be told it by any message."""
    kind = next(kind for kind, by_hand in promises.BY_HAND.items() if by_hand == life.kind)
    for (meeting, _), lives in case.about.items():
        told = [other for other in lives if meeting == life.meeting and other.kind == kind]
        for other in told:
            of_same_change = [one for one in told if abs(one.made_at - other.made_at) < SOON]
            is_reached = any(one.end.state == "accepted" for one in of_same_change)
            if other.made_at <= life.made_at and other.end.state in _NOT_TOLD and not is_reached:
                return "iemand is niet te bereiken"
    return None


def _list(case: Case, life: Life) -> str | None:
    """Somebody takes part in a group with a list, and said yes to that; perhaps later than they came."""
    person, at = life.person or "", life.made_at
    takes_part = any(
        case.world.groups[stay.group].lists and stay.is_on(at)
        for stay in case.world.stays.values() if stay.person == person
    )  # fmt: skip
    said_yes = "questionnaires" in case.world.contact(person, at).purposes
    asked = _after(case, life, "joined", "contact_changed", person=person)
    return "mag een lijst invullen" if takes_part and said_yes and asked else None


def _confirm(case: Case, life: Life) -> str | None:
    """An address that nobody is sure of: told just now, or needed for something that waits for it."""
    person, way, at = life.person or "", life.change or "", life.made_at
    address = case.world.contact(person, at).address(way)
    if address is None or (case.world.confirmed.get((person, address)) or case.end) < at:
        return None
    contact_is_new = _after(case, life, "contact_changed", person=person)
    waits = any(
        other.person == person
        and any(step.reason == "unconfirmed" and abs(step.at - at) < SOON for step in other.steps)
        for other in case.record.lives
    )
    return "klopt dit adres?" if contact_is_new or waits else None


def _code(case: Case, life: Life) -> str | None:
    return "vroeg zelf een code" if _after(case, life, "asked_code", person=life.person) else None


def _reply(case: Case, life: Life) -> str | None:
    number = case.world.contact(life.person or "", life.made_at).mobile
    texted = _after(case, life, "texted", number=number)
    return "stuurde ons een sms toen niemand meelas" if texted and not _is_office(life.made_at) else None


def _is_office(moment: datetime) -> bool:
    here = promises.wall(moment)
    return here.weekday() < _SATURDAY and _OFFICE[0] <= here.time() < _OFFICE[1]


_BY_KIND: dict[str, Callable[[Case, Life], str | None]] = {
    promises.REMINDER: _reminder, promises.MOVED: _moved, promises.CANCELLED: _cancelled,
    promises.MISSED: _missed, promises.WELCOME: _welcome, "intro_talk_invitation": _talk,
    promises.TALK_REMINDER: _talk, "intro_talk_changed": _talk, "meeting_substitute": _substitute,
    promises.TO_LEADER: _to_leader, "move_in_person": _by_hand, "cancellation_in_person": _by_hand,
    promises.LIST: _list, "confirm_address": _confirm, "access_code": _code, "reply_received": _reply,
}  # fmt: skip
