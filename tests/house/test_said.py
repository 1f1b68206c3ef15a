"""What is said is said well: an event has an example and readers who understand it, a refusal a sentence."""

from __future__ import annotations

import ast
import importlib
import tomllib
from pathlib import Path

import pytest

from deploy.events_page import render
from deploy.town.layout import SERVICES
from shared.envelope import EventKind

ROOT = Path(__file__).resolve().parents[2]
SAID: list[EventKind] = [
    kind for service in SERVICES for kind in importlib.import_module(f"services.{service.name}.events").SAID
]
EARS = {service.name: service.ears.by_type for service in SERVICES}


@pytest.mark.parametrize("kind", SAID, ids=lambda kind: kind.type)
def test_an_event_has_an_example_that_its_schema_accepts(kind: EventKind) -> None:
    wrong = kind.schema().validate(kind.example)

    assert not wrong
    assert kind.readers


@pytest.mark.parametrize("kind", SAID, ids=lambda kind: kind.type)
def test_whoever_is_named_as_reader_hears_the_event_and_understands_the_example(kind: EventKind) -> None:
    hearing = {name for name, by_type in EARS.items() if kind.type in by_type}

    assert hearing == set(kind.readers)
    for name in hearing:
        loaded = EARS[name][kind.type].schema.load(kind.example)
        assert loaded
    assert set(kind.personal) <= hearing


def test_nobody_hears_what_nobody_says() -> None:
    said = {kind.type for kind in SAID}
    heard = {event_type for by_type in EARS.values() for event_type in by_type}

    assert heard <= said


def test_every_event_that_a_service_can_say_is_in_its_list() -> None:
    for service in SERVICES:
        module = importlib.import_module(f"services.{service.name}.events")
        made = {value.type for value in vars(module).values() if isinstance(value, EventKind)}
        assert made == {kind.type for kind in module.SAID}


def test_the_page_of_events_is_the_one_that_the_code_makes() -> None:
    assert (ROOT / "docs" / "EVENTS.md").read_text(encoding="utf-8") == render(), (
        "run `python -m deploy.events_page` and commit docs/EVENTS.md"
    )


def refusal_codes(folder: Path) -> set[str]:
    codes = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_refusal = (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in ("Refusal", "NotFound", "Forbidden", "Conflict", "LinkGone")
                and node.args
                and isinstance(node.args[0], ast.Constant)
            )
            if is_refusal:
                codes.add(str(node.args[0].value))  # type: ignore[attr-defined]
    return codes


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_every_refusal_has_a_dutch_sentence(service: str) -> None:
    ours = tomllib.loads((ROOT / "shared/data/messages.nl.toml").read_text(encoding="utf-8"))["refusals"]
    path = ROOT / "services" / service / "data" / "messages.nl.toml"
    theirs = tomllib.loads(path.read_text(encoding="utf-8")).get("refusals", {})

    codes = refusal_codes(ROOT / "services" / service) | refusal_codes(ROOT / "shared")

    assert codes <= set(ours) | set(theirs), f"no sentence for {sorted(codes - set(ours) - set(theirs))}"
