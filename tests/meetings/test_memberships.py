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
from tests.meetings.actions import refused


def test_a_person_cannot_make_somebody_a_member_themselves(harness: Any) -> None:
    with pytest.raises(Forbidden):
        join_group(
            harness.actor(harness.vos),
            placement_id=new_id(),
            participant_id=new_id(),
            group_id=harness.group(),
            starts_on=date(2026, 11, 24),
            request_id=new_id(),
        )


def leave(harness: Any, membership_id: str, *, by: str = "", **data: Any) -> str:
    values = {"reason": "farewell"} | data
    return end_membership(
        harness.actor(by or harness.kim), membership_id=membership_id, **values, request_id=new_id()
    )


def test_who_leaves_and_comes_back_is_one_person_with_two_stays(harness: Any) -> None:
    group_id, person = harness.group(), harness.participant("Noor")
    harness.placed(person, group_id, starts_on="2026-11-10")
    harness.consume()

    leave(harness, harness.published("membership_changed")["membership_id"])
    assert harness.published("membership_changed")["state"] == "ended"
    harness.placed(person, group_id)
    harness.consume()

    assert Membership.select().where(Membership.participant_id == person).count() == 2
    assert [line.call_name for line in list_members(harness.actor(harness.kim), group_id)] == ["Noor"]


def test_who_has_not_begun_yet_may_leave_too(harness: Any) -> None:
    group_id = harness.group()
    membership_id = harness.member(group_id, starts_on=date(2026, 12, 1))

    leave(harness, membership_id)

    assert list_members(harness.actor(harness.kim), group_id) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"reason": "weggestuurd"}, "end_reason_unknown"),
        ({"on": date(2026, 11, 9)}, "leaves_before_start"),
        ({"on": date(2026, 11, 17)}, "farewell_later"),
    ],
)
def test_a_slip_at_a_farewell_is_refused(harness: Any, data: dict[str, Any], code: str) -> None:
    membership_id = harness.member(harness.group(), starts_on=date(2026, 11, 10))

    assert refused(lambda: leave(harness, membership_id, **data)) == code


def test_saying_goodbye_twice_is_refused_kindly_and_from_elsewhere_not_found(harness: Any) -> None:
    membership_id = harness.member(harness.group(), starts_on=date(2026, 11, 10))
    stranger = harness.colleague("Bo", "coordinator", organisation=harness.register_organisation("Het Anker"))

    with pytest.raises(NotFound):
        leave(harness, membership_id, by=stranger)
    with pytest.raises(Forbidden):
        leave(harness, membership_id, by=harness.sam)
    leave(harness, membership_id)
    assert refused(lambda: leave(harness, membership_id)) == "not_a_member"
