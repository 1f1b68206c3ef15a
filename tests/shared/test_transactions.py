"""A transaction on each database: what is sent with the next statement counts as if it had been sent at once."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from shared.ids import new_id
from shared.storage.postgres_pool import MAX_UNSENT

pytestmark = pytest.mark.parametrize("pair", ["local-sqlite", "local-postgres"], indirect=True)
PUT = "INSERT INTO lamp (lamp_id, colour) VALUES (?, ?)"
ODD = "100 %, %s and 'this' \"that\" \\ ; COMMIT; -- é"


def put(harness: Any, colour: str | None) -> None:
    harness.publisher.database.execute_deferred(PUT, (new_id(), colour))


def colours(harness: Any) -> list[str]:
    return [row[0] for row in harness.publisher.database.execute("SELECT colour FROM lamp ORDER BY id").fetchall()]


def test_what_was_to_be_sent_later_is_there_after_the_commit_also_when_nothing_followed(harness: Any) -> None:
    with harness.publisher.transaction():
        put(harness, ODD)

    assert colours(harness) == [ODD]


def test_a_statement_sees_what_was_to_be_sent_before_it_and_gives_its_own_rows(harness: Any) -> None:
    with harness.publisher.transaction():
        put(harness, "green")
        put(harness, "red")
        seen = colours(harness)
        changed = harness.publisher.database.execute("UPDATE lamp SET colour = ?", ("blue",)).rowcount

    assert (seen, changed) == (["green", "red"], 2)


def test_more_than_goes_at_once_goes_in_order(harness: Any) -> None:
    many = [str(n) for n in range(3 * MAX_UNSENT)]

    with harness.publisher.transaction():
        for colour in many:
            put(harness, colour)

    assert colours(harness) == many


def test_of_a_transaction_that_fails_nothing_is_there_whatever_was_sent(harness: Any) -> None:
    def fail(*, after_a_look: bool) -> None:
        with harness.publisher.transaction():
            put(harness, "green")
            if after_a_look:
                colours(harness)
            put(harness, "red")
            raise KeyError

    for after_a_look in (True, False):
        with pytest.raises(KeyError):
            fail(after_a_look=after_a_look)

    assert colours(harness) == []


def test_a_transaction_in_which_nothing_happens_is_none(harness: Any) -> None:
    with harness.publisher.transaction():
        pass

    harness.blink("green")
    assert colours(harness) == ["green"]


def test_what_the_store_refuses_later_undoes_the_whole(harness: Any) -> None:
    def put_wrongly() -> None:
        with harness.publisher.transaction():
            harness.blink("green")
            put(harness, None)

    with pytest.raises(Exception, match=r"(?i)null"):
        put_wrongly()

    assert colours(harness) == []
    harness.blink("red")
    assert colours(harness) == ["red"]


@pytest.mark.parametrize("colour", [None, "a null \0 character"], ids=["refused", "cannot be sent"])
def test_a_part_that_fails_alone_takes_along_what_was_not_sent_yet_and_the_rest_is_kept(
    harness: Any, colour: str | None
) -> None:
    with harness.publisher.transaction():
        put(harness, "before")
        with contextlib.suppress(Exception), harness.publisher.transaction():
            put(harness, colour)
            raise KeyError
        put(harness, "after")

    assert colours(harness) == ["before", "after"]


def test_after_a_statement_that_cannot_be_read_nothing_is_written_outside_the_transaction(harness: Any) -> None:
    def go_on() -> None:
        with harness.publisher.transaction():
            with contextlib.suppress(Exception):
                harness.publisher.database.execute("SELEKT 1")
            with contextlib.suppress(Exception):
                harness.Lamp.create(lamp_id=new_id(), colour="green")
            raise KeyError

    with pytest.raises(KeyError):
        go_on()

    assert colours(harness) == []
