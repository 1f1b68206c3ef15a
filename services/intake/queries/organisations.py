"""The organisations that take sign-ups, and who works there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.intake.models import Group, Organisation, StaffGrant, StaffMember, service
from services.intake.queries.scope import ours
from shared.errors import or_not_found
from shared.security.actor import Actor

HOST_ROLES = ("facilitator", "intro_worker")


@dataclass(frozen=True)
class OrganisationView:
    """An organisation as anybody may see it; `profile` is what it says of itself, each field empty or not."""

    id: str
    name: str
    slug: str
    region: str
    profile: Mapping[str, str | int | None]

    @property
    def theme(self) -> str:
        """Return the name of its style sheet; empty when it chose no colour."""
        return self.slug if self.profile["colour"] else ""


@dataclass(frozen=True)
class Host:
    """Somebody who may hold an introductory talk; `leads` is whether they lead a group."""

    id: str
    name: str
    leads: bool


def list_organisations() -> list[OrganisationView]:
    """Return all organisations by name: this is public."""
    return [_view(row) for row in Organisation.select().order_by(Organisation.name)]


def list_own_organisations(actor: Actor) -> list[OrganisationView]:
    """Return the organisations in which this actor gets to know people, by name."""
    rows = Organisation.select().where(ours(actor, Organisation.id)).order_by(Organisation.name)
    return [_view(row) for row in rows]


def get_organisation(slug: str) -> OrganisationView:
    """Return the organisation with this slug; NotFound."""
    row = or_not_found(Organisation.get_or_none(Organisation.slug == slug))
    return _view(row)


def list_themes(organisation_ids: Iterable[str]) -> list[str]:
    """Return what the running groups of these organisations are about, sorted."""
    rows = Group.select(Group.themes).where(
        Group.organisation_id.in_(list(organisation_ids)), Group.state == "running"
    )
    return sorted({theme for row in rows for theme in row.themes})


def list_hosts(organisation_id: str) -> list[Host]:
    """Return who may hold a talk here, by name; those who lead a group come first."""
    rows = (
        StaffMember.select(StaffMember, StaffGrant.role.alias("role"))
        .join(StaffGrant, on=(StaffGrant.staff_id == StaffMember.id))
        .where(
            StaffGrant.organisation_id == organisation_id,
            StaffGrant.role.in_(HOST_ROLES),
            StaffMember.is_active,
        )
        .objects()
    )
    hosts: dict[str, Host] = {}
    for row in rows:
        leads = row.role == "facilitator" or (row.id in hosts and hosts[row.id].leads)
        hosts[row.id] = Host(row.id, _name(row), leads)
    return sorted(hosts.values(), key=lambda host: (not host.leads, host.name.casefold()))


def is_host(organisation_id: str, staff_id: str) -> bool:
    """Return whether somebody may hold a talk here."""
    rows = StaffGrant.select().join(StaffMember, on=(StaffGrant.staff_id == StaffMember.id))
    is_here = (StaffGrant.organisation_id == organisation_id) & (StaffGrant.staff_id == staff_id)
    return rows.where(is_here, StaffGrant.role.in_(HOST_ROLES), StaffMember.is_active).exists()


def names_of(staff_ids: Iterable[str]) -> dict[str, str]:
    """Return id -> name of these people."""
    rows = StaffMember.select().where(StaffMember.id.in_(list(staff_ids)))
    return {row.id: _name(row) for row in rows}


def _name(row: StaffMember) -> str:
    return service.encryption.open(row.name, "staff_member.name", row.id)


def _view(row: Organisation) -> OrganisationView:
    return OrganisationView(row.id, row.name, row.slug, row.region, row.profile)
