"""The page of one meeting: a tap, the counter, "Klaar", and who may see what."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from services.meetings.models import service
from shared.ids import new_id


def pressed(page: Any) -> list[str]:
    matches = re.findall(r'id="b-([0-9a-f-]{36})-(\w+)"[^>]*aria-pressed="true"', page.html)
    return [how for _, how in matches]


def counted(page: Any) -> list[str]:
    return re.findall(r"<output[^>]*>(\d+)</output>", page.html)


def lines(event: str, about_kind: str) -> int:
    table = service.audit.AuditEntry
    count: int = table.select().where(table.event == event, table.about_kind == about_kind).count()
    return count


def test_without_a_script_a_tap_comes_back_to_the_same_person(evening: Any) -> None:
    kim = evening.visitor(evening.kim)
    form = kim.open(evening.here).form(f"{evening.here}/wie")

    answer = kim.client.post(form.action, data={**form.fields, "membership_id": evening.noor, "mark": "present"})

    assert (answer.status_code, answer.location) == (303, f"{evening.here}#m-{evening.noor}")
    assert pressed(kim.open(evening.here)) == ["present"]
    assert "1 van 2" in kim.open(evening.here).text
    assert "✓ Bewaard 19.35" in kim.open(evening.here).text


def test_a_tap_by_script_is_answered_with_nothing(evening: Any) -> None:
    kim = evening.visitor(evening.kim)

    answer = kim.tap(f"{evening.here}/wie", membership_id=evening.noor, mark="absent")

    assert (answer.status_code, answer.data) == (204, b"")
    assert pressed(kim.open(evening.here)) == ["absent"]


@pytest.mark.parametrize(
    ("data", "status"),
    [({"mark": "present"}, 400), ({"membership_id": "zomaar", "mark": "present"}, 409), ({"mark": ""}, 400)],
)
def test_a_tap_that_cannot_be_is_refused_in_dutch(evening: Any, data: dict[str, str], status: int) -> None:
    answer = evening.visitor(evening.kim).tap(f"{evening.here}/wie", **data)

    problem = json.loads(answer.data)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert problem["detail"].endswith(".")


def test_a_tap_before_it_is_time_is_refused_and_the_page_says_when(evening: Any) -> None:
    evening.clock_at("2026-11-24 12.00")
    kim = evening.visitor(evening.kim)

    answer = kim.tap(f"{evening.here}/wie", membership_id=evening.noor, mark="present")

    problem = json.loads(answer.data)
    assert problem["code"] == "attendance_too_early"
    assert "op 24-11 vanaf 18.30" in problem["detail"]
    page = kim.open(evening.here)
    assert "Vanaf dinsdag 24 november, 18.30" in page.text
    assert not [form for form in page.forms if form.action.startswith(evening.here)]


def test_the_counter_adds_one_and_never_goes_below_nought(evening: Any) -> None:
    kim = evening.visitor(evening.kim)
    path = f"{evening.here}/zonder-naam"

    kim.submit(kim.open(evening.here), path, step="1")
    kim.submit(kim.open(evening.here), path, step="1")
    assert counted(kim.open(evening.here)) == ["2"]
    for _ in range(4):
        kim.submit(kim.open(evening.here), path, step="-1")

    assert counted(kim.open(evening.here)) == ["0"]


@pytest.mark.parametrize(
    ("path", "tapped"),
    [("wie/{noor}?seen=not_recorded", {"mark": "present"}), ("zonder-naam", {"step": "1"}), ("onderwerp", {})],
)
def test_without_a_script_each_button_saves_what_was_typed_elsewhere_on_the_page(
    evening: Any, path: str, tapped: dict[str, str]
) -> None:
    kim, action = evening.visitor(evening.kim), f"{evening.here}/{path.format(noor=evening.noor)}"
    shown = kim.open(evening.here)
    assert f'form="klaar" formaction="{action}"' in shown.html
    whole = shown.form(f"{evening.here}/klaar")

    kim.send(replace(whole, action=action), next_topic="grenzen", **tapped)
    refused = kim.send(replace(whole, action=action), next_topic="x" * 81, request_id=new_id(), **tapped)

    assert kim.open(evening.here).form(f"{evening.here}/klaar").fields["next_topic"] == ["grenzen"]
    assert refused.status == 409
    assert 'href="#f-next_topic"' in refused.html


def test_klaar_by_page_shows_the_numbers_and_twice_is_fine(evening: Any) -> None:
    kim = evening.visitor(evening.kim)
    kim.tap(f"{evening.here}/wie", membership_id=evening.noor, mark="present")
    shown = kim.open(evening.here)

    for _ in range(2):
        page = kim.submit(shown, f"{evening.here}/klaar", next_topic="grenzen", unmarked="not_recorded")

    assert "Afgerond: 1 aanwezig, 0 afgemeld, 0 gemist, 1 niet ingevuld" in page.text
    assert len(evening.events("meeting_took_place")) == 1


def test_klaar_before_the_beginning_stays_on_the_page_with_what_to_do(evening: Any) -> None:
    evening.clock_at("2026-11-24 18.45")
    kim = evening.visitor(evening.kim)

    page = kim.submit(kim.open(evening.here), f"{evening.here}/klaar")

    assert page.status == 409
    assert "De bijeenkomst is nog niet begonnen: dat is om 19.30" in page.text


def test_a_group_without_names_asks_only_for_a_number(harness: Any) -> None:
    meeting_id = harness.meeting(harness.headcount_group())
    harness.clock_at("2026-11-24 19.35")
    kim, here = harness.visitor(harness.kim), f"/bijeenkomsten/{meeting_id}"

    wrong = kim.submit(kim.open(here), f"{here}/aantal", headcount="veel")
    too_many = kim.submit(kim.open(here), f"{here}/aantal", headcount="900")
    right = kim.submit(kim.open(here), f"{here}/aantal", headcount="17")

    assert (wrong.status, too_many.status, right.status) == (400, 409, 200)
    assert wrong.form(f"{here}/aantal").fields["headcount"] == ["veel"]
    assert right.form(f"{here}/aantal").fields["headcount"] == ["17"]


def test_klaar_saves_the_number_that_was_typed_with_the_topic(harness: Any) -> None:
    meeting_id = harness.meeting(harness.headcount_group())
    harness.clock_at("2026-11-24 19.35")
    kim, here = harness.visitor(harness.kim), f"/bijeenkomsten/{meeting_id}"

    refused = kim.submit(kim.open(here), f"{here}/klaar", headcount="900", next_topic="grenzen")
    closed = kim.submit(refused, f"{here}/klaar", headcount="9")
    corrected = kim.submit(closed, f"{here}/klaar", headcount="11")

    assert refused.status == 409
    assert refused.form(f"{here}/klaar").fields["headcount"] == ["900"]
    assert "Afgerond: 9 mensen" in closed.text
    assert closed.form(f"{here}/klaar").fields["next_topic"] == ["grenzen"]
    assert "Afgerond: 11 mensen" in corrected.text


@pytest.mark.parametrize(
    ("answer", "numbers"),
    [
        ("present", "2 aanwezig, 0 afgemeld, 0 gemist"),
        ("absent", "1 aanwezig, 0 afgemeld, 1 gemist"),
        ("not_recorded", "1 aanwezig, 0 afgemeld, 0 gemist, 1 niet ingevuld"),
    ],
)
def test_klaar_asks_once_who_was_not_marked_and_one_tap_answers(evening: Any, answer: str, numbers: str) -> None:
    kim, klaar = evening.visitor(evening.kim), f"{evening.here}/klaar"
    kim.tap(f"{evening.here}/wie", membership_id=evening.noor, mark="present")

    asked = kim.submit(kim.open(evening.here), klaar, next_topic="grenzen")
    assert asked.status == 409
    assert re.search(r"\w+ ?: was nog niet ingevuld", asked.text)
    assert ("unmarked", answer, "") in asked.form(klaar).buttons
    closed = kim.submit(asked, klaar, unmarked=answer)

    assert f"Afgerond: {numbers}" in closed.text
    assert closed.form(klaar).fields["next_topic"] == ["grenzen"]


def test_the_list_on_paper_is_for_who_leads_the_group(evening: Any) -> None:
    page = evening.visitor(evening.kim).open(f"{evening.here}/lijst")

    assert "Noor" in page.text
    assert evening.visitor(evening.sam).open(f"{evening.here}/lijst").status == 403


def test_who_was_there_stays_with_who_leads_the_group(evening: Any) -> None:
    kim = evening.visitor(evening.kim)
    kim.tap(f"{evening.here}/wie", membership_id=evening.noor, mark="present")
    kim.submit(kim.open(evening.here), f"{evening.here}/klaar", unmarked="not_recorded")

    coordinator, colleague = (
        evening.visitor(evening.vos).open(evening.here),
        evening.visitor(evening.sam).open(evening.here),
    )

    assert "1 aanwezig" in coordinator.text
    assert "Noor" not in coordinator.html
    assert "aanwezig" not in colleague.text
    assert "Noor" not in colleague.html


def test_every_look_at_people_is_in_the_access_log(evening: Any) -> None:
    kim = evening.visitor(evening.kim)

    kim.open(evening.here)
    kim.open(f"{evening.here}/lijst")
    kim.open(f"/groepen/{evening.tuesday}")
    kim.open(f"/groepen/{evening.tuesday}/deelnemers/{evening.noor}/afscheid")
    evening.visitor(evening.sam).open(f"/groepen/{evening.tuesday}")

    assert (lines("read", "attendance"), lines("read", "group_members"), lines("read", "membership")) == (2, 1, 1)
