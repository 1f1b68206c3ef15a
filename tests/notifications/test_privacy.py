"""No name, number, address, secret or word of a message lies open: in no store, event or line of the log."""

from __future__ import annotations

import io
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from services.notifications.models import service as own_service
from shared import log
from tests.notifications.conftest import Office
from tests.notifications.contrary import Contrary, serving

# No real words, so that finding one of them means that it leaked.
CALLED, EMAIL, MOBILE = "Zwaluwtje", "zwaluw.nest@example.org", "+31612345678"
COLLEAGUE, COLLEAGUE_EMAIL, SECRET = "Merelbeek", "merel.beek@example.org", "KanarieGeheim123abcDEF456"
CANARIES = (CALLED, "zwaluw", MOBILE, "612345678", COLLEAGUE, "merel", SECRET, "Hoi ", "We maken graag kennis")


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """Every line of the log, down to the smallest step."""
    seen: list[dict[str, Any]] = []

    def watch(_logger: Any, _method: str, line: Any) -> Any:
        seen.append(dict(line))
        return line

    log.configure("notifications", level=logging.DEBUG, processors=[watch])
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=io.StringIO()))
    yield seen
    log.configure("test", level=logging.ERROR)


def tell_it_all(office: Office) -> None:
    """People with names and addresses, every kind of message, sent and unsent, refused and in doubt."""
    office.organisation()
    office.staff(office.kim, name=COLLEAGUE, email=COLLEAGUE_EMAIL)
    both = office.person(name=CALLED, email=EMAIL, mobile=MOBILE)
    texted = office.person(name=CALLED, email=None, mobile=MOBILE)
    for person in (both, texted):
        group_id = office.group()
        office.talk(person)
        office.meeting(group_id)
        office.membership(person, group_id)
        office.measurement(person)
    office.sign_in(secret=SECRET)
    office.hear()


def store_bytes(office: Office) -> bytes:
    own_service.database.proxy.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(path.read_bytes() for path in sorted(Path(office.settings.stores).glob("notifications*")))


def leaked(haystack: bytes) -> list[str]:
    text = haystack.decode("utf-8", errors="replace").casefold()
    return [canary for canary in CANARIES if canary.casefold() in text]


@pytest.mark.parametrize("data", ["250 OK", "451 later", "550 never", "hangs up"])
def test_nothing_of_anybody_lies_open_in_the_store_or_the_log(office: Office, lines, data: str):
    tell_it_all(office)
    before = store_bytes(office)

    with serving(Contrary(data=data), office.settings.smtp_port):
        office.send()
    after = store_bytes(office)

    assert leaked(before) == []
    assert leaked(after) == []
    assert len([line for line in lines if str(line["event"]).startswith("message_")]) > 10
    assert leaked(repr(lines).encode()) == []


def test_what_we_say_to_others_tells_nothing_of_anybody(office: Office):
    tell_it_all(office)

    assert leaked(repr([event.data for event in office.said()]).encode()) == []


def test_a_message_that_cannot_be_written_says_where_it_broke_and_not_with_whom(office: Office, lines):
    tell_it_all(office)
    with own_service.transaction():
        own_service.database.execute("UPDATE participant SET call_name = ?", (b"k1.broken",))

    office.send()

    broken = [line for line in lines if line["event"] == "message_not_written"]
    assert broken
    assert leaked(repr(lines).encode()) == []


def test_a_life_can_only_be_added_to(office: Office):
    tell_it_all(office)

    for statement in ("UPDATE message_step SET state = 'accepted'", "DELETE FROM message_step"):
        with pytest.raises(sqlite3.IntegrityError, match="a life is only added to"):
            own_service.database.proxy.connection().execute(statement)
