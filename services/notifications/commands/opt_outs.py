"""Opting out: of one purpose or of everything but answers, by link, page, text message or complaint."""

from __future__ import annotations

from services.notifications import events
from services.notifications.commands.addresses import record_change
from services.notifications.commands.lifecycle import transition
from services.notifications.commands.reachability import publish_reachability
from services.notifications.commands.reminders import remind_after_no
from services.notifications.models import (
    WAITING,
    Consent,
    Contact,
    Message,
    OptOut,
    Preference,
    service,
)
from services.notifications.queries.people import organisation_of
from services.notifications.rules import routes
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import spec_of
from services.notifications.rules.routes import ALL, PURPOSES, Channel
from shared import clock
from shared.errors import NotFound
from shared.security.actor import Actor
from shared.storage import upsert


@service.command
def stop(actor: Actor, *, participant_id: str, purpose: str, by: str, request_id: str) -> str:
    """Stop messages of this purpose, or all (`all`), also those that wait; returns the purpose.

    by  link, one_click or page
    """
    stop_now(participant_id, purpose, by)
    service.audit.record(
        actor,
        "change",
        "participant",
        participant_id,
        purpose="opt_out",
        organisation_id=organisation_of(participant_id),
    )
    return purpose


def stop_now(participant_id: str, purpose: str, by: str) -> None:
    """Stop messages as `stop` does, inside a transaction; it is published once."""
    if purpose != ALL and purpose not in PURPOSES:
        raise NotFound()
    organisation_id = organisation_of(participant_id)
    earlier = OptOut.select().where(OptOut.participant_id == participant_id, OptOut.purpose == purpose)
    if not earlier.exists():
        OptOut.insert(
            organisation_id=organisation_id,
            participant_id=participant_id,
            purpose=purpose,
            at=clock.now(),
            by=by,
            is_acknowledged=not _agreed(participant_id, purpose),
        ).execute()
        record_change(participant_id, organisation_id, "opt_out", purpose, by)
        payload = {
            "participant_id": participant_id,
            "organisation_id": organisation_id,
            "purpose": None if purpose == ALL else purpose,
        }
        service.publish(events.OPT_OUT_RECEIVED, participant_id, payload)
        publish_reachability(participant_id, organisation_id)
    _stop_waiting(participant_id)


def stop_texts(participant_id: str) -> None:
    """Stop text messages to who texted STOP, except a code that they ask for themselves."""
    contact = Contact.get_or_none(Contact.id == participant_id)
    if contact is None:
        return
    chosen = Preference.get_or_none(Preference.id == participant_id)
    before = contact.channels if chosen is None or chosen.channels is None else chosen.channels
    channels_left = [channel for channel in before if channel != Channel.SMS]
    upsert(Preference, id=participant_id, organisation_id=contact.organisation_id, channels=channels_left)
    record_change(participant_id, contact.organisation_id, "chosen", ",".join(channels_left), "sms")
    publish_reachability(participant_id, contact.organisation_id)


def follow_consent(participant_id: str, purposes: list[str]) -> None:
    """End an opt-out that intake acknowledged, by a consent that was given after it; an older one ends nothing."""
    for row in list(OptOut.select().where(OptOut.participant_id == participant_id)):
        agreed = bool(set(PURPOSES) & set(purposes)) if row.purpose == ALL else row.purpose in purposes
        if not agreed and not row.is_acknowledged:
            OptOut.update(is_acknowledged=True).where(OptOut.id == row.id).execute()
        elif agreed and row.is_acknowledged:
            OptOut.delete().where(OptOut.id == row.id).execute()
            record_change(participant_id, row.organisation_id, "opt_in", row.purpose, "intake")
            publish_reachability(participant_id, row.organisation_id)
            remind_after_no(participant_id)


def _stop_waiting(participant_id: str) -> None:
    rows = OptOut.select(OptOut.purpose).where(OptOut.participant_id == participant_id)
    opted_out = {row.purpose for row in rows}
    for message in list(Message.select().where(Message.participant_id == participant_id, WAITING)):
        if routes.is_stopped(message.message_type, opted_out):
            by = Channel.HAND if spec_of(message.message_type).in_person else Channel.NONE
            transition(message, State.SUPPRESSED, "opted_out", channel=str(by))


def _agreed(participant_id: str, purpose: str) -> bool:
    consent = Consent.get_or_none(Consent.id == participant_id)
    purposes = set() if consent is None else set(consent.purposes)
    return bool(purposes & set(PURPOSES)) if purpose == ALL else purpose in purposes
