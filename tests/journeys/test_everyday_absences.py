"""Who is not there: without an address, missed, called off from a text message, and back after months."""

from __future__ import annotations

import re

import pytest

from services.intake.models import Participant
from services.meetings.models import Membership
from tests.notifications.gateway import Gateway
from tests.support.scenario import BOTH, Scenario, delivered

pytestmark = pytest.mark.clock

NOOR, VLINDER, BO = "noor@example.org", "vlinder@example.org", "bo@example.org"
MOBILE = "+31612345678"


def test_somebody_without_any_address_takes_part_under_an_alias_and_who_leads_knows_it(scenario: Scenario) -> None:
    group = scenario.group()
    signup = scenario.sign_up("Zonder Naam")
    asked = scenario.mia.open(f"{signup}/gesprek")
    host = re.search(r'<option value="([\w-]+)"[^>]*>\s*Sam', asked.html)
    assert host is not None
    planned = scenario.mia.submit(
        asked, f"{signup}/gesprek", on="2026-11-19", at="14:00", host_staff_id=host[1], place="Buurthuis De Brug"
    )
    scenario.clock_at("2026-11-19 14.50")
    outcome = scenario.mia.open(signup).link(r"/kennismaking/gesprek/[\w-]+/uitkomst")
    chosen = group.rpartition("/")[2]
    scenario.mia.submit(scenario.mia.open(outcome), outcome, outcome="joins", group_id=chosen)
    scenario.installation.settle()
    meeting = scenario.meeting(group)
    scenario.clock_at("2026-11-23 18.05")
    before, group_page = scenario.sam.open(meeting), scenario.sam.open(group)
    scenario.clock_at("2026-11-24 19.35")
    scenario.mark_attendance(meeting, "Zonder Naam", "present")
    closed = scenario.close_meeting(meeting)

    assert "krijgt hier geen bericht van" in planned.text
    assert "Zonder Naam krijgt geen berichten van ons" in before.text
    assert "Vertel het zelf als er iets verandert" in group_page.text
    assert "Afgerond: 1 aanwezig" in closed.text
    assert scenario.new_deliveries() == []
    assert Participant.select().count() == 1


def test_who_is_missed_is_called_or_written_to_as_they_said_and_the_coordinator_sees_only_how_many(
    scenario: Scenario,
) -> None:
    group = scenario.group()
    scenario.join(group, "Noor", email=NOOR, mobile="0687654321", purposes=[*BOTH, "missed_you_call"])
    scenario.join(group, "Vlinder", email=VLINDER, purposes=BOTH)
    scenario.join(group, "Bo", email=BO, purposes=["reminders"])
    meeting = scenario.meeting(group)
    scenario.clock_at("2026-11-24 19.45")
    for name in ("Noor", "Vlinder", "Bo"):
        scenario.mark_attendance(meeting, name, "absent")
    shown = scenario.sam.open(meeting)
    scenario.new_deliveries()
    scenario.clock_at("2026-11-24 21.35")
    scenario.close_meeting(meeting)
    at_night = scenario.new_deliveries()
    waiting, calls = scenario.sam.open("/berichten/gemist"), scenario.sam.open("/bellijst")
    counts = scenario.vos.open("/bellijst")
    scenario.clock_at("2026-11-25 12.01")
    written = scenario.new_deliveries()
    called = scenario.sam.submit(calls, r"/bellijst/[\w-]+/gebeld", reason="travel")
    afterwards = scenario.vos.open("/bellijst")

    assert "Noor : een vriendelijk bericht, en een plek op de bellijst" in shown.text
    assert "Vlinder : een vriendelijk bericht" in shown.text
    assert "Bo : er volgt niets" in shown.text
    assert at_night == []
    assert [name in waiting.text for name in ("Noor", "Vlinder", "Bo")] == [True, True, False]
    assert [name in calls.text for name in ("Noor", "Vlinder", "Bo")] == [True, False, False]
    assert delivered(written) == [(NOOR, "We hebben je gemist"), (VLINDER, "We hebben je gemist")]
    assert "Noor" not in called.text
    assert re.search(r"Dinsdaggroep 1 0 0", counts.text)
    assert re.search(r"Dinsdaggroep 0 1 0", afterwards.text)
    assert not re.search("Noor|Vlinder|Bo\\b|reis", counts.text + afterwards.text)


