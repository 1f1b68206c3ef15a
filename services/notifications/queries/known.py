"""What we have heard of everything that a handful of messages speaks of, looked up together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.notifications.models import (
    Consent,
    Contact,
    Group,
    Measurement,
    Meeting,
    Membership,
    Message,
    Organisation,
    Participant,
    Staff,
    Talk,
    house,
)


@dataclass(frozen=True)
class Known:
    """Rows by their id; what was never heard of is not in it.

    unheard  subjects (`meeting/<id>`) of which a letter was heard that could not be handled yet
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
    unheard: frozenset[str]


def look_up(messages: Sequence[Message]) -> Known:
    """All of it, in a constant number of questions."""
    people = _ids(messages, "participant_id")
    memberships = _by_id(Membership, _ids(messages, "membership_id"))
    talks = _by_id(Talk, _ids(messages, "talk_id"))
    return Known(
        participants=_by_id(Participant, people),
        contacts=_by_id(Contact, people),
        consents=_by_id(Consent, people),
        staff=_by_id(Staff, _ids(messages, "staff_id") | _ids(talks.values(), "host_staff_id")),
        organisations=_by_id(Organisation, _ids(messages, "organisation_id")),
        groups=_by_id(Group, _ids(memberships.values(), "group_id")),
        meetings=_by_id(Meeting, _ids(messages, "meeting_id")),
        memberships=memberships,
        talks=talks,
        measurements=_by_id(Measurement, _ids(messages, "measurement_id")),
        unheard=_unheard(messages),
    )


def subjects_of(message: Message) -> list[str]:
    """The subjects of the letters that tell of what this message speaks of."""
    spoken_of = (
        ("participant", message.participant_id), ("staff", message.staff_id), ("intro_talk", message.talk_id),
        ("meeting", message.meeting_id), ("membership", message.membership_id),
        ("measurement", message.measurement_id),
    )  # fmt: skip
    return [f"{noun}/{known}" for noun, known in spoken_of if known]


def as_of() -> tuple[Any, ...]:
    """A mark of how much we have heard: as long as it is the same, nothing that we know has changed."""
    return tuple(house.database.execute(_AS_OF).fetchall())


def _unheard(messages: Sequence[Message]) -> frozenset[str]:
    waiting = house.inbox.InboxRetry
    subjects = {subject for message in messages for subject in subjects_of(message)}
    return frozenset(row.subject for row in waiting.select(waiting.subject).where(waiting.subject.in_(subjects)))


def _by_id(table: Any, ids: Collection[str]) -> dict[str, Any]:
    return {row.id: row for row in table.select().where(table.id.in_(ids))} if ids else {}


def _ids(rows: Iterable[Any], name: str) -> set[str]:
    return {value for row in rows if (value := getattr(row, name))}


_AS_OF = (
    "SELECT source, epoch, seq FROM inbox_position"
    " UNION ALL SELECT 'waiting', COUNT(*), MAX(id) FROM inbox_retry ORDER BY 1"
)
