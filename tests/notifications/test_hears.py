"""Everything that is heard: it works, it counts once, it comes in any order, and what is broken is put aside."""

from __future__ import annotations

import json
import random

import pytest

from services.notifications.listeners import ears
from tests.notifications.conftest import Office
from tests.notifications.stories import STORIES, Story

ids = [f"{story.about.split('.')[3]}-{story.tell.__name__.strip('_')}" for story in STORIES]
each_story = pytest.mark.parametrize("story", STORIES, ids=ids)
each_event = pytest.mark.parametrize("event_type", sorted(ears.by_type))


def waiting(office: Office) -> list[str]:
    return sorted(kind for kind, state, _ in office.states() if state in ("planned", "held", "due"))


def settle(office: Office) -> None:
    """Hear everything, also what had to wait, and send what is due."""
    office.hear()
    for _ in range(5):
        office.retry_now()
    office.send()


def test_every_kind_of_event_that_is_heard_has_a_story():
    assert {story.about for story in STORIES} == set(ears.by_type)


@each_story
def test_what_is_told_has_its_effect(house: Office, story: Story):
    story.tell(house)

    settle(house)

    assert sorted(house.mails()) == sorted(story.mails)
    assert waiting(house) == sorted(story.waits)
    assert not house.dead()
    assert house.waiting() == 0


@each_story
def test_what_is_heard_twice_counts_once(house: Office, story: Story):
    story.tell(house)
    settle(house)
    before = sorted(house.states(), key=str)

    house.say_all_again()
    house.hear_again()
    settle(house)

    assert sorted(house.mails()) == sorted(story.mails)
    assert sorted(house.states(), key=str) == before


@each_story
@pytest.mark.parametrize("order", ["backwards", "shuffled"])
def test_what_comes_in_another_order_ends_the_same(house: Office, story: Story, order: str):
    story.tell(house)

    house.hear_in_order(order, random.Random(7))
    settle(house)

    assert sorted(house.mails()) == sorted(story.mails)
    assert waiting(house) == sorted(story.waits)
    assert not house.dead()
    assert house.waiting() == 0


@each_event
def test_a_letter_without_what_we_need_is_put_aside_and_what_follows_is_heard(house: Office, event_type: str):
    house.say_raw(event_type.split(".")[2], event_type, "thing/1", json.dumps({"nothing": "of use"}))
    house.talk(house.person())

    settle(house)

    assert len(house.dead()) == 1
    assert house.dead()[0].startswith("data not understood")
    assert len(house.mails()) == 1


def test_a_letter_that_cannot_be_read_is_put_aside_and_what_follows_is_heard(house: Office):
    house.say_raw("intake", "no such thing", "thing/1", '{"a": 1}')
    house.say_raw("intake", "nl.houvast.intake.participant_changed.v1", "thing/1", '["no", "data"]')
    house.talk(house.person())

    settle(house)

    assert [reason.partition(":")[0] for reason in house.dead()] == ["unreadable", "unreadable"]
    assert len(house.mails()) == 1


def test_a_letter_of_an_unknown_kind_is_nobodys_business(house: Office):
    house.say_raw("intake", "nl.houvast.intake.weather_changed.v1", "weather/1", '{"sun": true}')
    house.talk(house.person())

    settle(house)

    assert not house.dead()
    assert len(house.mails()) == 1


def test_sealed_values_that_do_not_open_are_put_aside_without_a_word_of_them(house: Office):
    data = {"participant_id": house.kim, "organisation_id": house.organisation_id, "language": "nl"}
    sealed = house.neighbours["intake"].house.privacy.seal_letter(
        "notifications", "something else", {"call_name": "Noor"}
    )

    house.say_raw(
        "intake",
        "nl.houvast.intake.participant_changed.v1",
        f"participant/{house.kim}",
        json.dumps(data | {"personal": {"notifications": sealed}}),
    )
    house.hear()

    assert house.dead() == ["a sealed value does not open"]


def test_sealed_values_that_lack_what_was_promised_are_put_aside_without_a_word_of_them(house: Office):
    data = {"participant_id": house.kim, "organisation_id": house.organisation_id, "channels": []}
    house.say_raw("intake", "nl.houvast.intake.contact_changed.v1", f"participant/{house.kim}", json.dumps(data))

    house.hear()

    assert house.dead() == [
        "personal values not understood: ['email', 'may_leave_message', 'mobile', 'phone_is_shared']"
    ]
