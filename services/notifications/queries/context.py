"""Everything that a few messages speak of, loaded together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypedDict, TypeVar

from services.notifications.models import (
    WAITING,
    Absence,
    CallOff,
    Consent,
    Contact,
    Group,
    Measurement,
    Meeting,
    Membership,
    Message,
    Model,
    Organisation,
    Participant,
    Staff,
    Talk,
    service,
)
from services.notifications.queries import frequency_cap, in_person
from services.notifications.queries.frequency_cap import Sent
from services.notifications.queries.preferences import Preferences, load_preferences
from services.notifications.rules.message_types import BY_CODE, MessageType, types_that
from shared import clock

# These are said together when they fall on one evening.
BUNDLED = types_that("is_bundled")
_ONE_DAY = timedelta(days=1)

# Which meeting, which membership.
Pair = tuple[str | None, str | None]
# How much was consumed: (what, epoch, number) of each source, and of what waits.
Mark = tuple[tuple[str, int, int | None], ...]
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Context:
    """Rows by their id; what is not known is not in it.

    others      the messages themselves, those that may go along with them, and those that carry them
    called_off  who will not come to which meeting
    marks       how an absence stands now
    sent        participant -> what counts for the frequency cap lately
    firsts      the channel of a message that another one is secondary of, by its dedupe
    unnotified  message -> how many people somebody has to tell it to
    mark        how much was consumed when this was looked up
    pending     the messages about which an event arrived that could not be handled yet
    """

    participants: dict[str, Participant]
    contacts: dict[str, Contact]
    consents: dict[str, Consent]
    staff: dict[str, Staff]
    organisations: dict[str, Organisation]
    groups: dict[str, Group]
    meetings: dict[str, Meeting]
    memberships: dict[str, Membership]
    talks: dict[str, Talk]
    measurements: dict[str, Measurement]
    others: dict[str, Message]
    called_off: frozenset[Pair]
    marks: dict[Pair, str]
    sent: dict[str, list[Sent]]
    firsts: dict[str, str | None]
    unnotified: dict[str, int]
    pending: frozenset[str]
    preferences: dict[str, Preferences]
    mark: Mark


def load_context(messages: Sequence[Message]) -> Context:
    """Return the context of these messages, in a constant number of queries."""
    people = _ids(messages, "participant_id")
    memberships = _by_id(Membership, _ids(messages, "membership_id"))
    meetings = _by_id(Meeting, _ids(messages, "meeting_id"))
    talks = _by_id(Talk, _ids(messages, "talk_id"))
    staff = set().union(*(_ids(messages, name) for name in ("staff_id", "by_staff_id", "personal_note_by")))
    staff |= _ids(talks.values(), "host_staff_id")
    others = _others(messages)
    return Context(
        participants=_by_id(Participant, people),
        contacts=_by_id(Contact, people),
        consents=_by_id(Consent, people),
        staff=_by_id(Staff, staff),
        organisations=_by_id(Organisation, _ids(messages, "organisation_id")),
        groups=_by_id(Group, _ids(memberships.values(), "group_id") | _ids(meetings.values(), "group_id")),
        meetings=meetings,
        memberships=memberships,
        talks=talks,
        measurements=_by_id(Measurement, _ids(messages, "measurement_id")),
        others=others,
        called_off=_called_off(memberships),
        marks=_marks([message for message in messages if message.message_type == MessageType.MISSED_YOU]),
        firsts=_firsts([message for message in messages if message.secondary_of]),
        pending=_pending(others.values()),
        mark=as_of(),
        unnotified=_count_unnotified(messages),
        sent=frequency_cap.sent_lately(messages),
        preferences=load_preferences(people),
    )


class MessageSubject(TypedDict):
    """The group and the day that a message is about, as far as it has them."""

    group_name: str
    about_on: date | None


@dataclass(frozen=True)
class Subjects:
    """What messages are about, by id: just as much of their context as a list shows."""

    groups: dict[str, Group]
    meetings: dict[str, Meeting]
    memberships: dict[str, Membership]
    talks: dict[str, Talk]


def load_subjects(messages: Sequence[Message]) -> Subjects:
    """Return what these messages are about, in four queries at most."""
    meetings = _by_id(Meeting, _ids(messages, "meeting_id"))
    memberships = _by_id(Membership, _ids(messages, "membership_id"))
    groups = _ids(memberships.values(), "group_id") | _ids(meetings.values(), "group_id")
    return Subjects(_by_id(Group, groups), meetings, memberships, _by_id(Talk, _ids(messages, "talk_id")))


def subject_of(message: Message, context: Context | Subjects) -> MessageSubject:
    """Return what a message is about, and not whom."""
    meeting = context.meetings.get(message.meeting_id or "")
    belongs = meeting or context.memberships.get(message.membership_id or "")
    group = context.groups.get(belongs.group_id) if belongs else None
    appointment = meeting or context.talks.get(message.talk_id or "")
    return {"group_name": group.name if group else "", "about_on": appointment.on if appointment else None}


def as_of() -> Mark:
    """Return how much was consumed: as long as it is the same, no context has changed."""
    return tuple(service.database.execute(_AS_OF).fetchall())


def _others(messages: Sequence[Message]) -> dict[str, Message]:
    """Return these messages, and for reminders those of the same evening and those that carry them."""
    by_id = {message.id: message for message in messages}
    reminders = [message for message in messages if message.message_type in BUNDLED]
    if not reminders:
        return by_id
    soon = clock.now() + _ONE_DAY
    same_people = Message.participant_id.in_(_ids(reminders, "participant_id"))
    near = Message.select().where(same_people, Message.message_type.in_(BUNDLED), WAITING, Message.due_at < soon)
    carried = Message.bundled_into.in_([message.id for message in reminders])
    carrying = Message.id.in_(_ids(reminders, "bundled_into"))
    for row in [*near, *Message.select().where(carried | carrying)]:
        by_id.setdefault(row.id, row)
    return by_id


def _called_off(memberships: dict[str, Membership]) -> frozenset[Pair]:
    if not memberships:
        return frozenset()
    rows = CallOff.select().where(CallOff.membership_id.in_(list(memberships)), CallOff.state == "called_off")
    return frozenset((row.meeting_id, row.membership_id) for row in rows)


def _marks(missed: Sequence[Message]) -> dict[Pair, str]:
    if not missed:
        return {}
    rows = Absence.select().where(Absence.membership_id.in_(_ids(missed, "membership_id")))
    return {(row.meeting_id, row.membership_id): row.mark for row in rows}


def _firsts(secondary_of: Sequence[Message]) -> dict[str, str | None]:
    if not secondary_of:
        return {}
    rows = Message.select(Message.dedupe, Message.channel).where(
        Message.organisation_id.in_(_ids(secondary_of, "organisation_id")),
        Message.dedupe.in_(_ids(secondary_of, "secondary_of")),
    )
    return {row.dedupe: row.channel for row in rows}


def _count_unnotified(messages: Sequence[Message]) -> dict[str, int]:
    return {
        message.id: len(
            in_person.list_unnotified(
                message.meeting_id, in_person.TELLS_OF[BY_CODE[message.message_type]], message.revision
            )
        )
        for message in messages
        if message.message_type in in_person.TELLS_OF
    }


def _pending(messages: Collection[Message]) -> frozenset[str]:
    retry = service.inbox.InboxRetry
    subjects = {message.id: _subjects_of(message) for message in messages}
    rows = retry.select(retry.subject).where(retry.subject.in_(set().union(*subjects.values())))
    waiting = {row.subject for row in rows}
    return frozenset(message_id for message_id, its in subjects.items() if not waiting.isdisjoint(its))


def _subjects_of(message: Message) -> set[str]:
    """Return the subjects (`meeting/<id>`) of the events about what this message speaks of."""
    nouns = {
        "participant": message.participant_id,
        "contact": message.participant_id,
        "consent": message.participant_id,
        "staff": message.staff_id,
        "intro_talk": message.talk_id,
        "meeting": message.meeting_id,
        "membership": message.membership_id,
        "measurement": message.measurement_id,
    }
    return {f"{noun}/{subject_id}" for noun, subject_id in nouns.items() if subject_id}


def _by_id(table: type[Row], ids: Collection[str]) -> dict[str, Row]:
    return {row.id: row for row in table.select().where(table.id.in_(ids))} if ids else {}


def _ids(rows: Iterable[Model], name: str) -> set[str]:
    return {value for row in rows if (value := getattr(row, name))}


_AS_OF = (
    "SELECT source, epoch, seq FROM inbox_position"
    " UNION ALL SELECT 'waiting', COUNT(*), MAX(id) FROM inbox_retry"
    " UNION ALL SELECT 'reachability', 0, MAX(id) FROM reachability_change ORDER BY 1"
)
