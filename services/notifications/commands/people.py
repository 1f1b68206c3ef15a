"""Upserting the replicas of participants, contacts, consents, staff and organisations."""

from __future__ import annotations

from services.notifications.commands import addresses
from services.notifications.commands.lifecycle import review
from services.notifications.commands.reachability import publish_reachability
from services.notifications.models import (
    Consent,
    Contact,
    Message,
    Organisation,
    Participant,
    Preference,
    Staff,
    service,
)
from services.notifications.queries.addresses import blind_now, has_address, open_address
from shared.errors import TryLater
from shared.storage import upsert


def upsert_participant(*, participant_id: str, organisation_id: str, language: str, call_name: str) -> None:
    """Keep how somebody wants to be called."""
    sealed = service.encryption.seal(call_name, "participant.call_name", participant_id)
    upsert(Participant, id=participant_id, organisation_id=organisation_id, language=language, call_name=sealed)


def check_participant_known(participant_id: str) -> None:
    """Raise TryLater when this participant is not known yet."""
    if not Participant.select().where(Participant.id == participant_id).exists():
        raise TryLater("the participant is not known yet")


def upsert_contact(
    *,
    participant_id: str,
    organisation_id: str,
    channels: list[str],
    email: str | None,
    mobile: str | None,
    may_leave_message: bool,
    phone_is_shared: bool,
) -> None:
    """Keep how somebody can be reached; another address than the one that was refused is tried again."""
    fresh = {"email": email or None, "mobile": mobile or None}
    sealed = {
        name: None if value is None else service.encryption.seal(value, f"contact.{name}", participant_id)
        for name, value in fresh.items()
    }
    _forget_older_choice(participant_id, channels)
    upsert(
        Contact,
        id=participant_id,
        organisation_id=organisation_id,
        channels=channels,
        **sealed,
        refused=_still_refused(participant_id, {"email": fresh["email"], "sms": fresh["mobile"]}),
        may_leave_message=may_leave_message,
        phone_is_shared=phone_is_shared,
    )
    for channel, address in (("email", fresh["email"]), ("sms", fresh["mobile"])):
        if address is not None and channel in channels:
            addresses.record_address(participant_id, organisation_id, channel, address)
    publish_reachability(participant_id, organisation_id)


def upsert_consent(*, participant_id: str, organisation_id: str, purposes: list[str]) -> None:
    """Keep what somebody says yes to.

    It is asked at sending, so a consent that was taken back and given again loses no message.
    """
    upsert(Consent, id=participant_id, organisation_id=organisation_id, purposes=purposes)


def upsert_staff(
    *,
    staff_id: str,
    is_active: bool,
    organisation_ids: list[str],
    name: str,
    email: str,
    group_ids: list[str] | None = None,
) -> None:
    """Keep a member of staff. group_ids: the groups that they lead."""
    seal = service.encryption.seal
    upsert(
        Staff,
        id=staff_id,
        is_active=is_active,
        organisation_ids=organisation_ids,
        group_ids=group_ids,
        name=seal(name, "staff.name", staff_id),
        email=seal(email, "staff.email", staff_id),
    )
    if not is_active:
        review(Message.staff_id == staff_id)


def upsert_organisation(
    *,
    organisation_id: str,
    name: str,
    sender_name: str,
    telephone: str,
    out_of_hours_telephone: str,
    answer_within_days: int | None,
) -> None:
    """Keep what an organisation is called, in messages too, where it can be called, and how soon it answers."""
    upsert(
        Organisation,
        id=organisation_id,
        name=name,
        sender_name=sender_name,
        telephone=telephone,
        out_of_hours_telephone=out_of_hours_telephone,
        answer_within_days=answer_within_days,
    )


def record_refused_address(
    participant_id: str, organisation_id: str, channel: str, blind: str | None = None, by: str = "refusal"
) -> None:
    """Keep that the other side says that this address does not exist.

    blind  the blind index of the address that was meant; another one that the person has by now stays in use
    """
    contact = Contact.get_or_none(Contact.id == participant_id)
    if contact is None:
        return
    has_now = blind_now(contact, channel) if has_address(contact, channel) else None
    addresses.mark_refused(participant_id, channel, blind or has_now or "")
    if blind is not None and blind != has_now:
        return
    if channel not in contact.refused:
        Contact.update(refused=[*contact.refused, channel]).where(Contact.id == participant_id).execute()
        addresses.record_change(participant_id, organisation_id, "refused", channel, by)
    publish_reachability(participant_id, organisation_id)


def retry_refused_addresses(participant_id: str, organisation_id: str) -> None:
    """Use the refused addresses of this person again, because somebody looked at it."""
    Contact.update(refused=[]).where(Contact.id == participant_id).execute()
    addresses.clear_refusals(participant_id)
    publish_reachability(participant_id, organisation_id)


def _forget_older_choice(participant_id: str, channels: list[str]) -> None:
    contact = Contact.get_or_none(Contact.id == participant_id)
    if contact is not None and list(contact.channels) != channels:
        Preference.update(channels=None).where(Preference.id == participant_id).execute()


def _still_refused(participant_id: str, fresh: dict[str, str | None]) -> list[str]:
    contact = Contact.get_or_none(Contact.id == participant_id)
    if contact is None:
        return []
    had = [channel for channel in contact.refused if has_address(contact, channel)]
    return [channel for channel in had if open_address(contact, channel) == fresh[channel]]
