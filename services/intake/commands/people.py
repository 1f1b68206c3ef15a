"""Participants: their call name and language, how to reach them, and what they consented to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TypedDict, Unpack

from services.intake.commands.next_steps import keep_next_step
from services.intake.commands.publishing import (
    message_channels,
    publish_consents,
    publish_contact,
    publish_participant,
)
from services.intake.models import Consent, Contact, Participant, Reachability, service
from services.intake.queries.people import Person, open_people
from services.intake.queries.scope import find_signup
from services.intake.rules import people as rules
from shared import clock
from shared.email_addresses import comparable
from shared.errors import TryLater, or_not_found
from shared.ids import minted_at, new_id
from shared.security.actor import Actor, system
from shared.storage import upsert

# Which text of [consents_<version>] in data/messages.nl.toml people read now; raised with every change of words.
CONSENT_TEXT = "2"


class ContactFields(TypedDict, total=False):
    """email, mobile (E.164) or None; what may be done with the phone, and whether we text to its country."""

    email: str | None
    mobile: str | None
    may_leave_message: bool
    phone_is_shared: bool
    may_be_texted: bool


@service.command
def change_contact(
    actor: Actor,
    *,
    signup_id: str,
    call_name: str,
    purposes: Collection[str],
    request_id: str,
    language: str | None = None,
    **fields: Unpack[ContactFields],
) -> str:
    """Change somebody's call name, language, addresses and consents; return the sign-up's id.

    language  the one they have when left out
    Refused: call_name_missing, call_name_too_long, language_unknown, consent_unknown, consent_not_reachable,
    mobile_not_texted, call_not_reachable; NotFound.
    """
    signup = find_signup(actor, signup_id)
    call_name = rules.check_call_name(call_name)
    contact = contact_of(fields)
    consents = wanted_consents(purposes, contact)
    rules.check_consents(consents, contact)
    before = open_people([signup.participant_id])[signup.participant_id]
    language = before.language if language is None else rules.check_language(language)
    if (call_name, language) != (before.call_name, before.language):
        _change_participant(before.id, call_name, language)
    if contact != _contact_before(before):
        _save_contact(before.id, before.organisation_id, contact)
        _clear_bounces(before, contact)
        keep_next_step(signup)
    set_consents(before.id, before.organisation_id, consents)
    service.audit.record(
        actor, "change", "participant", before.id, purpose="contact", organisation_id=signup.organisation_id
    )
    return signup_id


@service.command
def change_language(actor: Actor, *, participant_id: str, language: str, request_id: str) -> str:
    """Change the language in which somebody wants to be written, at their own word; return their id.

    Refused: language_unknown; NotFound.
    """
    language = rules.check_language(language)
    person = or_not_found(open_people([participant_id]).get(participant_id))
    if language != person.language:
        _change_participant(person.id, person.call_name, language)
        service.audit.record(
            actor, "change", "participant", person.id, purpose="language", organisation_id=person.organisation_id
        )
    return person.id


def register_participant(
    organisation_id: str,
    call_name: str,
    language: str,
    contact: rules.Contact,
    consents: Collection[rules.Consent],
    participant_id: str | None = None,
) -> str:
    """Create and publish somebody new, as part of signing up; return the id.

    participant_id  where another service met this person first and gave the id already
    """
    participant_id = participant_id or new_id()
    sealed = service.encryption.seal(call_name, "participant.call_name", participant_id)
    Participant.create(id=participant_id, organisation_id=organisation_id, call_name=sealed, language=language)
    publish_participant(participant_id, organisation_id, call_name, language)
    _save_contact(participant_id, organisation_id, contact)
    set_consents(participant_id, organisation_id, consents, is_first=True)
    return participant_id


def wanted_consents(purposes: Iterable[str], contact: rules.Contact) -> frozenset[rules.Consent]:
    """Return a consent for each purpose by each channel that reaches somebody; being called is by telephone only.

    Without any address the wish becomes one for e-mail, so that the rules can refuse it with what is missing.
    """
    channels = message_channels(contact) or ["email"]
    return frozenset(
        rules.CALL_CONSENT if purpose == rules.CALL else rules.Consent(purpose, channel)
        for purpose in purposes
        for channel in channels
    )


def set_consents(
    participant_id: str, organisation_id: str, consents: Collection[rules.Consent], *, is_first: bool = False
) -> None:
    """Replace the consents: withdraw others, add new ones, and publish when they changed."""
    held = _held_consents(participant_id)
    for consent in sorted(set(consents) - set(held), key=str):
        Consent.create(
            id=new_id(),
            organisation_id=organisation_id,
            participant=participant_id,
            purpose=consent.purpose,
            channel=consent.channel or "",
            text_version=CONSENT_TEXT,
            given_at=clock.now(),
        )
    for consent in set(held) - set(consents):
        held[consent].withdrawn_at = clock.now()
        held[consent].save()
    if is_first or set(held) != set(consents):
        publish_consents(participant_id, organisation_id, consents)


def stop_messages(participant_id: str, purpose: str | None, stopped_at: datetime) -> None:
    """Withdraw what somebody stopped: the messages of one purpose, or with None all messages and calls.

    Only consents from before that moment, both by the machine's clock: whoever consents again is not stopped
    by an event that comes late. TryLater while the person is not known yet.
    """
    person = Participant.get_or_none(Participant.id == participant_id)
    if person is None:
        raise TryLater("the participant is not known yet")
    held = _held_consents(participant_id)
    stopped = rules.stopped_by(purpose)
    left = {consent for consent, row in held.items() if consent not in stopped or minted_at(row.id) > stopped_at}
    if left == set(held):
        return
    set_consents(person.id, person.organisation_id, left)
    service.audit.record(
        system("intake"),
        "change",
        "participant",
        person.id,
        purpose="opt_out",
        organisation_id=person.organisation_id,
    )


def contact_of(fields: ContactFields) -> rules.Contact:
    """Return the contact as the rules see it."""
    return rules.Contact(
        email=fields.get("email"),
        mobile=fields.get("mobile"),
        may_leave_message=fields.get("may_leave_message", False),
        others_see_phone=fields.get("phone_is_shared", False),
        may_be_texted=fields.get("may_be_texted", True),
    )


def _contact_before(person: Person) -> rules.Contact:
    return rules.Contact(
        person.email, person.mobile, person.may_leave_message, person.phone_is_shared, person.may_be_texted
    )


def _held_consents(participant_id: str) -> dict[rules.Consent, Consent]:
    rows = Consent.select().where(Consent.participant == participant_id, Consent.withdrawn_at.is_null())
    return {rules.Consent(row.purpose, row.channel or None): row for row in rows}


def _change_participant(participant_id: str, call_name: str, language: str) -> None:
    row = Participant.get_by_id(participant_id)
    row.call_name = service.encryption.seal(call_name, "participant.call_name", participant_id)
    row.language = language
    row.save()
    publish_participant(participant_id, row.organisation_id, call_name, language)


def _save_contact(participant_id: str, organisation_id: str, contact: rules.Contact) -> None:
    seal, index = service.encryption.seal, service.encryption.index
    email, mobile = contact.email, contact.mobile
    upsert(
        Contact,
        participant=participant_id,
        organisation_id=organisation_id,
        email=seal(email, "contact.email", participant_id) if email else None,
        email_index=index(comparable(email), "contact.email") if email else None,
        mobile=seal(mobile, "contact.mobile", participant_id) if mobile else None,
        mobile_index=index(mobile, "contact.mobile") if mobile else None,
        phone_is_shared=contact.others_see_phone,
        may_leave_message=contact.may_leave_message,
        may_be_texted=contact.may_be_texted,
    )
    publish_contact(participant_id, organisation_id, contact)


def _clear_bounces(before: Person, contact: rules.Contact) -> None:
    """Clear the bounces of an old address: they say nothing about a new one."""
    is_same = {"email": before.email == contact.email, "sms": before.mobile == contact.mobile}
    left = [channel for channel in before.refused if is_same.get(channel, True)]
    Reachability.update(refused=left).where(Reachability.participant_id == before.id).execute()
