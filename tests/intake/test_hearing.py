"""What intake hears of the others: it works, it counts once, it bears any order, what is broken does no harm."""

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
from services.intake.queries import signups as look
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


def say(house: Any, noun: str, **changed: Any) -> None:
    """The example of this event, or something like it, with what is sealed in it."""
    kind, _ = STATES[noun]
    sealed = {
        "intake": {"name": changed.pop("name_of_staff", "Vos")},
        "notifications": {"name": "Vos", "email": ""},
    }
    data = kind.example | changed
    house.said(kind, next(iter(data.values())), data, sealed if kind.personal else None)


# --- state ---


@EVERY
def test_a_state_is_kept_as_it_was_said(house: Any, noun: str) -> None:
    say(house, noun)

    house.listen()

    assert STATES[noun][1].select().count() == 1
    assert house.dead() == []


@EVERY
def test_a_state_that_is_heard_twice_counts_once(house: Any, noun: str) -> None:
    say(house, noun)
    house.listen()

    house.listen_again()
    say(house, noun)
    house.listen()

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
    house: Any, noun: str, newest: dict[str, Any], held: Any
) -> None:
    say(house, noun)
    say(house, noun, **newest)

    house.listen_backwards(STATES[noun][0].service)

    assert STATES[noun][1].select().count() == 1
    assert held()


@EVERY
def test_a_broken_state_is_kept_for_a_person_to_look_at_and_the_next_one_is_heard(house: Any, noun: str) -> None:
    kind, model = STATES[noun]
    subject_id, first = new_id(), next(iter(kind.example))
    for broken in ({}, {**kind.example, "organisation_id": "x", first: 7}):
        house.said_brokenly(kind, subject_id, broken)
    say(house, noun)

    house.listen()

    assert len(house.dead()) == 2
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
def test_a_field_that_makes_no_sense_is_not_kept(house: Any, noun: str, broken: dict[str, Any]) -> None:
    kind, model = STATES[noun]

    house.said_brokenly(kind, new_id(), kind.example | broken)
    house.listen()

    assert len(house.dead()) == 1
    assert model.select().count() == 0


def test_a_letter_of_an_unknown_kind_is_passed_by(house: Any) -> None:
    house.said(meetings.MEETING_SCHEDULED, new_id(), meetings.MEETING_SCHEDULED.example)
    say(house, "group")

    house.listen()

    assert (Group.select().count(), house.dead()) == (1, [])


def test_staff_whose_sealed_name_does_not_open_is_not_kept(house: Any) -> None:
    broken = meetings.STAFF_CHANGED.example | {"version": [1, 1], "personal": {"intake": "bm90IHNlYWxlZA=="}}
    house.said_brokenly(meetings.STAFF_CHANGED, new_id(), broken)
    house.said_brokenly(meetings.STAFF_CHANGED, new_id(), meetings.STAFF_CHANGED.example)

    house.listen()

    assert len(house.dead()) == 2
    assert StaffMember.select().count() == 0


def test_everything_may_be_heard_before_what_it_belongs_to(house: Any) -> None:
    for noun in ("membership", "meeting", "reachability", "group", "staff", "organisation"):
        say(house, noun)

    for name in ("notifications", "meetings"):
        house.listen_backwards(name)

    assert [model.select().count() for _, model in STATES.values()] == [1] * 6


def test_the_roles_of_staff_are_those_of_the_newest_letter(house: Any) -> None:
    organisation_id = meetings.ORGANISATION_CHANGED.example["organisation_id"]
    say(house, "staff")
    say(house, "staff", grants=[{"organisation_id": organisation_id, "roles": ["manager", "intro_worker"]}])

    house.listen()

    assert {row.role for row in StaffGrant.select()} == {"manager", "intro_worker"}
    assert [(host.name, host.leads) for host in organisations.list_hosts(organisation_id)] == [("Vos", False)]


def test_who_does_not_work_there_any_more_is_not_asked_to_hold_a_talk(house: Any) -> None:
    say(house, "staff", is_active=False)

    house.listen()

    assert organisations.list_hosts(meetings.ORGANISATION_CHANGED.example["organisation_id"]) == []


