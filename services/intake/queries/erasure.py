"""Whom an actor may erase, and the progress of erasures: opaque ids and moments, nothing else is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.intake.models import Contact, ErasureAnswer, ErasureRequest, Organisation, Participant, service
from services.intake.queries.people import Person, open_people
from services.intake.queries.phone_numbers import read_number
from shared.email_addresses import comparable
from shared.errors import NotFound
from shared.security.actor import Actor, within

ROLES = ("coordinator", "manager")
SERVICES = ("intake", "meetings", "questionnaires", "notifications")
SHOWN = 200
MOST_FOUND = 20


@dataclass(frozen=True)
class ErasureView:
    """One erasure. answers: service -> when it had erased this person, None until then.

    asked_by   self, staff, or earlier: asked before an older backup was restored
    logged_at  when it was written to the erasure log
    """

    participant_id: str
    organisation: str
    asked_by: str
    asked_at: datetime
    logged_at: datetime | None
    answers: dict[str, datetime | None]

    @property
    def is_done(self) -> bool:
        """Return whether every service has answered."""
        return all(self.answers.values())

    @property
    def done_at(self) -> datetime | None:
        """Return when the last service answered; None until all have."""
        return max(moment for moment in self.answers.values() if moment) if self.is_done else None


def find_person(actor: Actor, participant_id: str) -> Participant:
    """Return somebody, for themselves or for staff of their organisation who may erase them; NotFound."""
    row = Participant.get_or_none(Participant.id == participant_id)
    is_own = actor.kind == "participant" and actor.id == participant_id
    if row is None or not (is_own or actor.roles_in(row.organisation_id) & set(ROLES)):
        raise NotFound()
    return row


def is_requested(actor: Actor, participant_id: str) -> bool:
    """Return whether an erasure that this actor may know of was requested before."""
    row = ErasureRequest.get_or_none(ErasureRequest.participant_id == participant_id)
    is_own = actor.kind == "participant" and actor.id == participant_id
    return row is not None and (is_own or bool(actor.roles_in(row.organisation_id) & set(ROLES)))


def get_person(actor: Actor, participant_id: str) -> Person:
    """Return somebody opened, for whoever may find them; NotFound."""
    row = find_person(actor, participant_id)
    return open_people([row.id])[row.id]


def search_people(actor: Actor, wanted: str) -> list[Person]:
    """Return the first twenty people of the actor's organisations with this name, address or number, by name."""
    index = service.encryption.index
    text = wanted.strip()
    is_ours = within(actor, Participant.organisation_id, ROLES)
    by_address = Contact.select(Contact.participant).where(
        (Contact.email_index == index(comparable(text), "contact.email"))
        | (Contact.mobile_index == index(read_number(text) or "", "contact.mobile"))
    )
    reached = [row.id for row in Participant.select().where(is_ours, Participant.id.in_(by_address))]
    called = [row.id for row in Participant.select().where(is_ours) if _is_called(row, text)]
    people = open_people(list(dict.fromkeys(reached + called))[:MOST_FOUND])
    return sorted(people.values(), key=lambda person: person.call_name.casefold())


def find_erasure(participant_id: str) -> ErasureView | None:
    """Return the erasure that somebody asked for themselves; None without one."""
    row = ErasureRequest.get_or_none(ErasureRequest.participant_id == participant_id)
    return None if row is None else _views([row])[0]


def list_erasures(actor: Actor) -> list[ErasureView]:
    """Return the newest two hundred erasures of the actor's organisations."""
    rows = ErasureRequest.select().where(within(actor, ErasureRequest.organisation_id, ROLES))
    return _views(list(rows.order_by(ErasureRequest.asked_at.desc()).limit(SHOWN)))


def _views(rows: list[ErasureRequest]) -> list[ErasureView]:
    ids = [row.participant_id for row in rows]
    answers: dict[str, dict[str, datetime]] = {}
    for answer in ErasureAnswer.select().where(ErasureAnswer.participant_id.in_(ids)):
        answers.setdefault(answer.participant_id, {})[answer.service] = answer.answered_at
    names = _names({row.organisation_id for row in rows})
    return [
        ErasureView(
            row.participant_id,
            names.get(row.organisation_id, ""),
            row.asked_by,
            row.asked_at,
            row.logged_at,
            {service: answers.get(row.participant_id, {}).get(service) for service in SERVICES},
        )
        for row in rows
    ]


def _names(organisation_ids: Iterable[str]) -> dict[str, str]:
    return {row.id: row.name for row in Organisation.select().where(Organisation.id.in_(list(organisation_ids)))}


def _is_called(row: Participant, text: str) -> bool:
    called = service.encryption.open(row.call_name, "participant.call_name", row.id)
    return text != "" and called.casefold() == text.casefold()
