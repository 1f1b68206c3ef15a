"""Secret addresses for calendars: made, shown once, and withdrawn. A new one replaces the one before.

The secret comes with the form that asks for the address, so that a double click makes one address and no secret is
stored with the results of commands.
"""

from __future__ import annotations

from services.meetings.models import CalendarFeed, Participant, service
from services.meetings.queries.scope import find_group
from services.meetings.rules import calendars as rules
from services.meetings.rules import permissions
from services.meetings.rules.sign_in import hash_secret
from shared import clock
from shared.errors import Forbidden, Refusal, or_not_found
from shared.ids import new_id
from shared.security.actor import Actor


@service.command
def open_group_calendar(actor: Actor, *, group_id: str, secret: str, request_id: str) -> str:
    """Make an address with the meetings of a group, without names; return its id.

    Refused: calendar_secret_wrong.
    """
    group = find_group(actor, group_id, permissions.may_plan_meetings)
    rules.check_secret(secret)
    _withdraw_group(group.organisation_id, group_id)
    service.audit.record(
        actor, "create", "group_calendar", group_id, purpose="share", organisation_id=group.organisation_id
    )
    return _keep(group.organisation_id, secret, group=group_id)


@service.command
def withdraw_group_calendar(actor: Actor, *, group_id: str, request_id: str) -> str:
    """Withdraw the address of this group; return the id of the group. Idempotent."""
    group = find_group(actor, group_id, permissions.may_plan_meetings)
    if _withdraw_group(group.organisation_id, group_id):
        service.audit.record(
            actor, "remove", "group_calendar", group_id, purpose="share", organisation_id=group.organisation_id
        )
    return group_id


@service.command
def open_my_calendar(actor: Actor, *, secret: str, request_id: str) -> str:
    """Make an address with the meetings of the actor, in all their groups; return its id.

    Refused: calendar_secret_wrong.
    """
    organisation_id = _home_of(actor)
    rules.check_secret(secret)
    _withdraw_mine(actor)
    return _keep(organisation_id, secret, participant_id=actor.id)


@service.command
def withdraw_my_calendar(actor: Actor, *, request_id: str) -> None:
    """Withdraw the address of the actor. Idempotent."""
    _home_of(actor)
    _withdraw_mine(actor)


def _home_of(actor: Actor) -> str:
    if actor.kind != "participant":
        raise Forbidden()
    person = or_not_found(Participant.get_or_none(Participant.id == actor.id))
    return str(person.organisation_id)


def _keep(organisation_id: str, secret: str, **whose: str) -> str:
    if CalendarFeed.select().where(CalendarFeed.secret_hash == hash_secret(secret)).exists():
        raise Refusal("calendar_secret_wrong")  # it opens another calendar; no page of ours makes one twice
    feed = CalendarFeed.create(
        id=new_id(), organisation=organisation_id, secret_hash=hash_secret(secret), made_at=clock.now(), **whose
    )
    return str(feed.id)


def _withdraw_group(organisation_id: str, group_id: str) -> bool:
    theirs = (CalendarFeed.organisation == organisation_id) & (CalendarFeed.group == group_id)
    return bool(CalendarFeed.delete().where(theirs).execute())


def _withdraw_mine(actor: Actor) -> None:
    CalendarFeed.delete().where(CalendarFeed.participant_id == actor.id).execute()
