"""Each event has an example that its schema accepts, and consumers that understand it."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy import messages_page
from deploy.events_page import published_by, render
from deploy.local.installation import APPLICATIONS
from shared.messaging.envelope import EventType

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = [event_type for application in APPLICATIONS for event_type in published_by(application.name)]
STATES = {
    noun: [event_type for event_type in PUBLISHED if event_type.is_state and event_type.subject == noun]
    for noun in {event_type.subject for event_type in PUBLISHED if event_type.is_state}
}
SUBSCRIPTIONS = {application.name: application.subscriptions.by_type for application in APPLICATIONS}


@pytest.mark.parametrize("event_type", PUBLISHED, ids=lambda event_type: event_type.type)
def test_an_event_has_an_example_that_its_schema_accepts(event_type: EventType) -> None:
    errors = event_type.schema().validate(event_type.example)

    assert not errors
    assert event_type.consumers


@pytest.mark.parametrize("event_type", PUBLISHED, ids=lambda event_type: event_type.type)
def test_whoever_is_named_as_consumer_subscribes_and_understands_the_example(event_type: EventType) -> None:
    consumers = {name for name, by_type in SUBSCRIPTIONS.items() if event_type.type in by_type}

    assert consumers == set(event_type.consumers)
    for name in consumers:
        assert SUBSCRIPTIONS[name][event_type.type].schema.load(event_type.example)
    assert set(event_type.personal) <= consumers


@pytest.mark.parametrize("noun", sorted(STATES))
def test_the_state_of_a_subject_has_one_publisher_and_every_name_of_it_carries_what_it_was(noun: str) -> None:
    types = STATES[noun]

    assert len({event_type.service for event_type in types}) == 1
    if len(types) > 1:
        assert all("before" in event_type.schema().fields for event_type in types)


@pytest.mark.parametrize("noun", sorted(STATES))
def test_who_consumes_a_state_of_a_subject_consumes_it_under_every_name_by_one_handler(noun: str) -> None:
    for by_type in SUBSCRIPTIONS.values():
        handlers = {by_type[event_type.type].handler for event_type in STATES[noun] if event_type.type in by_type}
        consumed = [event_type for event_type in STATES[noun] if event_type.type in by_type]

        assert len(handlers) <= 1
        assert consumed in ([], STATES[noun])


def test_nobody_subscribes_to_what_nobody_publishes() -> None:
    subscribed = {event_type for by_type in SUBSCRIPTIONS.values() for event_type in by_type}

    assert subscribed <= {event_type.type for event_type in PUBLISHED}


def test_the_page_of_events_is_the_one_that_the_code_makes() -> None:
    assert (ROOT / "docs" / "EVENTS.md").read_text(encoding="utf-8") == render(), (
        "run `python -m deploy.events_page` and commit docs/EVENTS.md"
    )


def test_the_page_of_messages_is_the_one_that_the_registry_makes() -> None:
    assert messages_page.PAGE.read_text(encoding="utf-8") == messages_page.render(), (
        "run `python -m deploy.messages_page` and commit docs/MESSAGES.md"
    )
