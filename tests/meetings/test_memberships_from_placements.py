"""Intake says that somebody has a place: a membership, or the placement comes back with the reason, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.meetings.models import Group
from shared.ids import new_id
from tests.meetings.doing import names


def test_a_placement_becomes_a_membership_that_the_others_hear_of(desk: Any) -> None:
    group_id, person = desk.group(), desk.participant("Noor")

    placement_id = desk.placed(person, group_id)
    desk.hear()

    told = desk.said("membership_changed")
    assert (told["participant_id"], told["group_id"], told["placement_id"]) == (person, group_id, placement_id)
    assert (told["state"], told["starts_on"]) == ("active", "2026-11-24")
    assert names(desk, group_id) == ["Noor"]


def test_a_placement_that_is_said_twice_is_one_membership(desk: Any) -> None:
    group_id, person = desk.group(), desk.participant("Noor")

    placement_id = desk.placed(person, group_id)
    desk.placed(person, group_id, placement_id=placement_id)
    desk.hear()

    assert len(desk.events("membership_changed")) == 1
    assert desk.events("placement_returned") == []


def test_a_placement_before_its_person_waits_until_we_know_what_to_call_them(desk: Any) -> None:
    group_id, person = desk.group(), new_id()
    desk.placed(person, group_id)
    desk.hear()
    assert (desk.waiting(), desk.events("membership_changed")) == (1, [])

    desk.participant("Noor", participant_id=person)
    desk.hear()
    desk.hear_later()

    assert (desk.waiting(), names(desk, group_id)) == (0, ["Noor"])


def test_a_placement_in_a_group_that_never_was_is_put_apart(desk: Any) -> None:
    desk.placed(desk.participant("Noor"), new_id())

    desk.hear()

    assert desk.dead() == ["no such group"]


def end(desk: Any, group_id: str) -> None:
    Group.update(state="ended").where(Group.id == group_id).execute()


def fill(desk: Any, group_id: str) -> None:
    for number in range(8):
        desk.member(group_id, f"Nummer {number}")


@pytest.mark.parametrize(
    ("reason", "bring_about"), [("group_ended", end), ("group_full", fill)], ids=["ended", "full"]
)
def test_a_group_that_cannot_take_somebody_returns_the_placement_once(
    desk: Any, reason: str, bring_about: Callable[[Any, str], None]
) -> None:
    group_id = desk.group()
    bring_about(desk, group_id)
    person = desk.participant("Noor")

    placement_id = desk.placed(person, group_id)
    desk.placed(person, group_id, placement_id=placement_id)
    desk.hear()

    (returned,) = desk.events("placement_returned")
    assert returned.data["placement_id"] == placement_id
    assert returned.data["reason"] == reason


def test_a_group_that_keeps_no_names_returns_the_placement(desk: Any) -> None:
    desk.placed(desk.participant("Noor"), desk.headcount_group())

    desk.hear()

    assert desk.said("placement_returned")["reason"] == "group_keeps_no_names"


def test_somebody_who_belongs_already_is_not_made_a_member_twice(desk: Any) -> None:
    group_id, person = desk.group(), desk.participant("Noor")
    desk.placed(person, group_id)

    desk.placed(person, group_id)
    desk.hear()

    assert desk.said("placement_returned")["reason"] == "already_member"
    assert names(desk, group_id) == ["Noor"]


def test_a_placement_that_was_returned_is_not_taken_up_later_by_itself(desk: Any) -> None:
    group_id = desk.group()
    fill(desk, group_id)
    person = desk.participant("Noor")
    placement_id = desk.placed(person, group_id)
    desk.hear()
    Group.update(overrides={"admission": "rolling", "max_size": 15}).where(Group.id == group_id).execute()

    desk.placed(person, group_id, placement_id=placement_id)
    desk.hear()

    assert "Noor" not in names(desk, group_id)
