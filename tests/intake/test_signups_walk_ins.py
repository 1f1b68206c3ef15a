"""Somebody who walks into a group is a participant like any other, whom nobody has asked anything yet."""

from __future__ import annotations

from typing import Any

import pytest

from services.intake.models import Participant, Signup
from services.intake.queries.people import open_people
from services.meetings import events as meetings
from shared.ids import new_id


def walk_in(harness: Any, organisation_id: str, person: str, name: str = "Ster", group_id: str = "") -> None:
    ids = {"participant_id": person, "organisation_id": organisation_id, "group_id": group_id or new_id()}
    harness.publish(meetings.WALK_IN_REGISTERED, person, ids, {"intake": {"call_name": name}})


def test_who_walks_into_a_group_is_a_participant_of_its_organisation(harness: Any) -> None:
    organisation_id, person = harness.organisation(), new_id()

    walk_in(harness, organisation_id, person)
    harness.consume()

    walked_in = open_people([person])[person]
    assert (walked_in.call_name, walked_in.organisation_id, walked_in.is_anonymous, walked_in.purposes) == (
        "Ster",
        organisation_id,
        True,
        (),
    )
    names = [event.type.split(".")[-2] for event in harness.events()]
    assert names == ["participant_changed", "contact_changed", "consent_changed"]


def test_who_walked_in_waits_to_be_asked_for_an_address_and_no_longer_once_they_gave_one(harness: Any) -> None:
    organisation_id, person = harness.organisation(), new_id()
    walk_in(harness, organisation_id, person)
    harness.consume()
    vos = harness.visitor("intro_worker", organisation_id=organisation_id)

    waiting = vos.open("/kennismaking").text
    here = f"/kennismaking/{Signup.get(Signup.participant == person).id}"
    asking = vos.open(here).text
    vos.send(f"{here}/bereik", {"call_name": "Ster", "email": "ster@example.org", "purposes": ["reminders"]})

    assert "Binnengelopen, nog geen contactgegevens" in waiting
    assert "Binnengelopen, nog geen contactgegevens" in asking
    assert "Ster" not in vos.open("/kennismaking").text
    assert "Ster doet mee" in vos.open(here).text
    assert "binnengelopen" in vos.open("/kennismaking/afgerond").text
    assert harness.events("contact_changed")[-1].data["channels"] == ["email"]


def test_who_walked_in_and_wants_no_messages_waits_for_nothing(harness: Any) -> None:
    organisation_id, person = harness.organisation(), new_id()
    walk_in(harness, organisation_id, person)
    harness.consume()
    vos = harness.visitor("intro_worker", organisation_id=organisation_id)
    here = f"/kennismaking/{Signup.get(Signup.participant == person).id}"

    vos.send(f"{here}/afsluiten", {"reason": "own_choice"})

    assert "Ster" not in vos.open("/kennismaking").text


def test_they_are_written_to_in_the_language_of_the_group(harness: Any) -> None:
    organisation_id, person = harness.organisation(), new_id()
    group_id = harness.group(organisation_id, rules={"language": "en"})

    walk_in(harness, organisation_id, person, group_id=group_id)
    harness.consume()

    assert open_people([person])[person].language == "en"


def test_walking_in_twice_is_one_person_who_keeps_the_name_that_was_changed_since(harness: Any) -> None:
    organisation_id, person = harness.organisation(), new_id()

    walk_in(harness, organisation_id, person)
    walk_in(harness, organisation_id, person, name="Anders")
    harness.consume()

    assert Participant.select().count() == 1
    assert open_people([person])[person].call_name == "Ster"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_that_is_none_becomes_a_dead_letter(harness: Any, name: str) -> None:
    walk_in(harness, harness.organisation(), new_id(), name=name)
    harness.consume()

    assert len(harness.dead_letters()) == 1
    assert not Participant.select().exists()
