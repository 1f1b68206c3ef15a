"""What is sealed stays sealed: not in the store, not in an event, not in a line of the log."""

from __future__ import annotations

import json
import logging
from typing import Any

from services.meetings.models import Participant, Staff, service
from shared import log

NAME, CALL_NAME, WALK_IN = "Kanariepiet", "Schuilkanarie", "Loopkanarie"


def test_names_and_addresses_are_nowhere_in_the_open(desk: Any) -> None:
    lines: list[str] = []
    log.configure("test", level=logging.DEBUG, watchers=[lambda _logger, _method, line: note(lines, line)])
    staff_id = desk.colleague(NAME, "coordinator", "manager", "facilitator", "intro_worker")
    group_id = desk.group()
    meeting_id = desk.meeting(group_id)
    membership_id = desk.member(group_id, CALL_NAME)
    desk.signed_up(desk.participant(CALL_NAME))
    desk.hear()
    desk.clock_at("2026-11-24 19.35")
    page = desk.person(staff_id)
    for path in ("/", "/groepen", f"/groepen/{group_id}", f"/bijeenkomsten/{meeting_id}", "/beheer"):
        page.open(path)
    kim, here = desk.person(desk.kim), f"/bijeenkomsten/{meeting_id}"
    kim.submit(kim.open(f"{here}/erbij"), f"{here}/erbij", call_name=WALK_IN)
    desk.agrees(membership_id, "missed_you_call")
    kim.tap(f"{here}/wie", membership_id=membership_id, mark="absent")
    kim.submit(kim.open(here), f"{here}/klaar")
    kim.open("/bellijst")
    page.submit(page.open("/inloggen"), "/inloggen", email=f"{NAME}@example.org")
    page.open(f"/inloggen/link/{CALL_NAME}")

    stored = b"".join(path.read_bytes() for path in sorted((desk.folder / "stores").glob("*")))
    events = json.dumps([event.data for event in desk.events()])

    assert len(lines) > 50
    for secret in (NAME, CALL_NAME, WALK_IN, f"{NAME}@example.org"):
        for written in (secret, secret.lower()):
            assert written.encode() not in stored
            assert written not in events
            assert not [line for line in lines if written in line]


def note(lines: list[str], line: Any) -> Any:
    lines.append(repr(line))
    return line


def test_a_page_that_breaks_tells_no_name_in_the_log(desk: Any) -> None:
    lines: list[str] = []
    log.configure("test", level=logging.DEBUG, watchers=[lambda _logger, _method, line: note(lines, dict(line))])
    group_id = desk.group()
    desk.member(group_id, CALL_NAME)
    with service.transaction():
        Participant.update(call_name=b"k1.broken").execute()

    page = desk.person(desk.kim).open(f"/groepen/{group_id}")

    assert page.status == 500
    assert "Er is niets half" in page.text
    assert not [line for line in lines if CALL_NAME in line]


def test_a_sealed_name_does_not_open_for_another_person(desk: Any) -> None:
    vos, kim = Staff.get_by_id(desk.vos), Staff.get_by_id(desk.kim)
    Staff.update(name=vos.name).where(Staff.id == kim.id).execute()

    page = desk.person()

    assert page.open("/inloggen").status == 500


def test_an_address_is_found_by_whoever_has_the_key_only(desk: Any) -> None:
    first = Staff.get_by_id(desk.kim).email_index

    assert len(first) == 64
    assert first == service.encryption.index("kim@example.org", "staff.email")
    assert first != service.encryption.index("kim@example.org", "sign_in_try.address")
