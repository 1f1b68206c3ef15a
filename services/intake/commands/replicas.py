"""What others said, kept as copies of just what intake needs: whole and in any order, without a check."""

from __future__ import annotations

from typing import Any

from services.intake.commands.placements import settle_placement
from services.intake.models import (
    Group,
    Meeting,
    Membership,
    Organisation,
    Reachability,
    StaffGrant,
    StaffMember,
    service,
)
from shared.storage import upsert


def keep_organisation(said: dict[str, Any]) -> None:
    """An organisation as it is now."""
    upsert(Organisation, id=said["organisation_id"], name=said["name"], slug=said["slug"], region=said["region"])


def keep_staff(said: dict[str, Any], name: str) -> None:
    """Somebody who works somewhere, with all their roles as they are now."""
    staff_id = said["staff_id"]
    sealed = service.encryption.seal(name, "staff_member.name", staff_id)
    upsert(StaffMember, id=staff_id, name=sealed, is_active=said["is_active"])
    StaffGrant.delete().where(StaffGrant.staff_id == staff_id).execute()
    roles = {(grant["organisation_id"], role) for grant in said["grants"] for role in grant["roles"]}
    for organisation_id, role in sorted(roles):
        StaffGrant.create(organisation_id=organisation_id, staff_id=staff_id, role=role)


def keep_group(said: dict[str, Any]) -> None:
    """A group as it is now. Where its rules are silent, nobody is kept out."""
    rules, venue = said["rules"], said["venue"] or {}
    upsert(
        Group,
        id=said["group_id"],
        organisation_id=said["organisation_id"],
        name=said["name"],
        state=said["state"],
        audience=rules["audience"] or "both",
        admission=rules["admission"] or "rolling",
        interval_weeks=rules["interval_weeks"],
        max_size=rules["max_size"],
        waiting_list=rules["waiting_list"] or "allowed",
        identity=rules["identity"] or "name",
        language=rules["language"] or "nl",
        weekday=said["weekday"],
        at=said["at"],
        first_meeting_on=said["first_meeting_on"],
        venue_name=venue.get("name", ""),
        area=venue.get("area", ""),
        features=venue.get("features", []),
        themes=said["themes"],
        facilitator_ids=said["facilitator_ids"],
    )


def keep_meeting(said: dict[str, Any]) -> None:
    """A meeting as it is now."""
    upsert(
        Meeting,
        id=said["meeting_id"],
        organisation_id=said["organisation_id"],
        group_id=said["group_id"],
        on=said["on"],
        at=said["at"],
        zone=said["zone"],
        state=said["state"],
    )


def keep_membership(said: dict[str, Any]) -> None:
    """Who belongs to a group now; it takes over the counting from the placement that it came from."""
    upsert(
        Membership,
        id=said["membership_id"],
        organisation_id=said["organisation_id"],
        participant_id=said["participant_id"],
        group_id=said["group_id"],
        state=said["state"],
        starts_on=said["starts_on"],
    )
    if said["placement_id"] is not None:
        settle_placement(said["placement_id"], is_active=said["state"] == "active")


def keep_reachability(said: dict[str, Any]) -> None:
    """Which channels work for somebody, and which came back."""
    upsert(
        Reachability,
        participant_id=said["participant_id"],
        organisation_id=said["organisation_id"],
        channels=said["channels"],
        refused=said["refused"],
    )
