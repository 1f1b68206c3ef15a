"""Organisations as their staff see them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from peewee import fn

from services.meetings.models import Organisation, StaffRole
from services.meetings.queries.scope import find_organisation
from services.meetings.rules import permissions
from services.meetings.rules.organisations import comparable_name, permitted_questionnaires, slug_of
from services.meetings.rules.profiles import Profile, lacks, read_profile
from shared.errors import or_not_found
from shared.ids import new_id
from shared.security.actor import Actor, within


@dataclass(frozen=True)
class OrganisationView:
    """An organisation, and which questionnaires its groups may choose."""

    id: str
    name: str
    slug: str
    region: str
    has_nel_permission: bool
    permitted_questionnaires: tuple[str, ...]
    profile: Profile

    @property
    def theme(self) -> str:
        """Return the name of its style sheet; empty when it chose no colour."""
        return self.slug if self.profile.colour else ""

    @property
    def lacks(self) -> tuple[str, ...]:
        """Return what of the profile a person needs and is not filled in yet."""
        return lacks(self.profile)


def list_organisations(actor: Actor, *roles: str) -> list[OrganisationView]:
    """Return the organisations in which this actor holds one of these roles (any, when none is named), by name."""
    rows = Organisation.select().where(within(actor, Organisation.id, roles)).order_by(Organisation.name)
    return [view_of(row) for row in rows]


def get_organisation(actor: Actor, organisation_id: str) -> OrganisationView:
    """Return one organisation of this actor. NotFound."""
    return view_of(find_organisation(actor, organisation_id, bool))


def names_managed_alone(actor: Actor) -> list[str]:
    """Return the names of the organisations to which this manager has invited nobody yet."""
    rows = (
        Organisation.select(Organisation.name)
        .join(StaffRole)
        .where(within(actor, Organisation.id, (permissions.MANAGER,)))
        .group_by(Organisation.id, Organisation.name)
        .having(fn.COUNT(StaffRole.staff.distinct()) == 1)
    )
    return sorted(row.name for row in rows)


def list_all() -> list[OrganisationView]:
    """Return every organisation by name: which there are is public, as it is where one signs up."""
    return [view_of(row) for row in Organisation.select().order_by(Organisation.name)]


def get_by_slug(slug: str) -> OrganisationView:
    """Return the organisation with this slug, for anybody. NotFound."""
    return view_of(or_not_found(Organisation.get_or_none(Organisation.slug == slug)))


def theme_of(organisations: Collection[OrganisationView]) -> str:
    """Return the style sheet of a page that is of these: that of the only one, else empty."""
    return next(iter(organisations)).theme if len(organisations) == 1 else ""


def list_with_ids(organisation_ids: Collection[str]) -> list[OrganisationView]:
    """Return these organisations by name, for who takes part in them."""
    rows = Organisation.select().where(Organisation.id.in_(sorted(organisation_ids))).order_by(Organisation.name)
    return [view_of(row) for row in rows]


def list_unfinished(actor: Actor) -> list[OrganisationView]:
    """Return the organisations that this manager has not introduced yet to who takes part, by name."""
    return [here for here in list_organisations(actor, permissions.MANAGER) if here.lacks]


def is_name_taken(name: str, organisation_id: str | None = None) -> bool:
    """Return whether an organisation, another than this one, is called so already, however it is written."""
    return any(
        row.id != organisation_id and comparable_name(row.name) == comparable_name(name)
        for row in Organisation.select(Organisation.id, Organisation.name)
    )


def free_slug(name: str) -> str:
    """Return what stands in addresses for an organisation of this name, and for no other."""
    slug = slug_of(name)
    is_free = slug and not Organisation.select().where(Organisation.slug == slug).exists()
    # One that was renamed keeps its slug, because links may hold it.
    return slug if is_free else f"{slug[:23]}-{new_id()}".lstrip("-")


def view_of(row: Organisation) -> OrganisationView:
    """Return an organisation as plain values."""
    has_permission = row.nel_permission_at is not None
    permitted = permitted_questionnaires(has_permission)
    profile = read_profile(row.profile)
    return OrganisationView(row.id, row.name, row.slug, row.region, has_permission, permitted, profile)
