"""Upserting the replicas of groups."""

from __future__ import annotations

from services.notifications.commands.lifecycle import review
from services.notifications.models import Group, Membership, Message
from shared.storage import upsert


def upsert_group(
    *, group_id: str, organisation_id: str, name: str, state: str, place: tuple[str, str] | None
) -> None:
    """Keep a group as it is now. place: (name, address)."""
    place_name, place_address = place or (None, None)
    values = {
        "organisation_id": organisation_id,
        "name": name,
        "state": state,
        "place_name": place_name,
        "place_address": place_address,
    }
    upsert(Group, id=group_id, **values)
    if state == "ended":
        members = Membership.select(Membership.id).where(Membership.group_id == group_id)
        review(Message.membership_id.in_([row.id for row in members]))
