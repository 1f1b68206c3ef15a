"""The pages of one group: its people, its rules, its leaders, and planning when it meets."""

from __future__ import annotations

import re
from typing import Any

import pytest

from services.meetings.queries.memberships import list_members


def test_members_are_shown_by_call_name_to_who_may_see_them(evening: Any) -> None:
    for staff_id, sees in ((evening.kim, True), (evening.vos, True), (evening.sam, False)):
        page = evening.visitor(staff_id).open(f"/groepen/{evening.tuesday}")

        assert page.status == 200
        assert ("Noor" in page.text) is sees


def test_who_leads_the_group_is_told_who_gets_no_messages(evening: Any) -> None:
    (noor, _) = list_members(evening.actor(evening.kim), evening.tuesday)
    evening.reached(noor.participant_id)
    evening.consume()

    kim = evening.visitor(evening.kim)

    assert "krijgt geen berichten van ons" in kim.open(f"/groepen/{evening.tuesday}").text
    assert "krijgt geen berichten van ons" in kim.open(evening.here).text


def test_the_rules_of_a_group_are_told_in_dutch_with_their_source(evening: Any) -> None:
    page = evening.visitor(evening.sam).open(f"/groepen/{evening.tuesday}")

    assert "Instappen op elk moment" in page.text
    assert "Praktijkgids herstelwerkgroepen" in page.text
    assert not re.search(r"\b(rolling|audience|own|True|None|peer_expert|max_size)\b", page.text)


def test_a_farewell_by_page(evening: Any) -> None:
    kim = evening.visitor(evening.kim)
    path = f"/groepen/{evening.tuesday}/deelnemers/{evening.noor}/afscheid"

    wrong = kim.submit(kim.open(path), path, reason="farewell", on="2027-01-01")
    page = kim.submit(kim.open(path), path, reason="stopped")

    assert (wrong.status, "komt nog" in wrong.text) == (409, True)
    assert "terugkomen mag altijd" in page.text
    assert [line.call_name for line in list_members(evening.actor(evening.kim), evening.tuesday)] == ["Robin"]
    assert kim.open(path).status == 404


def test_leaders_are_chosen_from_colleagues_with_that_role(harness: Any) -> None:
    group_id, vos = harness.group(), harness.visitor(harness.vos)
    path = f"/groepen/{group_id}/begeleiders"

    page = vos.open(path)
    assert page.form(path).offered["staff_id"] == [harness.sam]
    page = vos.submit(page, path, staff_id=harness.sam, place="co")
    assert harness.published("group_changed")["facilitator_ids"] == [harness.kim, harness.sam]
    vos.submit(page, f"{path}/{harness.kim}/weg")

    assert harness.published("group_changed")["facilitator_ids"] == [harness.sam]


def test_meetings_are_planned_in_three_ways(harness: Any) -> None:
    group_id, kim = harness.group(), harness.visitor(harness.kim)
    path = f"/groepen/{group_id}/plannen"

    entry = kim.submit(kim.open(f"{path}?hoe=een"), f"{path}/een", on="2026-11-21", at="10:30", minutes="90")
    days = kim.submit(
        kim.open(f"{path}?hoe=dagen"), f"{path}/dagen", days=["2026-11-22", "", "2026-11-23"], at="14:00"
    )
    every = kim.submit(kim.open(path), f"{path}/ritme", first_on="2026-11-24", at="19:30", every_weeks="2")

    assert "zaterdag 21 november, 10.30" in entry.text
    assert "zondag 22 november, 14.00" in days.text
    assert "Dinsdag 19.30, om de week" in every.text


@pytest.mark.parametrize(
    ("route", "data", "says"),
    [
        ("een", {"on": "2027-10-31"}, "die nacht gaat de klok terug"),
        ("dagen", {"days": ["2027-10-24", "2027-10-31"]}, "een van deze keren is in de nacht"),
        ("ritme", {"first_on": "2027-10-24", "end_on": "2027-11-14"}, "een van deze keren is in de nacht"),
        ("ritme", {"first_on": "2027-11-07", "end_on": "2027-11-14"}, ""),
    ],
)
def test_in_the_hour_that_comes_twice_the_first_is_taken_and_said_also_later_in_a_series(
    harness: Any, route: str, data: dict[str, Any], says: str
) -> None:
    path, kim = f"/groepen/{harness.group()}/plannen", harness.visitor(harness.kim)

    page = kim.submit(kim.open(f"{path}?hoe={route}"), f"{path}/{route}", at="02:30", **data)

    assert page.status == 200
    assert ("van de eerste keer" in page.text) == bool(says)
    assert says in page.text


@pytest.mark.parametrize(
    ("route", "data", "field"),
    [
        ("een", {"on": "2026-11-01"}, "on"),
        ("een", {"on": ""}, "on"),
        ("een", {"on": "2026-12-01", "minutes": "5"}, "minutes"),
        ("dagen", {"days": []}, "days"),
        ("ritme", {"first_on": "2027-03-28", "at": "02:30"}, "at"),
        ("ritme", {"first_on": "2026-12-01", "end_on": "2026-11-30"}, "end_on"),
    ],
)
def test_a_plan_that_cannot_be_is_told_beside_its_field(
    harness: Any, route: str, data: dict[str, Any], field: str
) -> None:
    group_id, kim = harness.group(), harness.visitor(harness.kim)
    path = f"/groepen/{group_id}/plannen"

    page = kim.submit(kim.open(f"{path}?hoe={route}"), f"{path}/{route}", **data)

    assert page.status in (400, 409)
    assert f'href="#f-{field}"' in page.html
    assert harness.events("meeting_scheduled") == []
