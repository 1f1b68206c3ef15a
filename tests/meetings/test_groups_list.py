"""The list of groups: page by page, narrowed, and as much as a reader may know of how a group is doing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from services.meetings.commands import attendance
from services.meetings.models import Group
from services.meetings.pages.groups import GROUPS_SHOWN
from services.meetings.queries.groups import GroupFilter, count_groups, list_groups
from shared.ids import new_id

NEXT = r"/groepen\?.*blad=2.*"


def listed(page: Any) -> list[str]:
    return re.findall(r'<a href="/groepen/([0-9a-f-]{36})">', page.html)


def test_every_group_stands_on_one_page_once_also_while_groups_are_added(harness: Any) -> None:
    for number in range(GROUPS_SHOWN + 5):
        harness.group(f"Groep {number:02d}")
    before = {row.id for row in Group.select()}
    vos = harness.visitor(harness.vos)

    first = vos.open("/groepen")
    harness.group("Aanloop")  # in front of all others
    second = vos.open(first.link(NEXT))

    seen = listed(first) + listed(second)
    assert len(listed(first)) == GROUPS_SHOWN
    assert sorted(seen) == sorted(before)
    assert "Aanloop" in vos.open("/groepen").text


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (GroupFilter(name="avond"), ["Zondagavond"]),
        (GroupFilter(kind="let_it_be"), ["Kring"]),
        (GroupFilter(lacks="meetings"), ["Kring", "Zondagavond"]),
        (GroupFilter(name="%"), []),
        (GroupFilter(organisation_id="elsewhere"), []),
    ],
)
def test_the_list_can_be_narrowed(harness: Any, wanted: GroupFilter, names: list[str]) -> None:
    harness.meeting(harness.group("Dinsdaggroep"))
    harness.group("Zondagavond")
    harness.group("Kring", kind="let_it_be")
    vos = harness.actor(harness.vos)

    assert sorted(group.name for group in list_groups(vos, wanted)) == names
    assert count_groups(vos, wanted) == len(names)


def test_an_address_that_asks_for_what_cannot_be_shows_all(harness: Any) -> None:
    harness.group("Dinsdaggroep")

    page = harness.visitor(harness.vos).open("/groepen?mist=alles&blad=een&tot=x")

    assert page.status == 200
    assert "Dinsdaggroep" in page.text


def test_how_many_came_is_for_who_may_see_numbers(evening: Any) -> None:
    attendance.close_meeting(evening.actor(evening.kim), meeting_id=evening.tonight, request_id=new_id())

    for staff_id, sees in ((evening.kim, True), (evening.vos, True), (evening.sam, False)):
        groups = {group.id: group for group in list_groups(evening.actor(staff_id))}
        assert bool(groups[evening.tuesday].turnouts) is sees
