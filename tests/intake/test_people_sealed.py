"""What is personal is found nowhere it does not belong: not in the store, not in an event, not in a log line."""

import contextlib
import io
import json
import logging
from datetime import date
from typing import Any

import pytest

from services.intake.commands import people, talks
from services.intake.models import service as intake
from shared import log
from shared.ids import new_id

CANARIES = {
    "call_name": "Kanarienaam",
    "email": "kanarie.adres@example.org",
    "mobile": "+31612345678",
    "help_question": "kanariewoorden van mij alleen",
}
STAFF_NAME = "Kanariecollega"


def walk_through(harness: Any) -> None:
    """Everything that touches the canaries, failures included."""
    organisation_id = harness.organisation()
    host = harness.staff(organisation_id, STAFF_NAME)
    group_id = harness.group(organisation_id)
    signup_id = harness.signed_up(organisation_id, **CANARIES, purposes=["reminders"])
    actor = harness.actor("intro_worker", organisation_id=organisation_id)
    visitor = harness.visitor("intro_worker", organisation_id=organisation_id)
    talk_id = talks.schedule_intro_talk(actor, signup_id=signup_id, **harness.agreed(host, on=date(2031, 11, 24)))
    harness.clock_at(f"{harness.monday} 15.00")
    talks.complete_intro_talk(
        actor,
        talk_id=talk_id,
        outcome="not_now",
        reason="motivation",
        second_look=True,
        way_back="we_call",
        helps_instead="talk_again",
        request_id=new_id(),
    )
    for page in ("", "/bereik", "/wensen", "/gesprek", "/afsluiten"):
        assert CANARIES["call_name"] in visitor.open(f"/kennismaking/{signup_id}{page}").text
    visitor.send(f"/kennismaking/{signup_id}/bereik", CANARIES | {"mobile": "kanarienummer"})
    visitor.send(f"/kennismaking/{signup_id}/wensen", CANARIES | {"area": "kanariewijk"})
    harness.visitor().send("/aanmelden/de-kade", CANARIES | {"email": "kanarie.zonder.apenstaart"})
    people.change_contact(
        actor,
        signup_id=signup_id,
        call_name=CANARIES["call_name"],
        email=CANARIES["email"],
        mobile=CANARIES["mobile"],
        purposes=[],
        request_id=new_id(),
    )
    harness.returned(harness.place(actor, signup_id, group_id))
    harness.consume()


def secrets_of_this_walk() -> list[str]:
    return [*CANARIES.values(), "12345678", "kanarie", STAFF_NAME, "motivation"]


def test_the_store_gives_nothing_away_to_who_reads_its_bytes(harness: Any) -> None:
    walk_through(harness)

    on_disk = harness.bytes_on_disk().lower()

    assert b"lindeveen" in on_disk, "the bytes are those of the store"
    assert [secret for secret in secrets_of_this_walk() if secret.lower().encode() in on_disk] == []


def test_no_event_says_who_it_is_about(harness: Any) -> None:
    walk_through(harness)

    events = json.dumps([event.data for event in harness.events()]).lower()

    assert "personal" in events
    assert [secret for secret in secrets_of_this_walk() if secret.lower() in events] == []


def test_no_line_of_the_log_says_who_it_is_about(harness: Any) -> None:
    log.configure("test", level=logging.DEBUG)

    with contextlib.redirect_stderr(io.StringIO()) as log_lines:
        walk_through(harness)

    written = log_lines.getvalue().lower()
    assert "command_committed" in written
    assert [secret for secret in secrets_of_this_walk() if secret.lower() in written] == []


def test_a_sealed_value_does_not_open_for_somebody_else(harness: Any) -> None:
    from shared.errors import GiveUp

    organisation_id = harness.organisation()
    harness.signed_up(organisation_id, **CANARIES)
    harness.signed_up(organisation_id, "Sam")
    (sealed_noor,), (sealed_sam,) = intake.database.execute(
        "SELECT call_name FROM participant ORDER BY id"
    ).fetchall()
    other_id = intake.database.execute("SELECT id FROM participant ORDER BY id DESC").fetchone()[0]

    assert intake.encryption.open(sealed_sam, "participant.call_name", other_id) == "Sam"
    with pytest.raises(GiveUp):
        intake.encryption.open(sealed_noor, "participant.call_name", other_id)
