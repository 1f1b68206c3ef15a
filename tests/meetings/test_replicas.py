"""What meetings consumes about people: it counts once, waits when it is early, and is kept when it is broken."""

from __future__ import annotations

from typing import Any

import pytest

from services.intake import events as intake
from services.meetings.queries.memberships import list_members
from services.notifications import events as notifications
from shared.ids import new_id
from shared.messaging.envelope import EventType
from tests.meetings.actions import names, waiting

CONSUMED = (
    intake.PARTICIPANT_CHANGED,
    intake.PARTICIPANT_PLACED,
    intake.SIGNUP_RECEIVED,
    intake.SIGNUP_CLOSED,
    intake.INTRO_TALK_SCHEDULED,
    intake.INTRO_TALK_MOVED,
    intake.INTRO_TALK_CALLED_OFF,
    intake.INTRO_TALK_HELD,
    intake.INTRO_TALK_MISSED,
    intake.CONSENT_CHANGED,
    notifications.REACHABILITY_CHANGED,
)


@pytest.mark.parametrize("kind", CONSUMED, ids=lambda kind: kind.name)
@pytest.mark.parametrize("data", ["{}", '{"participant_id": 7, "signup_id": "zeven", "talk_id": null}'])
def test_a_broken_event_is_kept_for_a_person_and_what_comes_after_it_is_handled(
    harness: Any, kind: EventType, data: str
) -> None:
    harness.publish_raw(kind, new_id(), data)
    person = harness.participant("Noor")
    harness.signed_up(person)

    harness.consume()

    assert len(harness.dead_letters()) == 1
    assert "zeven" not in harness.dead_letters()[0]
    assert waiting(harness) == ["Noor"]


@pytest.mark.parametrize("kind", CONSUMED, ids=lambda kind: kind.name)
def test_the_example_of_every_event_is_understood(harness: Any, kind: EventType) -> None:
    harness.publish(kind, new_id(), {"call_name": "Noor"} if kind is intake.PARTICIPANT_CHANGED else None)

    harness.consume()

    # A placement in a group that we never had cannot work; everything else is taken in, or waits for a name.
    assert harness.dead_letters() == []


# --- participant_changed ---


def test_who_changes_their_call_name_is_called_that_from_then_on(harness: Any) -> None:
    group_id = harness.group()
    harness.member(group_id, "Noor")
    (member,) = list_members(harness.actor(harness.kim), group_id)

    harness.participant("Noa", participant_id=member.participant_id)
    harness.consume()

    assert names(harness, group_id) == ["Noa"]


def test_an_older_name_that_comes_late_does_not_come_back(harness: Any) -> None:
    group_id, person = harness.group(), harness.participant("Noor")
    harness.participant("Noa", participant_id=person)
    harness.placed(person, group_id)

    harness.publish_oldest_again(intake.PARTICIPANT_CHANGED, person)
    harness.consume()

    assert names(harness, group_id) == ["Noa"]


def test_a_participant_without_a_name_for_us_becomes_a_dead_letter(harness: Any) -> None:
    harness.publish(intake.PARTICIPANT_CHANGED, new_id(), {"call_name": ""})

    harness.consume()

    assert harness.dead_letters() == ["no call name in it for us"]


# --- reachability_changed ---


def unreachable(harness: Any, group_id: str) -> list[str]:
    members = list_members(harness.actor(harness.kim), group_id)
    return [member.call_name for member in members if member.is_unreachable]


def test_who_cannot_be_reached_is_shown_to_who_leads_the_group_until_they_can(harness: Any) -> None:
    group_id, person = harness.group(), harness.participant("Noor")
    harness.placed(person, group_id)
    harness.reached(person)
    harness.consume()
    assert unreachable(harness, group_id) == ["Noor"]

    harness.reached(person, "email")
    harness.reached(person, "email")
    harness.consume()

    assert unreachable(harness, group_id) == []


def test_whom_messages_reach_but_no_change_of_a_meeting_is_to_be_told_in_person(harness: Any) -> None:
    group_id, person = harness.group(), harness.participant("Noor")
    harness.placed(person, group_id)
    values = {"participant_id": person, "channels": ["email"], "refused": [], "for_changes": []}
    harness.publish(notifications.REACHABILITY_CHANGED, person, **values)

    harness.consume()

    assert unreachable(harness, group_id) == ["Noor"]


def test_it_may_be_known_that_somebody_is_unreachable_before_who_they_are(harness: Any) -> None:
    group_id, person = harness.group(), new_id()
    harness.reached(person)
    harness.participant("Noor", participant_id=person)
    harness.placed(person, group_id)

    harness.consume()

    assert unreachable(harness, group_id) == ["Noor"]
