"""Why a message exists: which action asked for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

from tests.simulation.oracle import promises
from tests.simulation.oracle.facts import SOON, Facts
from tests.simulation.record import MessageHistory

_OFFICE = (time(9), time(17))
_SATURDAY = 5
_NOT_DELIVERED = frozenset({"suppressed", "expired", "rejected", "undelivered", "held"})


def why_made(facts: Facts, history: MessageHistory) -> str | None:
    """Say why in a few words; None when nothing that happened asks for it."""
    reason = _BY_KIND.get(history.message_type)
    return None if reason is None else reason(facts, history)


def _after(facts: Facts, history: MessageHistory, *kinds: str, **about: object) -> bool:
    """Tell whether one of these actions was done just before it was made."""
    return any(
        action.at <= history.made_at <= action.at + SOON
        and all(action.about.get(name) == value for name, value in about.items())
        for kind in kinds
        for action in facts.world.actions[kind]
    )


def _reminder(facts: Facts, history: MessageHistory) -> str | None:
    meeting, stay = (
        facts.world.meeting(history.meeting, history.made_at),
        facts.world.stays.get(history.membership or ""),
    )
    if meeting is None or stay is None or meeting.group != stay.group or stay.person != history.person:
        return None
    comes = stay.is_on(history.made_at) and stay.starts_on <= meeting.on and meeting.status == "planned"
    return "doet mee, en er is een bijeenkomst" if comes else None


def _moved(facts: Facts, history: MessageHistory) -> str | None:
    stay = facts.world.stays.get(history.membership or "")
    timeline = facts.world.meetings.get(history.meeting or "")
    if stay is None or timeline is None or not stay.is_on(history.made_at):
        return None
    before = timeline.at(history.made_at - SOON)
    knew = before is not None and (
        stay.starts_on < before.on
        or facts.knows(stay, history.meeting or "", before, history.made_at)
        or facts.news_of(history.meeting or "", stay.id)
    )
    actions = {"moved": "meeting_moved", "place": "meeting_elsewhere", "on_again": "meeting_reopened"}
    action = actions.get(history.change or "", "")
    return (
        "de bijeenkomst veranderde" if knew and _after(facts, history, action, meeting=history.meeting) else None
    )


def _cancelled(facts: Facts, history: MessageHistory) -> str | None:
    stay = facts.world.stays.get(history.membership or "")
    if stay is None or not stay.is_on(history.made_at):
        return None
    if facts.world.is_off(history.meeting or "", stay.id, history.made_at):
        return None
    asked = _after(facts, history, "meeting_cancelled", meeting=history.meeting)
    return "de bijeenkomst gaat niet door" if asked else None


def _missed(facts: Facts, history: MessageHistory) -> str | None:
    stay = facts.world.stays.get(history.membership or "")
    if stay is None or "message" not in facts.world.groups[stay.group].follows:
        return None
    marked = facts.world.marks[history.meeting or "", stay.id].at(history.made_at) == "absent"
    off = facts.world.is_off(history.meeting or "", stay.id, history.made_at)
    asked = _after(facts, history, "meeting_closed", "mark_corrected", meeting=history.meeting)
    return "was er niet, en de groep laat dat weten" if marked and asked and not off else None


def _welcome(facts: Facts, history: MessageHistory) -> str | None:
    stay = facts.world.stays.get(history.membership or "")
    asked = (
        stay is not None
        and not stay.is_walk_in
        and _after(facts, history, "joined", membership=history.membership)
    )
    return "kreeg een plek" if asked else None


def _talk(facts: Facts, history: MessageHistory) -> str | None:
    asked = _after(facts, history, "talk_planned", "talk_moved", "talk_called_off", talk=history.talk)
    return "er is een kennismaking afgesproken of veranderd" if asked else None


def _substitute(facts: Facts, history: MessageHistory) -> str | None:
    asked = _after(
        facts,
        history,
        "substitute_appointed",
        "substitute_released",
        meeting=history.meeting,
        staff=history.staff,
    )
    stands = bool(facts.world.stands_in[history.meeting or "", history.staff or ""].values)
    changed = _after(
        facts,
        history,
        "meeting_moved",
        "meeting_cancelled",
        "meeting_reopened",
        "meeting_elsewhere",
        meeting=history.meeting,
    )
    return "valt in, of hoeft dat niet meer" if asked or (stands and changed) else None


def _to_leader(facts: Facts, history: MessageHistory) -> str | None:
    """Explain it when somebody else changed a meeting of the group that they lead."""
    meeting, actions = (
        facts.world.meeting(history.meeting, history.made_at),
        {
            "moved": "meeting_moved",
            "place": "meeting_elsewhere",
            "called_off": "meeting_cancelled",
            "on_again": "meeting_reopened",
        },
    )
    by_another = any(
        action["meeting"] == history.meeting
        and action.about.get("by") != history.staff
        and action.at <= history.made_at <= action.at + SOON
        for action in facts.world.actions[actions.get(history.change or "", "")]
    )
    leads = meeting is not None and history.staff in facts.world.groups[meeting.group].leaders
    return "een ander veranderde een bijeenkomst van de eigen groep" if by_another and leads else None


def _in_person(facts: Facts, history: MessageHistory) -> str | None:
    """Explain it when no message reached somebody who had to hear of a change."""
    kind = next(kind for kind, in_person in promises.IN_PERSON.items() if in_person == history.message_type)
    for (meeting, _), histories in facts.about.items():
        same_type = [other for other in histories if meeting == history.meeting and other.message_type == kind]
        for other in same_type:
            of_same_change = [message for message in same_type if abs(message.made_at - other.made_at) < SOON]
            is_reached = any(message.end.state == "accepted" for message in of_same_change)
            if other.made_at <= history.made_at and other.end.state in _NOT_DELIVERED and not is_reached:
                return "iemand is niet te bereiken"
    return None


def _list(facts: Facts, history: MessageHistory) -> str | None:
    """Explain it when somebody takes part in a group with a list and consented, perhaps later than they came."""
    person, at = history.person or "", history.made_at
    takes_part = any(
        facts.world.groups[stay.group].lists and stay.is_on(at)
        for stay in facts.world.stays.values()
        if stay.person == person
    )
    agreed = "questionnaires" in facts.world.contact(person, at).purposes
    asked = _after(facts, history, "joined", "contact_changed", person=person)
    return "mag een lijst invullen" if takes_part and agreed and asked else None


def _confirm(facts: Facts, history: MessageHistory) -> str | None:
    """Explain it for an unconfirmed address: given just now, or needed for a message that waits for it."""
    person, channel, at = history.person or "", history.change or "", history.made_at
    address = facts.world.contact(person, at).address(channel)
    if address is None or (facts.world.confirmed.get((person, address)) or facts.end) < at:
        return None
    contact_is_new = _after(facts, history, "contact_changed", person=person)
    waits = any(
        other.person == person
        and any(step.reason == "unconfirmed" and abs(step.at - at) < SOON for step in other.steps)
        for other in facts.record.histories
    )
    return "klopt dit adres?" if contact_is_new or waits else None


def _signed_up(facts: Facts, history: MessageHistory) -> str | None:
    return "meldde zich aan" if _after(facts, history, "person_signed_up", person=history.person) else None


def _code(facts: Facts, history: MessageHistory) -> str | None:
    return "vroeg zelf een code" if _after(facts, history, "asked_code", person=history.person) else None


def _reply(facts: Facts, history: MessageHistory) -> str | None:
    number = facts.world.contact(history.person or "", history.made_at).mobile
    texted = _after(facts, history, "texted", number=number)
    return "stuurde ons een sms toen niemand meelas" if texted and not _is_office(history.made_at) else None


def _is_office(moment: datetime) -> bool:
    here = promises.wall(moment)
    return here.weekday() < _SATURDAY and _OFFICE[0] <= here.time() < _OFFICE[1]


_BY_KIND: dict[str, Callable[[Facts, MessageHistory], str | None]] = {
    promises.CONFIRMATION: _signed_up,
    promises.REMINDER: _reminder,
    promises.MOVED: _moved,
    promises.CANCELLED: _cancelled,
    promises.MISSED: _missed,
    promises.WELCOME: _welcome,
    "intro_talk_invitation": _talk,
    promises.TALK_REMINDER: _talk,
    "intro_talk_changed": _talk,
    "meeting_substitute": _substitute,
    promises.TO_LEADER: _to_leader,
    "move_in_person": _in_person,
    "cancellation_in_person": _in_person,
    promises.LIST: _list,
    "confirm_address": _confirm,
    "access_code": _code,
    "reply_received": _reply,
}
