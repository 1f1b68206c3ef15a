"""Telling the others by which ways somebody can be reached, and by which of these a change may go."""

from __future__ import annotations

from services.notifications import events
from services.notifications.models import Contact, Reach, service
from services.notifications.queries import people as look
from services.notifications.queries.ways import NO_WISHES, wishes_of
from shared.storage import upsert


def say_reach(participant_id: str, organisation_id: str) -> None:
    """Inside a transaction: say it when it is news; of who was forgotten nothing."""
    if service.erasures.is_erased(participant_id):
        return
    contact = Contact.get_or_none(Contact.id == participant_id)
    wishes = wishes_of([participant_id]).get(participant_id, NO_WISHES)
    channels = [] if contact is None else look.usable_channels(contact, wishes)
    for_changes = [] if contact is None else look.channels_for_changes(contact, wishes)
    refused = [] if contact is None else contact.refused
    said = Reach.get_or_none(Reach.id == participant_id)
    # Kept together, as they are said together.
    fresh = {"all": channels, "for_changes": for_changes}
    if said is not None and (said.channels, said.refused) == (fresh, refused):
        return
    upsert(Reach, id=participant_id, organisation_id=organisation_id, channels=fresh, refused=refused)
    told = {
        "participant_id": participant_id, "organisation_id": organisation_id, "channels": channels,
        "refused": refused, "for_changes": for_changes,
    }  # fmt: skip
    service.publish(events.REACHABILITY_CHANGED, participant_id, told)
