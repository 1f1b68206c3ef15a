"""What a message could not say stands where somebody can pass it on, and is gone everywhere after that."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.intake import events as intake
from services.meetings.commands.meeting_changes import cancel_meeting
from services.meetings.models import Membership
from services.notifications import events as notifications
from shared.ids import new_id
from shared.messaging.envelope import EventType


def deliver(harness: Any, event_type: EventType, subject_id: str, **data: Any) -> None:
    harness.publish(event_type, subject_id, **{"message_id": new_id(), "is_informed": False, **data})
    harness.consume()


@pytest.fixture
def cancelled(harness: Any) -> Any:
    """A meeting of Kim's that is off, with Noor whom no message reaches and Mees whom one reaches."""
    harness.tuesday = harness.group()
    harness.noor, harness.mees = (harness.member(harness.tuesday, name) for name in ("Noor", "Mees"))
    harness.reached(Membership.get_by_id(harness.noor).participant_id)
    harness.reached(Membership.get_by_id(harness.mees).participant_id, "email")
    harness.consume()
    harness.tonight = harness.meeting(harness.tuesday)
    cancel_meeting(harness.actor(harness.kim), meeting_id=harness.tonight, request_id=new_id())
    harness.here = f"/bijeenkomsten/{harness.tonight}/vertellen"
    return harness


def today(harness: Any, who: str) -> str:
    return str(harness.visitor(who).open("/").text)


def test_who_was_informed_in_person_leaves_the_list_and_the_page_of_today(cancelled: Any) -> None:
    kim = cancelled.visitor(cancelled.kim)
    assert "1 persoon krijgt geen bericht" in today(cancelled, cancelled.kim)

    page = kim.submit(kim.open(cancelled.here), cancelled.here, membership_id=cancelled.noor)

    assert "Dit hoeft niemand meer te vertellen" in page.text
    assert not page.html.count('value="' + cancelled.noor)
    assert "krijgt geen bericht" not in today(cancelled, cancelled.kim)
    event = cancelled.published("member_informed")
    assert (event["meeting_id"], event["membership_id"], event["by_staff_id"]) == (
        cancelled.tonight,
        cancelled.noor,
        cancelled.kim,
    )


def test_telling_twice_is_refused_with_what_it_means(cancelled: Any) -> None:
    kim = cancelled.visitor(cancelled.kim)
    shown = kim.open(cancelled.here)
    kim.submit(shown, cancelled.here)

    again = kim.submit(shown, cancelled.here, request_id=new_id())

    assert again.status == 409
    assert "Hier is niets meer te vertellen" in again.text


def test_a_message_that_came_back_brings_somebody_onto_the_list_until_a_messenger_informed_them(
    cancelled: Any,
) -> None:
    message_id = new_id()
    about = {
        "message_id": message_id,
        "membership_id": cancelled.mees,
        "meeting_id": cancelled.tonight,
        "kind": "meeting_cancelled",
    }
    deliver(cancelled, notifications.MEMBER_DELIVERY_CHANGED, cancelled.mees, cause="address", **about)
    assert "2 mensen krijgen geen bericht" in today(cancelled, cancelled.kim)

    deliver(
        cancelled,
        notifications.MEMBER_DELIVERY_CHANGED,
        cancelled.mees,
        cause=None,
        **about | {"is_informed": True},
    )

    assert "1 persoon krijgt geen bericht" in today(cancelled, cancelled.kim)


def test_a_talk_of_which_somebody_knows_nothing_yet_stands_on_the_page_of_who_planned_it(harness: Any) -> None:
    signup_id, talk_id = harness.signed_up(harness.participant("Noor")), new_id()
    harness.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id, on="2026-11-17", at="07:30")
    about = {"message_id": new_id(), "talk_id": talk_id, "kind": "intro_talk_invitation"}
    deliver(harness, notifications.TALK_DELIVERY_CHANGED, talk_id, cause="too_late", **about)

    sentence = "De uitnodiging voor de kennismaking van dinsdag 17 november kwam niet aan"
    assert sentence in today(harness, harness.sam)
    assert "Bel even." in today(harness, harness.vos)
    assert harness.visitor(harness.sam).open("/").link(f"/kennismaking/{signup_id}")
    assert "kwam niet aan" not in today(harness, harness.kim)

    deliver(harness, notifications.TALK_DELIVERY_CHANGED, talk_id, cause=None, **about)
    assert "kwam niet aan" not in today(harness, harness.sam)


