"""The messages that ship: discreet, plain, complete, and readable as text, as a page and as an SMS."""

import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest

from services.notifications.queries.rendering import MESSAGE_TYPES, Layout, render
from services.notifications.rules.discretion import check_discretion
from services.notifications.rules.lifecycle import REASONS, State
from services.notifications.rules.message_types import LABELS, WHYS, MessageType
from services.notifications.rules.text_messages import Encoding, sms_size
from shared.discretion import betraying_words

SERVICE = Path(__file__).parents[2] / "services" / "notifications"
MESSAGES = tomllib.loads((SERVICE / "data" / "messages.nl.toml").read_text(encoding="utf-8"))
LINK = "https://houvast.example/a/Zx3kPq9vTt0aBc1dEf2gHi"

APPOINTMENT = {"on_text": "dinsdag 24 november", "at_text": "19.30 uur"}
PLACE = {"place_name": "De Linde", "place_address": "Voorbeeldstraat 1"}
OLD = {"old_on_text": "maandag 23 november", "old_at_text": "10.00 uur"}

# Per type the values without which it cannot be written, in every variant that differs in what it says.
LEAST = {
    "signup_confirmation": [{}, {"answer_within_days": 1}, {"answer_within_days": 5}],
    "intro_talk_invitation": [APPOINTMENT],
    "intro_talk_reminder": [APPOINTMENT],
    "intro_talk_changed": [
        {"change": "moved"} | OLD | APPOINTMENT,
        {"change": "called_off"} | OLD,
    ],
    "welcome": [{}, APPOINTMENT],
    "meeting_reminder": [APPOINTMENT],
    "questionnaire_invitation": [{"link": LINK, "expires_text": "dinsdag 22 december"}],
    "staff_invitation": [{"invited_by": "Vos", "link": LINK}],
    "sign_in_link": [{"link": LINK, "minutes": 15}],
    "meeting_moved": [
        {"change": "moved"} | OLD | APPOINTMENT,
        {"change": "place"} | OLD | APPOINTMENT,
        {"change": "on_again"} | OLD | APPOINTMENT,
    ],
    "meeting_cancelled": [APPOINTMENT],
    "meeting_substitute": [
        {"change": None, "link": LINK} | OLD | APPOINTMENT,
        {"change": "moved", "link": LINK} | OLD | APPOINTMENT,
        {"change": "called_off", "link": LINK} | OLD | APPOINTMENT,
    ],
    "meeting_change_to_leader": [
        {"change": change, "link": LINK} | OLD | APPOINTMENT
        for change in ("moved", "place", "called_off", "on_again")
    ],
    "move_in_person": [APPOINTMENT | {"count": 2, "link": LINK}, APPOINTMENT | {"count": 1, "link": LINK}],
    "cancellation_in_person": [APPOINTMENT | {"count": 2, "link": LINK}, APPOINTMENT | {"count": 1, "link": LINK}],
    "missed_you": [{}, {"personal_note": "Tot dinsdag? De soep staat klaar.", "personal_note_by": "Kim"}],
    "access_code": [{"code": "042137", "minutes": 10}],
    "own_page_link": [{"link": LINK}],
    "confirm_address": [{"link": LINK}],
    "reply_received": [{}],
}
EXTRAS = [
    {},
    PLACE | {"minutes": 30, "with_whom": "Vos", "link": LINK},
    {"how": "phone", "with_whom": "Vos", "minutes": 30, "link": LINK},
    {"how": "video", "video_link": LINK + "/beeld", "link": LINK},
    {"reply_to": True, "sender_name": "Vos", "preferences_link": LINK + "/berichten", "stop_link": LINK + "/stop"},
    {"telephone": "010 000 00 00", "out_of_hours_telephone": "010 000 00 01"},
]
CASES = [
    pytest.param(message_type, {"call_name": "Noor"} | extra | least, id=f"{message_type}-{number}-{with_extra}")
    for message_type, variants in LEAST.items()
    for number, least in enumerate(variants)
    for with_extra, extra in enumerate(EXTRAS)
]


def text_of(page):
    body = page[page.index("<body>") :]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_every_type_has_one_template_and_every_template_is_that_of_a_type():
    assert {path.stem for path in MESSAGE_TYPES.glob("*.txt")} == set(MessageType) == set(LEAST)
    assert [path for path in MESSAGE_TYPES.glob("*.*") if path.suffix != ".txt"] == []


