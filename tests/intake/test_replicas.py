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


def publish(service: Any, noun: str, **changed: Any) -> None:
    """The example of this event, or something like it, with what is sealed in it."""
    kind, _ = STATES[noun]
    sealed = {
        "intake": {"name": changed.pop("name_of_staff", "Vos")},
        "notifications": {"name": "Vos", "email": ""},
    }
    data = kind.example | changed
    service.said(kind, next(iter(data.values())), data, sealed if kind.personal else None)


# --- state ---


@EVERY
def test_a_state_is_kept_as_it_was_said(service: Any, noun: str) -> None:
    publish(service, noun)

    service.listen()

    assert STATES[noun][1].select().count() == 1
    assert service.dead() == []


@EVERY
def test_a_state_that_is_heard_twice_counts_once(service: Any, noun: str) -> None:
    publish(service, noun)
    service.listen()

    service.listen_again()
    publish(service, noun)
    service.listen()

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
    service: Any, noun: str, newest: dict[str, Any], held: Any
) -> None:
    publish(service, noun)
    publish(service, noun, **newest)

    service.listen_backwards(STATES[noun][0].service)

    assert STATES[noun][1].select().count() == 1
    assert held()


@EVERY
def test_a_broken_state_is_kept_for_a_person_to_look_at_and_the_next_one_is_heard(service: Any, noun: str) -> None:
    kind, model = STATES[noun]
    subject_id, first = new_id(), next(iter(kind.example))
    for broken in ({}, {**kind.example, "organisation_id": "x", first: 7}):
        service.said_brokenly(kind, subject_id, broken)
    publish(service, noun)

    service.listen()

    assert len(service.dead()) == 2
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
def test_a_field_that_makes_no_sense_is_not_kept(service: Any, noun: str, broken: dict[str, Any]) -> None:
    kind, model = STATES[noun]

    service.said_brokenly(kind, new_id(), kind.example | broken)
    service.listen()

    assert len(service.dead()) == 1
    assert model.select().count() == 0


def test_an_event_of_an_unknown_kind_is_passed_by(service: Any) -> None:
    service.said(meetings.MEETING_SCHEDULED, new_id(), meetings.MEETING_SCHEDULED.example)
    publish(service, "group")

    service.listen()

    assert (Group.select().count(), service.dead()) == (1, [])


def test_staff_whose_sealed_name_does_not_open_is_not_kept(service: Any) -> None:
    broken = meetings.STAFF_CHANGED.example | {"version": [1, 1], "personal": {"intake": "bm90IHNlYWxlZA=="}}
    service.said_brokenly(meetings.STAFF_CHANGED, new_id(), broken)
    service.said_brokenly(meetings.STAFF_CHANGED, new_id(), meetings.STAFF_CHANGED.example)

    service.listen()

    assert len(service.dead()) == 2
    assert StaffMember.select().count() == 0


def test_everything_may_be_heard_before_what_it_belongs_to(service: Any) -> None:
    for noun in ("membership", "meeting", "reachability", "group", "staff", "organisation"):
        publish(service, noun)

    for name in ("notifications", "meetings"):
        service.listen_backwards(name)

    assert [model.select().count() for _, model in STATES.values()] == [1] * 6


def test_the_roles_of_staff_are_those_of_the_newest_event(service: Any) -> None:
    organisation_id = meetings.ORGANISATION_CHANGED.example["organisation_id"]
    publish(service, "staff")
    publish(service, "staff", grants=[{"organisation_id": organisation_id, "roles": ["manager", "intro_worker"]}])

    service.listen()

    assert {row.role for row in StaffGrant.select()} == {"manager", "intro_worker"}
    assert [(host.name, host.leads) for host in organisations.list_hosts(organisation_id)] == [("Vos", False)]


def test_who_does_not_work_there_any_more_is_not_asked_to_hold_a_talk(service: Any) -> None:
    publish(service, "staff", is_active=False)

    service.listen()

    assert organisations.list_hosts(meetings.ORGANISATION_CHANGED.example["organisation_id"]) == []


