"""Upserting the replicas of who takes part, with the welcome and the reminders that follow."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from services.notifications.commands.lifecycle import review
from services.notifications.commands.planning import Draft, plan
from services.notifications.commands.reachability import publish_reachability
from services.notifications.commands.reminders import remind
from services.notifications.models import Contact, Meeting, Membership, Message
from services.notifications.rules import message_types
from services.notifications.rules.message_types import MessageType
from shared import clock
from shared.storage import upsert

# A membership that began longer ago is history that is read again, and nobody to welcome.
_WELCOME_WITHIN = timedelta(days=7)


def upsert_membership(
    *,
    membership_id: str,
    participant_id: str,
    group_id: str,
    organisation_id: str,
    state: str,
    starts_on: date,
    is_walk_in: bool = False,
) -> None:
    """Keep that somebody takes part, or no longer. is_walk_in: they were welcomed at the door."""
    current = Membership.get_or_none(Membership.id == membership_id)
    is_new_revision = state == "active" and (current is None or current.state != "active")
    values = {
        "organisation_id": organisation_id,
        "participant_id": participant_id,
        "group_id": group_id,
        "state": state,
        "starts_on": starts_on,
        "revision": (0 if current is None else current.revision) + is_new_revision,
    }
    upsert(Membership, id=membership_id, **values)
    if current is not None:
        review(Message.membership_id == membership_id)
    if current is None and Contact.select().where(Contact.id == participant_id).exists():
        publish_reachability(
            participant_id, organisation_id
        )  # who takes part was met, so that the first address is trusted
    if state == "active":
        _welcome_and_remind(Membership.get_by_id(membership_id), is_walk_in=is_walk_in)


def _welcome_and_remind(membership: Membership, *, is_walk_in: bool) -> None:
    today = clock.today()
    if membership.starts_on >= today - _WELCOME_WITHIN and not is_walk_in:
        plan([_welcome(membership, clock.now())])
    coming = Meeting.select().where(
        Meeting.group_id == membership.group_id,
        Meeting.state == "planned",
        Meeting.on >= max(membership.starts_on, today),
    )
    remind((meeting, membership) for meeting in coming)


def _welcome(membership: Membership, now: datetime) -> Draft:
    return Draft(
        message_type=MessageType.WELCOME,
        organisation_id=membership.organisation_id,
        dedupe=f"{MessageType.WELCOME}/{membership.id}",
        due_at=now,
        expires_at=message_types.expires_at(MessageType.WELCOME, made_at=now),
        participant_id=membership.participant_id,
        membership_id=membership.id,
    )
