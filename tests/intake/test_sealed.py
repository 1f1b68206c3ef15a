"""What is personal is found nowhere it does not belong: not in the store, not in a letter, not in a log line."""

import contextlib
import io
import json
import logging
from datetime import date
from typing import Any

import pytest

from services.intake.commands import people, talks
from services.intake.models import house as intake
from shared import log
from shared.ids import new_id

CANARIES = {
    "call_name": "Kanarienaam", "email": "kanarie.adres@example.org", "mobile": "+31612345678",
    "help_question": "kanariewoorden van mij alleen",
}  # fmt: skip
STAFF_NAME = "Kanariecollega"


def walk_through(house: Any) -> None:
    """Everything that touches the canaries, failures included."""
    organisation_id = house.organisation()
    host = house.staff(organisation_id, STAFF_NAME)
    group_id = house.group(organisation_id)
    signup_id = house.signed_up(organisation_id, **CANARIES, purposes=["reminders"])
    actor = house.actor("intro_worker", organisation_id=organisation_id)
    visitor = house.visitor("intro_worker", organisation_id=organisation_id)
    talk_id = talks.schedule_intro_talk(actor, signup_id=signup_id, **house.agreed(host, on=date(2031, 11, 24)))
    house.clock_at(f"{house.monday} 15.00")
    talks.complete_intro_talk(
        actor, talk_id=talk_id, outcome="not_now", reason="motivation", second_look=True, way_back="we_call",
        helps_instead="talk_again", request_id=new_id(),
    )  # fmt: skip
    for page in ("", "/bereik", "/wensen", "/gesprek", "/afsluiten"):
        assert CANARIES["call_name"] in visitor.open(f"/kennismaking/{signup_id}{page}").text
    visitor.send(f"/kennismaking/{signup_id}/bereik", CANARIES | {"mobile": "kanarienummer"})
    visitor.send(f"/kennismaking/{signup_id}/wensen", CANARIES | {"area": "kanariewijk"})
    house.visitor().send("/aanmelden/de-kade", CANARIES | {"email": "kanarie.zonder.apenstaart"})
    people.change_contact(
        actor, signup_id=signup_id, call_name=CANARIES["call_name"], email=CANARIES["email"],
        mobile=CANARIES["mobile"], purposes=[], request_id=new_id(),
    )  # fmt: skip
    house.returned(house.place(actor, signup_id, group_id))
    house.listen()


def secrets_of_this_walk() -> list[str]:
    return [*CANARIES.values(), "12345678", "kanarie", STAFF_NAME, "motivation"]


def test_the_store_gives_nothing_away_to_who_reads_its_bytes(house: Any) -> None:
    walk_through(house)

    on_disk = house.bytes_on_disk().lower()

    assert b"lindeveen" in on_disk, "the bytes are those of the store"
    assert [one for one in secrets_of_this_walk() if one.lower().encode() in on_disk] == []


def test_no_letter_says_who_it_is_about(house: Any) -> None:
    walk_through(house)

    letters = json.dumps([letter.data for letter in house.letters()]).lower()

    assert "personal" in letters
    assert [one for one in secrets_of_this_walk() if one.lower() in letters] == []


def test_no_line_of_the_log_says_who_it_is_about(house: Any) -> None:
    log.configure("test", level=logging.DEBUG)

    with contextlib.redirect_stderr(io.StringIO()) as lines:
        walk_through(house)

    written = lines.getvalue().lower()
    assert "command_committed" in written
    assert [one for one in secrets_of_this_walk() if one.lower() in written] == []


def test_a_sealed_value_does_not_open_for_somebody_else(house: Any) -> None:
    from shared.errors import GiveUp

    organisation_id = house.organisation()
    house.signed_up(organisation_id, **CANARIES)
    house.signed_up(organisation_id, "Sam")
    (mine,), (theirs,) = intake.database.execute("SELECT call_name FROM participant ORDER BY id").fetchall()
    other_id = intake.database.execute("SELECT id FROM participant ORDER BY id DESC").fetchone()[0]

    assert intake.privacy.open(theirs, "participant.call_name", other_id) == "Sam"
    with pytest.raises(GiveUp):
        intake.privacy.open(mine, "participant.call_name", other_id)