def test_rules_that_are_silent_keep_nobody_out(house: Any) -> None:
    say(house, "group", rules={}, venue=None)

    house.listen()

    group = Group.get()
    assert (group.audience, group.admission, group.max_size) == ("both", "rolling", None)


def test_a_channel_that_came_back_is_shown_until_there_is_a_new_address(house: Any) -> None:
    organisation_id = house.organisation()
    signup_id = house.signed_up(organisation_id, email="noor@example.org")
    visitor = house.visitor("intro_worker", organisation_id=organisation_id)
    house.reachability(organisation_id, str(Signup.get().participant_id), ["email"])
    house.listen()
    before = visitor.open(f"/kennismaking/{signup_id}").text

    visitor.send(f"/kennismaking/{signup_id}/bereik", {"call_name": "Noor", "email": "noor@houvast.example"})

    assert "Berichten komen niet aan." in before
    assert "niet te bereiken" in before
    assert "Berichten komen niet aan." not in visitor.open(f"/kennismaking/{signup_id}").text


# --- answers to a placement ---


@pytest.fixture
def placed(house: Any) -> Any:
    class Placed:
        organisation_id = house.organisation()
        group_id = house.group(organisation_id)
        actor = house.actor("intro_worker", organisation_id=organisation_id)
        signup_id = house.signed_up(organisation_id)
        placement_id = house.place(actor, signup_id, group_id)

        def member(self, **changed: Any) -> None:
            house.membership(
                self.organisation_id, self.group_id, placement_id=self.placement_id,
                participant_id=str(Signup.get().participant_id), **changed,
            )  # fmt: skip

        def view(self) -> look.SignupView:
            return look.get_signup(self.actor, self.signup_id)

    return Placed()


def test_a_membership_confirms_the_place(house: Any, placed: Any) -> None:
    placed.member()

    house.listen()

    assert (placed.view().state, placed.view().placement.state) == ("placed", "confirmed")
    assert placed.view().next_step == "nothing"


def test_a_membership_that_has_ended_before_we_heard_of_it_frees_the_place(house: Any, placed: Any) -> None:
    placed.member(state="ended")

    house.listen()

    assert placed.view().placement.state == "ended"
    assert look.get_match(placed.actor, placed.signup_id).suggested[0].group.places_left == 8


def test_a_place_is_returned_once_however_often_it_is_said(house: Any, placed: Any) -> None:
    for _ in range(2):
        house.returned(placed.placement_id)
    house.listen()
    house.listen_again()

    assert (placed.view().state, placed.view().placement.state) == ("received", "returned")
    assert house.dead() == []


def test_a_place_that_was_confirmed_is_not_returned_by_a_letter_that_comes_late(house: Any, placed: Any) -> None:
    placed.member()
    house.returned(placed.placement_id)

    house.listen()

    assert (placed.view().state, placed.view().placement.state) == ("placed", "confirmed")


def test_a_place_that_came_back_while_another_was_given_leaves_that_one_alone(house: Any, placed: Any) -> None:
    house.returned(placed.placement_id)
    house.listen()
    other = house.place(placed.actor, placed.signup_id, house.group(placed.organisation_id, "Donderdagkring"))

    house.returned(placed.placement_id)
    house.listen()

    assert (placed.view().state, placed.view().placement.id) == ("placed", other)


@pytest.mark.parametrize("broken", [{}, {"placement_id": "x", "reason": "full"}, {"placement_id": new_id()}])
def test_a_broken_return_does_nothing(house: Any, placed: Any, broken: dict[str, str]) -> None:
    house.said_brokenly(meetings.PLACEMENT_RETURNED, new_id(), broken)

    house.listen()

    assert len(house.dead()) == 1
    assert placed.view().placement.state == "placed"


def test_a_return_of_a_place_that_we_never_gave_is_kept_for_a_person(house: Any) -> None:
    house.returned(new_id())

    house.listen()

    assert house.dead() == ["no such placement"]
    assert Placement.select().count() == 0


def test_a_membership_of_somebody_we_never_met_only_counts(house: Any, placed: Any) -> None:
    house.membership(placed.organisation_id, placed.group_id, placement_id=new_id())

    house.listen()

    assert house.dead() == []
    assert look.get_match(placed.actor, placed.signup_id).suggested[0].group.places_left == 6
