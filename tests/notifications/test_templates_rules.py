"""The messages that ship: discreet, plain, complete, and readable as text, as a page and as an SMS."""

import re
import tomllib
from pathlib import Path

import jinja2
import pytest

from services.notifications.rules.discretion import check_discretion
from services.notifications.rules.lifecycle import REASONS, State
from services.notifications.rules.message_types import LABELS, WHYS, MessageType
from services.notifications.rules.text_messages import Encoding, sms_size
from shared.discretion import betraying_words

SERVICE = Path(__file__).parents[2] / "services" / "notifications"
MESSAGE_TYPES = SERVICE / "templates" / "notifications" / "message_types"
MESSAGES = tomllib.loads((SERVICE / "data" / "messages.nl.toml").read_text(encoding="utf-8"))
TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(SERVICE / "templates"),
    undefined=jinja2.StrictUndefined,
    autoescape=jinja2.select_autoescape(),
)
FILES = ["subject.txt", "body.txt", "body.html", "sms.txt"]
LINK = "https://houvast.example/a/Zx3kPq9vTt0aBc1dEf2gHi"

APPOINTMENT = {"on_text": "dinsdag 24 november", "at_text": "19.30 uur"}
PLACE = {"place_name": "De Linde", "place_address": "Voorbeeldstraat 1", "door": "de groene deur"}
OLD = {"old_on_text": "maandag 23 november", "old_at_text": "10.00 uur"}

# Per kind the values without which it cannot be written, in every variant that differs in what it says.
LEAST = {
    "intro_talk_invitation": [APPOINTMENT],
    "intro_talk_reminder": [APPOINTMENT],
    "intro_talk_changed": [
        {"change": "moved"} | OLD | APPOINTMENT,
        {"change": "called_off"} | OLD,
        {"change": "called_off", "by_you": True} | OLD,
    ],
    "welcome": [{}, APPOINTMENT],
    "meeting_reminder": [APPOINTMENT],
    "questionnaire_invitation": [{"link": LINK, "expires_text": "dinsdag 22 december"}],
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
]
CASES = [
    pytest.param(kind, {"call_name": "Noor"} | extra | least, id=f"{kind}-{number}-{with_extra}")
    for kind, variants in LEAST.items()
    for number, least in enumerate(variants)
    for with_extra, extra in enumerate(EXTRAS)
]


def rendered(kind, file, values):
    return TEMPLATES.get_template(f"notifications/message_types/{kind}/{file}").render(values)


def text_of(page):
    body = page[page.index("<body>") :]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_every_kind_has_its_four_files_and_every_folder_is_a_kind():
    folders = {path.name for path in MESSAGE_TYPES.iterdir() if path.is_dir()}

    assert folders == set(MessageType) == set(LEAST)
    for kind in MessageType:
        assert {path.name for path in (MESSAGE_TYPES / kind).iterdir()} == set(FILES)


