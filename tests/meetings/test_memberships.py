"""Joining and leaving a group: in episodes, and leaving is always fine."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.meetings.commands.memberships import end_membership, join_group
from services.meetings.models import Membership
from services.meetings.queries.memberships import list_members
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from tests.meetings.doing import refused


def test_a_person_cannot_make_somebody_a_member_themselves(desk: Any) -> None:
    with pytest.raises(Forbidden):
        join_group(
            desk.actor(desk.vos), placement_id=new_id(), participant_id=new_id(), group_id=desk.group(),
            starts_on=date(2026, 11, 24), request_id=new_id(),
        )  # fmt: skip


def leave(desk: Any, membership_id: str, *, by: str = "", **data: Any) -> str:
    told = {"reason": "farewell"} | data
    return end_membership(desk.actor(by or desk.kim), membership_id=membership_id, **told, request_id=new_id())


def test_who_leaves_and_comes_back_is_one_person_with_two_stays(desk: Any) -> None:
    group_id, person = desk.group(), desk.participant("Noor")
    desk.placed(person, group_id, starts_on="2026-11-10")
    desk.hear()

    leave(desk, desk.said("membership_changed")["membership_id"])
    assert desk.said("membership_changed")["state"] == "ended"
    desk.placed(person, group_id)
    desk.hear()

    assert Membership.select().where(Membership.participant_id == person).count() == 2
    assert [line.call_name for line in list_members(desk.actor(desk.kim), group_id)] == ["Noor"]


def test_who_has_not_begun_yet_may_leave_too(desk: Any) -> None:
    group_id = desk.group()
    membership_id = desk.member(group_id, starts_on=date(2026, 12, 1))

    leave(desk, membership_id)

    assert list_members(desk.actor(desk.kim), group_id) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"reason": "weggestuurd"}, "end_reason_unknown"),
        ({"on": date(2026, 11, 9)}, "leaves_before_start"),
        ({"on": date(2026, 11, 17)}, "farewell_later"),
    ],
)
def test_a_slip_at_a_farewell_is_refused(desk: Any, data: dict[str, Any], code: str) -> None:
    membership_id = desk.member(desk.group(), starts_on=date(2026, 11, 10))

    assert refused(lambda: leave(desk, membership_id, **data)) == code


def test_saying_goodbye_twice_is_refused_kindly_and_from_elsewhere_not_found(desk: Any) -> None:
    membership_id = desk.member(desk.group(), starts_on=date(2026, 11, 10))
    stranger = desk.colleague("Bo", "coordinator", organisation=desk.found("Het Anker"))

    with pytest.raises(NotFound):
        leave(desk, membership_id, by=stranger)
    with pytest.raises(Forbidden):
        leave(desk, membership_id, by=desk.sam)
    leave(desk, membership_id)
    assert refused(lambda: leave(desk, membership_id)) == "not_a_member"
