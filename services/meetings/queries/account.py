"""What a member of staff sees of themselves: name, address, roles, second factor, and who can help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.meetings.models import Authenticator, Staff
from services.meetings.queries.organisations import list_organisations
from services.meetings.queries.staff import email_of, name_of, names_by_organisation
from services.meetings.rules import permissions
from shared.errors import or_not_found
from shared.security.actor import Actor


@dataclass(frozen=True)
class Workplace:
    """One organisation that the actor works for; `managers` are the others who manage it."""

    name: str
    roles: tuple[str, ...]
    managers: tuple[str, ...]


@dataclass(frozen=True)
class Account:
    """The actor's own account; `app_since` is None as long as there is no app with codes."""

    name: str
    email: str
    app_since: datetime | None
    workplaces: tuple[Workplace, ...]


def get_account(actor: Actor) -> Account:
    """Return the account of a member of staff. NotFound for anybody else."""
    staff = or_not_found(Staff.get_or_none(Staff.id == actor.id))
    app = Authenticator.get_or_none(Authenticator.staff == actor.id)
    managers = names_by_organisation(sorted(actor.grants), permissions.MANAGER)
    own_name = name_of(staff)
    workplaces = tuple(
        Workplace(
            here.name,
            tuple(sorted(actor.roles_in(here.id))),
            tuple(name for name in managers.get(here.id, ()) if name != own_name),
        )
        for here in list_organisations(actor)
    )
    return Account(own_name, email_of(staff), None if app is None else app.confirmed_at, workplaces)
