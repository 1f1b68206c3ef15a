"""Staff: who works for which organisation, with their names and roles."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from peewee import ModelSelect

from services.meetings.models import GroupFacilitator, Staff, StaffRole, service
from services.meetings.queries.scope import find_organisation
from services.meetings.rules import permissions
from services.meetings.rules.staff import menu_of
from shared.email_addresses import comparable
from shared.errors import NotFound
from shared.security.actor import Actor, within


@dataclass(frozen=True)
class Colleague:
    """A member of staff, as a colleague sees them; `email` only for whoever may manage staff."""

    id: str
    name: str
    roles: tuple[str, ...]
    email: str | None = None
    manages_installation: bool = False


def has_staff() -> bool:
    """Return whether anybody works here yet."""
    return Staff.select().exists()


def find_staff_by_email(email: str) -> Staff | None:
    """Return who signs in with this address, however it is written."""
    return Staff.get_or_none(Staff.email_index == service.encryption.index(comparable(email), "staff.email"))


def grants_of(staff_id: str) -> dict[str, frozenset[str]]:
    """Return organisation id -> roles."""
    roles_by_organisation: dict[str, set[str]] = {}
    for row in StaffRole.select().where(StaffRole.staff == staff_id):
        roles_by_organisation.setdefault(row.organisation_id, set()).add(row.role)
    return {organisation: frozenset(roles) for organisation, roles in roles_by_organisation.items()}


def actor_of(staff: Staff) -> Actor:
    """Return this member of staff as an actor, with roles and menu as they are now."""
    grants = grants_of(staff.id)
    roles = frozenset().union(*grants.values())
    return Actor(staff.id, "staff", name_of(staff), grants, menu_of(roles))


def name_of(staff: Staff) -> str:
    """Return somebody's name."""
    return service.encryption.open(staff.name, "staff.name", staff.id)


def email_of(staff: Staff) -> str:
    """Return the address to which somebody's sign-in links go."""
    return service.encryption.open(staff.email, "staff.email", staff.id)


def names_of(staff_ids: Iterable[str]) -> dict[str, str]:
    """Return staff id -> name, in one query."""
    wanted = sorted(set(staff_ids))
    return {row.id: name_of(row) for row in Staff.select().where(Staff.id.in_(wanted))} if wanted else {}


def names_by_organisation(organisation_ids: Collection[str], role: str) -> dict[str, list[str]]:
    """Return organisation id -> the names of who has this role there."""
    held = StaffRole.select().where(StaffRole.organisation.in_(sorted(organisation_ids)), StaffRole.role == role)
    pairs = [(row.organisation_id, row.staff_id) for row in held] if organisation_ids else []
    names, by_organisation = names_of(staff_id for _, staff_id in pairs), dict[str, list[str]]()
    for organisation_id, staff_id in pairs:
        by_organisation.setdefault(organisation_id, []).append(names.get(staff_id, "…"))
    return {organisation_id: sorted(people) for organisation_id, people in by_organisation.items()}


def names_to_ask(actor: Actor, organisation_ids: Iterable[str], *roles: str) -> list[str]:
    """Return the names of who has one of these roles in these organisations; none when this actor has one too."""
    asked_in = {
        organisation_id for organisation_id in organisation_ids if not actor.roles_in(organisation_id) & set(roles)
    }
    people = [names_by_organisation(asked_in, role) for role in roles]
    return sorted({name for by_organisation in people for names in by_organisation.values() for name in names})


def is_facilitator(organisation_id: str, staff_id: str) -> bool:
    """Return whether this person may lead groups of this organisation."""
    held = (StaffRole.organisation == organisation_id) & (StaffRole.staff == staff_id)
    return StaffRole.select().where(held, StaffRole.role == permissions.FACILITATOR).exists()


def groups_led_by(staff_id: str) -> list[str]:
    """Return the ids of the groups that this person facilitates."""
    rows = GroupFacilitator.select(GroupFacilitator.group).where(GroupFacilitator.staff == staff_id)
    return sorted(row.group_id for row in rows)


def count_colleagues(actor: Actor, organisation_id: str, until: str) -> int:
    """Return how many work for one of the actor's organisations, without those with an id above `until`."""
    number: int = _ids_of_colleagues(actor, organisation_id).where(StaffRole.staff <= until).count()
    return number


def page_colleagues(actor: Actor, organisation_id: str, until: str, *, limit: int, offset: int) -> list[Colleague]:
    """Return so many of the staff, who came first in front; those who are shown together by name.

    Names are sealed: of very many the order of their names is not known without opening them all.
    """
    ids = _ids_of_colleagues(actor, organisation_id).where(StaffRole.staff <= until)
    ids = ids.order_by(StaffRole.staff).limit(limit).offset(offset)
    rows = (
        StaffRole.select(StaffRole, Staff)
        .join(Staff)
        .where(StaffRole.organisation == organisation_id, StaffRole.staff.in_([row.staff_id for row in ids]))
    )
    return _colleagues(rows, permissions.may_manage_staff(actor.roles_in(organisation_id)))


def _ids_of_colleagues(actor: Actor, organisation_id: str) -> ModelSelect[StaffRole]:
    own = StaffRole.select(StaffRole.staff).where(
        StaffRole.organisation == organisation_id, within(actor, StaffRole.organisation)
    )
    return own.distinct()


def list_colleagues(actor: Actor, organisation_id: str) -> list[Colleague]:
    """Return the staff of one of the actor's organisations, by name; addresses only for whoever manages them."""
    shows_email = permissions.may_manage_staff(actor.roles_in(organisation_id))
    rows = (
        StaffRole.select(StaffRole, Staff)
        .join(Staff)
        .where(StaffRole.organisation == organisation_id, within(actor, StaffRole.organisation))
    )
    return _colleagues(rows, shows_email)


def get_colleague(actor: Actor, organisation_id: str, staff_id: str) -> Colleague:
    """Return one colleague, for whoever manages them. NotFound, Forbidden."""
    find_organisation(actor, organisation_id, permissions.may_manage_staff)
    rows = (
        StaffRole.select(StaffRole, Staff)
        .join(Staff)
        .where(StaffRole.organisation == organisation_id, StaffRole.staff == staff_id)
    )
    for colleague in _colleagues(rows, shows_email=True):
        return colleague
    raise NotFound()


def list_demo_people() -> list[Colleague]:
    """Return all staff, to choose from where there are demo people."""
    rows = StaffRole.select(StaffRole, Staff).join(Staff).where(Staff.is_active).order_by(StaffRole.role)
    return _colleagues(rows, shows_email=False)


def _colleagues(rows: Iterable[StaffRole], shows_email: bool) -> list[Colleague]:
    held: dict[str, tuple[Staff, set[str]]] = {}
    for row in rows:
        held.setdefault(row.staff_id, (row.staff, set()))[1].add(row.role)
    colleagues = [
        Colleague(
            staff.id,
            name_of(staff),
            tuple(sorted(roles)),
            email_of(staff) if shows_email else None,
            staff.manages_installation,
        )
        for staff, roles in held.values()
    ]
    return sorted(colleagues, key=lambda person: person.name.casefold())
