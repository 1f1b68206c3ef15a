"""What goes wrong on an ordinary evening: each time a clear answer, and nothing lost."""

from __future__ import annotations

import re
from typing import Any

import pytest

from deploy.local.visitor import Page
from shared.ids import new_id
from tests.journeys.operating import everything
from tests.notifications.gateway import Gateway
from tests.support.scenario import BOTH, SMS_SECRET, Scenario

pytestmark = pytest.mark.clock

NOOR = "noor@example.org"
ANSWER = f"/berichten/terug/sms/{SMS_SECRET}/antwoord"
LINK = r"https?://[^\s/]+(/mijn/\S+)"


def counts(person: Any, meeting: str) -> str:
    count = re.search(r"Wie is er\? (\d+ van \d+)", person.open(meeting).text)
    assert count is not None
    return count[1]


def sent_by_hand(person: Any, page: Page, action: str, **filled: Any) -> Page:
    """Send a form that this page does not show."""
    form = page.forms[0]
    form.action, form.fields = action, {"csrf_token": form.fields["csrf_token"], "request_id": [new_id()]}
    answer: Page = person.send(form, **filled)
    return answer


# --- two facilitators at once ---


def test_two_facilitators_who_tap_at_once_lose_nothing_and_the_second_on_one_person_reads_so(
    scenario: Scenario,
) -> None:
    group = scenario.group(co_facilitator=scenario.staff_id("Kim"))
    for name in ("Noor", "Vlinder", "Bo"):
        scenario.join(group, name)
    meeting = scenario.meeting(group)
    scenario.clock_at("2026-11-24 19.35")
    at_kim = scenario.kim.open(meeting)
    scenario.mark_attendance(meeting, "Noor", "present")
    scenario.mark_attendance(meeting, "Vlinder", "absent")
    by_kim = scenario.mark_attendance(meeting, "Bo", "present", who=scenario.kim, page=at_kim)
    late = scenario.mark_attendance(meeting, "Vlinder", "present", who=scenario.kim, page=at_kim)
    again = scenario.mark_attendance(meeting, "Vlinder", "present", who=scenario.kim)
    closed = scenario.close_meeting(meeting)

    assert by_kim.status == 200
    assert late.status == 409
    assert "Een collega tikte intussen iets anders aan" in late.text
    assert again.status == 200
    assert "Afgerond: 3 aanwezig" in closed.text


# --- before it began, and fewer than were named ---


def test_before_it_begins_nobody_can_be_marked_and_klaar_says_when(scenario: Scenario) -> None:
    group = scenario.group()
    scenario.join(group, "Noor")
    meeting = scenario.meeting(group)
    scenario.clock_at("2026-11-24 18.35")
    page = scenario.sam.open(meeting)
    early = scenario.sam.submit(page, f"{meeting}/klaar")
    second = scenario.meeting(group, 1)
    membership = re.search(r'id="m-([\w-]+)"', page.html)
    assert membership is not None
    far = sent_by_hand(scenario.sam, page, f"{second}/wie", membership_id=membership[1], mark="present", seen="")

    assert early.status == far.status == 409
    assert "De bijeenkomst is nog niet begonnen: dat is om 19.30" in early.text
    assert "vanaf een uur voor het begin: op 01-12 vanaf 18.30" in far.text
    assert "Wie is er? 0 van 1" in scenario.sam.open(meeting).text


def test_a_headcount_below_the_names_that_were_tapped_is_refused_with_that_number(scenario: Scenario) -> None:
    group = scenario.group()
    for name in ("Noor", "Vlinder", "Bo"):
        scenario.join(group, name)
    meeting = scenario.meeting(group)
    scenario.clock_at("2026-11-24 19.35")
    for name in ("Noor", "Vlinder"):
        scenario.mark_attendance(meeting, name, "present")

    refused = sent_by_hand(scenario.sam, scenario.sam.open(meeting), f"{meeting}/aantal", headcount="1", seen="0")

    assert refused.status == 409
    assert "Er staan al 2 namen op aanwezig" in refused.text
    assert counts(scenario.sam, meeting) == "2 van 3"


# --- links ---


def test_a_mail_scanner_that_follows_every_link_changes_nothing(scenario: Scenario) -> None:
    group = scenario.group()
    scenario.join(group, "Noor", email=NOOR, mobile="0687654321", purposes=BOTH)
    meeting = scenario.meeting(group)
    scenario.clock_at("2026-11-23 18.05")
    scenario.move_meeting(meeting, on="2026-11-26")
    scenario.clock_at("2026-11-25 18.05")
    links = {link for delivery in scenario.deliveries() for link in re.findall(LINK, delivery.text)}
    scanner = scenario.installation.visitor()
    before = everything(scenario.installation.installation.data)
    scenario.installation.installation.open()

    answers = [scanner.client.open(link, method=method) for link in links for method in ("GET", "HEAD", "OPTIONS")]
    scenario.installation.settle()

    assert {link.split("/")[2] for link in links} == {"afmelden", "naar", "berichten"}
    assert {answer.status_code for answer in answers} == {200, 410}  # the moment of one of them has passed
    after = everything(scenario.installation.installation.data)
    scenario.installation.installation.open()
    changed = {name for name in after if after[name] != before[name]}
    assert {name for name in changed if not name.endswith(".lease")} == set()  # on a slow machine it is renewed


