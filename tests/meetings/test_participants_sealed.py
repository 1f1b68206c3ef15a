"""What is sealed stays sealed: not in the store, not in an event, not in a line of the log."""

from __future__ import annotations

import json
import logging
from typing import Any

from services.intake import events as intake
from services.meetings.models import Participant, Staff, service
from shared import log
from shared.ids import new_id

NAME, CALL_NAME, WALK_IN = "Kanariepiet", "Schuilkanarie", "Loopkanarie"


def test_names_and_addresses_are_nowhere_in_the_open(harness: Any) -> None:
    lines: list[str] = []
    log.configure("test", level=logging.DEBUG, processors=[lambda _logger, _method, line: note(lines, line)])
    staff_id = harness.colleague(NAME, "coordinator", "manager", "facilitator", "intro_worker")
    group_id = harness.group()
    meeting_id = harness.meeting(group_id)
    membership_id = harness.member(group_id, CALL_NAME)
    harness.signed_up(harness.participant(CALL_NAME))
    harness.consume()
    harness.clock_at("2026-11-24 19.35")
    page = harness.visitor(staff_id)
    for path in ("/", "/groepen", f"/groepen/{group_id}", f"/bijeenkomsten/{meeting_id}", "/beheer"):
        page.open(path)
    kim, here = harness.visitor(harness.kim), f"/bijeenkomsten/{meeting_id}"
    kim.submit(kim.open(f"{here}/erbij"), f"{here}/erbij", call_name=WALK_IN)
    harness.agrees(membership_id, "missed_you_call")
    kim.tap(f"{here}/wie", membership_id=membership_id, mark="absent")
    kim.submit(kim.open(here), f"{here}/klaar", unmarked="not_recorded")
    kim.open("/bellijst")
    page.submit(page.open("/inloggen"), "/inloggen", email=f"{NAME}@example.org")
    page.open(f"/inloggen/link/{CALL_NAME}")

    stored = b"".join(path.read_bytes() for path in sorted((harness.folder / "stores").glob("*")))
    events = json.dumps([event.data for event in harness.events()])

    assert len(lines) > 50
    for secret in (NAME, CALL_NAME, WALK_IN, f"{NAME}@example.org"):
        for written in (secret, secret.lower()):
            assert written.encode() not in stored
            assert written not in events
            assert not [line for line in lines if written in line]


def note(lines: list[str], line: Any) -> Any:
    lines.append(repr(line))
    return line


def test_a_page_that_breaks_tells_no_name_in_the_log(harness: Any) -> None:
    lines: list[str] = []
    log.configure("test", level=logging.DEBUG, processors=[lambda _logger, _method, line: note(lines, dict(line))])
    group_id = harness.group()
    harness.member(group_id, CALL_NAME)
    with service.transaction():
        Participant.update(call_name=b"k1.broken").execute()

    page = harness.visitor(harness.kim).open(f"/groepen/{group_id}")

    assert page.status == 500
    assert "Er is niets half" in page.text
    assert not [line for line in lines if CALL_NAME in line]


def test_a_sealed_name_does_not_open_for_another_person(harness: Any) -> None:
    vos, kim = Staff.get_by_id(harness.vos), Staff.get_by_id(harness.kim)
    Staff.update(name=vos.name).where(Staff.id == kim.id).execute()

    page = harness.visitor()

    assert page.open("/inloggen").status == 500


def test_an_address_is_found_by_whoever_has_the_key_only(harness: Any) -> None:
    first = Staff.get_by_id(harness.kim).email_index

    assert len(first) == 64
    assert first == service.encryption.index("kim@example.org", "staff.email")
    assert first != service.encryption.index("kim@example.org", "sign_in_try.address")


def test_a_sealed_name_that_was_moved_to_an_event_about_somebody_else_does_not_open(harness: Any) -> None:
    harness.participant(CALL_NAME)
    intake_outbox = harness.neighbours["intake"].outbox.Outbox
    data = json.loads(intake_outbox.get().data)
    another = new_id()

    harness.publish_raw(intake.PARTICIPANT_CHANGED, another, json.dumps(data | {"participant_id": another}))
    harness.consume()

    assert Participant.get_or_none(Participant.id == another) is None
    assert len(harness.dead_letters()) == 1
    assert Participant.select().count() == 1