def test_messages_about_a_coming_meeting_that_did_not_arrive_are_counted_for_who_leads_it(harness: Any) -> None:
    group_id = harness.group()
    meeting_id = harness.meeting(group_id, on=date(2026, 11, 24))
    for name in ("Noor", "Mees"):
        membership_id = harness.member(group_id, name)
        deliver(
            harness,
            notifications.MEMBER_DELIVERY_CHANGED,
            membership_id,
            membership_id=membership_id,
            meeting_id=meeting_id,
            kind="meeting_reminder",
            cause="address",
        )

    kim, here = harness.visitor(harness.kim), f"/bijeenkomsten/{meeting_id}/vertellen"
    assert "2 berichten over dinsdag 24 november kwamen niet aan" in kim.open("/").text

    page = kim.submit(kim.open(kim.open("/").link(here)), here, membership_id=membership_id)

    assert "Mees" not in page.text
    assert "Noor" in page.text
    assert "1 bericht over dinsdag 24 november kwam niet aan" in kim.open("/").text


def test_of_a_meeting_that_was_not_changed_nobody_reads_who_just_has_no_address(harness: Any) -> None:
    group_id = harness.group()
    meeting_id = harness.meeting(group_id, on=date(2026, 11, 24))
    harness.reached(Membership.get_by_id(harness.member(group_id, "Noor")).participant_id)
    harness.consume()

    page = harness.visitor(harness.kim).open(f"/bijeenkomsten/{meeting_id}/vertellen")

    assert "Noor" not in page.text


def test_a_welcome_that_did_not_arrive_names_its_group_and_is_done_where_it_is_seen(harness: Any) -> None:
    group_id, person = harness.group(), harness.participant("Noor")
    harness.signed_up(person)
    membership_id = harness.member(group_id, "Noor")
    Membership.update(participant_id=person).where(Membership.id == membership_id).execute()
    about = {"membership_id": membership_id, "meeting_id": None, "kind": "welcome"}
    deliver(harness, notifications.MEMBER_DELIVERY_CHANGED, membership_id, cause="address", **about)
    sam, path = harness.visitor(harness.sam), f"/groepen/{group_id}/deelnemers/{membership_id}/verteld"
    shown = sam.open("/")
    assert "Het welkomstbericht voor Dinsdaggroep kwam niet aan" in shown.text

    page = sam.submit(shown, path)

    assert "Dit hoeft niemand meer te vertellen" in page.text
    assert "Dinsdaggroep" not in page.text
    event = harness.published("member_informed")
    assert (event["meeting_id"], event["membership_id"]) == (None, membership_id)
    assert sam.submit(shown, path, request_id=new_id()).status == 409


def test_whoever_holds_a_talk_and_may_not_open_the_sign_up_reads_whom_to_tell(harness: Any) -> None:
    signup_id, talk_id = harness.signed_up(harness.participant("Noor")), new_id()
    harness.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id, on="2026-11-17", host_staff_id=harness.kim)
    about = {"message_id": new_id(), "talk_id": talk_id, "kind": "intro_talk_invitation"}
    deliver(harness, notifications.TALK_DELIVERY_CHANGED, talk_id, cause="too_late", **about)

    assert "Zeg tegen Sam dat het verteld is." in today(harness, harness.kim)


def test_erasing_somebody_takes_along_of_what_no_message_reached_them(cancelled: Any) -> None:
    person = Membership.get_by_id(cancelled.noor).participant_id
    kim = cancelled.visitor(cancelled.kim)
    kim.submit(kim.open(cancelled.here), cancelled.here)

    cancelled.publish(intake.ERASURE_REQUESTED, person, participant_id=person)
    cancelled.consume()

    assert "Noor" not in kim.open(cancelled.here).text
