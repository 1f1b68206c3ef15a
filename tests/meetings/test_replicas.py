"""What meetings hears about people: it counts once, waits when it is early, and is kept when it is broken."""

from __future__ import annotations

from typing import Any

import pytest

from services.intake import events as intake
from services.meetings.queries.memberships import list_members
from services.notifications import events as notifications
from shared.ids import new_id
from shared.messaging.envelope import EventType
from tests.meetings.doing import names, waiting

HEARD = (
    intake.PARTICIPANT_CHANGED, intake.PARTICIPANT_PLACED, intake.SIGNUP_RECEIVED, intake.SIGNUP_CLOSED,
    intake.INTRO_TALK_SCHEDULED, intake.INTRO_TALK_MOVED, intake.INTRO_TALK_CALLED_OFF, intake.INTRO_TALK_HELD,
    intake.INTRO_TALK_MISSED, intake.CONSENT_CHANGED, notifications.REACHABILITY_CHANGED,
)  # fmt: skip


@pytest.mark.parametrize("kind", HEARD, ids=lambda kind: kind.name)
@pytest.mark.parametrize("data", ["{}", '{"participant_id": 7, "signup_id": "zeven", "talk_id": null}'])
def test_a_broken_event_is_kept_for_a_person_and_what_comes_after_it_is_heard(
    desk: Any, kind: EventType, data: str
) -> None:
    desk.say_raw(kind, new_id(), data)
    person = desk.participant("Noor")
    desk.signed_up(person)

    desk.hear()

    assert len(desk.dead()) == 1
    assert "zeven" not in desk.dead()[0]
    assert waiting(desk) == ["Noor"]


@pytest.mark.parametrize("kind", HEARD, ids=lambda kind: kind.name)
def test_the_example_of_every_event_is_understood(desk: Any, kind: EventType) -> None:
    desk.publish(kind, new_id(), {"call_name": "Noor"} if kind is intake.PARTICIPANT_CHANGED else None)

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
    desk.publish(intake.PARTICIPANT_CHANGED, new_id(), {"call_name": ""})

    desk.hear()

    assert desk.dead() == ["no call name in it for us"]


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


def test_whom_messages_reach_but_no_change_of_a_meeting_is_to_be_told_in_person(desk: Any) -> None:
    group_id, person = desk.group(), desk.participant("Noor")
    desk.placed(person, group_id)
    told = {"participant_id": person, "channels": ["email"], "refused": [], "for_changes": []}
    desk.publish(notifications.REACHABILITY_CHANGED, person, **told)

    desk.hear()

    assert unreachable(desk, group_id) == ["Noor"]


def test_it_may_be_heard_that_somebody_is_unreachable_before_who_they_are(desk: Any) -> None:
    group_id, person = desk.group(), new_id()
    desk.reached(person)
    desk.participant("Noor", participant_id=person)
    desk.placed(person, group_id)

    desk.hear()

    assert unreachable(desk, group_id) == ["Noor"]
