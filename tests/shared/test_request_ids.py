"""Asking twice with one request_id: the same gets the first answer, something else is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from shared.errors import Refusal
from shared.ids import new_id
from shared.security.actor import Actor
from shared.storage.command import RequestIdReused

US = Actor("somebody", "staff")


@dataclass(frozen=True)
class Paint:
    """What may be asked of a lamp."""

    colour: str
    on: date
    spots: frozenset[str] = frozenset()


@pytest.fixture
def paint(harness: Any) -> Any:
    """A command that writes a row for each time it is done."""

    @harness.subscriber.command
    def paint(actor: Actor, *, paint: Any, network: str | None = None, request_id: str) -> str:
        if paint == "refused":
            raise Refusal("no_such_lamp")
        row = harness.Effect.create(lamp_id=new_id(), colour=str(paint)[:100])
        return str(row.id)

    return paint


def test_the_same_again_gets_the_first_answer(harness: Any, paint: Any) -> None:
    key = new_id()
    asked = Paint("green", date(2026, 11, 24), frozenset({"a", "b", "c"}))

    first = paint(US, paint=asked, request_id=key)
    again = paint(US, paint=Paint("green", date(2026, 11, 24), frozenset({"c", "b", "a"})), request_id=key)

    assert first == again
    assert len(harness.effects()) == 1


@pytest.mark.parametrize(
    "otherwise",
    [Paint("red", date(2026, 11, 24)), Paint("green", date(2026, 11, 25)), {"colour": "green"}, ["green"], None],
)
def test_something_else_with_the_same_key_is_refused_and_not_done(
    harness: Any, paint: Any, otherwise: Any
) -> None:
    key = new_id()
    paint(US, paint=Paint("green", date(2026, 11, 24)), request_id=key)

    with pytest.raises(RequestIdReused) as refused:
        paint(US, paint=otherwise, request_id=key)

    assert (refused.value.status, refused.value.code) == (422, "request_id_reused")
    assert len(harness.effects()) == 1


def test_somebody_else_may_use_the_same_key(harness: Any, paint: Any) -> None:
    key = new_id()
    paint(US, paint="green", request_id=key)
    paint(Actor("somebody else", "staff"), paint="red", request_id=key)

    assert harness.effects() == ["green", "red"]


def test_another_network_is_not_another_question(harness: Any, paint: Any) -> None:
    key = new_id()

    assert paint(US, paint="green", network="192.0.2.1", request_id=key) == paint(
        US, paint="green", network="192.0.2.2", request_id=key
    )


def test_what_was_refused_may_be_asked_again_otherwise(harness: Any, paint: Any) -> None:
    key = new_id()
    with pytest.raises(Refusal):
        paint(US, paint="refused", request_id=key)

    paint(US, paint="green", request_id=key)

    assert harness.effects() == ["green"]


def test_nothing_of_what_was_asked_can_be_read_back(harness: Any, paint: Any) -> None:
    paint(US, paint="Noor, 06 12345678", request_id=new_id())

    [row] = harness.subscriber.commands.IdempotencyKey.select()

    assert set(row.answer) == {"answer", "request_hash"}
    assert "Noor" not in str(row.answer)
    assert len(row.answer["request_hash"]) == 64


def test_the_same_words_are_another_hash_for_another_command_and_another_service(harness: Any) -> None:
    arguments = {"colour": "green"}
    hashes = {
        service.commands._hash(command, (), arguments)
        for service in (harness.publisher, harness.subscriber)
        for command in ("paint", "wash")
    }

    assert len(hashes) == 4


def test_an_answer_from_before_or_that_was_wiped_is_given_as_it_is(harness: Any, paint: Any) -> None:
    table = harness.subscriber.commands.IdempotencyKey
    for stored in ("an id", None, {"erased": True}):
        key = new_id()
        paint(US, paint="green", request_id=key)
        table.update(answer=stored).where(table.request_id == key).execute()

        assert paint(US, paint="red", request_id=key) == stored
