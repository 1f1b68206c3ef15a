"""Participants: what to call them, how to reach them, what they said yes to; and telling the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypedDict, Unpack

from services.intake import events
from services.intake.models import Consent, Contact, Participant, Reachability, service
from services.intake.queries.people import Person, open_people
from services.intake.queries.scope import find_signup
from services.intake.rules import signup as rules
from shared import clock
from shared.ids import new_id
from shared.security.actor import Actor
from shared.storage import upsert

# Which text of [consents_<version>] in data/messages.nl.toml people read now; raised with every change of words.
CONSENT_TEXT = "2"
# A yes to messages is a yes for the channels by which somebody can be written to. A call is a question of its own.
MESSAGE_CHANNELS = ("email", "sms")
TOLD_PURPOSES = ("reminders", "questionnaires", "missed_you", rules.CALL)


class ContactFields(TypedDict, total=False):
    """email, mobile (E.164) or None; what may be done with the phone."""

    email: str | None
    mobile: str | None
    may_leave_message: bool
    phone_is_shared: bool


@service.command
def change_contact(
    actor: Actor, *, signup_id: str, call_name: str, purposes: Collection[str], language: str = "nl",
    request_id: str, **contact: Unpack[ContactFields],
) -> str:  # fmt: skip
    """Write down how somebody is called and reached now, and what they say yes to; gives the sign-up's id.

    Refused: call_name_missing, call_name_too_long, consent_unknown, consent_not_reachable; NotFound.
    """
    signup = find_signup(actor, signup_id)
    call_name = rules.check_call_name(call_name)
    reach = _reach(contact)
    consents = wanted_consents(purposes, reach)
    rules.check_consents(consents, reach)
    before = open_people([signup.participant_id])[signup.participant_id]
    if (call_name, language) != (before.call_name, before.language):
        _rename(before.id, call_name, language)
    if _is_new(before, reach):
        _save_contact(before.id, before.organisation_id, reach)
        _forget_bounces(before, reach)
    keep_consents(before.id, before.organisation_id, consents)
    service.audit.record(
        actor, "change", "participant", before.id, purpose="contact", organisation_id=signup.organisation_id
    )
    return signup_id


def register_participant(
    organisation_id: str, call_name: str, language: str, contact: rules.Contact,
    consents: Collection[rules.Consent], participant_id: str | None = None,
) -> str:  # fmt: skip
    """Somebody new, as part of signing up; gives the id. Says the name, the contact and the consents.

    participant_id  where somebody else met this person first and gave the id already
    """
    participant_id = participant_id or new_id()
    sealed = service.encryption.seal(call_name, "participant.call_name", participant_id)
    Participant.create(id=participant_id, organisation_id=organisation_id, call_name=sealed, language=language)
    _say_participant(participant_id, organisation_id, call_name, language)
    _save_contact(participant_id, organisation_id, contact)
    keep_consents(participant_id, organisation_id, consents, is_first=True)
    return participant_id


def wanted_consents(purposes: Iterable[str], contact: rules.Contact) -> frozenset[rules.Consent]:
    """A consent for each purpose by each channel that reaches somebody; being called is by telephone only.

    Without any address the wish is kept as one for e-mail, so that the rules can say what is missing.
    """
    reachable = [channel for channel in MESSAGE_CHANNELS if channel in rules.reachable_by(contact)]
    return frozenset(
        rules.CALL_CONSENT if purpose == rules.CALL else rules.Consent(purpose, channel)
        for purpose in purposes for channel in reachable or ["email"]
    )  # fmt: skip


def keep_consents(
    participant_id: str, organisation_id: str, consents: Collection[rules.Consent], *, is_first: bool = False
) -> None:
    """Make these the consents that hold: others are withdrawn, new ones given. Says them when they changed."""
    held = {
        rules.Consent(row.purpose, row.channel or None): row
        for row in Consent.select().where(Consent.participant == participant_id, Consent.withdrawn_at.is_null())
    }
    for consent in sorted(set(consents) - set(held), key=str):
        Consent.create(
            id=new_id(), organisation_id=organisation_id, participant=participant_id, purpose=consent.purpose,
            channel=consent.channel or "", text_version=CONSENT_TEXT, given_at=clock.now(),
        )  # fmt: skip
    for consent in set(held) - set(consents):
        held[consent].withdrawn_at = clock.now()
        held[consent].save()
    if is_first or set(held) != set(consents):
        _say_consents(participant_id, organisation_id, consents)


def contact_of(fields: ContactFields) -> rules.Contact:
    """The contact as the rules see it."""
    return _reach(fields)


def _reach(fields: ContactFields) -> rules.Contact:
    return rules.Contact(
        email=fields.get("email"),
        mobile=fields.get("mobile"),
        may_leave_message=fields.get("may_leave_message", False),
        others_see_phone=fields.get("phone_is_shared", False),
    )


def _rename(participant_id: str, call_name: str, language: str) -> None:
    row = Participant.get_by_id(participant_id)
    row.call_name = service.encryption.seal(call_name, "participant.call_name", participant_id)
    row.language = language
    row.save()
    _say_participant(participant_id, row.organisation_id, call_name, language)


def _is_new(before: Person, reach: rules.Contact) -> bool:
    known = rules.Contact(before.email, before.mobile, before.may_leave_message, before.phone_is_shared)
    return known != reach


def _save_contact(participant_id: str, organisation_id: str, contact: rules.Contact) -> None:
    seal, index = service.encryption.seal, service.encryption.index
    email, mobile = contact.email, contact.mobile
    upsert(
        Contact,
        participant=participant_id,
        organisation_id=organisation_id,
        email=seal(email, "contact.email", participant_id) if email else None,
        email_index=index(email.lower(), "contact.email") if email else None,
        mobile=seal(mobile, "contact.mobile", participant_id) if mobile else None,
        mobile_index=index(mobile, "contact.mobile") if mobile else None,
        phone_is_shared=contact.others_see_phone,
        may_leave_message=contact.may_leave_message,
    )
    channels = [channel for channel in MESSAGE_CHANNELS if channel in rules.reachable_by(contact)]
    service.publish(
        events.CONTACT_CHANGED,
        participant_id,
        {"participant_id": participant_id, "organisation_id": organisation_id, "channels": channels},
        personal={
            "notifications": {
                "email": email,
                "mobile": mobile,
                "may_leave_message": contact.may_leave_message,
                "phone_is_shared": contact.others_see_phone,
            }
        },
    )


def _forget_bounces(before: Person, contact: rules.Contact) -> None:
    """What came back from an old address says nothing about a new one."""
    changed = {
        channel
        for channel, old, new in (
            ("email", before.email, contact.email),
            ("sms", before.mobile, contact.mobile),
        )
        if old != new
    }
    left = [channel for channel in before.refused if channel not in changed]
    Reachability.update(refused=left).where(Reachability.participant_id == before.id).execute()


def _say_participant(participant_id: str, organisation_id: str, call_name: str, language: str) -> None:
    named = {"call_name": call_name}
    service.publish(
        events.PARTICIPANT_CHANGED,
        participant_id,
        {"participant_id": participant_id, "organisation_id": organisation_id, "language": language},
        personal={"meetings": named, "notifications": named},
    )


def _say_consents(participant_id: str, organisation_id: str, consents: Collection[rules.Consent]) -> None:
    said = {one.purpose for one in consents if one.channel in MESSAGE_CHANNELS}
    said |= {rules.CALL} if rules.CALL_CONSENT in consents else set()
    purposes = [purpose for purpose in TOLD_PURPOSES if purpose in said]
    service.publish(
        events.CONSENT_CHANGED,
        participant_id,
        {"participant_id": participant_id, "organisation_id": organisation_id, "purposes": purposes},
    )
