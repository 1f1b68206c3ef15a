"""The page behind a link to call off: neutral, safe for programs that follow links, kind when it is too late."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from services.meetings.commands.meeting_changes import cancel_meeting, move_meeting
from services.meetings.models import CallOff, Membership, service
from services.meetings.rules.series import instant
from shared import clock
from shared.ids import new_id
from shared.security import links
from tests.meetings.harness import HALF_PAST_SEVEN, TUESDAY


@pytest.fixture
def morning(evening: Any) -> Any:
    """The day itself, with a link as a message to Noor would hold it."""
    evening.clock_at("2026-11-24 09.00")
    evening.link = link(evening)
    return evening


def link(harness: Any, *, subject: str = "", purpose: str = "call_off", until: datetime | None = None) -> str:
    expires_at = until or instant(TUESDAY, HALF_PAST_SEVEN)
    about = subject or f"{harness.tonight}.{harness.noor}"
    token = links.mint(service.encryption.keyring, "meetings", purpose, about, expires_at)
    return f"/mijn/afmelden/{token}"


def states() -> list[str]:
    return [row.state for row in CallOff.select()]


def test_one_button_calls_off_and_another_takes_it_back(morning: Any) -> None:
    noor = morning.visitor()
    page = noor.open(morning.link)
    assert "Je afspraak is op dinsdag 24 november om 19.30 uur." in page.text

    off = noor.submit(page, morning.link)
    assert "Je bent afgemeld" in off.text
    assert "Terug" not in off.text
    assert states() == ["called_off"]

    back = noor.submit(off, f"{morning.link}/toch")
    assert "Kom je deze keer niet?" in back.text
    assert states() == ["taken_back"]


def test_a_mail_scanner_that_follows_the_link_changes_nothing(morning: Any) -> None:
    scanner = morning.visitor().client
    before = len(morning.events())

    for method in ("GET", "HEAD", "GET", "OPTIONS"):
        scanner.open(morning.link, method=method)
        scanner.open(f"{morning.link}/toch", method=method)
    # Even one that sends the address back as a form has no form of ours to send.
    assert scanner.post(morning.link).status_code == 400
    assert scanner.post(f"{morning.link}/toch", data={"List-Unsubscribe": "One-Click"}).status_code == 400

    assert states() == []
    assert len(morning.events()) == before


def test_the_buttons_need_no_cookie_because_the_link_is_the_proof(morning: Any) -> None:
    noor = morning.visitor()
    page = noor.open(morning.link)

    for action, state in ((morning.link, "called_off"), (f"{morning.link}/toch", "taken_back")):
        # Another browser, a restored tab, or cookies off.
        answer = morning.visitor().client.post(action, data={"request_id": new_id()})
        assert answer.status_code == 303
        assert states() == [state]
    assert page.status == 200


def test_the_page_says_no_more_than_the_message_did(morning: Any) -> None:
    page = morning.visitor().open(morning.link)

    title = re.search(r"<title>(.*?)</title>", page.html, re.S)
    assert title is not None
    assert title[1].strip() == "Afspraak"
    for values in ("Dinsdaggroep", "De Kade", "Noor", "Houvast", "groep", "bijeenkomst"):
        assert values.lower() not in page.text.lower(), values
    assert 'data-exit="' in page.html
    assert "Snel weg" in page.text
    assert 'name="robots" content="noindex"' in page.html


def test_who_looks_at_who_called_off_is_written_down(morning: Any) -> None:
    entry = service.audit.AuditEntry

    morning.visitor(morning.kim).open(f"{morning.here}/afmeldingen")

    (row,) = entry.select().where(entry.purpose == "call_offs")
    assert (row.actor_id, row.event, row.about_kind, row.about_id) == (
        morning.kim,
        "read",
        "attendance",
        morning.tonight,
    )


def test_nothing_of_it_is_kept_by_the_browser(morning: Any) -> None:
    answer = morning.visitor().client.get(morning.link)

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_double_press_calls_off_once(morning: Any) -> None:
    noor = morning.visitor()
    page = noor.open(morning.link)

    noor.submit(page, morning.link)
    again = noor.submit(page, morning.link)

    assert "Je bent afgemeld" in again.text
    assert len(morning.events("call_off_received")) == 1


def test_after_the_start_the_link_answers_kindly(morning: Any) -> None:
    noor = morning.visitor()
    page = noor.open(morning.link)
    morning.clock_at("2026-11-24 19.31")

    for answer in (noor.open(morning.link), noor.submit(page, morning.link)):
        assert answer.status == 410
        assert "Je hoeft je niet meer af te melden" in answer.text
        assert "gewoon weer welkom" in answer.text
    assert states() == []


def test_a_meeting_that_was_moved_earlier_is_over_before_its_old_link_is(morning: Any) -> None:
    move(morning, at=time(10))
    noor = morning.visitor()
    page = noor.open(morning.link)
    morning.clock_at("2026-11-24 10.00")

    assert "al begonnen" in noor.open(morning.link).text
    late = noor.submit(page, morning.link)

    assert (late.status, states()) == (409, [])
    assert "Je hoeft je niet meer af te melden" in late.text


def test_a_link_shows_the_day_as_it_is_now(morning: Any) -> None:
    noor = morning.visitor()
    noor.submit(noor.open(morning.link), morning.link)

    move(morning, on=TUESDAY + timedelta(days=2))

    page = noor.open(morning.link)
    assert "Je afspraak is op donderdag 26 november" in page.text


def test_what_is_off_needs_no_calling_off(morning: Any) -> None:
    noor = morning.visitor()
    page = noor.open(morning.link)
    cancel_meeting(morning.actor(morning.kim), meeting_id=morning.tonight, request_id=new_id())

    for answer in (noor.open(morning.link), noor.submit(page, morning.link)):
        assert "Deze afspraak gaat niet door" in answer.text
        assert morning.link not in [form.action for form in answer.forms]


def test_who_left_has_nothing_to_call_off(morning: Any) -> None:
    Membership.update(state="ended", ended_on=TUESDAY - timedelta(days=1)).where(
        Membership.id == morning.noor
    ).execute()

    assert "Je hoeft niets te doen" in morning.visitor().open(morning.link).text


def test_a_link_for_something_else_or_about_nothing_is_none(morning: Any) -> None:
    visitor = morning.visitor()
    wrong = [
        link(morning, purpose="mine"),
        link(morning, subject=f"{new_id()}.{new_id()}"),
        link(morning, subject="x"),
        morning.link[:-3] + "abc",
        "/mijn/afmelden/x",
    ]

    for path in wrong:
        answer = visitor.open(path)
        assert (answer.status, "Deze link klopt niet" in answer.text) == (410, True), path
        assert "Snel weg" in answer.text


@pytest.mark.parametrize(
    ("on", "at", "before"),
    [(date(2027, 3, 28), time(3, 30), "2027-03-28 01.59"), (date(2027, 10, 31), time(2, 30), "2027-10-31 01.59")],
)
def test_in_a_night_in_which_the_clock_changes_it_works_until_the_start(
    harness: Any, on: date, at: time, before: str
) -> None:
    harness.tuesday = harness.group()
    harness.tonight = harness.meeting(harness.tuesday, on=on, at=at)
    harness.noor = harness.member(harness.tuesday, "Noor")
    path, noor = link(harness, until=instant(on, at)), harness.visitor()

    harness.clock_at(before)
    page = noor.open(path)
    assert f"om {clock.hour_text(at)} uur" in page.text
    noor.submit(page, path)
    assert states() == ["called_off"]

    harness.clock_at(f"{on} {at:%H.%M}")
    assert noor.open(path).status == 410


def move(harness: Any, **data: Any) -> None:
    move_meeting(harness.actor(harness.kim), meeting_id=harness.tonight, **data, request_id=new_id())
