"""After the link a code: set up at the first time, asked in every session, and undone by two managers together."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest

from services.meetings.commands import second_factor
from services.meetings.commands.sign_in import make_first_link
from services.meetings.models import Authenticator, AuthenticatorReset, Session, rate_limiter, service
from services.meetings.rules.second_factor import digits_of, steps_that_count
from shared import clock
from shared.ids import new_id
from tests.meetings.actions import secret_of
from tests.meetings.harness import MeetingsHarness
from tests.support.visitor import Visitor

PASS = "houvast-pass"
CODE = "/inloggen/code"


@pytest.fixture
def strict(harness: MeetingsHarness) -> MeetingsHarness:
    """A harness as it stands in the world: nobody chooses who to be."""
    harness.app = harness.app_with(dataclasses.replace(harness.settings, demo_people=False))
    return harness


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the time of the machine go on by so many seconds."""
    ahead = [timedelta()]
    real = clock.wall
    monkeypatch.setattr(clock, "wall", lambda: real() + ahead[0])

    def wait(seconds: float) -> None:
        ahead[0] += timedelta(seconds=seconds)

    return wait


def by_link(
    harness: MeetingsHarness, email: str = "kim@example.org", visitor: Visitor | None = None, to: str = "/"
) -> Any:
    """Ask a link and press it; gives the visitor and the page where that leads."""
    visitor = visitor or harness.visitor()
    visitor.submit(visitor.open(f"/inloggen?naar={to}"), "/inloggen", email=email)
    link = f"/inloggen/link/{secret_of(harness)}"
    return visitor, visitor.submit(visitor.open(link), link)


def secret_on(page: Any) -> str:
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page.html)
    assert shown is not None
    return shown[1].replace(" ", "")


def code_of(secret: str) -> str:
    return pyotp.TOTP(secret).at(clock.wall())


def enrol(harness: MeetingsHarness, email: str = "kim@example.org") -> tuple[Visitor, str]:
    """Sign in for the first time; gives the visitor, who is in, and the secret of the app."""
    visitor, page = by_link(harness, email)
    secret = secret_on(page)
    visitor.submit(page, CODE, code=code_of(secret))
    return visitor, secret


def test_at_the_first_time_an_app_is_set_up_and_its_code_lets_somebody_in(strict: MeetingsHarness) -> None:
    visitor, page = by_link(strict, to="/groepen")

    assert page.path == f"{CODE}?naar=/groepen"
    assert "<svg" in page.html
    assert "otpauth://totp/" in page.html
    inside = visitor.submit(page, CODE, code=code_of(secret_on(page)))

    assert (inside.path, inside.status) == ("/groepen", 200)


def test_before_the_code_a_session_opens_nothing(strict: MeetingsHarness) -> None:
    visitor, page = by_link(strict)

    assert visitor.client.get_cookie(PASS) is None
    for path in ("/", "/groepen", "/inloggen/verder?naar=/"):
        assert visitor.open(path).path.startswith(CODE)
    tap = visitor.client.post(
        "/beheer",
        data={"csrf_token": page.forms[0].fields["csrf_token"][0]},
        headers={"Accept": "application/problem+json"},
        follow_redirects=True,
    )
    assert tap.status_code in (401, 405)


def test_at_every_next_session_a_code_is_asked_and_the_secret_is_never_shown_again(
    strict: MeetingsHarness, later: Any
) -> None:
    _, secret = enrol(strict)
    later(60)

    visitor, page = by_link(strict)

    assert "otpauth" not in page.html
    assert "<svg" not in page.html.split("<main")[1]
    assert visitor.submit(page, CODE, code=code_of(secret)).path == "/"


def test_a_code_that_was_used_lets_nobody_else_in(strict: MeetingsHarness) -> None:
    _, secret = enrol(strict)

    visitor, page = by_link(strict)
    again = visitor.submit(page, CODE, code=code_of(secret))

    assert again.status == 409
    assert "een code werkt één keer" in again.text
    assert visitor.client.get_cookie(PASS) is None


def test_a_double_click_is_one_showing(strict: MeetingsHarness) -> None:
    visitor, page = by_link(strict)
    code = code_of(secret_on(page))

    visitor.submit(page, CODE, code=code)
    second = visitor.submit(page, CODE, code=code)

    assert (second.path, second.status) == ("/", 200)


def test_spaces_in_a_code_are_fine(strict: MeetingsHarness) -> None:
    visitor, page = by_link(strict)
    code = code_of(secret_on(page))

    assert visitor.submit(page, CODE, code=f" {code[:3]} {code[3:]} ").path == "/"


def test_a_phone_that_is_half_a_minute_off_is_still_somebodys_own_and_more_is_not(
    strict: MeetingsHarness, later: Any
) -> None:
    visitor, page = by_link(strict)
    secret = secret_on(page)
    long_ago = pyotp.TOTP(secret).at(clock.wall() - timedelta(seconds=90))
    just_now = pyotp.TOTP(secret).at(clock.wall() - timedelta(seconds=30))

    assert visitor.submit(page, CODE, code=long_ago).status == 409
    assert visitor.submit(visitor.open(CODE), CODE, code=just_now).path == "/"