def test_rules_that_are_silent_keep_nobody_out(service: Any) -> None:
    publish(service, "group", rules={}, venue=None)

    service.listen()

    group = Group.get()
    assert (group.audience, group.admission, group.max_size) == ("both", "rolling", None)


def test_a_channel_that_came_back_is_shown_until_there_is_a_new_address(service: Any) -> None:
    organisation_id = service.organisation()
    signup_id = service.signed_up(organisation_id, email="noor@example.org")
    visitor = service.visitor("intro_worker", organisation_id=organisation_id)
    service.reachability(organisation_id, str(Signup.get().participant_id), ["email"])
    service.listen()
    before = visitor.open(f"/kennismaking/{signup_id}").text

    visitor.send(f"/kennismaking/{signup_id}/bereik", {"call_name": "Noor", "email": "noor@houvast.example"})

    assert "Berichten komen niet aan." in before
    assert "niet te bereiken" in before
    assert "Berichten komen niet aan." not in visitor.open(f"/kennismaking/{signup_id}").text


# --- answers to a placement ---


@pytest.fixture
def placed(service: Any) -> Any:
    class Placed:
        organisation_id = service.organisation()
        group_id = service.group(organisation_id)
        actor = service.actor("intro_worker", organisation_id=organisation_id)
        signup_id = service.signed_up(organisation_id)
        placement_id = service.place(actor, signup_id, group_id)

        def member(self, **changed: Any) -> None:
            service.membership(
                self.organisation_id, self.group_id, placement_id=self.placement_id,
                participant_id=str(Signup.get().participant_id), **changed,
            )  # fmt: skip

        def view(self) -> SignupView:
            return get_signup(self.actor, self.signup_id)

    return Placed()


def test_a_membership_confirms_the_place(service: Any, placed: Any) -> None:
    placed.member()

    service.listen()

    assert (placed.view().state, placed.view().placement.state) == ("placed", "confirmed")
    assert placed.view().next_step == "nothing"


def test_a_membership_that_has_ended_before_we_heard_of_it_frees_the_place(service: Any, placed: Any) -> None:
    placed.member(state="ended")

    service.listen()

    assert placed.view().placement.state == "ended"
    assert get_match(placed.actor, placed.signup_id).suggested[0].group.places_left == 8


def test_a_place_is_returned_once_however_often_it_is_said(service: Any, placed: Any) -> None:
    for _ in range(2):
        service.returned(placed.placement_id)
    service.listen()
    service.listen_again()

    assert (placed.view().state, placed.view().placement.state) == ("received", "returned")
    assert service.dead() == []


def test_a_place_that_was_confirmed_is_not_returned_by_an_event_that_comes_late(service: Any, placed: Any) -> None:
    placed.member()
    service.returned(placed.placement_id)

    service.listen()

    assert (placed.view().state, placed.view().placement.state) == ("placed", "confirmed")


def test_a_place_that_came_back_while_another_was_given_leaves_that_one_alone(service: Any, placed: Any) -> None:
    service.returned(placed.placement_id)
    service.listen()
    other = service.place(placed.actor, placed.signup_id, service.group(placed.organisation_id, "Donderdagkring"))

    service.returned(placed.placement_id)
    service.listen()

    assert (placed.view().state, placed.view().placement.id) == ("placed", other)


@pytest.mark.parametrize("broken", [{}, {"placement_id": "x", "reason": "full"}, {"placement_id": new_id()}])
def test_a_broken_return_does_nothing(service: Any, placed: Any, broken: dict[str, str]) -> None:
    service.said_brokenly(meetings.PLACEMENT_RETURNED, new_id(), broken)

    service.listen()

    assert len(service.dead()) == 1
    assert placed.view().placement.state == "placed"


def test_a_return_of_a_place_that_we_never_gave_is_kept_for_a_person(service: Any) -> None:
    service.returned(new_id())

    service.listen()

    assert service.dead() == ["no such placement"]
    assert Placement.select().count() == 0


def test_a_membership_of_somebody_we_never_met_only_counts(service: Any, placed: Any) -> None:
    service.membership(placed.organisation_id, placed.group_id, placement_id=new_id())

    service.listen()

    assert service.dead() == []
    assert get_match(placed.actor, placed.signup_id).suggested[0].group.places_left == 6
