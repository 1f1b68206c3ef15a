"""Upserting replicas of other services' state, just what intake needs: whole, in any order, unchecked."""

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
    Undelivered,
    service,
)
from shared.storage import upsert

Data = dict[str, Any]


def upsert_organisation(data: Data) -> None:
    """Upsert an organisation as it is now."""
    values = {name: data[name] for name in ("name", "slug", "region", "profile")}
    upsert(Organisation, id=data["organisation_id"], **values)


def upsert_staff(data: Data, name: str) -> None:
    """Upsert somebody who works somewhere, with all their roles as they are now."""
    staff_id = data["staff_id"]
    sealed = service.encryption.seal(name, "staff_member.name", staff_id)
    upsert(StaffMember, id=staff_id, name=sealed, is_active=data["is_active"])
    StaffGrant.delete().where(StaffGrant.staff_id == staff_id).execute()
    roles = {(grant["organisation_id"], role) for grant in data["grants"] for role in grant["roles"]}
    for organisation_id, role in sorted(roles):
        StaffGrant.create(organisation_id=organisation_id, staff_id=staff_id, role=role)


def upsert_group(data: Data) -> None:
    """Upsert a group as it is now. Where its rules are silent, nobody is kept out."""
    rules, venue = data["rules"], data["venue"] or {}
    upsert(
        Group,
        id=data["group_id"],
        organisation_id=data["organisation_id"],
        name=data["name"],
        state=data["state"],
        audience=rules["audience"] or "both",
        admission=rules["admission"] or "rolling",
        interval_weeks=rules["interval_weeks"],
        max_size=rules["max_size"],
        identity=rules["identity"] or "name",
        language=rules["language"] or "nl",
        weekday=data["weekday"],
        at=data["at"],
        first_meeting_on=data["first_meeting_on"],
        venue_name=venue.get("name", ""),
        venue_address=venue.get("address", ""),
        area=venue.get("area", ""),
        features=venue.get("features", []),
        themes=data["themes"],
        facilitator_ids=data["facilitator_ids"],
    )


def upsert_meeting(data: Data) -> None:
    """Upsert a meeting as it is now."""
    upsert(
        Meeting,
        id=data["meeting_id"],
        organisation_id=data["organisation_id"],
        group_id=data["group_id"],
        on=data["on"],
        at=data["at"],
        zone=data["zone"],
        state=data["state"],
    )


def upsert_membership(data: Data) -> None:
    """Upsert a membership; from now on it is counted instead of its placement."""
    upsert(
        Membership,
        id=data["membership_id"],
        organisation_id=data["organisation_id"],
        participant_id=data["participant_id"],
        group_id=data["group_id"],
        state=data["state"],
        starts_on=data["starts_on"],
    )
    if data["placement_id"] is not None:
        settle_placement(data["placement_id"], is_active=data["state"] == "active")


def upsert_reachability(data: Data) -> None:
    """Upsert which channels reach somebody, and which bounced."""
    upsert(
        Reachability,
        participant_id=data["participant_id"],
        organisation_id=data["organisation_id"],
        channels=data["channels"],
        refused=data["refused"],
    )


def upsert_delivery(data: Data) -> None:
    """Upsert whether a message about a talk or about taking part asks for a person."""
    Undelivered.delete().where(Undelivered.id == data["message_id"]).execute()
    if data["cause"] is not None and data.get("meeting_id") is None:
        Undelivered.create(
            id=data["message_id"],
            organisation_id=data["organisation_id"],
            message_type=data["message_type"],
            cause=data["cause"],
            intro_talk_id=data.get("talk_id"),
            membership_id=data.get("membership_id"),
        )
