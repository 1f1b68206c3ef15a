"""A session that ends, a pass that is renewed without losing a form, and links that lead nowhere else."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from services.meetings.models import Session, SignInLink, Staff, service
from services.meetings.queries.attendance import list_attendance
from shared import clock
from shared.ids import new_id
from shared.security import passes

PASS, SESSION = "houvast-pass", "houvast-session"


def _token(visitor: Any) -> str:
    return str(visitor.open("/inloggen").form("/inloggen").fields["csrf_token"][0])


def forget_pass(visitor: Any) -> None:
    """Five minutes later the browser has dropped it."""
    visitor.client.delete_cookie(PASS)


def expire_pass(harness: Any, visitor: Any, staff_id: str) -> None:
    """A browser that kept it longer than it should."""
    old = passes.sign(service.encryption.keyring, harness.actor(staff_id), seconds=-1)
    visitor.client.set_cookie(PASS, old)


def test_a_page_is_shown_after_the_pass_is_gone(harness: Any) -> None:
    kim = harness.visitor(harness.kim)

    forget_pass(kim)

    assert (kim.open("/groepen").path, kim.open("/groepen").status) == ("/groepen", 200)


@pytest.mark.parametrize("how", ["gone", "expired", "forged"])
def test_a_form_that_is_sent_when_the_pass_is_over_arrives_once(harness: Any, how: str) -> None:
    vos = harness.visitor(harness.vos)
    address = f"/beheer/{harness.organisation_id}/organisatie"
    page = vos.open(address)
    if how == "gone":
        forget_pass(vos)
    elif how == "expired":
        expire_pass(harness, vos, harness.vos)
    else:
        vos.client.set_cookie(PASS, vos.client.get_cookie(PASS).value[:-3] + "abc")

    answered = vos.submit(page, address, name="De Nieuwe Kade", region="Lindeveen")

    assert (answered.status, answered.path) == (200, f"/beheer?organisatie={harness.organisation_id}")
    assert "De Nieuwe Kade" in answered.text
    assert len(harness.events("organisation_changed")) == 2


def test_a_renewal_keeps_method_and_body(harness: Any) -> None:
    vos = harness.visitor(harness.vos)
    address = f"/beheer/{harness.organisation_id}/organisatie"
    token = vos.open(address).form(address).fields["csrf_token"][0]
    data = {"csrf_token": token, "request_id": new_id(), "name": "De Nieuwe Kade", "region": "Lindeveen"}
    forget_pass(vos)

    first = vos.client.post(address, data=data)
    second = vos.client.post(first.location, data=data)
    third = vos.client.post(second.location, data=data)

    assert (first.status_code, first.location) == (307, f"/inloggen/verder?naar={address}")
    assert (second.status_code, second.location) == (307, address)
    assert third.status_code == 303


def test_the_pass_of_a_tap_by_script_is_renewed_too(harness: Any) -> None:
    group_id = harness.group()
    meeting_id, member = harness.meeting(group_id), harness.member(group_id)
    harness.clock_at("2026-11-24 19.35")
    kim = harness.visitor(harness.kim)
    token = _token(kim)
    forget_pass(kim)

    answer = kim.tap_with(token, f"/bijeenkomsten/{meeting_id}/wie", membership_id=member, mark="present")

    assert answer.status_code == 204
    assert [line.mark for line in list_attendance(harness.actor(harness.kim), meeting_id)] == ["present"]


def test_a_form_without_its_token_is_refused_also_after_a_renewal(harness: Any) -> None:
    vos = harness.visitor(harness.vos)
    forget_pass(vos)

    answer = vos.client.post(
        f"/beheer/{harness.organisation_id}/organisatie", data={"name": "X", "region": "Y"}, follow_redirects=True
    )

    assert answer.status_code == 400
    assert len(harness.events("organisation_changed")) == 1


@pytest.mark.parametrize(("column", "hours"), [("seen_at", 3), ("started_at", 13)])
def test_a_session_ends_after_two_idle_hours_and_after_twelve(harness: Any, column: str, hours: int) -> None:
    kim = harness.visitor(harness.kim)
    with service.transaction():
        Session.update(**{column: clock.wall() - timedelta(hours=hours)}).execute()
    forget_pass(kim)

    page = kim.open("/groepen")

    assert page.path == "/inloggen?naar=/groepen"


def test_somebody_who_may_not_come_in_any_more_is_out_at_the_next_renewal(harness: Any) -> None:
    kim = harness.visitor(harness.kim)
    Staff.update(is_active=False).where(Staff.id == harness.kim).execute()
    forget_pass(kim)

    assert kim.open("/").path == "/inloggen"


def test_moving_the_clock_a_week_ahead_signs_nobody_out(harness: Any) -> None:
    kim = harness.visitor(harness.kim)
    harness.clock_at("2026-11-23 10.00")
    forget_pass(kim)

    assert kim.open("/").path == "/"


def test_what_was_sent_after_the_session_ended_is_said_not_to_be_kept(harness: Any) -> None:
    vos = harness.visitor(harness.vos)
    address = f"/beheer/{harness.organisation_id}/organisatie"
    page = vos.open(address)
    vos.client.delete_cookie(SESSION, path="/inloggen")
    forget_pass(vos)

    answered = vos.submit(page, address, name="Anders", region="Lindeveen")

    assert answered.path == "/inloggen?verlopen=1"
    assert "is niet bewaard" in answered.text
    tap = vos.client.post(
        address,
        data={"csrf_token": _token(vos)},
        headers={"Accept": "application/problem+json"},
        follow_redirects=True,
    )
    assert (tap.status_code, tap.get_json()["code"]) == (401, "sign_in_needed")


def test_who_signs_out_is_out(harness: Any) -> None:
    kim = harness.visitor(harness.kim)
    kept = kim.client.get_cookie(SESSION, path="/inloggen").value

    kim.submit(kim.open("/"), "/inloggen/uit")
    kim.client.set_cookie(SESSION, kept, path="/inloggen")

    assert kim.open("/").path == "/inloggen"


def test_the_cookies_are_closed_to_scripts_and_to_other_sites(harness: Any) -> None:
    visitor = harness.visitor()
    token = _token(visitor)

    answer = visitor.client.post(f"/inloggen/demo/{harness.kim}", data={"csrf_token": token})

    kept = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("houvast-")]
    assert len(kept) == 3
    assert all("HttpOnly" in line and "SameSite=Lax" in line for line in kept)


def test_over_tls_every_cookie_is_bound_to_it(harness: Any) -> None:
    app = harness.app_with(dataclasses.replace(harness.settings, public_url="https://houvast.example"))
    client = app.test_client()
    page = client.get("/inloggen", base_url="https://houvast.example").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]

    answer = client.post(
        f"/inloggen/demo/{harness.kim}",
        data={"csrf_token": token},
        base_url="https://houvast.example",
        headers={"Referer": "https://houvast.example/inloggen"},
    )

    kept = answer.headers.getlist("Set-Cookie")
    assert any(line.startswith("__Host-houvast-pass=") for line in kept)
    assert all("Secure" in line for line in kept)


# --- leading astray ---


@pytest.mark.parametrize(
    "there",
    [
        "https://kwaad.example",
        "///kwaad.example",
        "//kwaad.example",
        "/\\kwaad.example",
        "\\\\kwaad.example",
        "/\t/kwaad.example",
        "/\n/kwaad.example",
        "javascript:alert(1)",
        "kwaad.example",
        "",
        "http:/kwaad.example",
        "/%0d%0aX: y\r\nX: y",
        "/" + "x" * 5000,
    ],
)
def test_no_link_to_sign_in_leads_to_another_site(harness: Any, there: str) -> None:
    kim = harness.visitor(harness.kim)

    renewed = kim.client.get("/inloggen/verder", query_string={"naar": there})
    chosen = kim.client.post(f"/inloggen/demo/{harness.kim}", data={"csrf_token": _token(kim), "naar": there})
    kim.client.post(
        "/inloggen",
        data={"csrf_token": _token(kim), "email": "kim@example.org", "naar": there, "request_id": new_id()},
    )

    assert renewed.location == "/"
    assert chosen.location == "/"
    assert SignInLink.select().where(SignInLink.leads_to != "/").count() == 0


def test_a_path_of_our_own_is_kept_with_its_question(harness: Any) -> None:
    kim = harness.visitor(harness.kim)

    renewed = kim.client.get("/inloggen/verder", query_string={"naar": "/groepen/nieuw?soort=let_it_be"})

    assert renewed.location == "/groepen/nieuw?soort=let_it_be"
