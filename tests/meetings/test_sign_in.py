"""Signing in: a mailed link that works once, and not too many of them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from services.meetings.commands.staff import change_roles
from services.meetings.models import rate_limiter, service
from shared import clock
from shared.ids import new_id
from tests.meetings.actions import ask_link, press, secret_of


def links_mailed(harness: Any) -> int:
    return len(harness.events("sign_in_requested"))


def _token(visitor: Any) -> str:
    return str(visitor.open("/inloggen").form("/inloggen").fields["csrf_token"][0])


def test_a_mailed_link_lets_somebody_in_with_one_press(harness: Any) -> None:
    ask_link(harness, "KIM@Example.org")

    page = press(harness, secret_of(harness))

    assert (page.path, page.status) == ("/", 200)
    assert "Vandaag" in page.text
    assert "Kim" in page.text


def test_opening_the_link_uses_nothing_up(harness: Any) -> None:
    ask_link(harness)
    secret = secret_of(harness)

    for _ in range(3):
        harness.visitor().open(f"/inloggen/link/{secret}")

    assert press(harness, secret).path == "/"


def test_a_link_that_was_used_works_no_more(harness: Any) -> None:
    ask_link(harness)
    press(harness, secret_of(harness))

    page = press(harness, secret_of(harness))

    assert page.status == 410
    assert "al gebruikt of verlopen" in page.text
    assert page.link("/inloggen") == "/inloggen"


def test_a_double_click_on_the_button_is_one_use(harness: Any) -> None:
    ask_link(harness)
    visitor, path = harness.visitor(), f"/inloggen/link/{secret_of(harness)}"
    shown = visitor.open(path)

    visitor.submit(shown, path)
    second = visitor.submit(shown, path)

    assert (second.path, second.status) == ("/", 200)


def test_the_same_press_a_while_later_is_no_use_any_more(harness: Any) -> None:
    ask_link(harness)
    visitor, path = harness.visitor(), f"/inloggen/link/{secret_of(harness)}"
    shown = visitor.open(path)
    visitor.submit(shown, path)

    harness.clock_at("2026-11-16 10.05")

    assert visitor.submit(shown, path).status == 410


def test_a_link_works_for_a_quarter_of_an_hour(harness: Any) -> None:
    ask_link(harness)
    secret = secret_of(harness)

    harness.clock_at("2026-11-16 10.16")

    assert press(harness, secret).status == 410


def test_a_link_of_somebody_who_left_meanwhile_works_no_more(harness: Any) -> None:
    ask_link(harness)

    change_roles(
        harness.actor(harness.vos),
        organisation_id=harness.organisation_id,
        staff_id=harness.kim,
        roles=[],
        request_id=new_id(),
    )

    assert press(harness, secret_of(harness)).status == 410


@pytest.mark.parametrize("secret", ["zomaar", "x" * 200, "%F0%9F%8C%8A"])
def test_a_link_that_we_never_made_works_for_nobody(harness: Any, secret: str) -> None:
    visitor = harness.visitor()
    page = visitor.submit(visitor.open("/inloggen"), "/inloggen", email="wie@example.org")
    token = page.forms[0].fields["csrf_token"][0] if page.forms else ""

    answer = visitor.client.post(f"/inloggen/link/{secret}", data={"csrf_token": token or _token(visitor)})

    assert answer.status_code == 410


def test_a_link_leads_to_the_page_that_was_asked_for(harness: Any) -> None:
    visitor = harness.visitor()
    asked = visitor.open("/groepen?x=1")
    assert asked.path == "/inloggen?naar=/groepen%3Fx%3D1"

    visitor.submit(asked, "/inloggen", email="kim@example.org")

    assert press(harness, secret_of(harness), visitor).path == "/groepen?x=1"


def test_nobody_learns_from_the_answer_who_works_here(harness: Any) -> None:
    known, unknown = ask_link(harness, "kim@example.org"), ask_link(harness, "niemand@example.org")

    assert (known.status, known.text) == (unknown.status, unknown.text)
    assert links_mailed(harness) == 1


def test_something_that_is_no_address_is_asked_again(harness: Any) -> None:
    page = ask_link(harness, "kim@")

    assert page.status == 400
    assert "lijkt geen e-mailadres" in page.text


def test_a_double_click_mails_one_link(harness: Any) -> None:
    visitor = harness.visitor()
    page = visitor.open("/inloggen")

    visitor.submit(page, "/inloggen", email="kim@example.org")
    visitor.submit(page, "/inloggen", email="kim@example.org")

    assert links_mailed(harness) == 1


# --- how often ---


def ask_from(harness: Any, network: str, email: str = "kim@example.org", visitor: Any = None) -> Any:
    visitor = visitor or harness.visitor()
    visitor.network = network
    return visitor.submit(visitor.open("/inloggen"), "/inloggen", email=email)


def let_pass(**time: int) -> None:
    """Let all that was tried be so long ago."""
    with service.transaction():
        rate_limiter.Attempt.update(at=clock.wall() - timedelta(**time)).execute()


def test_an_address_has_three_links_that_work_at_once_and_the_answer_stays_the_same(harness: Any) -> None:
    pages = [ask_link(harness) for _ in range(6)]

    assert links_mailed(harness) == 3
    assert len({(page.status, page.text) for page in pages}) == 1
    ask_link(harness, "sam@example.org")
    assert links_mailed(harness) == 4


def test_strangers_who_ask_from_everywhere_leave_a_link_in_the_mailbox_that_works(harness: Any) -> None:
    for number in range(20):
        ask_from(harness, f"203.0.113.{number}")

    assert press(harness, secret_of(harness)).path == "/"
    ask_from(harness, "198.51.100.7")
    assert links_mailed(harness) == 4

    for number in range(20):
        ask_from(harness, f"203.0.113.{number}")
    let_pass(minutes=16)
    mailed = links_mailed(harness)
    ask_from(harness, "198.51.100.7")
    assert links_mailed(harness) == mailed + 1


def test_somebody_who_keeps_asking_from_one_network_fills_no_mailbox(harness: Any) -> None:
    for _ in range(3):
        for _ in range(3):
            ask_from(harness, "203.0.113.7")
        let_pass(minutes=16)

    assert links_mailed(harness) == 5
    ask_from(harness, "198.51.100.7")
    assert links_mailed(harness) == 6


def test_from_one_network_thirty_links_an_hour_and_then_every_address_gets_the_same_answer(harness: Any) -> None:
    for number in range(30):
        ask_from(harness, "2001:db8::1", f"iemand{number}@example.org")

    known, unknown = (
        ask_from(harness, "2001:db8::ffff", f"{name}@example.org", harness.visitor()) for name in ("kim", "nora")
    )

    assert known.status == 429
    assert "Er is vanaf hier al vaak een link gevraagd" in known.text
    assert same_page(known, "kim") == same_page(unknown, "nora")
    assert links_mailed(harness) == 0


def test_ten_colleagues_in_one_office_on_new_computers_each_get_their_links(harness: Any) -> None:
    for number in range(10):
        harness.colleague(f"Collega{number}", "facilitator")

    pages = [
        ask_from(harness, "203.0.113.7", f"collega{number}@example.org") for _ in range(3) for number in range(10)
    ]

    assert {page.status for page in pages} == {200}
    assert links_mailed(harness) == 30


def test_who_is_mailed_no_more_links_reads_that_the_last_one_works(harness: Any) -> None:
    page = [ask_link(harness) for _ in range(4)][-1]

    assert links_mailed(harness) == 3
    assert "Vroeg je al een paar keer? Dan sturen we een tijdje geen nieuwe link. Gebruik de laatste" in page.text


def test_on_a_device_where_somebody_signed_in_before_no_stranger_is_counted(harness: Any) -> None:
    ask_link(harness)
    kim = harness.visitor()
    press(harness, secret_of(harness), kim)
    for number in range(30):
        ask_from(harness, "203.0.113.7", f"iemand{number}@example.org")
    for number in range(5):
        ask_from(harness, f"198.51.100.{number}")
    mailed = links_mailed(harness)

    assert ask_from(harness, "203.0.113.7", visitor=kim).status == 200
    assert links_mailed(harness) == mailed + 1
    assert ask_from(harness, "203.0.113.7", "sam@example.org", kim).status == 429


def same_page(page: Any, name: str) -> str:
    """A page byte for byte, but for what was typed, what is new on every page and the demo clock."""
    html = re.sub(r'name="(csrf_token|request_id)" value="[^"]+|"\d{13}"', "", page.html)
    return html.replace(f"{name}@example.org", "")


def test_neither_address_nor_network_is_kept_of_an_asking(harness: Any) -> None:
    visitor = harness.visitor()
    visitor.network = "192.0.2.77"  # of no other test: the file of the store may still have bytes of those
    visitor.submit(visitor.open("/inloggen"), "/inloggen", email="nieuwsgierig@example.org")

    stored = b"".join(path.read_bytes() for path in (harness.folder / "stores").iterdir())

    assert b"nieuwsgierig" not in stored
    assert b"192.0.2.77" not in stored


def test_a_tab_without_its_cookie_shows_the_form_again_with_what_was_typed(harness: Any) -> None:
    visitor = harness.visitor()
    typed = {"email": "kim@example.org", "naar": "/groepen", "csrf_token": "of an older tab"}

    again = visitor.client.post("/inloggen", data=typed)

    assert again.status_code == 400
    assert 'value="kim@example.org"' in again.text
    assert 'value="/groepen"' in again.text
    assert "Er is nog niets verstuurd" in again.text


def test_a_mailed_link_in_a_tab_without_its_cookie_offers_its_button_again(harness: Any) -> None:
    ask_link(harness, "kim@example.org")
    address, visitor = f"/inloggen/link/{secret_of(harness)}", harness.visitor()

    again = visitor.client.post(address)

    assert again.status_code == 400
    token = again.text.split('name="csrf_token" value="')[1].split('"')[0]
    assert visitor.client.post(address, data={"csrf_token": token}).status_code == 303


@pytest.mark.parametrize("there", ["//[", "http://[", "//[::1", "https://[x]/", "/a\nb", "/\\x", "//x.example/"])
def test_an_address_to_go_on_to_that_no_parser_takes_leads_to_the_first_page(harness: Any, there: str) -> None:
    visitor = harness.visitor()

    asked = visitor.client.get("/inloggen", query_string={"naar": there})
    on = visitor.client.get("/inloggen/verder", query_string={"naar": there})

    assert asked.status_code == 200
    assert 'name="naar" value="/"' in asked.text
    assert (on.status_code, on.location) == (303, "/welkom")
