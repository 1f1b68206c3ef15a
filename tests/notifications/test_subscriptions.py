"""Everything that is heard: it works, it counts once, it comes in any order, and what is broken is put aside."""

from __future__ import annotations

import json
import random

import pytest

from services.notifications.subscriptions import subscriptions
from tests.notifications.conftest import Office
from tests.notifications.stories import STORIES, Story

ids = [f"{story.about.split('.')[3]}-{story.tell.__name__.strip('_')}" for story in STORIES]
each_story = pytest.mark.parametrize("story", STORIES, ids=ids)
each_event = pytest.mark.parametrize("event_type", sorted(subscriptions.by_type))


def waiting(office: Office) -> list[str]:
    return sorted(kind for kind, state, _ in office.states() if state in ("planned", "held", "due"))


def settle(office: Office) -> None:
    """Hear everything, also what had to wait, and send what is due."""
    office.hear()
    for _ in range(5):
        office.retry_now()
    office.send()


def test_every_kind_of_event_that_is_heard_has_a_story():
    assert {story.about for story in STORIES} == set(subscriptions.by_type)


@each_story
def test_what_is_told_has_its_effect(service: Office, story: Story):
    story.tell(service)

    settle(service)

    assert sorted(service.mails()) == sorted(story.mails)
    assert waiting(service) == sorted(story.waits)
    assert not service.dead()
    assert service.waiting() == 0


@each_story
def test_what_is_heard_twice_counts_once(service: Office, story: Story):
    story.tell(service)
    settle(service)
    before = sorted(service.states(), key=str)

    service.say_all_again()
    service.hear_again()
    settle(service)

    assert sorted(service.mails()) == sorted(story.mails)
    assert sorted(service.states(), key=str) == before


@each_story
@pytest.mark.parametrize("order", ["backwards", "shuffled"])
def test_what_comes_in_another_order_ends_the_same(service: Office, story: Story, order: str):
    story.tell(service)

    service.hear_in_order(order, random.Random(7))
    settle(service)

    assert sorted(service.mails()) == sorted(story.mails)
    assert waiting(service) == sorted(story.waits)
    assert not service.dead()
    assert service.waiting() == 0


@each_event
def test_an_event_without_what_we_need_is_put_aside_and_what_follows_is_heard(service: Office, event_type: str):
    service.say_raw(event_type.split(".")[2], event_type, "thing/1", json.dumps({"nothing": "of use"}))
    service.talk(service.person())

    settle(service)

    assert len(service.dead()) == 1
    assert service.dead()[0].startswith("data not understood")
    assert len(service.mails()) == 1


def test_an_event_that_cannot_be_read_is_put_aside_and_what_follows_is_heard(service: Office):
    service.say_raw("intake", "no such thing", "thing/1", '{"a": 1}')
    service.say_raw("intake", "nl.houvast.intake.participant_changed.v1", "thing/1", '["no", "data"]')
    service.talk(service.person())

    settle(service)

    assert [reason.partition(":")[0] for reason in service.dead()] == ["unreadable", "unreadable"]
    assert len(service.mails()) == 1


def test_an_event_of_an_unknown_kind_is_nobodys_business(service: Office):
    service.say_raw("intake", "nl.houvast.intake.weather_changed.v1", "weather/1", '{"sun": true}')
    service.talk(service.person())

    settle(service)

    assert not service.dead()
    assert len(service.mails()) == 1


def test_sealed_values_that_do_not_open_are_put_aside_without_a_word_of_them(service: Office):
    data = {"participant_id": service.kim, "organisation_id": service.organisation_id, "language": "nl"}
    sealed = service.neighbours["intake"].service.encryption.seal_for_consumer(
        "notifications", "something else", {"call_name": "Noor"}
    )

    service.say_raw(
        "intake",
        "nl.houvast.intake.participant_changed.v1",
        f"participant/{service.kim}",
        json.dumps(data | {"personal": {"notifications": sealed}}),
    )
    service.hear()

    assert service.dead() == ["a sealed value does not open"]


def test_sealed_values_that_lack_what_was_promised_are_put_aside_without_a_word_of_them(service: Office):
    data = {"participant_id": service.kim, "organisation_id": service.organisation_id, "channels": []}
    service.say_raw(
        "intake", "nl.houvast.intake.contact_changed.v1", f"participant/{service.kim}", json.dumps(data)
    )

    service.hear()

    assert service.dead() == [
        "personal values not understood: ['email', 'may_leave_message', 'mobile', 'phone_is_shared']"
    ]
