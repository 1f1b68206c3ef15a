"""Calling off for this once: by the person or by who leads, until it begins, and never why."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from services.meetings.commands import call_offs
from services.meetings.commands.meeting_changes import cancel_meeting
from services.meetings.models import CallOff, Meeting, Membership, service
from services.meetings.queries.call_offs import called_off_at, get_intention, list_expected
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from shared.security.actor import Actor
from tests.meetings.actions import refused


@pytest.fixture
def morning(evening: Any) -> Any:
    """The day itself, before the meeting."""
    evening.clock_at("2026-11-24 09.00")
    return evening


def by_link(harness: Any, membership_id: str = "", meeting_id: str = "") -> Actor:
    return Actor(id=f"link:{meeting_id or harness.tonight}.{membership_id or harness.noor}", kind="link")


def themselves(membership_id: str) -> Actor:
    return Actor(id=Membership.get_by_id(membership_id).participant_id, kind="participant")


def call_off(harness: Any, actor: Actor | None = None, **data: str) -> str:
    values = {"meeting_id": harness.tonight, "membership_id": harness.noor, "request_id": new_id()} | data
    return call_offs.call_off(actor or by_link(harness), **values)


def take_back(harness: Any, actor: Actor | None = None) -> str:
    return call_offs.take_back_call_off(
        actor or by_link(harness), meeting_id=harness.tonight, membership_id=harness.noor, request_id=new_id()
    )


def stands(harness: Any) -> set[str]:
    return set(called_off_at(Meeting.get_by_id(harness.tonight)))


def published(harness: Any) -> list[str]:
    return [event.data["state"] for event in harness.events("call_off_received")]


def test_somebody_calls_off_by_link_and_the_others_hear_of_whom_and_not_why(morning: Any) -> None:
    call_off(morning)

    assert stands(morning) == {morning.noor}
    values = morning.published("call_off_received")
    assert values == {
        "meeting_id": morning.tonight,
        "membership_id": morning.noor,
        "group_id": morning.tuesday,
        "organisation_id": morning.organisation_id,
        "state": "called_off",
        "participant_id": Membership.get_by_id(morning.noor).participant_id,
    }


def test_pressing_again_says_nothing_and_taking_back_is_as_easy(morning: Any) -> None:
    take_back(morning)
    call_off(morning)
    call_off(morning)
    take_back(morning)
    take_back(morning)
    call_off(morning)

    assert published(morning) == ["called_off", "taken_back", "called_off"]
    assert CallOff.select().count() == 1
    assert stands(morning) == {morning.noor}


def test_a_link_speaks_for_its_own_person_and_meeting_only(morning: Any) -> None:
    other = morning.meeting(morning.tuesday, at=time(10))

    for data in ({"membership_id": morning.robin}, {"meeting_id": other}, {"membership_id": new_id()}):
        with pytest.raises(NotFound):
            call_off(morning, **data)
    assert published(morning) == []


def test_a_link_about_a_group_to_which_the_person_does_not_belong_does_nothing(morning: Any) -> None:
    other = morning.meeting(morning.group("Andere groep"))

    with pytest.raises(NotFound):
        call_off(morning, by_link(morning, meeting_id=other), meeting_id=other)


def test_somebody_with_a_pass_speaks_for_themselves_only(morning: Any) -> None:
    call_off(morning, themselves(morning.noor))
    with pytest.raises(NotFound):
        call_off(morning, themselves(morning.noor), membership_id=morning.robin)

    assert stands(morning) == {morning.noor}


def test_who_leads_writes_it_down_for_who_rang_and_that_is_in_the_access_log(morning: Any) -> None:
    call_off(morning, morning.actor(morning.kim))

    line = service.audit.AuditEntry
    assert line.select().where(line.purpose == "called_off", line.about_id == morning.noor).count() == 1
    for other in (morning.sam, morning.vos):
        with pytest.raises(Forbidden):
            call_off(morning, morning.actor(other))
    stranger = morning.colleague("Bo", "facilitator", organisation=morning.register_organisation("Het Anker"))
    with pytest.raises(NotFound):
        call_off(morning, morning.actor(stranger))


def test_it_works_until_the_start_and_is_answered_kindly_after(morning: Any) -> None:
    morning.clock_at("2026-11-24 19.29")
    call_off(morning)
    morning.clock_at("2026-11-24 19.30")

    assert refused(lambda: take_back(morning)) == "call_off_too_late"
    assert stands(morning) == {morning.noor}


def test_what_is_off_needs_no_calling_off_and_neither_does_who_left(morning: Any) -> None:
    Membership.update(state="ended", ended_on=date(2026, 11, 23)).where(Membership.id == morning.robin).execute()
    assert (
        refused(lambda: call_off(morning, by_link(morning, morning.robin), membership_id=morning.robin))
        == "call_off_not_needed"
    )

    cancel_meeting(morning.actor(morning.kim), meeting_id=morning.tonight, request_id=new_id())
    assert refused(lambda: call_off(morning)) == "call_off_cancelled"
    assert get_intention(f"{morning.tonight}.{morning.noor}").why_not == "call_off_cancelled"


def test_who_leads_sees_who_comes_and_nobody_else_does(morning: Any) -> None:
    call_off(morning)

    seen = [
        (entry.call_name, entry.is_called_off)
        for entry in list_expected(morning.actor(morning.kim), morning.tonight)
    ]

    assert seen == [("Noor", True), ("Robin", False)]
    with pytest.raises(Forbidden):
        list_expected(morning.actor(morning.vos), morning.tonight)


NOBODY = "01990000-0000-7000-8000-00000000000c"


@pytest.mark.parametrize("subject", ["", "x", "x.y", f"{NOBODY}.{NOBODY}"])
def test_a_link_about_nothing_is_about_nothing(morning: Any, subject: str) -> None:
    with pytest.raises(NotFound):
        get_intention(subject)
