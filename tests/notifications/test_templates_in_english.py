"""The messages in English: as discreet, plain, complete and short as in Dutch, and without a word of Dutch."""

import re
from collections.abc import Iterator

import pytest

from services.notifications.queries.rendering import Layout, render
from services.notifications.rules.message_types import WHYS
from services.notifications.rules.text_messages import Encoding, sms_size
from shared import language
from shared.discretion import betraying_words
from tests.notifications.test_templates import EXTRAS, LEAST, LINK
from tests.support.dutch import dutch_in

IN_ENGLISH = {
    "dinsdag 24 november": "Tuesday 24 November",
    "maandag 23 november": "Monday 23 November",
    "dinsdag 22 december": "Tuesday 22 December",
    "19.30 uur": "19:30",
    "10.00 uur": "10:00",
    "de groene deur": "the green door",
    "Tot dinsdag? De soep staat klaar.": "See you Tuesday? Soup is ready.",
}
CASES = [
    pytest.param(
        kind,
        {"call_name": "Noor"} | {key: IN_ENGLISH.get(str(value), value) for key, value in (extra | least).items()},
        id=f"{kind}-{number}-{with_extra}",
    )
    for kind, variants in LEAST.items()
    if kind in WHYS
    for number, least in enumerate(variants)
    for with_extra, extra in enumerate(EXTRAS)
]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with language.using("en"):
        yield


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<body>") :]).split())


@pytest.mark.parametrize(("kind", "values"), CASES)
def test_nothing_is_left_in_dutch(kind, values):
    values = values | {"place_name": "The Park", "place_address": "Street 1"}

    assert [word for layout in Layout for word in dutch_in(render(kind, layout, values))] == []
    assert '<html lang="en">' in render(kind, Layout.PAGE, values)


@pytest.mark.parametrize(("kind", "values"), CASES)
def test_nothing_betrays_what_it_is_about(kind, values):
    for layout in Layout:
        text = render(kind, layout, values)
        assert betraying_words(text, ["Dinsdaggroep Zuid"]) == ()
        assert not re.search(r"\bgroups?\b", text, re.I)


@pytest.mark.parametrize(("kind", "values"), CASES)
def test_a_subject_is_one_short_line_without_a_name(kind, values):
    subject = render(kind, Layout.SUBJECT, values)

    assert subject == subject.strip()
    assert "\n" not in subject
    assert 5 < len(subject) <= 60
    assert "Noor" not in subject


@pytest.mark.parametrize(("kind", "values"), CASES)
def test_the_page_says_the_same_as_the_plain_body_and_both_say_why_it_came(kind, values):
    body, page = render(kind, Layout.TEXT, values), render(kind, Layout.PAGE, values)

    assert body.splitlines()[0] == "Hi Noor,"
    assert "\nYou get this message because " in body
    assert re.findall(r"\w+", text_of(page)) == re.findall(r"\w+", re.sub(r"https://\S+", "", body))
    assert re.findall(r'href="([^"]+)"', page) == re.findall(r"https://\S+", body)


@pytest.mark.parametrize(("kind", "values"), CASES)
def test_an_sms_takes_two_parts_at_most_and_the_cheap_alphabet(kind, values):
    text = render(kind, Layout.SMS, values)

    size = sms_size(text)
    assert text == text.strip()
    assert size.encoding == Encoding.GSM7, size.costly
    assert size.parts <= 2
    assert all(
        link.startswith(LINK) and not link.endswith((".", ",")) for link in re.findall(r"https://\S+", text)
    )


@pytest.mark.parametrize(("kind", "values"), CASES)
def test_a_closed_phone_shows_no_place_no_link_no_code_and_nobody_else(kind, values):
    telling = ("code", "link", "place_name", "place_address", "with_whom", "personal_note", "video_link")
    secrets = [str(values[name]) for name in telling if name in values]

    glimpse = render(kind, Layout.SMS, values)[:40]
    preview = " ".join(render(kind, Layout.TEXT, values).split())[:90]

    assert [
        secret for secret in secrets if secret in glimpse + preview + render(kind, Layout.SUBJECT, values)
    ] == []
