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
