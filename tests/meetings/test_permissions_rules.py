"""Who may see and do what, by role and by group."""

from collections.abc import Callable

import pytest

from services.meetings.rules import permissions
from shared.errors import Refusal

ABOUT_A_GROUP: dict[Callable[[frozenset[str], bool], bool], set[str]] = {
    permissions.may_see_group: {"coordinator", "intro_worker", "messenger", "manager", "facilitator"},
    permissions.may_see_members: {"coordinator"},
    permissions.may_see_attendance: set(),
    permissions.may_see_turnout: {"coordinator", "manager"},
    permissions.may_plan_meetings: {"coordinator"},
    permissions.may_record_attendance: set(),
    permissions.may_change_members: {"coordinator"},
    permissions.may_welcome: {"coordinator", "intro_worker"},
}
ABOUT_AN_ORGANISATION: dict[Callable[[frozenset[str]], bool], set[str]] = {
    permissions.may_see_groups: {"coordinator", "intro_worker", "messenger", "manager", "facilitator"},
    permissions.may_start_group: {"coordinator"},
    permissions.may_appoint_facilitators: {"coordinator", "manager"},
    permissions.may_manage_staff: {"manager"},
}


@pytest.mark.parametrize(("may", "allowed"), ABOUT_A_GROUP.items(), ids=lambda part: getattr(part, "__name__", ""))
def test_in_a_group_each_role_may_do_its_own_part_and_no_more(
    may: Callable[[frozenset[str], bool], bool], allowed: set[str]
) -> None:
    for role in permissions.ROLES:
        assert may(frozenset({role}), False) == (role in allowed), role


@pytest.mark.parametrize("may", ABOUT_A_GROUP, ids=lambda may: may.__name__)
def test_who_leads_a_group_may_do_everything_there_without_any_other_role(
    may: Callable[[frozenset[str], bool], bool],
) -> None:
    assert may(frozenset(), True)


@pytest.mark.parametrize(
    ("may", "allowed"), ABOUT_AN_ORGANISATION.items(), ids=lambda part: getattr(part, "__name__", "")
)
def test_in_an_organisation_each_role_may_do_its_own_part_and_no_more(
    may: Callable[[frozenset[str]], bool], allowed: set[str]
) -> None:
    for role in permissions.ROLES:
        assert may(frozenset({role})) == (role in allowed), role


def test_somebody_of_another_organisation_may_nothing() -> None:
    assert not any(may(frozenset(), False) for may in ABOUT_A_GROUP)
    assert not any(may(frozenset()) for may in ABOUT_AN_ORGANISATION)
    assert not any(may(frozenset({"director"}), False) for may in ABOUT_A_GROUP)


def test_every_question_that_permissions_answers_is_tried_here() -> None:
    asked = {name for name in vars(permissions) if name.startswith("may_")}

    assert asked == {may.__name__ for may in (*ABOUT_A_GROUP, *ABOUT_AN_ORGANISATION)}


def test_an_unknown_role_is_refused() -> None:
    permissions.check_role("messenger")

    with pytest.raises(Refusal, match="role_unknown"):
        permissions.check_role("director")
