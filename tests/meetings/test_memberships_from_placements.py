"""Intake publishes that somebody has a place: a membership, or the placement comes back with the reason, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.intake import events as intake
from services.meetings.models import Group
from shared.ids import new_id
from tests.meetings.actions import names


def test_a_placement_becomes_a_membership_that_the_others_hear_of(harness: Any) -> None:
    group_id, person = harness.group(), harness.participant("Noor")

    placement_id = harness.placed(person, group_id)
    harness.consume()

    values = harness.published("membership_changed")
    assert (values["participant_id"], values["group_id"], values["placement_id"]) == (
        person,
        group_id,
        placement_id,
    )
    assert (values["state"], values["starts_on"]) == ("active", "2026-11-24")
    assert names(harness, group_id) == ["Noor"]


def test_a_placement_that_is_published_twice_is_one_membership(harness: Any) -> None:
    group_id, person = harness.group(), harness.participant("Noor")

    placement_id = harness.placed(person, group_id)
    harness.placed(person, group_id, placement_id=placement_id)
    harness.consume()

    assert len(harness.events("membership_changed")) == 1
    assert harness.events("placement_returned") == []


def test_a_placement_before_its_person_waits_until_we_know_what_to_call_them(harness: Any) -> None:
    group_id, person = harness.group(), new_id()
    harness.placed(person, group_id)
    harness.consume()
    assert (harness.pending_retries(), harness.events("membership_changed")) == (1, [])

    harness.participant("Noor", participant_id=person)
    harness.consume()
    harness.retry_now()

    assert (harness.pending_retries(), names(harness, group_id)) == (0, ["Noor"])


def test_a_placement_in_a_group_that_never_was_becomes_a_dead_letter(harness: Any) -> None:
    harness.placed(harness.participant("Noor"), new_id())

    harness.consume()

    assert harness.dead_letters() == ["no such group"]


def end(harness: Any, group_id: str) -> None:
    Group.update(state="ended").where(Group.id == group_id).execute()


def fill(harness: Any, group_id: str) -> None:
    for number in range(8):
        harness.member(group_id, f"Nummer {number}")


@pytest.mark.parametrize(
    ("reason", "bring_about"), [("group_ended", end), ("group_full", fill)], ids=["ended", "full"]
)
def test_a_group_that_cannot_take_somebody_returns_the_placement_once(
    harness: Any, reason: str, bring_about: Callable[[Any, str], None]
) -> None:
    group_id = harness.group()
    bring_about(harness, group_id)
    person = harness.participant("Noor")

    placement_id = harness.placed(person, group_id)
    harness.placed(person, group_id, placement_id=placement_id)
    harness.consume()

    (returned,) = harness.events("placement_returned")
    assert returned.data["placement_id"] == placement_id
    assert returned.data["reason"] == reason


def test_a_group_that_keeps_no_names_returns_the_placement(harness: Any) -> None:
    harness.placed(harness.participant("Noor"), harness.headcount_group())

    harness.consume()

    assert harness.published("placement_returned")["reason"] == "group_keeps_no_names"


def test_somebody_who_belongs_already_is_not_made_a_member_twice(harness: Any) -> None:
    group_id, person = harness.group(), harness.participant("Noor")
    harness.placed(person, group_id)

    harness.placed(person, group_id)
    harness.consume()

    assert harness.published("placement_returned")["reason"] == "already_member"
    assert names(harness, group_id) == ["Noor"]


def test_a_placement_that_was_returned_is_not_taken_up_later_by_itself(harness: Any) -> None:
    group_id = harness.group()
    fill(harness, group_id)
    person = harness.participant("Noor")
    placement_id = harness.placed(person, group_id)
    harness.consume()
    Group.update(overrides={"admission": "rolling", "max_size": 15}).where(Group.id == group_id).execute()

    harness.placed(person, group_id, placement_id=placement_id)
    harness.consume()

    assert "Noor" not in names(harness, group_id)


def test_a_placement_that_is_taken_back_ends_its_membership_as_if_it_had_never_begun(harness: Any) -> None:
    group_id = harness.group()
    placement_id = harness.placed(harness.participant("Noor"), group_id)
    harness.consume()

    for _ in range(2):
        harness.publish(intake.PLACEMENT_WITHDRAWN, placement_id, placement_id=placement_id)
        harness.consume()

    states = [event.data["state"] for event in harness.events("membership_changed")]
    assert states == ["active", "ended"]
    assert names(harness, group_id) == []
