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
    """Refuse what is no role. Refused: role_unknown."""
    if role not in ROLES:
        raise Refusal("role_unknown")


def may_see_groups(roles: Set[str]) -> bool:
    """Let all staff of the organisation see the list of groups with their rhythm, room and state."""
    return bool(roles & ROLES)


def may_see_group(roles: Set[str], facilitates: bool) -> bool:
    """Let all staff of the organisation, and whoever leads it, see one group without its people."""
    return facilitates or may_see_groups(roles)


def may_see_members(roles: Set[str], facilitates: bool) -> bool:
    """Let those who lead a group, and the coordinator, see its call names."""
    return facilitates or COORDINATOR in roles


def may_see_attendance(roles: Set[str], facilitates: bool) -> bool:
    """Let only those who lead the group see who was there. Coordinators see counts, never who."""
    return facilitates


def may_see_turnout(roles: Set[str], facilitates: bool) -> bool:
    """Let those who lead it, coordinators and managers see the numbers of meetings, without names."""
    return facilitates or bool(roles & {COORDINATOR, MANAGER})


def may_start_group(roles: Set[str]) -> bool:
    """Let the coordinator start a group."""
    return COORDINATOR in roles


def may_appoint_facilitators(roles: Set[str]) -> bool:
    """Let coordinators and managers decide who leads a group."""
    return bool(roles & {COORDINATOR, MANAGER})


def may_plan_meetings(roles: Set[str], facilitates: bool) -> bool:
    """Let those who lead the group, and the coordinator, schedule, move and cancel meetings."""
    return facilitates or COORDINATOR in roles


def may_record_attendance(roles: Set[str], facilitates: bool) -> bool:
    """Let those who lead the group mark who is there and close the meeting."""
    return facilitates


def may_change_members(roles: Set[str], facilitates: bool) -> bool:
    """Let those who lead the group, and the coordinator, record a walk-in and a farewell."""
    return facilitates or COORDINATOR in roles


def may_welcome(roles: Set[str], facilitates: bool) -> bool:
    """Return whether somebody may say that a new member was welcomed in person."""
    return facilitates or bool(roles & {INTRO_WORKER, COORDINATOR})


def may_manage_staff(roles: Set[str]) -> bool:
    """Let managers invite staff, give and take roles, and change the organisation."""
    return MANAGER in roles
