"""Who may see and do what: by the roles somebody has in this organisation, and whether they lead this group.

Every answer takes plain values: `roles` are the roles in the organisation that owns the thing, and `facilitates`
is whether this person leads the group it is about. No role reaches into another organisation: whoever asks passes
the roles of that one organisation, so somebody from elsewhere comes with none.
"""

from __future__ import annotations

from collections.abc import Set

from shared.errors import Refusal

COORDINATOR = "coordinator"
INTRO_WORKER = "intro_worker"
MESSENGER = "messenger"
MANAGER = "manager"
FACILITATOR = "facilitator"
ROLES = frozenset({COORDINATOR, INTRO_WORKER, MESSENGER, MANAGER, FACILITATOR})
FACILITATOR_PLACES = ("first", "co")


def check_role(role: str) -> None:
    """Refused as "role_unknown"."""
    if role not in ROLES:
        raise Refusal("role_unknown")


def may_see_groups(roles: Set[str]) -> bool:
    """The list of groups with their rhythm, room and state: all staff of the organisation."""
    return bool(roles & ROLES)


def may_see_group(roles: Set[str], facilitates: bool) -> bool:
    """One group without its people: all staff of the organisation, and whoever leads it."""
    return facilitates or may_see_groups(roles)


def may_see_members(roles: Set[str], facilitates: bool) -> bool:
    """The call names of a group: those who lead it, and the coordinator."""
    return facilitates or COORDINATOR in roles


def may_see_attendance(roles: Set[str], facilitates: bool) -> bool:
    """Who was there: only those who lead the group. Coordinators see counts, never who."""
    return facilitates


def may_see_turnout(roles: Set[str], facilitates: bool) -> bool:
    """The numbers of meetings, without names."""
    return facilitates or bool(roles & {COORDINATOR, MANAGER})


def may_start_group(roles: Set[str]) -> bool:
    """Start a new group."""
    return COORDINATOR in roles


def may_appoint_facilitators(roles: Set[str]) -> bool:
    """Say who leads a group."""
    return bool(roles & {COORDINATOR, MANAGER})


def may_plan_meetings(roles: Set[str], facilitates: bool) -> bool:
    """Schedule, move and cancel meetings."""
    return facilitates or COORDINATOR in roles


def may_record_attendance(roles: Set[str], facilitates: bool) -> bool:
    """Mark who is there and close the meeting: those who lead the group."""
    return facilitates


def may_change_members(roles: Set[str], facilitates: bool) -> bool:
    """Write down a walk-in, say goodbye to somebody."""
    return facilitates or COORDINATOR in roles


def may_manage_staff(roles: Set[str]) -> bool:
    """Invite staff, give and take roles, change the organisation."""
    return MANAGER in roles
