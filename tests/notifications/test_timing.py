"""Quiet hours put off and drop nothing, also in the two nights in which the clock changes, whatever the type."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.notifications.commands.planning import Draft, plan
from services.notifications.models import Message
from services.notifications.models import service as own_service
from services.notifications.rules.message_types import MessageType
from shared import clock
from shared.ids import new_id
from tests.notifications.conftest import NotificationsHarness

pytestmark = pytest.mark.clock

MOBILE = "+31612345678"
NIGHTS = [
    ("2027-03-27 23.30", "2027-03-28"),
    ("2027-03-28 01.59", "2027-03-28"),
    ("2027-03-28 03.00", "2027-03-28"),
    ("2026-10-24 23.30", "2026-10-25"),
    ("2026-10-25 02.30", "2026-10-25"),
    ("2026-11-24 23.30", "2026-11-25"),
]
each_night = pytest.mark.parametrize(("now", "morning"), NIGHTS)
WAITING_TYPES = [
    message_type
    for message_type in MessageType
    if not (message_type.spec.ignores_quiet_hours or message_type.spec.is_urgent)
]


@each_night
@pytest.mark.parametrize("message_type", WAITING_TYPES)
def test_what_is_due_at_night_waits_until_eight_in_the_morning(
    harness: NotificationsHarness, message_type: MessageType, now: str, morning: str
):
    harness.clock_at(now)
    with own_service.transaction():
        plan(
            [
                Draft(
                    message_type=message_type,
                    organisation_id=harness.organisation_id,
                    dedupe=new_id(),
                    due_at=clock.now(),
                    expires_at=clock.now() + timedelta(days=2),
                    participant_id=new_id(),
                )
            ]
        )

    message = Message.get()
    assert (message.state, message.reason) == ("held", "quiet_hours")
    assert clock.local(message.due_at).strftime("%Y-%m-%d %H.%M") == f"{morning} 08.00"


@each_night
def test_a_cancellation_by_text_message_waits_for_the_same_morning_and_arrives(
    harness: NotificationsHarness, now: str, morning: str
):
    group_id = harness.group()
    harness.membership(harness.person(email=None, mobile=MOBILE), group_id, starts_on="2026-09-01")
    meeting_id = harness.meeting(group_id, on=morning)
    harness.consume()
    harness.clock_at(now)
    harness.cancelled(meeting_id, group_id, on=morning)
    harness.consume()

    for moment in (now, f"{morning} 07.59"):
        harness.clock_at(moment)
        harness.send()
    before = harness.mails()
    harness.clock_at(f"{morning} 08.01")
    harness.send()

    assert before == []
    assert harness.mails() == [(MOBILE, "")]


def test_an_invitation_for_early_next_morning_goes_at_night_by_mail_and_never_by_text_message(
    harness: NotificationsHarness,
):
    harness.clock_at("2026-11-23 23.00")
    for address in ({"email": None, "mobile": MOBILE}, {"email": "noor@example.org"}):
        harness.talk(harness.person(**address), on="2026-11-24", at="08:30")
    harness.consume()

    harness.send()
    at_night = [address for address, _ in harness.mails()]
    harness.clock_at("2026-11-24 08.01")
    harness.send()

    assert at_night == ["noor@example.org"]
    assert [address for address, _ in harness.mails()] == ["noor@example.org", MOBILE]


@pytest.mark.parametrize(("evening", "day"), [("2027-03-27", "2027-03-28"), ("2026-10-24", "2026-10-25")])
def test_a_meeting_after_a_clock_change_is_reminded_of_at_six_and_stays_at_half_past_seven(
    harness: NotificationsHarness, evening: str, day: str
):
    group_id = harness.group()
    harness.clock_at(f"{evening} 12.00")
    harness.membership(harness.person(), group_id, starts_on="2026-09-01")
    harness.meeting(group_id, on=day)
    harness.consume()

    harness.clock_at(f"{evening} 17.59")
    harness.send()
    before = harness.mails()
    harness.clock_at(f"{evening} 18.01")
    harness.send()

    assert before == []
    assert len(harness.mails()) == 1
    assert "om 19.30 uur" in harness.mailbox.messages()[0].get_body(("plain",)).get_content()
    assert clock.local(harness.message("meeting_reminder").expires_at).strftime("%H.%M") == "19.30"
