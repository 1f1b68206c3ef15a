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
from tests.notifications.conftest import NotificationsHarness
from tests.notifications.mail_server import Contrary, serving

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


def publish_everything(harness: NotificationsHarness) -> None:
    """People with names and addresses, every type of message, sent and unsent, refused and in doubt."""
    harness.organisation()
    harness.staff(harness.kim, name=COLLEAGUE, email=COLLEAGUE_EMAIL)
    both = harness.person(name=CALLED, email=EMAIL, mobile=MOBILE)
    texted = harness.person(name=CALLED, email=None, mobile=MOBILE)
    for person in (both, texted):
        group_id = harness.group()
        harness.talk(person)
        harness.meeting(group_id)
        harness.membership(person, group_id)
        harness.measurement(person)
    harness.sign_in(secret=SECRET)
    harness.consume()


def store_bytes(harness: NotificationsHarness) -> bytes:
    own_service.database.proxy.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(path.read_bytes() for path in sorted(Path(harness.settings.stores).glob("notifications*")))


def leaked(haystack: bytes) -> list[str]:
    text = haystack.decode("utf-8", errors="replace").casefold()
    return [canary for canary in CANARIES if canary.casefold() in text]


@pytest.mark.parametrize("data", ["250 OK", "451 later", "550 never", "hangs up"])
def test_nothing_of_anybody_lies_open_in_the_store_or_the_log(
    bare_harness: NotificationsHarness, lines, data: str
):
    publish_everything(bare_harness)
    before = store_bytes(bare_harness)

    with serving(Contrary(data=data), bare_harness.settings.smtp_port):
        bare_harness.send()
    after = store_bytes(bare_harness)

    assert leaked(before) == []
    assert leaked(after) == []
    assert len([line for line in lines if str(line["event"]).startswith("message_")]) > 10
    assert leaked(repr(lines).encode()) == []


def test_what_we_say_to_others_tells_nothing_of_anybody(bare_harness: NotificationsHarness):
    publish_everything(bare_harness)

    assert leaked(repr([event.data for event in bare_harness.events()]).encode()) == []


def test_a_message_that_cannot_be_written_says_where_it_broke_and_not_with_whom(
    bare_harness: NotificationsHarness, lines
):
    publish_everything(bare_harness)
    with own_service.transaction():
        own_service.database.execute("UPDATE participant SET call_name = ?", (b"k1.broken",))

    bare_harness.send()

    broken = [line for line in lines if line["event"] == "message_not_written"]
    assert broken
    assert leaked(repr(lines).encode()) == []


def test_the_states_of_a_message_are_only_added_to(bare_harness: NotificationsHarness):
    publish_everything(bare_harness)

    for statement in ("UPDATE message_step SET state = 'accepted'", "DELETE FROM message_step"):
        with pytest.raises(sqlite3.IntegrityError, match="a life is only added to"):
            own_service.database.proxy.connection().execute(statement)
