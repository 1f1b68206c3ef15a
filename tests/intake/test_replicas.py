"""Replicas of other services' state: consumed once, in any order, and what is broken does no harm."""

import json
from typing import Any

import pytest

from services.intake.models import (
    Group,
    Meeting,
    Membership,
    Organisation,
    Placement,
    Reachability,
    Signup,
    StaffGrant,
    StaffMember,
)
from services.intake.queries import organisations
from services.intake.queries.matching import get_match
from services.intake.queries.signups import SignupView, get_signup
from services.meetings import events as meetings
from services.notifications import events as notifications
from shared.ids import new_id

STATES = {
    "organisation": (meetings.ORGANISATION_CHANGED, Organisation),
    "staff": (meetings.STAFF_CHANGED, StaffMember),
    "group": (meetings.GROUP_CHANGED, Group),
    "meeting": (meetings.MEETING_CHANGED, Meeting),
    "membership": (meetings.MEMBERSHIP_CHANGED, Membership),
    "reachability": (notifications.REACHABILITY_CHANGED, Reachability),
}
EVERY = pytest.mark.parametrize("noun", list(STATES))


def publish_changed(harness: Any, noun: str, **changed: Any) -> None:
    """The example of this event, or something like it, with what is sealed in it."""
    event_type, _ = STATES[noun]
    sealed = {
        "intake": {"name": changed.pop("name_of_staff", "Vos")},
        "notifications": {"name": "Vos", "email": ""},
    }
    data = event_type.example | changed
    harness.publish(event_type, next(iter(data.values())), data, sealed if event_type.personal else None)


# --- state ---


@EVERY
def test_a_state_is_kept_as_it_was_published(harness: Any, noun: str) -> None:
    publish_changed(harness, noun)

    harness.consume()

    assert STATES[noun][1].select().count() == 1
    assert harness.dead_letters() == []


@EVERY
def test_a_state_that_is_consumed_twice_counts_once(harness: Any, noun: str) -> None:
    publish_changed(harness, noun)
    harness.consume()

    harness.consume_again()
    publish_changed(harness, noun)
    harness.consume()

    assert STATES[noun][1].select().count() == 1


@pytest.mark.parametrize(
    ("noun", "newest", "held"),
    [
        ("organisation", {"name": "Nieuw"}, lambda: Organisation.get().name == "Nieuw"),
        ("staff", {"is_active": False}, lambda: StaffMember.get().is_active is False),
        ("group", {"name": "Nieuw"}, lambda: Group.get().name == "Nieuw"),
        ("meeting", {"state": "cancelled"}, lambda: Meeting.get().state == "cancelled"),
        ("membership", {"state": "ended"}, lambda: Membership.get().state == "ended"),
        ("reachability", {"refused": []}, lambda: Reachability.get().refused == []),
    ],
)
def test_an_older_state_that_comes_late_changes_nothing(
    harness: Any, noun: str, newest: dict[str, Any], held: Any
) -> None:
    publish_changed(harness, noun)
    publish_changed(harness, noun, **newest)

    harness.consume_backwards(STATES[noun][0].service)

    assert STATES[noun][1].select().count() == 1
    assert held()


@EVERY
def test_a_broken_state_is_kept_as_a_dead_letter_and_the_next_one_is_consumed(harness: Any, noun: str) -> None:
    event_type, model = STATES[noun]
    subject_id, first = new_id(), next(iter(event_type.example))
    for broken in ({}, {**event_type.example, "organisation_id": "x", first: 7}):
        harness.publish_raw(event_type, subject_id, json.dumps(broken))
    publish_changed(harness, noun)

    harness.consume()

    assert len(harness.dead_letters()) == 2
    assert model.select().count() == 1


@pytest.mark.parametrize(
    ("noun", "broken"),
    [
        ("group", {"at": "half acht"}),
        ("group", {"rules": None}),
        ("group", {"venue": {"name": "De Brug"}}),
        ("meeting", {"zone": "Europe/Lindeveen"}),
        ("meeting", {"on": "2031-02-31"}),
        ("membership", {"starts_on": None}),
        ("staff", {"grants": [{"roles": ["facilitator"]}]}),
    ],
)
def test_a_field_that_makes_no_sense_is_not_kept(harness: Any, noun: str, broken: dict[str, Any]) -> None:
    event_type, model = STATES[noun]

    harness.publish_raw(event_type, new_id(), json.dumps(event_type.example | broken))
    harness.consume()

    assert len(harness.dead_letters()) == 1
    assert model.select().count() == 0


def test_an_event_of_an_unknown_type_is_skipped(harness: Any) -> None:
    harness.publish(meetings.MEETING_SCHEDULED, new_id(), meetings.MEETING_SCHEDULED.example)
    publish_changed(harness, "group")

    harness.consume()

    assert (Group.select().count(), harness.dead_letters()) == (1, [])


def test_staff_whose_sealed_name_does_not_open_is_not_kept(harness: Any) -> None:
    broken = meetings.STAFF_CHANGED.example | {"version": [1, 1], "personal": {"intake": "bm90IHNlYWxlZA=="}}
    harness.publish_raw(meetings.STAFF_CHANGED, new_id(), json.dumps(broken))
    harness.publish_raw(meetings.STAFF_CHANGED, new_id(), json.dumps(meetings.STAFF_CHANGED.example))

    harness.consume()

    assert len(harness.dead_letters()) == 2
    assert StaffMember.select().count() == 0


