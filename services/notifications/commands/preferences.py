"""What somebody chooses about messages: by which channels, more quiet hours, a pause."""

from __future__ import annotations

from datetime import time, timedelta

from services.notifications.commands.addresses import record_change
from services.notifications.commands.reachability import publish_reachability
from services.notifications.models import (
    Contact,
    Preference,
    service,
)
from services.notifications.queries.people import organisation_of
from shared import clock
from shared.errors import Refusal
from shared.security.actor import Actor
from shared.storage import upsert

PAUSE = timedelta(days=14)


@service.command
def choose_channels(
    actor: Actor, *, participant_id: str, channels: list[str], quiet: tuple[time, time] | None, request_id: str
) -> str:
    """Keep which channels somebody wants, best liked first, and when it must be quiet; returns their id.

    Refused: channel_unknown for a channel that they have no address for.
    """
    organisation_id = organisation_of(participant_id)
    contact = Contact.get_or_none(Contact.id == participant_id)
    given = [] if contact is None else contact.channels
    if any(channel not in given for channel in channels):
        raise Refusal("channel_unknown")
    quiet_from, quiet_until = quiet or (None, None)
    upsert(
        Preference,
        id=participant_id,
        organisation_id=organisation_id,
        channels=channels,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
    )
    record_change(participant_id, organisation_id, "chosen", ",".join(channels), "page")
    publish_reachability(participant_id, organisation_id)
    service.audit.record(
        actor, "change", "participant", participant_id, purpose="choose_channels", organisation_id=organisation_id
    )
    return participant_id


@service.command
def pause(actor: Actor, *, participant_id: str, on: bool, request_id: str) -> str:
    """Keep that somebody wants two weeks of quiet, or no longer; returns their id."""
    organisation_id = organisation_of(participant_id)
    until = clock.now() + PAUSE if on else None
    upsert(Preference, id=participant_id, organisation_id=organisation_id, paused_until=until)
    record_change(participant_id, organisation_id, "pause", "on" if on else "off", "page")
    service.audit.record(
        actor, "change", "participant", participant_id, purpose="pause", organisation_id=organisation_id
    )
    return participant_id