# --- cancelled while reminders go out ---


def test_cancelled_while_the_reminders_are_going_out_nobody_is_reminded_of_what_is_off(
    sms_scenario: Scenario, gateway: Gateway
) -> None:
    scenario, group = sms_scenario, sms_scenario.group()
    numbers = [f"061111111{number}" for number in range(3)]
    for name, mobile in zip(("Noor", "Vlinder", "Bo"), numbers, strict=True):
        scenario.join(group, name, mobile=mobile, purposes=BOTH)
    meeting = scenario.meeting(group)
    scenario.clock_at("2026-11-23 17.55")
    welcomes = len(gateway.taken)

    def cancel() -> None:
        vos = scenario.vos
        vos.submit(vos.open(f"{meeting}/wijzigen"), f"{meeting}/afzeggen")
        scenario.installation.relay_and_consume()
        scenario.installation.release()

    gateway.meanwhile = [cancel]
    scenario.clock_at("2026-11-23 18.01")
    texts = gateway.texts()[welcomes:]

    assert [re.findall("tot dinsdag|niet door", text) for _, text in texts] == [["tot dinsdag"]] + [
        ["niet door"]
    ] * 3
    assert {number for number, text in texts if "niet door" in text} == {f"0031{number[1:]}" for number in numbers}
    scenario.clock_at("2026-11-24 18.00")
    assert len(gateway.texts()) == welcomes + 4


def test_cancelled_and_not_yet_heard_no_reminder_leaves(scenario: Scenario) -> None:
    group = scenario.group()
    scenario.join(group, "Noor", email=NOOR, purposes=BOTH)
    meeting = scenario.meeting(group)
    scenario.new_deliveries()
    scenario.sam.submit(scenario.sam.open(f"{meeting}/wijzigen"), f"{meeting}/afzeggen")

    scenario.clock_at("2026-11-23 18.01")

    assert [delivery.subject for delivery in scenario.new_deliveries()] == ["Gaat niet door: dinsdag 24 november"]


# --- replies ---


def test_what_somebody_texts_who_left_the_group_goes_to_the_messengers_and_not_to_the_group(
    sms_scenario: Scenario, gateway: Gateway
) -> None:
    scenario, group = sms_scenario, sms_scenario.group()
    scenario.join(group, "Vlinder", mobile="0612345678", purposes=BOTH)
    scenario.join(group, "Bo", mobile="0687654321", purposes=BOTH)
    scenario.clock_at("2026-11-24 20.00")
    scenario.farewell(group, "Vlinder")
    scenario.clock_at("2026-11-25 10.00")
    gone = gateway.reply("+31612345678", "Ik mis jullie, mag ik nog een keer komen?", at="2026-11-25T09:00:00")
    here = gateway.reply("+31687654321", "Ik ben iets later", at="2026-11-25T09:01:00")

    gateways = scenario.installation.visitor().client
    answers = [gateways.post(ANSWER, json=body).status_code for body in (gone, here, gone)]
    scenario.installation.settle()
    lists = {name: scenario.sign_in(name).open("/berichten/antwoorden") for name in ("Sam", "Mia")}
    read = scenario.mia.open(lists["Mia"].link(r"/berichten/antwoorden/[\w-]+"))
    kept_from_sam = scenario.sam.open(read.path)
    seen = scenario.mia.submit(read, f"{read.path}/gezien")

    assert answers == [200, 200, 200]
    assert "Bo" in lists["Sam"].text
    assert "Vlinder" not in lists["Sam"].text
    assert "Vlinder" in lists["Mia"].text
    assert len(re.findall("Nieuw", lists["Mia"].text)) == 1
    assert "Ik mis jullie" in read.text
    assert kept_from_sam.status == 404
    assert "gezien door Mia" in seen.text


def test_what_somebody_texts_at_night_is_answered_with_whom_to_call_and_stop_stops_texts(
    sms_scenario: Scenario, gateway: Gateway
) -> None:
    scenario, group = sms_scenario, sms_scenario.group()
    scenario.join(group, "Vlinder", mobile="0612345678", purposes=BOTH)
    scenario.clock_at("2026-11-23 17.00")
    many = len(gateway.taken)
    client = scenario.installation.visitor().client

    client.post(ANSWER, json=gateway.reply("+31612345678", "Het gaat niet goed", at="2026-11-23T22:30:00"))
    scenario.clock_at("2026-11-23 17.30")
    client.post(ANSWER, json=gateway.reply("+31612345678", "STOP", at="2026-11-23T22:31:00"))
    scenario.clock_at("2026-11-23 18.05")

    texts_since = [text for _, text in gateway.texts()[many:]]
    assert len(texts_since) == 1
    assert "112" in texts_since[0]
    assert "113" in texts_since[0]