def test_everything_may_be_consumed_before_what_it_belongs_to(harness: Any) -> None:
    for noun in ("membership", "meeting", "reachability", "group", "staff", "organisation"):
        publish_changed(harness, noun)

    for name in ("notifications", "meetings"):
        harness.consume_backwards(name)

    assert [model.select().count() for _, model in STATES.values()] == [1] * 6


def test_the_roles_of_staff_are_those_of_the_newest_event(harness: Any) -> None:
    organisation_id = meetings.ORGANISATION_CHANGED.example["organisation_id"]
    publish_changed(harness, "staff")
    publish_changed(
        harness, "staff", grants=[{"organisation_id": organisation_id, "roles": ["manager", "intro_worker"]}]
    )

    harness.consume()

    assert {row.role for row in StaffGrant.select()} == {"manager", "intro_worker"}
    assert [(host.name, host.leads) for host in organisations.list_hosts(organisation_id)] == [("Vos", False)]


def test_who_does_not_work_there_any_more_is_not_asked_to_hold_a_talk(harness: Any) -> None:
    publish_changed(harness, "staff", is_active=False)

    harness.consume()

    assert organisations.list_hosts(meetings.ORGANISATION_CHANGED.example["organisation_id"]) == []


def test_rules_that_are_silent_keep_nobody_out(harness: Any) -> None:
    publish_changed(harness, "group", rules={}, venue=None)

    harness.consume()

    group = Group.get()
    assert (group.audience, group.admission, group.max_size) == ("both", "rolling", None)


def test_a_channel_that_came_back_is_shown_until_there_is_a_new_address(harness: Any) -> None:
    organisation_id = harness.organisation()
    signup_id = harness.signed_up(organisation_id, email="noor@example.org")
    visitor = harness.visitor("intro_worker", organisation_id=organisation_id)
    harness.reachability(organisation_id, str(Signup.get().participant_id), ["email"])
    harness.consume()
    before = visitor.open(f"/kennismaking/{signup_id}").text

    visitor.send(f"/kennismaking/{signup_id}/bereik", {"call_name": "Noor", "email": "noor@houvast.example"})

    assert "Berichten komen niet aan." in before
    assert "niet te bereiken" in before
    assert "Berichten komen niet aan." not in visitor.open(f"/kennismaking/{signup_id}").text


# --- answers to a placement ---


@pytest.fixture
def placed(harness: Any) -> Any:
    class Placed:
        organisation_id = harness.organisation()
        group_id = harness.group(organisation_id)
        actor = harness.actor("intro_worker", organisation_id=organisation_id)
        signup_id = harness.signed_up(organisation_id)
        placement_id = harness.place(actor, signup_id, group_id)

        def member(self, **changed: Any) -> None:
            harness.membership(
                self.organisation_id,
                self.group_id,
                placement_id=self.placement_id,
                participant_id=str(Signup.get().participant_id),
                **changed,
            )

        def view(self) -> SignupView:
            return get_signup(self.actor, self.signup_id)

    return Placed()


def test_a_membership_confirms_the_place(harness: Any, placed: Any) -> None:
    placed.member()

    harness.consume()

    assert (placed.view().state, placed.view().placement.state) == ("placed", "confirmed")
    assert placed.view().next_step == "nothing"


def test_a_membership_that_has_ended_before_its_event_came_frees_the_place(harness: Any, placed: Any) -> None:
    placed.member(state="ended")

    harness.consume()

    assert placed.view().placement.state == "ended"
    assert get_match(placed.actor, placed.signup_id).suggested[0].group.places_left == 8


def test_a_place_is_returned_once_however_often_its_event_comes(harness: Any, placed: Any) -> None:
    for _ in range(2):
        harness.returned(placed.placement_id)
    harness.consume()
    harness.consume_again()

    assert (placed.view().state, placed.view().placement.state) == ("received", "returned")
    assert harness.dead_letters() == []


def test_a_place_that_was_confirmed_is_not_returned_by_an_event_that_comes_late(harness: Any, placed: Any) -> None:
    placed.member()
    harness.returned(placed.placement_id)

    harness.consume()

    assert (placed.view().state, placed.view().placement.state) == ("placed", "confirmed")


def test_a_place_that_came_back_while_another_was_given_leaves_that_one_alone(harness: Any, placed: Any) -> None:
    harness.returned(placed.placement_id)
    harness.consume()
    other = harness.place(placed.actor, placed.signup_id, harness.group(placed.organisation_id, "Donderdagkring"))

    harness.returned(placed.placement_id)
    harness.consume()

    assert (placed.view().state, placed.view().placement.id) == ("placed", other)


@pytest.mark.parametrize("broken", [{}, {"placement_id": "x", "reason": "full"}, {"placement_id": new_id()}])
def test_a_broken_return_does_nothing(harness: Any, placed: Any, broken: dict[str, str]) -> None:
    harness.publish_raw(meetings.PLACEMENT_RETURNED, new_id(), json.dumps(broken))

    harness.consume()

    assert len(harness.dead_letters()) == 1
    assert placed.view().placement.state == "placed"


def test_a_return_of_a_place_that_we_never_gave_is_kept_for_a_person(harness: Any) -> None:
    harness.returned(new_id())

    harness.consume()

    assert harness.dead_letters() == ["no such placement"]
    assert Placement.select().count() == 0


def test_a_membership_of_somebody_we_never_met_only_counts(harness: Any, placed: Any) -> None:
    harness.membership(placed.organisation_id, placed.group_id, placement_id=new_id())

    harness.consume()

    assert harness.dead_letters() == []
    other_id = harness.signed_up(placed.organisation_id, "Robin")
    assert get_match(placed.actor, other_id).suggested[0].group.places_left == 6
