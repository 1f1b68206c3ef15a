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
from tests.notifications.conftest import Office

REMINDER, MISSED = "meeting_reminder", "missed_you"
Story = tuple[str, str, str]  # person, membership, meeting


def belongs(service: Office, on: str) -> Story:
    person = service.person(mobile="+31612345678", purposes=("reminders", "missed_you"))
    group_id = service.group()
    membership = service.membership(person, group_id, starts_on="2026-09-01")
    return person, membership, service.meeting(group_id, on=on)


def remind(service: Office) -> Story:
    story = belongs(service, "2026-11-24")
    service.hear()
    service.clock_at("2026-11-23 18.01")
    return story


def miss(service: Office) -> Story:
    person, membership, meeting = belongs(service, "2026-11-17")
    service.clock_at("2026-11-17 21.30")
    service.absent(person, membership, meeting)
    service.hear()
    service.clock_at("2026-11-18 12.01")
    return person, membership, meeting


def call_off(service: Office, story: Story) -> None:
    service.called_off(*story)


def be_marked_otherwise(service: Office, story: Story) -> None:
    service.corrected(*story, mark="excused")


def be_forgotten(service: Office, story: Story) -> None:
    service.publish(intake.ERASURE_REQUESTED, story[0], participant_id=story[0])


def pause(service: Office, story: Story) -> None:
    preferences.pause(service.participant(story[0]), participant_id=story[0], on=True, request_id=new_id())


def want_quiet(service: Office, story: Story) -> None:
    preferences.choose_channels(
        service.participant(story[0]), participant_id=story[0], channels=["email"], quiet=(time(9), time(21)),
        request_id=new_id(),
    )  # fmt: skip


def like_another_way(service: Office, story: Story) -> None:
    preferences.choose_channels(
        service.participant(story[0]), participant_id=story[0], channels=["sms"], quiet=None, request_id=new_id()
    )


def stop_everything(service: Office, story: Story) -> None:
    with own_service.transaction():
        opt_outs.stop_now(story[0], "all", "page")


MEANWHILE: list[tuple[Callable[[Office], Story], str, Callable[[Office, Story], None]]] = [
    (remind, REMINDER, call_off), (remind, REMINDER, be_forgotten), (remind, REMINDER, pause),
    (remind, REMINDER, want_quiet), (remind, REMINDER, like_another_way), (remind, REMINDER, stop_everything),
    (miss, MISSED, call_off), (miss, MISSED, be_marked_otherwise), (miss, MISSED, be_forgotten),
    (miss, MISSED, pause), (miss, MISSED, stop_everything),
]  # fmt: skip


@pytest.mark.parametrize(
    ("begin", "kind", "happens"), MEANWHILE, ids=[f"{kind}-{happens.__name__}" for _, kind, happens in MEANWHILE]
)
def test_what_happens_after_claiming_still_counts(
    service: Office, begin: Callable[[Office], Story], kind: str, happens: Callable[[Office, Story], None]
) -> None:
    story = begin(service)
    (claim,) = [one for one in sending.claim_due(service.send_context())[0] if one.claimed.message.kind == kind]
    happens(service, story)
    service.hear()

    may_go = sending.mark_handing_over(claim, service.send_context())

    assert not may_go
    assert claim.claimed.message.composed is None
    assert Message.select().where(Message.kind == kind, Message.state == State.CLAIMED).count() == 0


def test_who_is_forgotten_while_a_message_is_held_leaves_nothing_once_it_was_let_go(service: Office) -> None:
    story = remind(service)
    (claim,) = [
        one for one in sending.claim_due(service.send_context())[0] if one.claimed.message.kind == REMINDER
    ]
    be_forgotten(service, story)
    service.hear()
    assert not complete_erasures(lambda _: None)  # somebody still holds it

    sending.mark_handing_over(claim, service.send_context())

    assert complete_erasures(lambda _: None)
    assert Message.select().where(Message.participant_id == story[0]).count() == 0
