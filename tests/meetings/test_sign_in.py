"""Signing in: a mailed link that works once, a session that ends, a pass that is renewed without losing a form."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from services.meetings.app import service
from services.meetings.commands.sign_in import make_first_link
from services.meetings.models import Session, SignInLink, SignInTry, house
from services.meetings.queries.meetings import list_attendance
from services.meetings.queries.staff import list_organisations
from shared import clock
from shared.auth import passes
from shared.ids import new_id
from shared.privacy import Keyring, Privacy

PASS, SESSION = "houvast-pass", "houvast-session"


def ask_link(desk: Any, email: str = "kim@example.org", **data: Any) -> Any:
    visitor = desk.person()
    return visitor.submit(visitor.open("/inloggen"), "/inloggen", email=email, **data)


def secret_of(desk: Any) -> str:
    """What notifications would put in the mail."""
    letter = desk.letters("sign_in_requested")[-1]
    reader = Privacy("notifications")
    reader.use(Keyring.load(desk.folder / "keys" / "notifications.json"))
    sealed = letter.data["personal"]["notifications"]
    return str(reader.open_letter("meetings", letter.about, sealed)["secret"])


def links_mailed(desk: Any) -> int:
    return len(desk.letters("sign_in_requested"))


def press(desk: Any, secret: str, visitor: Any = None) -> Any:
    visitor = visitor or desk.person()
    return visitor.submit(visitor.open(f"/inloggen/link/{secret}"), f"/inloggen/link/{secret}")


# --- the link ---


def test_a_mailed_link_lets_somebody_in_with_one_press(desk: Any) -> None:
    ask_link(desk, "KIM@Example.org")

    page = press(desk, secret_of(desk))

    assert (page.path, page.status) == ("/", 200)
    assert "Vandaag" in page.text
    assert "Kim" in page.text


def test_opening_the_link_uses_nothing_up(desk: Any) -> None:
    ask_link(desk)
    secret = secret_of(desk)

    for _ in range(3):
        desk.person().open(f"/inloggen/link/{secret}")

    assert press(desk, secret).path == "/"


def test_a_link_that_was_used_works_no_more(desk: Any) -> None:
    ask_link(desk)
    press(desk, secret_of(desk))

    page = press(desk, secret_of(desk))

    assert page.status == 410
    assert "al gebruikt of verlopen" in page.text
    assert page.link("/inloggen") == "/inloggen"


def test_a_double_click_on_the_button_is_one_use(desk: Any) -> None:
    ask_link(desk)
    visitor, path = desk.person(), f"/inloggen/link/{secret_of(desk)}"
    shown = visitor.open(path)

    visitor.submit(shown, path)
    second = visitor.submit(shown, path)

    assert (second.path, second.status) == ("/", 200)


def test_the_same_press_a_while_later_is_no_use_any_more(desk: Any) -> None:
    ask_link(desk)
    visitor, path = desk.person(), f"/inloggen/link/{secret_of(desk)}"
    shown = visitor.open(path)
    visitor.submit(shown, path)

    desk.clock_at("2026-11-16 10.05")

    assert visitor.submit(shown, path).status == 410


def test_a_link_works_for_a_quarter_of_an_hour(desk: Any) -> None:
    ask_link(desk)
    secret = secret_of(desk)

    desk.clock_at("2026-11-16 10.16")

    assert press(desk, secret).status == 410


@pytest.mark.parametrize("secret", ["zomaar", "x" * 200, "%00"])
def test_a_link_that_we_never_made_works_for_nobody(desk: Any, secret: str) -> None:
    visitor = desk.person()
    page = visitor.submit(visitor.open("/inloggen"), "/inloggen", email="wie@example.org")
    token = page.forms[0].fields["csrf_token"][0] if page.forms else ""

    answer = visitor.client.post(f"/inloggen/link/{secret}", data={"csrf_token": token or _token(visitor)})

    assert answer.status_code == 410


def test_a_link_leads_to_the_page_that_was_asked_for(desk: Any) -> None:
    visitor = desk.person()
    asked = visitor.open("/groepen?x=1")
    assert asked.path == "/inloggen?naar=/groepen%3Fx%3D1"

    visitor.submit(asked, "/inloggen", email="kim@example.org")

    assert press(desk, secret_of(desk), visitor).path == "/groepen?x=1"


def test_nobody_learns_from_the_answer_who_works_here(desk: Any) -> None:
    known, unknown = ask_link(desk, "kim@example.org"), ask_link(desk, "niemand@example.org")

    assert (known.status, known.text) == (unknown.status, unknown.text)
    assert links_mailed(desk) == 1


def test_something_that_is_no_address_is_asked_again(desk: Any) -> None:
    page = ask_link(desk, "kim@")

    assert page.status == 400
    assert "klopt niet helemaal" in page.text


def test_a_double_click_mails_one_link(desk: Any) -> None:
    visitor = desk.person()
    page = visitor.open("/inloggen")

    visitor.submit(page, "/inloggen", email="kim@example.org")
    visitor.submit(page, "/inloggen", email="kim@example.org")

    assert links_mailed(desk) == 1


# --- how often ---


def test_an_address_gets_five_links_an_hour_and_the_answer_stays_the_same(desk: Any) -> None:
    pages = [ask_link(desk) for _ in range(8)]

    assert links_mailed(desk) == 5
    assert len({(page.status, page.text) for page in pages}) == 1
    ask_link(desk, "sam@example.org")
    assert links_mailed(desk) == 6


def test_after_an_hour_an_address_may_have_a_link_again(desk: Any) -> None:
    for _ in range(6):
        ask_link(desk)
    an_hour_earlier = clock.wall() - timedelta(minutes=61)
    with house.transaction():
        SignInTry.update(at=an_hour_earlier).execute()

    ask_link(desk)

    assert links_mailed(desk) == 6


def test_a_network_that_asks_for_everybody_is_answered_and_gets_nothing_more(desk: Any) -> None:
    for number in range(30):
        ask_link(desk, f"iemand{number}@example.org")

    page = ask_link(desk)

    assert page.status == 200
    assert links_mailed(desk) == 0


def test_neither_address_nor_network_is_kept_of_an_asking(desk: Any) -> None:
    visitor = desk.person()
    visitor.client.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    visitor.submit(visitor.open("/inloggen"), "/inloggen", email="nieuwsgierig@example.org")

    stored = b"".join(path.read_bytes() for path in (desk.folder / "stores").iterdir())

    assert b"nieuwsgierig" not in stored
    assert b"203.0.113.7" not in stored


# --- the session and the pass ---


def _token(visitor: Any) -> str:
    return str(visitor.open("/inloggen").form("/inloggen").fields["csrf_token"][0])


def forget_pass(visitor: Any) -> None:
    """Five minutes later the browser has dropped it."""
    visitor.client.delete_cookie(PASS)


def expire_pass(desk: Any, visitor: Any, staff_id: str) -> None:
    """A browser that kept it longer than it should."""
    old = passes.sign(house.privacy.keyring, desk.actor(staff_id), seconds=-1)
    visitor.client.set_cookie(PASS, old)


def test_a_page_is_shown_after_the_pass_is_gone(desk: Any) -> None:
    kim = desk.person(desk.kim)

    forget_pass(kim)

    assert (kim.open("/groepen").path, kim.open("/groepen").status) == ("/groepen", 200)


@pytest.mark.parametrize("how", ["gone", "expired", "forged"])
def test_a_form_that_is_sent_when_the_pass_is_over_arrives_once(desk: Any, how: str) -> None:
    vos = desk.person(desk.vos)
    address = f"/beheer/{desk.organisation}/organisatie"
    page = vos.open(address)
    if how == "gone":
        forget_pass(vos)
    elif how == "expired":
        expire_pass(desk, vos, desk.vos)
    else:
        vos.client.set_cookie(PASS, vos.client.get_cookie(PASS).value[:-3] + "abc")

    answered = vos.submit(page, address, name="De Nieuwe Kade", region="Lindeveen")

    assert (answered.status, answered.path) == (200, f"/beheer?organisatie={desk.organisation}")
    assert "De Nieuwe Kade" in answered.text
    assert len(desk.letters("organisation_changed")) == 2


def test_the_way_of_a_renewal_keeps_method_and_body(desk: Any) -> None:
    vos = desk.person(desk.vos)
    address = f"/beheer/{desk.organisation}/organisatie"
    token = vos.open(address).form(address).fields["csrf_token"][0]
    data = {"csrf_token": token, "request_id": new_id(), "name": "De Nieuwe Kade", "region": "Lindeveen"}
    forget_pass(vos)

    first = vos.client.post(address, data=data)
    second = vos.client.post(first.location, data=data)
    third = vos.client.post(second.location, data=data)

    assert (first.status_code, first.location) == (307, f"/inloggen/verder?naar={address}")
    assert (second.status_code, second.location) == (307, address)
    assert third.status_code == 303


def test_a_tap_by_script_is_renewed_along_the_way_too(desk: Any) -> None:
    group_id = desk.group()
    meeting_id, member = desk.meeting(group_id), desk.member(group_id)
    desk.clock_at("2026-11-24 19.35")
    kim = desk.person(desk.kim)
    token = _token(kim)
    forget_pass(kim)

    answer = kim.tap_with(token, f"/bijeenkomsten/{meeting_id}/wie", membership_id=member, mark="present")

    assert answer.status_code == 204
    assert [line.mark for line in list_attendance(desk.actor(desk.kim), meeting_id)] == ["present"]


def test_a_form_without_its_token_is_refused_also_on_the_way_of_a_renewal(desk: Any) -> None:
    vos = desk.person(desk.vos)
    forget_pass(vos)

    answer = vos.client.post(
        f"/beheer/{desk.organisation}/organisatie", data={"name": "X", "region": "Y"}, follow_redirects=True
    )

    assert answer.status_code == 400
    assert len(desk.letters("organisation_changed")) == 1


@pytest.mark.parametrize(("column", "hours"), [("seen_at", 3), ("started_at", 13)])
def test_a_session_ends_after_two_idle_hours_and_after_twelve(desk: Any, column: str, hours: int) -> None:
    kim = desk.person(desk.kim)
    with house.transaction():
        Session.update(**{column: clock.wall() - timedelta(hours=hours)}).execute()
    forget_pass(kim)

    page = kim.open("/groepen")

    assert page.path == "/inloggen?naar=/groepen"


def test_moving_the_clock_a_week_ahead_signs_nobody_out(desk: Any) -> None:
    kim = desk.person(desk.kim)
    desk.clock_at("2026-11-23 10.00")
    forget_pass(kim)

    assert kim.open("/").path == "/"


def test_what_was_sent_after_the_session_ended_is_said_not_to_be_kept(desk: Any) -> None:
    vos = desk.person(desk.vos)
    address = f"/beheer/{desk.organisation}/organisatie"
    page = vos.open(address)
    vos.client.delete_cookie(SESSION, path="/inloggen")
    forget_pass(vos)

    answered = vos.submit(page, address, name="Anders", region="Lindeveen")

    assert answered.path == "/inloggen?verlopen=1"
    assert "is niet bewaard" in answered.text
    tap = vos.client.post(
        address, data={"csrf_token": _token(vos)}, headers={"Accept": "application/problem+json"},
        follow_redirects=True,
    )  # fmt: skip
    assert (tap.status_code, tap.get_json()["code"]) == (401, "sign_in_needed")


def test_who_signs_out_is_out(desk: Any) -> None:
    kim = desk.person(desk.kim)
    kept = kim.client.get_cookie(SESSION, path="/inloggen").value

    kim.submit(kim.open("/"), "/inloggen/uit")
    kim.client.set_cookie(SESSION, kept, path="/inloggen")

    assert kim.open("/").path == "/inloggen"


def test_the_cookies_are_closed_to_scripts_and_to_other_sites(desk: Any) -> None:
    visitor = desk.person()
    token = _token(visitor)

    answer = visitor.client.post(f"/inloggen/demo/{desk.kim}", data={"csrf_token": token})

    kept = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("houvast-")]
    assert len(kept) == 2
    assert all("HttpOnly" in line and "SameSite=Lax" in line for line in kept)


def test_over_tls_every_cookie_is_bound_to_it(desk: Any) -> None:
    app = service.create_app(dataclasses.replace(desk.settings, public_url="https://houvast.example"))
    client = app.test_client()
    page = client.get("/inloggen", base_url="https://houvast.example").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]

    answer = client.post(
        f"/inloggen/demo/{desk.kim}", data={"csrf_token": token}, base_url="https://houvast.example",
        headers={"Referer": "https://houvast.example/inloggen"},
    )  # fmt: skip

    kept = answer.headers.getlist("Set-Cookie")
    assert any(line.startswith("__Host-houvast-pass=") for line in kept)
    assert all("Secure" in line for line in kept)


# --- leading astray ---


@pytest.mark.parametrize(
    "there",
    [
        "https://kwaad.example", "//kwaad.example", "/\\kwaad.example", "\\\\kwaad.example", "/\t/kwaad.example",
        "/\n/kwaad.example", "javascript:alert(1)", "kwaad.example", "", "http:/kwaad.example",
        "/%0d%0aX: y\r\nX: y", "/" + "x" * 5000,
    ],
)  # fmt: skip
def test_no_link_to_sign_in_leads_to_another_site(desk: Any, there: str) -> None:
    kim = desk.person(desk.kim)

    renewed = kim.client.get("/inloggen/verder", query_string={"naar": there})
    chosen = kim.client.post(f"/inloggen/demo/{desk.kim}", data={"csrf_token": _token(kim), "naar": there})
    kim.client.post(
        "/inloggen",
        data={"csrf_token": _token(kim), "email": "kim@example.org", "naar": there, "request_id": new_id()},
    )

    assert renewed.location == "/"
    assert chosen.location == "/"
    assert SignInLink.select().where(SignInLink.leads_to != "/").count() == 0


def test_a_path_of_our_own_is_kept_with_its_question(desk: Any) -> None:
    kim = desk.person(desk.kim)

    renewed = kim.client.get("/inloggen/verder", query_string={"naar": "/groepen/nieuw?soort=let_it_be"})

    assert renewed.location == "/groepen/nieuw?soort=let_it_be"


# --- demo people and the first manager ---


def test_demo_people_are_there_only_where_they_were_switched_on(desk: Any) -> None:
    visitor = desk.person()
    visitor.client.application = service.create_app(dataclasses.replace(desk.settings, demo_people=False))
    page = visitor.open("/inloggen")

    answer = visitor.client.post(f"/inloggen/demo/{desk.kim}", data={"csrf_token": _token(visitor)})

    assert "Uitproberen" not in page.text
    assert answer.status_code == 409
    assert SESSION not in answer.headers.get("Set-Cookie", "")


def test_a_demo_person_that_is_none_is_not_found(desk: Any) -> None:
    visitor = desk.person()

    answer = visitor.client.post(f"/inloggen/demo/{new_id()}", data={"csrf_token": _token(visitor)})

    assert answer.status_code == 404


def settle(desk: Any, secret: str, **data: Any) -> Any:
    visitor = desk.person()
    told = {"name": "Bo", "email": "bo@example.org", "organisation": "Het Anker", "region": "Lindeveen"} | data
    page = visitor.open(f"/inloggen/eerste/{secret}")
    return visitor.submit(page, f"/inloggen/eerste/{secret}", **told)


def test_the_first_link_makes_the_organisation_and_its_manager_who_is_in_at_once(desk: Any) -> None:
    page = settle(desk, make_first_link())

    assert (page.path, page.status) == ("/", 200)
    assert "Je bent hier nog alleen" in page.text
    told = desk.said("staff_changed")
    assert told["grants"][0]["roles"] == ["coordinator", "manager"]


def test_the_first_link_works_once_and_a_mistake_does_not_use_it_up(desk: Any) -> None:
    secret = make_first_link()

    wrong = settle(desk, secret, email="bo@")
    right = settle(desk, secret)

    assert (wrong.status, right.path) == (400, "/")
    visitor = desk.person()
    assert visitor.open(f"/inloggen/eerste/{secret}").status == 410
    again = {"name": "X", "email": "x@example.org", "organisation": "X", "region": "X"}
    taken = visitor.client.post(f"/inloggen/eerste/{secret}", data={"csrf_token": _token(visitor), **again})
    assert taken.status_code == 410
    assert len(list_organisations(desk.actor(desk.vos))) == 1


def test_the_first_link_works_a_day_and_is_no_way_in_by_itself(desk: Any) -> None:
    secret = make_first_link()

    assert press(desk, secret).status == 410
    desk.clock_at("2026-11-17 10.01")
    assert desk.person().open(f"/inloggen/eerste/{secret}").status == 410


def test_a_mailed_link_makes_no_first_manager(desk: Any) -> None:
    ask_link(desk)

    assert desk.person().open(f"/inloggen/eerste/{secret_of(desk)}").status == 410