def test_after_five_wrong_codes_the_session_is_over_and_the_right_one_comes_too_late(
    strict: MeetingsHarness,
) -> None:
    _, secret = enrol(strict)
    visitor, page = by_link(strict)
    wrong = "000000" if code_of(secret) != "000000" else "111111"

    answers = [visitor.submit(page, CODE, code=wrong).status for _ in range(5)]
    late = visitor.submit(page, CODE, code=code_of(secret))

    assert answers == [409, 409, 409, 409, 429]
    assert late.status == 410
    assert visitor.client.get_cookie(PASS) is None
    assert [line.outcome for line in service.audit.AuditEntry.select() if line.event == "refuse"] == ["too_often"]


def test_a_new_link_gives_no_new_tries_until_a_quarter_of_an_hour_is_over(
    strict: MeetingsHarness, later: Any
) -> None:
    _, secret = enrol(strict)
    visitor, page = by_link(strict)
    for _ in range(5):
        visitor.submit(page, CODE, code="12")

    visitor, page = by_link(strict)
    assert visitor.submit(page, CODE, code=code_of(secret)).status == 429

    later(15 * 60 + 1)
    visitor, page = by_link(strict)
    assert visitor.submit(page, CODE, code=code_of(secret)).path == "/"


def test_who_guesses_with_a_link_of_somebody_leaves_their_own_device_its_tries(
    strict: MeetingsHarness, later: Any
) -> None:
    kim, secret = enrol(strict)
    stranger, page = by_link(strict)
    for _ in range(5):
        stranger.submit(page, CODE, code="12")
    later(60)

    kim.submit(kim.open("/"), "/inloggen/uit")
    _, page = by_link(strict, visitor=kim)

    assert kim.submit(page, CODE, code=code_of(secret)).path == "/"


def test_moving_the_demo_clock_gives_no_more_tries(strict: MeetingsHarness) -> None:
    with service.transaction():
        for _ in range(5):
            rate_limiter.record("sign_in_code", strict.kim)
    strict.clock_at("2026-11-18 10.00")

    visitor, page = by_link(strict)

    assert visitor.submit(page, CODE, code="000000").status == 429


def test_who_waits_longer_than_a_quarter_of_an_hour_asks_a_new_link(strict: MeetingsHarness, later: Any) -> None:
    visitor, page = by_link(strict)
    code = code_of(secret_on(page))
    later(15 * 60 + 1)

    assert visitor.submit(page, CODE, code=code).status == 410
    assert visitor.open(CODE).path == "/inloggen"


def test_a_first_time_that_was_broken_off_begins_with_another_secret(strict: MeetingsHarness) -> None:
    _, page = by_link(strict)
    first = secret_on(page)

    visitor, page = by_link(strict)

    assert secret_on(page) != first
    assert visitor.submit(page, CODE, code=code_of(first)).status == 409


def test_two_who_set_up_the_same_app_at_once_never_see_one_secret(strict: MeetingsHarness) -> None:
    earlier, _ = by_link(strict)
    visitor, page = by_link(strict)
    secret = secret_on(page)

    assert secret not in earlier.open(CODE).html.replace(" ", "")
    assert earlier.open(CODE).path == "/inloggen"
    assert visitor.submit(page, CODE, code=code_of(secret)).path == "/"
    assert "otpauth" not in earlier.open(CODE).html


def test_the_secret_stands_nowhere_in_the_open(strict: MeetingsHarness) -> None:
    _, secret = enrol(strict)

    stored = b"".join(path.read_bytes() for path in (strict.folder / "stores").iterdir())

    assert secret.encode() not in stored
    assert secret.lower().encode() not in stored


def test_a_secret_moved_to_a_colleague_opens_nothing(strict: MeetingsHarness) -> None:
    enrol(strict)
    enrol(strict, "vos@example.org")
    theirs = Authenticator.get(Authenticator.staff == strict.vos).secret
    Authenticator.update(secret=theirs).where(Authenticator.staff == strict.kim).execute()

    visitor, page = by_link(strict)

    assert visitor.submit(page, CODE, code="123456").status == 500


def test_the_first_manager_sets_up_an_app_too(strict: MeetingsHarness) -> None:
    bo, address = strict.visitor(), f"/inloggen/eerste/{make_first_link()}"

    page = bo.submit(
        bo.open(address), address, name="Bo", email="bo@example.org", organisation="Het Anker", region="Lindeveen"
    )

    assert page.path == f"{CODE}?naar=/"
    assert bo.submit(page, CODE, code=code_of(secret_on(page))).path == "/"


def test_where_anybody_chooses_who_to_be_no_code_is_asked(harness: MeetingsHarness) -> None:
    visitor, page = by_link(harness)

    assert page.path == "/"
    assert visitor.open(CODE).status == 200


