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


def belongs(service: NotificationsHarness, on: str) -> Story:
    person = service.person(mobile="+31612345678", purposes=("reminders", "missed_you"))
    group_id = service.group()
    membership = service.membership(person, group_id, starts_on="2026-09-01")
    return person, membership, service.meeting(group_id, on=on)


def remind(service: NotificationsHarness) -> Story:
    story = belongs(service, "2026-11-24")
    service.consume()
    service.clock_at("2026-11-23 18.01")
    return story


def miss(service: NotificationsHarness) -> Story:
    person, membership, meeting = belongs(service, "2026-11-17")
    service.clock_at("2026-11-17 21.30")
    service.absent(person, membership, meeting)
    service.consume()
    service.clock_at("2026-11-18 12.01")
    return person, membership, meeting


def call_off(service: NotificationsHarness, story: Story) -> None:
    service.called_off(*story)


def be_marked_otherwise(service: NotificationsHarness, story: Story) -> None:
    service.corrected(*story, mark="excused")


def be_forgotten(service: NotificationsHarness, story: Story) -> None:
    service.publish(intake.ERASURE_REQUESTED, story[0], participant_id=story[0])


def pause(service: NotificationsHarness, story: Story) -> None:
    preferences.pause(service.participant(story[0]), participant_id=story[0], on=True, request_id=new_id())


def want_quiet(service: NotificationsHarness, story: Story) -> None:
    preferences.choose_channels(
        service.participant(story[0]),
        participant_id=story[0],
        channels=["email"],
        quiet=(time(9), time(21)),
        request_id=new_id(),
    )


def like_another_way(service: NotificationsHarness, story: Story) -> None:
    preferences.choose_channels(
        service.participant(story[0]), participant_id=story[0], channels=["sms"], quiet=None, request_id=new_id()
    )


def stop_everything(service: NotificationsHarness, story: Story) -> None:
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
    ("begin", "kind", "happens"), MEANWHILE, ids=[f"{kind}-{happens.__name__}" for _, kind, happens in MEANWHILE]
)
def test_what_happens_after_claiming_still_counts(
    service: NotificationsHarness,
    begin: Callable[[NotificationsHarness], Story],
    kind: str,
    happens: Callable[[NotificationsHarness, Story], None],
) -> None:
    story = begin(service)
    (claim,) = [one for one in sending.claim_due(service.send_context())[0] if one.claimed.message.kind == kind]
    happens(service, story)
    service.consume()

    may_go = sending.mark_handing_over(claim, service.send_context())

    assert not may_go
    assert claim.claimed.message.composed is None
    assert Message.select().where(Message.kind == kind, Message.state == State.CLAIMED).count() == 0


def test_who_is_forgotten_while_a_message_is_held_leaves_nothing_once_it_was_let_go(
    service: NotificationsHarness,
) -> None:
    story = remind(service)
    (claim,) = [
        one for one in sending.claim_due(service.send_context())[0] if one.claimed.message.kind == REMINDER
    ]
    be_forgotten(service, story)
    service.consume()
    assert not complete_erasures(lambda _: None)  # somebody still holds it

    sending.mark_handing_over(claim, service.send_context())

    assert complete_erasures(lambda _: None)
    assert Message.select().where(Message.participant_id == story[0]).count() == 0
