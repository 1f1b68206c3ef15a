"""Publishing by which channels somebody can be reached, and by which of these a change may go."""

from __future__ import annotations

from services.notifications import events
from services.notifications.models import Contact, Reachability, service
from services.notifications.queries.addresses import channels_for_changes, usable_channels
from services.notifications.queries.preferences import NO_PREFERENCES, load_preferences
from shared.storage import upsert


def publish_reachability(participant_id: str, organisation_id: str) -> None:
    """Publish by which channels somebody can be reached, when that changed; inside a transaction.

    Of who was erased nothing is published.
    """
    if service.erasures.is_erased(participant_id):
        return
    contact = Contact.get_or_none(Contact.id == participant_id)
    preferences = load_preferences([participant_id]).get(participant_id, NO_PREFERENCES)
    channels = [] if contact is None else usable_channels(contact, preferences)
    for_changes = [] if contact is None else channels_for_changes(contact, preferences)
    refused = [] if contact is None else contact.refused
    published = Reachability.get_or_none(Reachability.id == participant_id)
    # Kept together, as they are published together.
    fresh = {"all": channels, "for_changes": for_changes}
    if published is not None and (published.channels, published.refused) == (fresh, refused):
        return
    upsert(Reachability, id=participant_id, organisation_id=organisation_id, channels=fresh, refused=refused)
    payload = {
        "participant_id": participant_id,
        "organisation_id": organisation_id,
        "channels": channels,
        "refused": refused,
        "for_changes": for_changes,
    }
    service.publish(events.REACHABILITY_CHANGED, participant_id, payload)