def test_every_template_opens_with_a_line_that_names_its_variables():
    for path in MESSAGE_TYPES.rglob("*.*"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert re.match(r"\{# .*Variables: .*-#\}$", first), path


@pytest.mark.parametrize(("message_type", "values"), CASES)
def test_nothing_in_a_message_betrays_what_it_is_about(message_type, values):
    subject = render(message_type, Layout.SUBJECT, values)

    for layout in Layout:
        assert betraying_words(render(message_type, layout, values)) == ()
        check_discretion(subject, render(message_type, layout, values), names=["Dinsdaggroep Zuid"])
    assert "groep" not in subject + render(message_type, Layout.TEXT, values).lower()


# What a closed phone shows of an e-mail beside its subject, and of a text message, before somebody opens it.
PREVIEW_SIGNS, GLIMPSE_SIGNS = 90, 40
TELLING = ("code", "link", "place_name", "place_address", "with_whom", "personal_note", "video_link")
STAFF_ONLY = {
    "staff_invitation",
    "sign_in_link",
    "meeting_substitute",
    "meeting_change_to_leader",
    "move_in_person",
    "cancellation_in_person",
}


@pytest.mark.parametrize(("message_type", "values"), CASES)
def test_a_closed_phone_shows_no_place_no_link_no_code_and_nobody_else(message_type, values):
    secrets = [str(values[name]) for name in TELLING if name in values]
    subject, body = render(message_type, Layout.SUBJECT, values), render(message_type, Layout.TEXT, values)
    page, text = text_of(render(message_type, Layout.PAGE, values)), render(message_type, Layout.SMS, values)

    shown = {"subject": subject, "glimpse": text[:GLIMPSE_SIGNS]}
    if message_type not in STAFF_ONLY:
        shown |= {"preview": " ".join(body.split())[:PREVIEW_SIGNS], "page": page[:PREVIEW_SIGNS]}

    assert [(where, secret) for where, text in shown.items() for secret in secrets if secret in text] == []
    for text in shown.values():
        assert betraying_words(text, ["Dinsdaggroep Zuid", "De Kade"]) == ()


@pytest.mark.parametrize("with_extra", EXTRAS)
def test_what_goes_along_with_a_reminder_is_as_discreet(with_extra):
    other = APPOINTMENT | {"link": LINK} | {key: with_extra[key] for key in PLACE if key in with_extra}
    values = {"call_name": "Noor", "others": [other]} | APPOINTMENT | with_extra

    for message_type in ("meeting_reminder", "intro_talk_reminder"):
        for layout in Layout:
            text = render(message_type, layout, values)
            assert betraying_words(text, ["Dinsdaggroep Zuid"]) == ()
            assert "groep" not in text.lower()


@pytest.mark.parametrize(("message_type", "values"), CASES)
def test_a_subject_is_one_short_line_without_a_name(message_type, values):
    subject = render(message_type, Layout.SUBJECT, values)

    assert subject == subject.strip()
    assert "\n" not in subject
    assert 5 < len(subject) <= 60
    assert "Noor" not in subject


@pytest.mark.parametrize(("message_type", "values"), CASES)
def test_a_plain_body_is_tidy_and_ends_with_why_it_came_and_who_reads_answers(message_type, values):
    body = render(message_type, Layout.TEXT, values)

    lines = body.splitlines()
    assert lines[0] == "Hoi Noor,"
    assert "\n\n\n" not in body
    assert all(line == line.strip() for line in lines)
    ending = lines[lines.index("--") + 1 :]
    assert ending[0].startswith("Je krijgt dit bericht omdat ")
    assert ("Antwoord gerust op deze mail: een mens leest mee." in ending) == ("reply_to" in values)


@pytest.mark.parametrize(("message_type", "values"), CASES)
def test_the_page_says_the_same_as_the_plain_body_word_by_word(message_type, values):
    body, page = render(message_type, Layout.TEXT, values), render(message_type, Layout.PAGE, values)

    assert re.findall(r"\w+", text_of(page)) == re.findall(r"\w+", re.sub(r"https://\S+", "", body))
    # No full stop may stick to an address: mail programs take it along.
    assert re.findall(r'href="([^"]+)"', page) == re.findall(r"https://\S+", body)


def test_a_page_is_made_of_paragraphs_a_list_and_links_in_the_words_of_the_sentence():
    page = render("meeting_reminder", Layout.PAGE, {"call_name": "Noor", "link": LINK} | APPOINTMENT | PLACE)

    assert page.partition("<body>\n")[2].partition("\n<footer>")[0] == (
        "<p>Hoi Noor,</p>\n"
        "<p>Een kleine herinnering. Je bent welkom.</p>\n"
        "<dl>\n"
        "<dt>Wanneer</dt>\n<dd>dinsdag 24 november om 19.30 uur</dd>\n"
        "<dt>Waar</dt>\n<dd>De Linde, Voorbeeldstraat 1</dd>\n"
        "</dl>\n"
        "<p>Kom je deze keer niet? Dat mag. "
        f'<a href="{LINK}">Laat het hier even weten, je hoeft niet te zeggen waarom</a>.</p>'
    )


def test_a_code_stands_out_on_the_page():
    values = {"call_name": "Noor", "code": "042137", "minutes": 10}

    assert "<p>Je code is <strong>042137</strong></p>" in render("access_code", Layout.PAGE, values)


@pytest.mark.parametrize(("message_type", "values"), CASES)
def test_the_page_is_dutch_and_fetches_nothing(message_type, values):
    page = render(message_type, Layout.PAGE, values)

    assert page.startswith("<!doctype html>")
    assert '<html lang="nl">' in page
    assert not re.search(r"<(img|script|link|iframe|table|object|video)\b|url\(|@import|style=|src=", page)
    opened = re.findall(r"<(p|dl|dt|dd|a|footer|body|html|head|style|title)\b", page)
    closed = re.findall(r"</(p|dl|dt|dd|a|footer|body|html|head|style|title)>", page)
    assert sorted(opened) == sorted(closed)


@pytest.mark.parametrize(("message_type", "values"), CASES)
def test_an_sms_takes_two_parts_at_most_and_the_cheap_alphabet(message_type, values):
    text = render(message_type, Layout.SMS, values)

    size = sms_size(text)
    assert text == text.strip()
    assert size.encoding == Encoding.GSM7, size.costly
    assert size.parts <= 2
    assert "Noor" in text
    # No sign may stick to the end of a link: phones take it along.
    assert all(
        link.startswith(LINK) and not link.endswith((".", ",")) for link in re.findall(r"https://\S+", text)
    )


class Reading(HTMLParser):
    """What a mail program makes of a page: its tags with their attributes, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, [name for name, _ in attributes]))

    def handle_data(self, data):
        self.text += data


TYPED = '<b>A & "B"</b></p>\n\n<dl><a href="https://elsewhere.example">\'\n--'
CHOICES = ("change", "how")


@pytest.mark.parametrize(("message_type", "values"), CASES)
def test_nothing_that_a_person_typed_becomes_markup_or_a_line_of_its_own(message_type, values):
    typed = {
        name: TYPED if isinstance(value, str) and name not in CHOICES else value for name, value in values.items()
    }

    page, expected = (Reading(render(message_type, Layout.PAGE, each)) for each in (typed, values))
    assert page.tags == expected.tags
    assert page.text.startswith(f"Hoi {' '.join(TYPED.splitlines())},", page.text.index("Hoi "))
    for layout in (Layout.SUBJECT, Layout.TEXT, Layout.SMS):
        expected_lines = render(message_type, layout, values).splitlines()
        assert len(render(message_type, layout, typed).splitlines()) == len(expected_lines)


def test_no_template_writes_markup_itself_but_the_frame_of_the_page():
    templates = set(MESSAGE_TYPES.rglob("*.*"))

    assert {path.name for path in templates if re.search("[<>&]", path.read_text("utf-8"))} == {Layout.PAGE}


def test_a_missing_value_is_an_error_and_not_a_hole_in_the_sentence():
    for message_type in ("meeting_reminder", "questionnaire_invitation", "sign_in_link"):
        with pytest.raises(jinja2.UndefinedError):
            render(message_type, Layout.TEXT, {"call_name": "Noor"})


def test_words_that_push_people_away_stand_in_no_template_and_in_no_sentence():
    forbidden = re.compile(
        r"intake|cli[eë]nt|pati[eë]nt|klant|no-show|terugval|mislukt|afgewezen|verplicht|\bmoet\b", re.IGNORECASE
    )

    for path in MESSAGE_TYPES.rglob("*.*"):
        assert not forbidden.search(path.read_text(encoding="utf-8")), path
    for table in (*MESSAGES.values(), LABELS, WHYS):
        assert not [sentence for sentence in table.values() if forbidden.search(sentence)]


def test_every_state_kind_and_reason_has_its_dutch_words():
    assert set(MESSAGES["states"]) == set(State)
    assert all(LABELS[member] for member in MessageType)
    assert set(MESSAGES["reasons"]) == set().union(*REASONS.values())
