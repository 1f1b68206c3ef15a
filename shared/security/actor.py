"""Actors: who or what a request comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import peewee


@dataclass(frozen=True)
class Actor:
    """Somebody or something that requests.

    id      staff id, participant id, key id, `link:<subject>`, `system:<service>` or `public`
    kind    staff, participant, key, link, system or public
    grants  organisation id -> the roles in it
    menu    (label, address) of the pages in the menu of this actor
    """

    id: str
    kind: str
    name: str = ""
    grants: Mapping[str, frozenset[str]] = field(default_factory=dict)
    menu: tuple[tuple[str, str], ...] = ()

    @property
    def is_staff(self) -> bool:
        """Whether this is a person who signed in."""
        return self.kind == "staff"

    @property
    def roles(self) -> frozenset[str]:
        """All roles, in any organisation."""
        return frozenset().union(*self.grants.values())

    def roles_in(self, organisation_id: str | None) -> frozenset[str]:
        """Return the roles in one organisation."""
        return self.grants.get(organisation_id or "", frozenset())

    def organisations(self, *roles: str) -> frozenset[str]:
        """Return the organisations in which one of these roles is held; of any role when none is named."""
        return frozenset(key for key, held in self.grants.items() if not roles or held & set(roles))


PUBLIC = Actor(id="public", kind="public")


def system(service: str) -> Actor:
    """Return the actor of a service that acts because of an event or because the time has come."""
    return Actor(id=f"system:{service}", kind="system")


def within(actor: Actor, field: peewee.Field, roles: Iterable[str] = ()) -> peewee.Expression:
    """Select the rows of organisations in which this actor holds one of the roles: the one check of scope.

    field  the `organisation_id` of the rows that are selected
    """
    return field.in_(sorted(actor.organisations(*roles)))
