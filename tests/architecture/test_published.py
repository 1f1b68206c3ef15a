"""What is said is said well: an event has an example, and readers who understand it."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from deploy.events_page import render
from deploy.local.installation import APPLICATIONS
from shared.messaging.envelope import EventType

ROOT = Path(__file__).resolve().parents[2]
SAID: list[EventType] = [
    kind
    for application in APPLICATIONS
    for kind in importlib.import_module(f"services.{application.name}.events").SAID
]
SUBSCRIPTIONS = {application.name: application.subscriptions.by_type for application in APPLICATIONS}


@pytest.mark.parametrize("kind", SAID, ids=lambda kind: kind.type)
def test_an_event_has_an_example_that_its_schema_accepts(kind: EventType) -> None:
    wrong = kind.schema().validate(kind.example)

    assert not wrong
    assert kind.consumers


@pytest.mark.parametrize("kind", SAID, ids=lambda kind: kind.type)
def test_whoever_is_named_as_reader_hears_the_event_and_understands_the_example(kind: EventType) -> None:
    hearing = {name for name, by_type in SUBSCRIPTIONS.items() if kind.type in by_type}

    assert hearing == set(kind.consumers)
    for name in hearing:
        loaded = SUBSCRIPTIONS[name][kind.type].schema.load(kind.example)
        assert loaded
    assert set(kind.personal) <= hearing


def test_nobody_hears_what_nobody_says() -> None:
    said = {kind.type for kind in SAID}
    heard = {event_type for by_type in SUBSCRIPTIONS.values() for event_type in by_type}

    assert heard <= said


def test_every_event_that_a_service_can_say_is_in_its_list() -> None:
    for application in APPLICATIONS:
        module = importlib.import_module(f"services.{application.name}.events")
        made = {value.type for value in vars(module).values() if isinstance(value, EventType)}
        assert made == {kind.type for kind in module.SAID}


def test_the_page_of_events_is_the_one_that_the_code_makes() -> None:
    assert (ROOT / "docs" / "EVENTS.md").read_text(encoding="utf-8") == render(), (
        "run `python -m deploy.events_page` and commit docs/EVENTS.md"
    )
