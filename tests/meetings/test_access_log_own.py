"""How much is looked up for a page: as much for many as for few."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from typing import Any

import pytest

from services.intake import events as intake
from services.meetings.commands.attendance import close_meeting, record_attendance
from services.meetings.commands.venues import register_venue
from services.meetings.models import service
from shared.ids import new_id
from shared.security.actor import system


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []
    connection = service.database.proxy.obj.connection()
    connection.set_trace_callback(statements.append)
    yield statements
    connection.set_trace_callback(None)


def accesses(person: Any, path: str) -> int:
    person.open(path)
    with counted() as statements:
        assert person.open(path).status == 200
    return len(statements)


def more(harness: Any) -> None:
    """Ten times as much of everything."""
    venue = register_venue(
        system("installation"),
        organisation_id=harness.organisation_id,
        name="Zaal",
        address="Kade 1, Lindeveen",
        area="3412",
        request_id=new_id(),
    )
    for number in range(6):
        harness.member(harness.tuesday, f"Nummer {number}")
        other = harness.group(f"Groep {number}", venue_id=venue)
        for day in (23, 24, 25):
            harness.meeting(other, on=date(2026, 11, day), at=time(20))
        signup_id = harness.signed_up(harness.participant(f"Wacht {number}"))
        harness.talk(intake.INTRO_TALK_SCHEDULED, new_id(), signup_id, on="2026-11-24")
    harness.consume()
    harness.clock_at("2026-11-24 19.35")


@pytest.mark.parametrize("who", ["kim", "vos", "sam"])
def test_a_page_looks_up_as_much_for_many_as_for_few(evening: Any, who: str) -> None:
    evening.clock_at("2026-11-16 10.00")
    evening.signed_up(evening.participant("Wacht"))
    signup_id = evening.signed_up(evening.participant("Gesprek"))
    evening.talk(intake.INTRO_TALK_SCHEDULED, new_id(), signup_id, on="2026-11-24")
    evening.consume()
    evening.meeting(evening.tuesday, on=date(2026, 11, 23))
    evening.clock_at("2026-11-24 19.35")
    person = evening.visitor(getattr(evening, who))
    paths = ("/", "/groepen", f"/groepen/{evening.tuesday}", evening.here)
    few = {path: accesses(person, path) for path in paths if person.open(path).status == 200}

    evening.clock_at("2026-11-16 10.00")
    more(evening)
    many = {path: accesses(person, path) for path in few}

    assert many == few
    assert len(few) == 4


def missed(harness: Any, membership_id: str) -> None:
    """Somebody who may be called was not there."""
    harness.agrees(membership_id, "missed_you_call")
    record_attendance(
        harness.actor(harness.kim),
        meeting_id=harness.tonight,
        membership_id=membership_id,
        mark="absent",
        request_id=new_id(),
    )


def test_what_follows_and_who_may_be_called_look_up_as_much_for_many_as_for_few(evening: Any) -> None:
    kim, vos = evening.visitor(evening.kim), evening.visitor(evening.vos)
    missed(evening, evening.noor)
    before_closing = accesses(kim, evening.here)
    for number in range(4):
        missed(evening, evening.member(evening.tuesday, f"Nummer {number}"))
    assert accesses(kim, evening.here) == before_closing

    close_meeting(evening.actor(evening.kim), meeting_id=evening.tonight, request_id=new_id())
    few = accesses(kim, "/bellijst"), accesses(vos, "/bellijst")
    for number in range(4, 6):
        missed(evening, evening.member(evening.tuesday, f"Nummer {number}"))

    assert (accesses(kim, "/bellijst"), accesses(vos, "/bellijst")) == few