def test_a_mark_that_is_corrected_after_klaar_takes_back_the_message_and_the_call(scenario: Scenario) -> None:
    group = scenario.group()
    scenario.join(group, "Noor", email=NOOR, mobile="0687654321", purposes=[*BOTH, "missed_you_call"])
    meeting = scenario.meeting(group)
    scenario.clock_at("2026-11-24 19.45")
    scenario.mark_attendance(meeting, "Noor", "absent")
    scenario.close_meeting(meeting)
    scenario.new_deliveries()

    scenario.mark_attendance(meeting, "Noor", "present")
    scenario.clock_at("2026-11-25 12.01")

    assert "Afgerond: 1 aanwezig" in scenario.sam.open(meeting).text
    assert "Er is nu niemand om te bellen" in scenario.sam.open("/bellijst").text
    assert "Er wacht nu geen bericht" in scenario.sam.open("/berichten/gemist").text
    assert scenario.new_deliveries() == []


def test_who_calls_off_by_the_link_in_a_text_an_hour_before_is_not_missed(
    sms_scenario: Scenario, gateway: Gateway
) -> None:
    scenario, group = sms_scenario, sms_scenario.group()
    scenario.join(group, "Vlinder", mobile="06 12345678", purposes=[*BOTH, "missed_you_call"])
    meeting = scenario.meeting(group)
    scenario.clock_at("2026-11-23 18.05")
    number, text = gateway.texts()[-1]
    link = re.search(r"https?://[^/]+(/mijn/afmelden/\S+)", text)
    assert link is not None
    scenario.clock_at("2026-11-24 18.30")
    vlinder = scenario.installation.visitor()
    arrived = vlinder.open(link[1])
    done = vlinder.submit(arrived, link[1])
    at_once = scenario.sam.open(meeting)
    scenario.installation.settle()
    scenario.clock_at("2026-11-24 21.35")
    closed = scenario.close_meeting(meeting)
    scenario.clock_at("2026-11-25 12.05")

    assert number == MOBILE.replace("+", "00")
    assert "Kom je deze keer niet?" in arrived.text
    assert "Je bent afgemeld" in done.text
    assert "Vlinder heeft zich afgemeld" in at_once.text
    assert "Afgerond: 0 aanwezig, 1 afgemeld" in closed.text
    assert "Er wacht nu geen bericht" in scenario.sam.open("/berichten/gemist").text
    assert "Er is nu niemand om te bellen" in scenario.sam.open("/bellijst").text
    assert len(gateway.texts()) == 3  # the confirmation of the sign-up, the welcome and the reminder


def test_somebody_who_walked_in_left_and_comes_back_after_three_months_is_one_person_with_two_stays(
    scenario: Scenario,
) -> None:
    group = scenario.group()
    first = scenario.meeting(group)
    scenario.clock_at("2026-11-24 19.40")
    came = scenario.sam.submit(scenario.sam.open(f"{first}/erbij"), f"{first}/erbij", call_name="Storm")
    scenario.installation.settle()
    scenario.close_meeting(first)
    asked = scenario.mia.open(scenario.signup_path("Storm"))
    reach = asked.link(r"/kennismaking/[\w-]+/bereik")
    scenario.mia.submit(scenario.mia.open(reach), reach, email=NOOR, purposes=["reminders"])
    scenario.installation.settle()
    scenario.farewell(group, "Storm")
    gone = scenario.sam.open(group)
    scenario.clock_at("2027-02-23 19.40")
    later = scenario.sam.open("/").link(r"/bijeenkomsten/[\w-]+")
    missing = scenario.sam.open(later)
    before = scenario.sam.open(f"{later}/erbij")
    back = scenario.sam.submit(before, f"{later}/terug")
    scenario.installation.settle()

    assert "Wie is er? 1 van 1" in came.text
    assert "Storm" in came.text
    assert "Storm" not in gone.text
    assert "Storm" not in missing.text
    assert "Storm was er tot dinsdag 24 november" in before.text
    assert "Wie is er? 1 van 1" in back.text
    assert "Storm" in back.text
    assert "Storm" in scenario.sam.open(group).text
    [participant] = Participant.select()
    stays = Membership.select().where(Membership.participant_id == participant.id).order_by(Membership.starts_on)
    assert [(stay.state, stay.starts_on.isoformat()) for stay in stays] == [
        ("ended", "2026-11-24"),
        ("active", "2027-02-23"),
    ]
    scenario.new_deliveries()
    scenario.clock_at("2027-03-01 18.05")
    assert delivered(scenario.new_deliveries()) == [(NOOR, "Tot dinsdag 2 maart")]
