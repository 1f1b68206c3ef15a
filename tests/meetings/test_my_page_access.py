"""The way to one's own page: a link that sends nothing, a code to one's own channel, a quarter of an hour."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from services.meetings.commands import my_page
from services.meetings.commands.my_page import Access
from services.meetings.models import AccessCode, Membership, Participant, rate_limiter, service
from shared import clock
from shared.errors import NotFound
from shared.ids import new_id
from shared.security import links, passes
from shared.security.actor import Actor
from shared.security.encryption import Encryption, Keyring
from shared.security.rate_limit import TooManyRequests
from tests.meetings.harness import MeetingsHarness
from tests.support.visitor import Visitor

pytestmark = pytest.mark.clock

MINE = "houvast-mine"


def link_of(person: str, *, purpose: str = "mine", days: float = 180) -> str:
    # Until a whole day, so that the same link is the same at every call.
    until = datetime.combine(clock.today(), time(), UTC) + timedelta(days=days)
    token = links.mint(service.encryption.keyring, "meetings", purpose, person, until)
    return f"/mijn/naar/{token}"


def codes_of(harness: MeetingsHarness) -> list[str]:
    """What notifications would put in the messages, oldest first."""
    reader = Encryption("notifications")
    reader.use(Keyring.load(harness.folder / "keys" / "notifications.json"))
    return [
        str(
            reader.open_from_publisher("meetings", event.associated_data, event.data["personal"]["notifications"])[
                "code"
            ]
        )
        for event in harness.events("access_requested")
    ]


def ask(harness: MeetingsHarness, person: str, visitor: Visitor | None = None) -> tuple[Visitor, Any, str]:
    """Press the button; gives who did, the page to type the code, and its address."""
    visitor = visitor or harness.visitor()
    link = link_of(person)
    return visitor, visitor.submit(visitor.open(link), link), f"{link}/code"


def come_in(harness: MeetingsHarness, person: str) -> Visitor:
    visitor, page, code = ask(harness, person)
    visitor.submit(page, code, code=codes_of(harness)[-1])
    return visitor


def typed(person: str, code: str, **link: Any) -> Access:
    """Type a code at the page of a link."""
    return my_page.use_code(person, code, token=token_of(person, **link), request_id=new_id())


def token_of(person: str, **link: Any) -> str:
    return link_of(person, **link).removeprefix("/mijn/naar/")


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.fixture
def noor(evening: MeetingsHarness) -> str:
    """Noor as a person: the id that her link speaks of."""
    return str(Membership.get_by_id(evening.noor).participant_id)


# --- the link ---


def test_opening_the_link_sends_nothing(evening: MeetingsHarness, noor: str) -> None:
    for _ in range(3):
        page = evening.visitor().open(link_of(noor))

    assert page.status == 200
    assert "Stuur me een code" in page.text
    assert evening.events("access_requested") == []


def test_pressing_the_button_has_a_code_sent_and_typing_it_opens_the_page(
    evening: MeetingsHarness, noor: str
) -> None:
    visitor, page, code = ask(evening, noor)

    inside = visitor.submit(page, code, code=codes_of(evening)[-1])

    assert (inside.path, inside.status) == ("/mijn", 200)
    assert "Hoi Noor" in inside.text


def test_the_event_says_no_code_in_the_open_and_the_store_keeps_none(evening: MeetingsHarness, noor: str) -> None:
    ask(evening, noor)

    event = evening.events("access_requested")[-1]
    code = codes_of(evening)[-1]
    stored = b"".join(path.read_bytes() for path in (evening.folder / "stores").glob("meetings*"))

    assert len(code) == 6
    assert code not in {str(value) for value in event.data.values()}
    assert f'"{code}"'.encode() not in stored
    assert event.data["organisation_id"] == evening.organisation_id


@pytest.mark.parametrize("kind", ["other purpose", "expired", "forged", "unknown person"])
def test_a_link_that_is_none_opens_nothing_and_says_so_kindly(
    evening: MeetingsHarness, noor: str, kind: str
) -> None:
    path = {
        "other purpose": link_of(noor, purpose="call_off"),
        "expired": link_of(noor, days=-1),
        "forged": link_of(noor)[:-6] + "AAAAAA",
        "unknown person": link_of(new_id()),
    }[kind]
    page = evening.visitor().open(path)

    assert page.status == 410
    assert "een nieuwe link vragen" in page.text
    assert evening.events("access_requested") == []


def test_a_button_that_was_still_open_when_somebody_was_forgotten_sends_nothing(
    evening: MeetingsHarness, noor: str
) -> None:
    visitor = evening.visitor()
    page = visitor.open(link_of(noor))
    Participant.delete().where(Participant.id == noor).execute()

    assert visitor.submit(page, link_of(noor)).status == 410
    assert evening.events("access_requested") == []


def test_a_double_click_sends_one_code(evening: MeetingsHarness, noor: str) -> None:
    visitor, link = evening.visitor(), link_of(noor)
    page = visitor.open(link)

    visitor.submit(page, link)
    visitor.submit(page, link)

    assert len(codes_of(evening)) == 1


# --- the code ---


def test_another_code_is_asked_again_and_opens_nothing(evening: MeetingsHarness, noor: str) -> None:
    visitor, page, code = ask(evening, noor)

    again = visitor.submit(page, code, code=other_than(codes_of(evening)[-1]))

    assert again.status == 409
    assert "Deze code is het niet" in again.text
    assert visitor.client.get_cookie(MINE) is None
    assert visitor.submit(again, code, code=codes_of(evening)[-1]).path == "/mijn"


def test_a_code_works_once_for_somebody_and_a_double_click_is_once(evening: MeetingsHarness, noor: str) -> None:
    visitor, page, code = ask(evening, noor)
    right = codes_of(evening)[-1]

    first, second = visitor.submit(page, code, code=right), visitor.submit(page, code, code=right)
    stranger = evening.visitor()
    third = stranger.submit(stranger.open(code), code, code=right)

    assert (first.path, second.path) == ("/mijn", "/mijn")
    assert third.status == 409
    assert stranger.client.get_cookie(MINE) is None


def test_a_code_works_for_ten_minutes(evening: MeetingsHarness, noor: str) -> None:
    visitor, page, code = ask(evening, noor)
    evening.clock_at("2026-11-24 19.46")

    late = visitor.submit(page, code, code=codes_of(evening)[-1])

    assert late.status == 409
    assert "werkt niet meer" in late.text


def test_after_five_wrong_ones_a_code_is_over_also_when_the_right_one_comes(
    evening: MeetingsHarness, noor: str
) -> None:
    ask(evening, noor)
    right = codes_of(evening)[-1]

    came = [typed(noor, other_than(right)) for _ in range(5)]

    assert came == [Access.WRONG] * 4 + [Access.OVER]
    assert typed(noor, right) is Access.OVER


def test_more_codes_give_no_more_guesses(evening: MeetingsHarness, noor: str) -> None:
    for _ in range(2):
        ask(evening, noor)
    right = codes_of(evening)[-1]

    for _ in range(5):
        typed(noor, other_than(right))
    assert typed(noor, right) is Access.OVER

    ask(evening, noor)
    for _ in range(5):
        came = typed(noor, other_than(codes_of(evening)[-1]))
    assert came is Access.OVER
    ask(evening, noor)
    assert typed(noor, codes_of(evening)[-1]) is Access.TOO_OFTEN


def test_of_two_codes_that_were_asked_for_each_works(evening: MeetingsHarness, noor: str) -> None:
    """A message that is slow is asked for again, and then the first one arrives."""
    for _ in range(2):
        ask(evening, noor)

    assert typed(noor, codes_of(evening)[0]) is Access.OPEN


def test_the_code_of_somebody_else_opens_nothing(evening: MeetingsHarness, noor: str) -> None:
    robin = str(Membership.get_by_id(evening.robin).participant_id)
    ask(evening, noor)
    ask(evening, robin)

    assert typed(robin, codes_of(evening)[0]) is Access.WRONG


@pytest.mark.parametrize("nonsense", ["", "12345", "abcdef", "1234567", "'; drop"])
def test_nonsense_is_no_code(evening: MeetingsHarness, noor: str, nonsense: str) -> None:
    ask(evening, noor)

    assert typed(noor, nonsense) is Access.WRONG


def test_codes_that_are_long_over_are_not_kept(evening: MeetingsHarness, noor: str) -> None:
    ask(evening, noor)
    evening.clock_at("2026-11-24 20.10")

    ask(evening, noor)

    assert AccessCode.select().count() == 1


# --- how often ---


def ask_as(person: str, **link: Any) -> str:
    return my_page.request_access(
        Actor(f"link:{person}", "link"),
        participant_id=person,
        token=token_of(person, **link),
        request_id=new_id(),
    )


def test_nobody_gets_more_than_four_codes_an_hour_and_the_page_says_so(
    evening: MeetingsHarness, noor: str
) -> None:
    for _ in range(4):
        ask(evening, noor)

    _, page, _ = ask(evening, noor)

    assert page.status == 429
    assert "Er zijn al een paar codes gestuurd" in page.text
    assert len(codes_of(evening)) == 4


def test_who_holds_an_old_link_uses_up_no_codes_of_who_has_another(evening: MeetingsHarness, noor: str) -> None:
    for _ in range(4):
        ask_as(noor, days=30)
    with pytest.raises(TooManyRequests):
        ask_as(noor, days=30)

    ask_as(noor)
    assert typed(noor, codes_of(evening)[-1]) is Access.OPEN


def test_who_guesses_with_an_old_link_uses_up_no_guesses_and_no_codes_of_who_has_another(
    evening: MeetingsHarness, noor: str
) -> None:
    ask_as(noor, days=30)
    ask_as(noor)
    right = codes_of(evening)[-1]

    guesses = [typed(noor, "000000" if right != "000000" else "111111", days=30) for _ in range(11)]

    assert guesses[-1] is Access.TOO_OFTEN
    assert typed(noor, right) is Access.OPEN


def test_neither_person_nor_link_is_kept_of_what_was_tried(evening: MeetingsHarness, noor: str) -> None:
    ask_as(noor)

    kept = {row.value_index for row in rate_limiter.Attempt.select()}
    assert kept
    assert not kept & {noor, token_of(noor)}


def test_who_is_not_known_here_any_more_gets_no_code(evening: MeetingsHarness, noor: str) -> None:
    Participant.delete().where(Participant.id == noor).execute()

    with pytest.raises(NotFound):
        ask_as(noor)


# --- the pass ---


def test_a_pass_is_over_after_a_quarter_of_an_hour_and_what_was_asked_for_is_remembered(
    evening: MeetingsHarness, noor: str
) -> None:
    visitor = come_in(evening, noor)
    over = passes.sign(service.encryption.keyring, Actor(noor, "participant"), seconds=-1)
    visitor.client.set_cookie(MINE, over)

    page = visitor.open("/mijn/inzage")

    assert page.path == "/mijn/code?naar=/mijn/inzage"
    assert "Na een kwartier sluit die vanzelf" in page.text
    assert page.form("/mijn/berichten/link").fields["contact"] == [""]


def test_the_cookie_is_closed_to_scripts_and_lasts_a_quarter_of_an_hour(
    evening: MeetingsHarness, noor: str
) -> None:
    visitor, page, code = ask(evening, noor)
    token = page.forms[0].fields["csrf_token"][0]

    answer = visitor.client.post(code, data={"csrf_token": token, "code": codes_of(evening)[-1]})

    kept = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{MINE}="))
    assert "HttpOnly" in kept
    assert "SameSite=Lax" in kept
    assert "Max-Age=900" in kept


@pytest.mark.parametrize(
    "there", ["https://kwaad.example", "//kwaad.example", "/beheer", "/mijnheer", "/mijn/../beheer", "", "x"]
)
def test_a_code_leads_to_ones_own_pages_only(evening: MeetingsHarness, noor: str, there: str) -> None:
    visitor, page, code = ask(evening, noor)
    token = page.forms[0].fields["csrf_token"][0]

    answer = visitor.client.post(code, data={"csrf_token": token, "code": codes_of(evening)[-1], "naar": there})

    assert answer.location == "/mijn"


def test_a_code_leads_to_the_page_that_was_asked_for(evening: MeetingsHarness, noor: str) -> None:
    visitor, link = evening.visitor(), link_of(noor)
    asked = visitor.open(f"{link}?naar=/mijn/inzage")
    page = visitor.submit(asked, link)

    assert visitor.submit(page, f"{link}/code", code=codes_of(evening)[-1]).path == "/mijn/inzage"


def test_who_signs_out_is_out(evening: MeetingsHarness, noor: str) -> None:
    visitor = come_in(evening, noor)

    left = visitor.submit(visitor.open("/mijn"), "/mijn/uit")

    assert "Je bent uitgelogd" in left.text
    assert visitor.open("/mijn").path.startswith("/mijn/code")


def test_who_was_erased_meanwhile_is_refused(evening: MeetingsHarness, noor: str) -> None:
    visitor = come_in(evening, noor)
    Participant.delete().where(Participant.id == noor).execute()

    assert visitor.open("/mijn").path.startswith("/mijn/code")
    assert visitor.client.get_cookie(MINE) is None


def test_every_page_of_it_has_a_quick_exit_and_a_neutral_title(evening: MeetingsHarness, noor: str) -> None:
    visitor = come_in(evening, noor)
    link = link_of(noor)

    for path in ("/mijn", "/mijn/inzage", "/mijn/code", link, f"{link}/code", f"{link}x"):
        html = visitor.open(path).html
        assert "quick-exit" in html
        assert "<title>Mijn pagina</title>" in html
        assert "houvast.svg" not in html
