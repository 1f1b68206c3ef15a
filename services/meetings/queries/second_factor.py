"""The authenticator apps of staff, and reports that one was lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.meetings.models import Authenticator, AuthenticatorReset, StaffRole
from services.meetings.queries.scope import find_organisation
from services.meetings.queries.staff import names_of
from services.meetings.rules import permissions
from services.meetings.rules.second_factor import RESET_WAITS
from shared import clock
from shared.security.actor import Actor


@dataclass(frozen=True)
class AppView:
    """The app of a colleague, for managers.

    since        when it was confirmed; None without an app
    reported_by  the manager who reported it as lost, if that still counts; `is_mine` when that was the actor
    is_me        whether it is the app of the actor
    has_second   whether there is another manager who can confirm it
    """

    since: datetime | None
    reported_by: str | None
    is_mine: bool
    is_me: bool
    has_second: bool


def has_app(staff_id: str) -> bool:
    """Return whether somebody has an app that was confirmed."""
    confirmed = Authenticator.select().where(
        Authenticator.staff == staff_id, Authenticator.confirmed_at.is_null(False)
    )
    return bool(confirmed.exists())


def get_app(actor: Actor, organisation_id: str, staff_id: str) -> AppView:
    """Return the app of a colleague. NotFound, Forbidden."""
    find_organisation(actor, organisation_id, permissions.may_manage_staff)
    app = Authenticator.get_or_none(Authenticator.staff == staff_id)
    reset = AuthenticatorReset.get_or_none(
        AuthenticatorReset.organisation == organisation_id,
        AuthenticatorReset.staff == staff_id,
        AuthenticatorReset.asked_at > clock.wall() - RESET_WAITS,
    )
    others = StaffRole.select().where(
        StaffRole.organisation == organisation_id,
        StaffRole.role == permissions.MANAGER,
        StaffRole.staff.not_in([actor.id, staff_id]),
    )
    return AppView(
        since=None if app is None else app.confirmed_at,
        reported_by=None if reset is None else names_of([reset.asked_by]).get(reset.asked_by, "…"),
        is_mine=reset is not None and reset.asked_by == actor.id,
        is_me=staff_id == actor.id,
        has_second=others.exists(),
    )
