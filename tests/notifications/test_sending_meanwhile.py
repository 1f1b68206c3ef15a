"""What happens while a sender already holds a message, before it is handed over: then it does not go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest

from services.intake import events as intake
from services.notifications.commands import opt_outs, preferences, sending
from services.notifications.commands.erasure import complete_erasures
from services.notifications.models import Message
from services.notifications.models import service as own_service
from services.notifications.rules.lifecycle import State
from shared.ids import new_id
from tests.notifications.conftest import NotificationsHarness

REMINDER, MISSED = "meeting_reminder", "missed_you"
Story = tuple[str, str, str]  # person, membership, meeting


def belongs(harness: NotificationsHarness, on: str) -> Story:
    person = harness.person(mobile="+31612345678", purposes=("reminders", "missed_you"))
    group_id = harness.group()
    membership = harness.membership(person, group_id, starts_on="2026-09-01")
    return person, membership, harness.meeting(group_id, on=on)


def remind(harness: NotificationsHarness) -> Story:
    story = belongs(harness, "2026-11-24")
    harness.consume()
    harness.clock_at("2026-11-23 18.01")
    return story


def miss(harness: NotificationsHarness) -> Story:
    person, membership, meeting = belongs(harness, "2026-11-17")
    harness.clock_at("2026-11-17 21.30")
    harness.absent(person, membership, meeting)
    harness.consume()
    harness.clock_at("2026-11-18 12.01")
    return person, membership, meeting


def call_off(harness: NotificationsHarness, story: Story) -> None:
    harness.called_off(*story)


def be_marked_otherwise(harness: NotificationsHarness, story: Story) -> None:
    harness.corrected(*story, mark="excused")


def be_forgotten(harness: NotificationsHarness, story: Story) -> None:
    harness.publish(intake.ERASURE_REQUESTED, story[0], participant_id=story[0])


def pause(harness: NotificationsHarness, story: Story) -> None:
    preferences.pause(harness.participant(story[0]), participant_id=story[0], on=True, request_id=new_id())


def want_quiet(harness: NotificationsHarness, story: Story) -> None:
    preferences.choose_channels(
        harness.participant(story[0]),
        participant_id=story[0],
        channels=["email"],
        quiet=(time(9), time(21)),
        request_id=new_id(),
    )


def like_another_way(harness: NotificationsHarness, story: Story) -> None:
    preferences.choose_channels(
        harness.participant(story[0]), participant_id=story[0], channels=["sms"], quiet=None, request_id=new_id()
    )


def stop_everything(harness: NotificationsHarness, story: Story) -> None:
    with own_service.transaction():
        opt_outs.stop_now(story[0], "all", "page")


Begin = Callable[[NotificationsHarness], Story]
Interfere = Callable[[NotificationsHarness, Story], None]
MEANWHILE: list[tuple[Begin, str, Interfere]] = [
    (remind, REMINDER, call_off),
    (remind, REMINDER, be_forgotten),
    (remind, REMINDER, pause),
    (remind, REMINDER, want_quiet),
    (remind, REMINDER, like_another_way),
    (remind, REMINDER, stop_everything),
    (miss, MISSED, call_off),
    (miss, MISSED, be_marked_otherwise),
    (miss, MISSED, be_forgotten),
    (miss, MISSED, pause),
    (miss, MISSED, stop_everything),
]


@pytest.mark.parametrize(
    ("begin", "message_type", "happens"),
    MEANWHILE,
    ids=[f"{message_type}-{happens.__name__}" for _, message_type, happens in MEANWHILE],
)
def test_what_happens_after_claiming_still_counts(
    harness: NotificationsHarness,
    begin: Callable[[NotificationsHarness], Story],
    message_type: str,
    happens: Callable[[NotificationsHarness, Story], None],
) -> None:
    story = begin(harness)
    (claim,) = [
        candidate
        for candidate in sending.claim_due(harness.send_context())[0]
        if candidate.claimed.message.message_type == message_type
    ]
    happens(harness, story)
    harness.consume()

    may_go = sending.mark_handing_over(claim, harness.send_context())

    assert not may_go
    assert claim.claimed.message.composed is None
    assert (
        Message.select().where(Message.message_type == message_type, Message.state == State.CLAIMED).count() == 0
    )


def test_who_is_forgotten_while_a_message_is_held_leaves_nothing_once_it_was_let_go(
    harness: NotificationsHarness,
) -> None:
    story = remind(harness)
    (claim,) = [
        candidate
        for candidate in sending.claim_due(harness.send_context())[0]
        if candidate.claimed.message.message_type == REMINDER
    ]
    be_forgotten(harness, story)
    harness.consume()
    assert not complete_erasures(lambda _: None)  # somebody still holds it

    sending.mark_handing_over(claim, harness.send_context())

    assert complete_erasures(lambda _: None)
    assert Message.select().where(Message.participant_id == story[0]).count() == 0