# --- a lost app ---


@pytest.fixture
def managers(strict: MeetingsHarness) -> tuple[Visitor, Visitor]:
    """Two managers who are in, and Kim who has an app."""
    strict.colleague("Bo", "manager")
    enrol(strict)
    return enrol(strict, "vos@example.org")[0], enrol(strict, "bo@example.org")[0]


def report_lost(harness: MeetingsHarness, who: Visitor, staff_id: str) -> Any:
    page = f"/beheer/{harness.organisation_id}/medewerkers/{staff_id}"
    return who.submit(who.open(page), f"{page}/app")


def test_one_manager_alone_undoes_no_app_and_two_do(
    strict: MeetingsHarness, managers: tuple[Visitor, Visitor]
) -> None:
    vos, bo = managers

    first = report_lost(strict, vos, strict.kim)
    assert "een tweede beheerder" in first.text
    assert second_factor.has_app(strict.kim)
    waiting = bo.open(f"/beheer/{strict.organisation_id}/medewerkers/{strict.kim}")
    assert "Vos zegt dat deze collega de app kwijt is" in waiting.text
    report_lost(strict, bo, strict.kim)

    assert not second_factor.has_app(strict.kim)
    assert not AuthenticatorReset.select().exists()
    assert not Session.select().where(Session.staff == strict.kim, Session.ended_at.is_null()).exists()
    _, page = by_link(strict)
    assert "otpauth" in page.html


def test_the_same_manager_twice_is_still_one(strict: MeetingsHarness, managers: tuple[Visitor, Visitor]) -> None:
    vos = strict.actor(strict.vos)

    came = [
        second_factor.forget_authenticator(
            vos, organisation_id=strict.organisation_id, staff_id=strict.kim, request_id=new_id()
        )
        for _ in range(3)
    ]

    assert came == ["waiting"] * 3


def test_what_the_first_said_counts_for_a_day(strict: MeetingsHarness, managers: tuple[Visitor, Visitor]) -> None:
    vos, bo = managers
    report_lost(strict, vos, strict.kim)
    AuthenticatorReset.update(asked_at=clock.wall() - timedelta(hours=25)).execute()

    report_lost(strict, bo, strict.kim)

    assert second_factor.has_app(strict.kim)


def test_nobody_undoes_their_own_and_nobody_elsewhere_undoes_ours(
    strict: MeetingsHarness, managers: tuple[Visitor, Visitor]
) -> None:
    vos, _ = managers
    other = strict.register_organisation("Het Anker")
    strict.colleague("Els", "manager", organisation=other)
    els = enrol(strict, "els@example.org")[0]
    own = f"/beheer/{strict.organisation_id}/medewerkers/{strict.vos}"

    assert not [form for form in vos.open(own).forms if form.action.endswith("/app")]
    token = vos.open(own).forms[0].fields["csrf_token"][0]
    assert vos.client.post(f"{own}/app", data={"csrf_token": token}).status_code == 403
    token = els.open("/beheer").forms[0].fields["csrf_token"][0]
    theirs = f"/beheer/{strict.organisation_id}/medewerkers/{strict.kim}/app"
    assert els.client.post(theirs, data={"csrf_token": token}).status_code == 404
    theirs = f"/beheer/{other}/medewerkers/{strict.kim}/app"
    assert els.client.post(theirs, data={"csrf_token": token}).status_code == 404
    assert second_factor.has_app(strict.kim)


def test_every_step_of_it_is_in_the_access_log(strict: MeetingsHarness, managers: tuple[Visitor, Visitor]) -> None:
    for manager in managers:
        report_lost(strict, manager, strict.kim)

    audit_entry = service.audit.AuditEntry
    lines = audit_entry.select().where(audit_entry.about_id == strict.kim).order_by(audit_entry.id)
    assert [line.purpose for line in lines][-3:] == [
        "authenticator",
        "authenticator_lost",
        "authenticator_forgotten",
    ]


def test_whoever_operates_the_installation_can_undo_it_alone(strict: MeetingsHarness) -> None:
    enrol(strict)

    assert second_factor.forget_as_operator("KIM@example.org")

    assert not second_factor.has_app(strict.kim)
    assert not second_factor.forget_as_operator("kim@example.org")
    assert not second_factor.forget_as_operator("niemand@example.org")


# --- the rule ---


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "１２３４５６", "12.456", "-----6"])
def test_what_is_no_six_digits_is_no_code(typed: str) -> None:
    assert digits_of(typed) == ""


def test_a_step_before_the_last_one_that_was_used_counts_no_more() -> None:
    now = datetime(2026, 11, 24, 19, 30, 10, tzinfo=UTC)
    step = int(now.timestamp()) // 30

    assert steps_that_count(now, 0) == (step - 1, step, step + 1)
    assert steps_that_count(now, step) == (step + 1,)
    assert steps_that_count(now, step + 1) == ()