def test_every_template_opens_with_a_line_that_names_its_variables():
    for path in MESSAGE_TYPES.rglob("*.*"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert re.match(r"\{# .*Variables: .*-#\}$", first), path


@pytest.mark.parametrize(("kind", "values"), CASES)
def test_nothing_in_a_message_betrays_what_it_is_about(kind, values):
    subject = rendered(kind, "subject.txt", values)

    for file in FILES:
        assert betraying_words(rendered(kind, file, values)) == ()
        check_discretion(subject, rendered(kind, file, values), names=["Dinsdaggroep Zuid"])
    assert "groep" not in subject + rendered(kind, "body.txt", values).lower()


# What a closed phone shows of an e-mail beside its subject, and of a text message, before somebody opens it.
PREVIEW_SIGNS, GLIMPSE_SIGNS = 90, 40
TELLING = ("code", "link", "place_name", "place_address", "with_whom", "personal_note", "video_link")
STAFF_ONLY = {
    "sign_in_link",
    "meeting_substitute",
    "meeting_change_to_leader",
    "move_in_person",
    "cancellation_in_person",
}


@pytest.mark.parametrize(("kind", "values"), CASES)
def test_a_closed_phone_shows_no_place_no_link_no_code_and_nobody_else(kind, values):
    secrets = [str(values[name]) for name in TELLING if name in values]
    subject, body = rendered(kind, "subject.txt", values), rendered(kind, "body.txt", values)
    page, text = text_of(rendered(kind, "body.html", values)), rendered(kind, "sms.txt", values)

    shown = {"subject": subject, "glimpse": text[:GLIMPSE_SIGNS]}
    if kind not in STAFF_ONLY:
        shown |= {"preview": " ".join(body.split())[:PREVIEW_SIGNS], "page": page[:PREVIEW_SIGNS]}

    assert [(where, secret) for where, text in shown.items() for secret in secrets if secret in text] == []
    for text in shown.values():
        assert betraying_words(text, ["Dinsdaggroep Zuid", "De Kade"]) == ()


@pytest.mark.parametrize("with_extra", EXTRAS)
def test_what_goes_along_with_a_reminder_is_as_discreet(with_extra):
    other = APPOINTMENT | {"link": LINK} | {key: with_extra[key] for key in PLACE if key in with_extra}
    values = {"call_name": "Noor", "others": [other]} | APPOINTMENT | with_extra

    for kind in ("meeting_reminder", "intro_talk_reminder"):
        for file in FILES:
            text = rendered(kind, file, values)
            assert betraying_words(text, ["Dinsdaggroep Zuid"]) == ()
            assert "groep" not in text.lower()


@pytest.mark.parametrize(("kind", "values"), CASES)
def test_a_subject_is_one_short_line_without_a_name(kind, values):
    subject = rendered(kind, "subject.txt", values)

    assert subject == subject.strip()
    assert "\n" not in subject
    assert 5 < len(subject) <= 60
    assert "Noor" not in subject


@pytest.mark.parametrize(("kind", "values"), CASES)
def test_a_plain_body_is_tidy_and_ends_with_why_it_came_and_who_reads_answers(kind, values):
    body = rendered(kind, "body.txt", values)

    lines = body.splitlines()
    assert lines[0] == "Hoi Noor,"
    assert "\n\n\n" not in body
    assert all(line == line.strip() for line in lines)
    ending = lines[lines.index("--") + 1 :]
    assert ending[0].startswith("Je krijgt dit bericht omdat ")
    assert ("Antwoord gerust op deze mail: een mens leest mee." in ending) == ("reply_to" in values)


@pytest.mark.parametrize(("kind", "values"), CASES)
def test_the_page_says_the_same_as_the_plain_body(kind, values):
    body, page = rendered(kind, "body.txt", values), rendered(kind, "body.html", values)

    shown = text_of(page)
    for wanted in (
        "call_name",
        "on_text",
        "at_text",
        "place_address",
        "old_on_text",
        "expires_text",
        "sender_name",
    ):
        if wanted in values:
            assert (str(values[wanted]) in body) == (str(values[wanted]) in shown)
    assert set(re.findall(r"https://[^\s<\"]+", page)) == set(re.findall(r"https://\S+", body))
    assert re.search(r"Je krijgt dit bericht omdat [^.]+\.", body).group() in shown


@pytest.mark.parametrize(("kind", "values"), CASES)
def test_the_page_is_dutch_and_fetches_nothing(kind, values):
    page = rendered(kind, "body.html", values)

    assert page.startswith("<!doctype html>")
    assert '<html lang="nl">' in page
    assert not re.search(r"<(img|script|link|iframe|table|object|video)\b|url\(|@import|style=|src=", page)
    opened = re.findall(r"<(p|dl|dt|dd|a|footer|body|html|head|style|title)\b", page)
    closed = re.findall(r"</(p|dl|dt|dd|a|footer|body|html|head|style|title)>", page)
    assert sorted(opened) == sorted(closed)


@pytest.mark.parametrize(("kind", "values"), CASES)
def test_an_sms_takes_two_parts_at_most_and_the_cheap_alphabet(kind, values):
    text = rendered(kind, "sms.txt", values)

    size = sms_size(text)
    assert text == text.strip()
    assert size.encoding == Encoding.GSM7, size.costly
    assert size.parts <= 2
    assert "Noor" in text
    # No sign may stick to the end of a link: phones take it along.
    assert all(
        link.startswith(LINK) and not link.endswith((".", ",")) for link in re.findall(r"https://\S+", text)
    )


def test_a_reason_of_the_callers_own_takes_the_place_of_the_usual_one():
    values = {"call_name": "Noor", "reason_line": "Je krijgt dit omdat Vos het vroeg."} | APPOINTMENT

    body = rendered("meeting_reminder", "body.txt", values)

    assert body.endswith("--\nJe krijgt dit omdat Vos het vroeg.")


def test_what_a_person_typed_cannot_become_markup():
    values = {"call_name": "<b>Noor</b>", "place_name": "A & <i>B</i>", "with_whom": '"Vos"'} | APPOINTMENT

    page = rendered("meeting_reminder", "body.html", values)

    assert "&lt;b&gt;Noor&lt;/b&gt;" in page
    assert "A &amp; &lt;i&gt;B&lt;/i&gt;" in page
    assert "<b>" not in page


def test_a_missing_value_is_an_error_and_not_a_hole_in_the_sentence():
    for kind in ("meeting_reminder", "questionnaire_invitation", "sign_in_link"):
        with pytest.raises(jinja2.UndefinedError):
            rendered(kind, "body.txt", {"call_name": "Noor"})


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
