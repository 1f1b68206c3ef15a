"""Every subscription: it works, it counts once, in any order, and what is broken becomes a dead letter."""

from __future__ import annotations

import json
import random

import pytest

from services.notifications.subscriptions import subscriptions
from tests.notifications.conftest import NotificationsHarness
from tests.notifications.stories import STORIES, Story

ids = [f"{story.about.split('.')[3]}-{story.publish.__name__.strip('_')}" for story in STORIES]
each_story = pytest.mark.parametrize("story", STORIES, ids=ids)
each_event = pytest.mark.parametrize("event_type", sorted(subscriptions.by_type))


def waiting(harness: NotificationsHarness) -> list[str]:
    return sorted(
        message_type for message_type, state, _ in harness.states() if state in ("planned", "held", "due")
    )


def settle(harness: NotificationsHarness) -> None:
    """Consume everything, also what had to wait, and send what is due."""
    harness.consume()
    for _ in range(5):
        harness.retry_now()
    harness.send()


def test_every_type_of_event_that_is_consumed_has_a_story():
    assert {story.about for story in STORIES} == set(subscriptions.by_type)


@each_story
def test_what_is_published_has_its_effect(harness: NotificationsHarness, story: Story):
    story.publish(harness)

    settle(harness)

    assert sorted(harness.mails()) == sorted(story.mails)
    assert waiting(harness) == sorted(story.waits)
    assert not harness.dead_letters()
    assert harness.pending_retries() == 0


@each_story
def test_what_is_consumed_twice_counts_once(harness: NotificationsHarness, story: Story):
    story.publish(harness)
    settle(harness)
    before = sorted(harness.states(), key=str)

    harness.publish_all_again()
    harness.consume_again()
    settle(harness)

    assert sorted(harness.mails()) == sorted(story.mails)
    assert sorted(harness.states(), key=str) == before


@each_story
@pytest.mark.parametrize("order", ["backwards", "shuffled"])
def test_what_comes_in_another_order_ends_the_same(harness: NotificationsHarness, story: Story, order: str):
    story.publish(harness)

    harness.consume_in_order(order, random.Random(7))
    settle(harness)

    assert sorted(harness.mails()) == sorted(story.mails)
    assert waiting(harness) == sorted(story.waits)
    assert not harness.dead_letters()
    assert harness.pending_retries() == 0


@each_event
def test_an_event_without_what_we_need_becomes_a_dead_letter_and_the_next_one_is_consumed(
    harness: NotificationsHarness, event_type: str
):
    harness.put(event_type.split(".")[2], event_type, "thing/1", json.dumps({"nothing": "of use"}))
    harness.talk(harness.person())

    settle(harness)

    assert len(harness.dead_letters()) == 1
    assert harness.dead_letters()[0].startswith("data not understood")
    assert len(harness.mails()) == 1


def test_an_event_that_cannot_be_read_becomes_a_dead_letter_and_the_next_one_is_consumed(
    harness: NotificationsHarness,
):
    harness.put("intake", "no such thing", "thing/1", '{"a": 1}')
    harness.put("intake", "nl.houvast.intake.participant_changed.v1", "thing/1", '["no", "data"]')
    harness.talk(harness.person())

    settle(harness)

    assert [reason.partition(":")[0] for reason in harness.dead_letters()] == ["unreadable", "unreadable"]
    assert len(harness.mails()) == 1


def test_an_event_of_an_unknown_type_is_skipped(harness: NotificationsHarness):
    harness.put("intake", "nl.houvast.intake.weather_changed.v1", "weather/1", '{"sun": true}')
    harness.talk(harness.person())

    settle(harness)

    assert not harness.dead_letters()
    assert len(harness.mails()) == 1


def test_sealed_values_that_do_not_open_make_a_dead_letter_without_a_word_of_them(harness: NotificationsHarness):
    data = {"participant_id": harness.kim, "organisation_id": harness.organisation_id, "language": "nl"}
    sealed = harness.neighbours["intake"].encryption.seal_for_consumer(
        "notifications", "something else", {"call_name": "Noor"}
    )

    harness.put(
        "intake",
        "nl.houvast.intake.participant_changed.v1",
        f"participant/{harness.kim}",
        json.dumps(data | {"personal": {"notifications": sealed}}),
    )
    harness.consume()

    assert harness.dead_letters() == ["a sealed value does not open"]


def test_sealed_values_that_lack_what_was_promised_make_a_dead_letter_without_a_word_of_them(
    harness: NotificationsHarness,
):
    data = {"participant_id": harness.kim, "organisation_id": harness.organisation_id, "channels": []}
    harness.put("intake", "nl.houvast.intake.contact_changed.v1", f"participant/{harness.kim}", json.dumps(data))

    harness.consume()

    assert harness.dead_letters() == [
        "personal values not understood: ['email', 'may_leave_message', 'mobile', 'phone_is_shared']"
    ]
