"""Participants, decrypted: their call name, how to reach them, what they consented to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from peewee import ModelSelect

from services.intake.models import Consent, Contact, Participant, Reachability, Signup, service
from services.intake.rules.people import CALL, CALL_CONSENT


@dataclass(frozen=True)
class Person:
    """A participant, decrypted.

    mobile         as E.164, for instance +31612345678
    may_be_texted  we send text messages to the country of this number
    refused        channels that bounced: email, sms
    purposes       what they consented to by at least one channel; being called after a missed meeting is `CALL`
    """

    id: str
    organisation_id: str
    call_name: str
    language: str
    email: str | None
    mobile: str | None
    phone_is_shared: bool
    may_leave_message: bool
    may_be_texted: bool
    refused: tuple[str, ...]
    purposes: tuple[str, ...]

    @property
    def channels(self) -> tuple[str, ...]:
        """Return the channels with an address that did not bounce."""
        given = (("email", self.email), ("sms", self.mobile if self.may_be_texted else None))
        return tuple(channel for channel, address in given if address and channel not in self.refused)

    @property
    def is_anonymous(self) -> bool:
        """Return whether there is no address at all: then nothing can be sent."""
        return not self.email and not self.mobile


def open_people(participant_ids: Iterable[str]) -> dict[str, Person]:
    """Return id -> person, in a constant number of statements."""
    ids = list(participant_ids)
    refused = {
        row.participant_id: tuple(row.refused)
        for row in Reachability.select().where(Reachability.participant_id.in_(ids))
    }
    purposes: dict[str, set[str]] = {}
    for row in Consent.select().where(Consent.participant.in_(ids), Consent.withdrawn_at.is_null()):
        is_call = (row.purpose, row.channel) == (CALL_CONSENT.purpose, CALL_CONSENT.channel)
        purposes.setdefault(row.participant_id, set()).add(CALL if is_call else row.purpose)
    contacts = Contact.select(Contact, Participant).join(Participant).where(Contact.participant.in_(ids))
    return {
        contact.participant_id: _open(
            contact, refused.get(contact.participant_id, ()), purposes.get(contact.participant_id, ())
        )
        for contact in contacts
    }


def find_language(participant_id: str, _purpose: str = "") -> str | None:
    """Return the language in which somebody wants to be written; None when they are not known."""
    row = Participant.select(Participant.language).where(Participant.id == participant_id).first()
    return None if row is None else str(row.language)


def open_help_question(signup: Signup) -> str:
    """Return somebody's own words; empty when they left it open."""
    if signup.help_question is None:
        return ""
    return service.encryption.open(signup.help_question, "signup.help_question", signup.id)


def has_no_address(participant_id: str) -> bool:
    """Return whether somebody left no address and no number."""
    reached = Contact.email.is_null(False) | Contact.mobile.is_null(False)
    return not Contact.select().where(Contact.participant == participant_id, reached).exists()


def find_likely_doubles(participant_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return participant -> sign-ups of others in the same organisation with the same address or number.

    A hint and no more: partners may share a phone. A sign-up that was closed as a double is left out.
    """
    # Each by its own index: a database that is asked for one or the other at once uses neither.
    ids = list(participant_ids)
    rows = _doubles_by(ids, "email_index") | _doubles_by(ids, "mobile_index")
    doubles: dict[str, list[str]] = {}
    for participant_id, _, signup_id in sorted(rows.tuples()):
        doubles.setdefault(participant_id, []).append(signup_id)
    return {participant_id: tuple(signup_ids) for participant_id, signup_ids in doubles.items()}


def _doubles_by(participant_ids: list[str], index: str) -> ModelSelect[Contact]:
    other = Contact.alias()
    return (
        Contact.select(Contact.participant, Signup.received_at, Signup.id)
        .join(
            other,
            on=(
                (other.organisation_id == Contact.organisation_id)
                & (getattr(other, index) == getattr(Contact, index))
                & (other.participant != Contact.participant)
            ),
        )
        .join(Signup, on=(Signup.participant == other.participant))
        .where(
            Contact.participant.in_(participant_ids),
            Signup.closed_because.is_null() | (Signup.closed_because != "double"),
        )
    )


def _open(contact: Contact, refused: tuple[str, ...], purposes: Iterable[str]) -> Person:
    row = contact.participant
    unseal = service.encryption.open
    return Person(
        id=row.id,
        organisation_id=row.organisation_id,
        call_name=unseal(row.call_name, "participant.call_name", row.id),
        language=row.language,
        email=None if contact.email is None else unseal(contact.email, "contact.email", row.id),
        mobile=None if contact.mobile is None else unseal(contact.mobile, "contact.mobile", row.id),
        phone_is_shared=contact.phone_is_shared,
        may_leave_message=contact.may_leave_message,
        may_be_texted=contact.may_be_texted,
        refused=refused,
        purposes=tuple(sorted(purposes)),
    )
