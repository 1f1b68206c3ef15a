"""What meetings hears: each letter works, counts once, waits when it is early, and is kept when it is broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.intake import events as intake
from services.meetings.models import Group
from services.meetings.queries.groups import list_members
from services.meetings.queries.today import get_today
from services.notifications import events as notifications
from shared.envelope import EventKind
from shared.ids import new_id

HEARD = (
    intake.PARTICIPANT_CHANGED, intake.PARTICIPANT_PLACED, intake.SIGNUP_RECEIVED, intake.SIGNUP_CLOSED,
    intake.INTRO_TALK_SCHEDULED, intake.INTRO_TALK_MOVED, intake.INTRO_TALK_CALLED_OFF, intake.INTRO_TALK_HELD,
    intake.INTRO_TALK_MISSED, notifications.REACHABILITY_CHANGED,
)  # fmt: skip


def names(desk: Any, group_id: str) -> list[str]:
    return [member.call_name for member in list_members(desk.actor(desk.kim), group_id)]


def waiting(desk: Any) -> list[str]:
    return [line.call_name for line in get_today(desk.actor(desk.sam)).waiting]


def to_place(desk: Any) -> list[str]:
    return [line.call_name for line in get_today(desk.actor(desk.sam)).to_place]


def talks(desk: Any) -> list[tuple[str, str]]:
    today = get_today(desk.actor(desk.sam))
    return [(line.call_name, line.at.strftime("%H.%M")) for line in (*today.talks_over, *today.talks_today)]


@pytest.mark.parametrize("kind", HEARD, ids=lambda kind: kind.name)
@pytest.mark.parametrize("data", ["{}", '{"participant_id": 7, "signup_id": "zeven", "talk_id": null}'])
def test_a_broken_letter_is_kept_for_a_person_and_what_comes_after_it_is_heard(
    desk: Any, kind: EventKind, data: str
) -> None:
    desk.say_raw(kind, new_id(), data)
    person = desk.participant("Noor")
    desk.signed_up(person)

    desk.hear()

    assert len(desk.dead()) == 1
    assert "zeven" not in desk.dead()[0]
    assert waiting(desk) == ["Noor"]


@pytest.mark.parametrize("kind", HEARD, ids=lambda kind: kind.name)
def test_the_example_of_every_letter_is_understood(desk: Any, kind: EventKind) -> None:
    desk.say(kind, new_id(), {"call_name": "Noor"} if kind is intake.PARTICIPANT_CHANGED else None)

    desk.hear()

    # A placement in a group that we never had cannot work; everything else is taken in, or waits for a name.
    assert desk.dead() == []


# --- participant_changed ---


def test_who_changes_their_call_name_is_called_that_from_then_on(desk: Any) -> None:
    group_id = desk.group()
    desk.member(group_id, "Noor")
    (member,) = list_members(desk.actor(desk.kim), group_id)

    desk.participant("Noa", participant_id=member.participant_id)
    desk.hear()

    assert names(desk, group_id) == ["Noa"]


def test_an_older_name_that_comes_late_does_not_come_back(desk: Any) -> None:
    group_id, person = desk.group(), desk.participant("Noor")
    desk.participant("Noa", participant_id=person)
    desk.placed(person, group_id)

    desk.say_the_first_again(intake.PARTICIPANT_CHANGED, person)
    desk.hear()

    assert names(desk, group_id) == ["Noa"]


def test_a_participant_without_a_name_for_us_is_put_apart(desk: Any) -> None:
    desk.say(intake.PARTICIPANT_CHANGED, new_id(), {"call_name": ""})

    desk.hear()

    assert desk.dead() == ["no call name in it for us"]


# --- participant_placed ---


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

    assert len(desk.letters("membership_changed")) == 1
    assert desk.letters("placement_returned") == []


def test_a_placement_before_its_person_waits_until_we_know_what_to_call_them(desk: Any) -> None:
    group_id, person = desk.group(), new_id()
    desk.placed(person, group_id)
    desk.hear()
    assert (desk.waiting(), desk.letters("membership_changed")) == (1, [])

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
    ("reason", "bring_about"), [("group_ended", end), ("group_full", fill)], ids=lambda value: str(value)
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

    (returned,) = desk.letters("placement_returned")
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
    Group.update(bends={"admission": "rolling", "max_size": 15}).where(Group.id == group_id).execute()

    desk.placed(person, group_id, placement_id=placement_id)
    desk.hear()

    assert "Noor" not in names(desk, group_id)


# --- sign-ups and talks, for the page of today ---


def test_somebody_who_signed_up_waits_until_the_sign_up_is_closed(desk: Any) -> None:
    signup_id = desk.signed_up(desk.participant("Noor"))
    desk.hear()
    assert waiting(desk) == ["Noor"]

    desk.say(intake.SIGNUP_CLOSED, signup_id, signup_id=signup_id)
    desk.hear()

    assert waiting(desk) == []


def test_a_sign_up_that_is_said_twice_is_one_person_who_waits(desk: Any) -> None:
    person = desk.participant("Noor")
    signup_id = desk.signed_up(person)

    desk.signed_up(person, signup_id=signup_id)
    desk.hear()

    assert waiting(desk) == ["Noor"]


def test_a_sign_up_that_is_heard_after_its_end_stays_ended(desk: Any) -> None:
    signup_id = new_id()
    desk.say(intake.SIGNUP_CLOSED, signup_id, signup_id=signup_id)
    desk.signed_up(desk.participant("Noor"), signup_id=signup_id)

    desk.hear()

    assert waiting(desk) == []


def test_a_talk_of_today_stands_on_the_page_at_its_newest_hour(desk: Any) -> None:
    signup_id, talk_id = desk.signed_up(desk.participant("Noor")), new_id()
    desk.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)
    desk.hear()
    assert (talks(desk), waiting(desk)) == ([("Noor", "14.00")], [])

    desk.talk(intake.INTRO_TALK_MOVED, talk_id, signup_id, at="15:30")
    desk.hear()

    assert talks(desk) == [("Noor", "15.30")]


def test_a_talk_that_is_said_twice_is_one_talk(desk: Any) -> None:
    signup_id, talk_id = desk.signed_up(desk.participant("Noor")), new_id()

    desk.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)
    desk.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)
    desk.hear()

    assert talks(desk) == [("Noor", "14.00")]


def test_the_first_hour_of_a_talk_that_comes_late_does_not_replace_the_newer_one(desk: Any) -> None:
    signup_id, talk_id = desk.signed_up(desk.participant("Noor")), new_id()

    desk.talk(intake.INTRO_TALK_MOVED, talk_id, signup_id, at="15:30")
    desk.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id, at="14:00")
    desk.hear()

    assert talks(desk) == [("Noor", "15.30")]


@pytest.mark.parametrize(
    "over", [intake.INTRO_TALK_CALLED_OFF, intake.INTRO_TALK_MISSED], ids=lambda kind: kind.name
)
def test_who_had_no_talk_after_all_waits_again(desk: Any, over: EventKind) -> None:
    signup_id, talk_id = desk.signed_up(desk.participant("Noor")), new_id()
    desk.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)

    desk.talk(over, talk_id, signup_id)
    desk.talk(over, talk_id, signup_id)
    desk.hear()

    assert (talks(desk), waiting(desk)) == ([], ["Noor"])


def test_who_had_a_talk_is_looked_for_a_place_for(desk: Any) -> None:
    signup_id, talk_id = desk.signed_up(desk.participant("Noor")), new_id()
    desk.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)

    desk.talk(intake.INTRO_TALK_HELD, talk_id, signup_id)
    desk.hear()

    assert (talks(desk), waiting(desk), to_place(desk)) == ([], [], ["Noor"])


@pytest.mark.parametrize(
    "over", [intake.INTRO_TALK_CALLED_OFF, intake.INTRO_TALK_MISSED, intake.INTRO_TALK_HELD],
    ids=lambda kind: kind.name,
)  # fmt: skip
def test_a_talk_that_is_heard_of_after_its_end_is_not_planned_again(desk: Any, over: EventKind) -> None:
    signup_id, talk_id = desk.signed_up(desk.participant("Noor")), new_id()

    desk.talk(over, talk_id, signup_id)
    desk.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)
    desk.hear()

    assert talks(desk) == []


def test_who_was_placed_needs_nobody_and_who_was_returned_needs_another_group(desk: Any) -> None:
    group_id, full = desk.group(), desk.group("Volle groep", bends={"admission": "rolling", "max_size": 8})
    fill(desk, full)
    for name, where in (("Noor", group_id), ("Robin", full)):
        person = desk.participant(name)
        signup_id = desk.signed_up(person)
        desk.placed(person, where, signup_id=signup_id)

    desk.hear()

    assert (waiting(desk), to_place(desk)) == ([], ["Robin"])


# --- reachability_changed ---


def unreachable(desk: Any, group_id: str) -> list[str]:
    members = list_members(desk.actor(desk.kim), group_id)
    return [member.call_name for member in members if member.is_unreachable]


def test_who_cannot_be_reached_is_shown_to_who_leads_the_group_until_they_can(desk: Any) -> None:
    group_id, person = desk.group(), desk.participant("Noor")
    desk.placed(person, group_id)
    desk.reached(person)
    desk.hear()
    assert unreachable(desk, group_id) == ["Noor"]

    desk.reached(person, "email")
    desk.reached(person, "email")
    desk.hear()

    assert unreachable(desk, group_id) == []


def test_it_may_be_heard_that_somebody_is_unreachable_before_who_they_are(desk: Any) -> None:
    group_id, person = desk.group(), new_id()
    desk.reached(person)
    desk.participant("Noor", participant_id=person)
    desk.placed(person, group_id)

    desk.hear()

    assert unreachable(desk, group_id) == ["Noor"]
