"""Filling in by link: one statement at a time, skipping, stopping, coming back; links that are over or foreign."""

import re
from functools import partial

import pytest

from services.questionnaires.commands.answers import answer_item, finish_measurement
from services.questionnaires.models import Answer, Measurement
from services.questionnaires.queries.answers import get_sheet
from shared.errors import Forbidden
from shared.ids import new_id
from shared.security.actor import Actor

VALUES = [1, 2, 3, 4, 5, 3]


def heading(page):
    """The statement, or what the page is about."""
    return re.search(r"<h1[^>]*>([^<]+)</h1>", page.html)[1]


def begin(harness, questionnaire="even_kijken"):
    """(measurement, a person, the first statement they see)"""
    measurement_id = harness.asked(questionnaire)
    person = harness.visitor()
    start = person.open(harness.link(measurement_id))
    return measurement_id, person, person.open(start.link(r".*/uitspraken"))


def test_the_first_page_says_what_it_is_and_changes_nothing(harness):
    measurement_id = harness.asked("nel_kort")

    page = harness.visitor().open(harness.link(measurement_id))

    assert page.status == 200
    assert "30 korte uitspraken" in page.text
    assert "Je mag later verder gaan" in page.text
    assert "© Trimbos-instituut" in page.text
    assert "tot en met" in page.text
    assert page.forms == [] or all("vragenlijst" not in form.action for form in page.forms)
    assert harness.states() == ["open"]


def test_somebody_fills_in_a_whole_list_and_is_thanked(harness):
    measurement_id, person, page = begin(harness)
    seen = []

    for value in VALUES:
        seen.append(heading(page))
        page = person.choose(page, value)

    assert len(set(seen)) == len(VALUES)
    assert heading(page) == "Dank je wel"
    assert "Niemand behalve jij" in page.text
    assert harness.given(measurement_id) == {f"i0{n}": str(value) for n, value in enumerate(VALUES, start=1)}
    assert harness.states() == ["completed"]
    assert harness.events()[1:] == [
        (
            "measurement_completed",
            measurement_id,
            {
                "measurement_id": measurement_id,
                "participant_id": harness.participant_id,
                "organisation_id": harness.organisation_id,
            },
        ),
    ]


def test_the_nel_is_shown_word_for_word_with_its_source_on_every_page(harness):
    _, person, page = begin(harness, "nel_kort")
    shown = []

    for _ in range(30):
        assert "© Trimbos-instituut" in page.text
        assert "Nederlandse Empowerment Lijst (NEL) - Verkort" in page.text
        shown.append(heading(page))
        page = person.choose(page)

    assert shown[0] == "Ik heb het gevoel dat ik iets kan betekenen voor iemand anders"
    assert shown[16] == "Ik heb regelmatig afspraken buiten de deur"
    assert len(set(shown)) == 30


def test_every_statement_may_be_skipped(harness):
    measurement_id, person, page = begin(harness)

    for _ in VALUES:
        page = person.choose(page)

    assert heading(page) == "Dank je wel"
    assert set(harness.given(measurement_id).values()) == {"-"}


def test_without_a_choice_the_same_statement_asks_kindly_and_nothing_is_kept(harness):
    measurement_id, person, page = begin(harness)

    again = person.submit(page, r".*/uitspraken")

    assert again.status == 400
    assert heading(again) == heading(page)
    assert "Kies wat het beste past, of sla deze uitspraak over." in again.text
    assert harness.given(measurement_id) == {}
    assert harness.states() == ["open"]


def test_a_tab_without_its_cookie_can_be_filled_in_and_completed(harness):
    measurement_id, _, page = begin(harness)
    fields = page.form(r".*/uitspraken").fields | {"answer": ["2"]}

    for action in ("uitspraken", "afronden"):
        answer = harness.visitor().client.post(f"{harness.link(measurement_id)}/{action}", data=fields)
        assert answer.status_code == 303

    assert harness.states() == ["completed"]
    assert harness.given(measurement_id) == {"i01": "2"}


def test_coming_back_later_goes_on_with_the_next_statement_and_shows_no_answer(harness):
    measurement_id, person, page = begin(harness)
    person.choose(person.choose(page, 5), 1)
    later = harness.visitor()

    page = later.open(harness.link(measurement_id))

    assert "Uitspraak 3 van 6" in page.text
    assert heading(page) == "Ik ben deze week genoeg uitgerust"
    assert "checked" not in page.html
    assert (
        person.last_response.headers["Cache-Control"] == later.last_response.headers["Cache-Control"] == "no-store"
    )


def test_stopping_halfway_completes_the_list_and_the_rest_is_skipped(harness):
    measurement_id, person, page = begin(harness)
    page = person.choose(page, 2)

    page = person.submit(page, r".*/afronden")

    assert heading(page) == "Dank je wel"
    assert harness.states() == ["completed"]
    assert harness.given(measurement_id) == {"i01": "2"}
    assert [name for name, _, _ in harness.events()] == ["measurement_opened", "measurement_completed"]


def test_stopping_before_the_first_statement_is_refused_and_completes_nothing(harness):
    measurement_id, person, page = begin(harness)
    form = page.form(r".*/uitspraken")
    token = {"csrf_token": form.fields["csrf_token"][0], "request_id": new_id()}

    answer = person.client.post(harness.link(measurement_id) + "/afronden", data=token)

    assert answer.status_code == 409
    assert harness.states() == ["open"]


def test_looking_at_a_completed_list_shows_thanks_and_nothing_that_was_answered(harness):
    measurement_id, person, page = begin(harness)
    for value in VALUES:
        page = person.choose(page, value)

    for path in ("", "/uitspraken"):
        page = harness.visitor().open(harness.link(measurement_id) + path)
        assert page.status == 200
        assert heading(page) == "Dank je wel"
        assert "klopt" not in page.text


def test_an_answer_to_a_completed_list_is_refused_kindly(harness):
    measurement_id, person, page = begin(harness)
    stale = page
    for value in VALUES:
        page = person.choose(page, value)

    late = person.choose(stale, 1, request_id=new_id())

    assert late.status == 409
    assert "is niet meer bewaard" in late.text
    assert harness.given(measurement_id)["i01"] == "1"
    assert harness.given(measurement_id)["i02"] == "2"


def test_after_the_last_day_the_link_says_so_and_keeps_what_was_answered(harness):
    measurement_id, person, page = begin(harness)
    page = person.choose(page, 4)
    link = harness.link(measurement_id)
    harness.clock_at("2027-06-01 09.00")

    late = person.choose(page, 5)

    assert late.status == 410
    assert heading(late) == "Deze vragen zijn gesloten"
    assert person.open(link).status == 410
    assert harness.given(measurement_id) == {"i01": "4"}


def test_the_expiry_job_closes_a_list_whose_last_day_is_over_and_publishes_it_once(harness):
    measurement_id = harness.asked()
    harness.clock_at("2027-06-01 09.00")

    harness.settle()
    harness.settle()

    assert harness.states() == ["expired"]
    assert [(name, subject) for name, subject, _ in harness.events()][1:] == [
        ("measurement_expired", measurement_id)
    ]


def test_the_expiry_job_leaves_open_what_has_a_last_day_to_go(harness):
    harness.clock_at("2027-03-01 09.00")
    harness.asked()

    harness.clock_at("2027-03-29 23.59")
    harness.settle()

    assert harness.states() == ["open"]


def test_the_expiry_job_finds_its_rows_by_their_own_index(harness):
    plan = harness.service.database.execute(
        "EXPLAIN QUERY PLAN SELECT 1 FROM measurement WHERE (state IN ('open', 'started')) AND expires_at <= 'x'"
    ).fetchall()

    assert "measurement_unfinished" in str(plan)


def test_a_list_that_was_taken_back_says_so_and_asks_nothing(harness):
    measurement_id, person, page = begin(harness)
    harness.membership(state="ended")
    harness.settle()

    late = person.choose(page, 5)

    assert late.status == 409
    for page in (late, person.open(harness.link(measurement_id))):
        assert heading(page) == "Deze vragen zijn niet meer nodig"
        assert all("vragenlijst" not in form.action for form in page.forms)
    assert Answer.select().count() == 0


@pytest.mark.parametrize("forged", ["purpose", "service", "byte", "nonsense", "subject"])
def test_a_foreign_link_opens_nothing_and_says_so_kindly(harness, forged):
    measurement_id = harness.asked()
    good = harness.link(measurement_id)
    path = {
        "purpose": harness.link(measurement_id, purpose="call_off"),
        "service": harness.link(measurement_id, service="meetings"),
        "byte": good[:-30] + ("A" if good[-30] != "A" else "B") + good[-29:],
        "nonsense": "/mijn/vragenlijst/zomaar",
        "subject": "/mijn/vragenlijst/" + measurement_id,
    }[forged]

    page = harness.visitor().open(path)

    assert page.status == 410
    assert heading(page) == "Deze link klopt niet"
    assert "De Kade" not in page.text
    assert harness.visitor().open(path + "/uitspraken").status == 410


def test_a_link_opens_its_own_list_and_no_other(harness):
    theirs, own = harness.asked(), harness.member()
    key = get_sheet(theirs).item.key
    by_link = Actor(f"link:{own}", "link")

    for act in (partial(answer_item, item_key=key, value=5), finish_measurement):
        with pytest.raises(Forbidden):
            act(by_link, measurement_id=theirs, request_id=new_id())

    assert harness.given(theirs) == {}
    assert harness.states() == ["open", "open"]


def test_a_good_link_to_a_list_that_is_not_here_any_more_says_so_kindly(harness):
    measurement_id = harness.asked()
    link = harness.link(measurement_id)
    Measurement.delete().execute()

    page = harness.visitor().open(link)

    assert page.status == 410
    assert "Je hoeft niets te doen" in page.text


@pytest.mark.parametrize(
    "typed",
    [
        {"answer": "6"},
        {"answer": "0"},
        {"answer": "-1"},
        {"answer": "4.5"},
        {"answer": "vier"},
        {"answer": "4", "item": "i99"},
        {"answer": "4", "item": ""},
        {"answer": "4", "item": "x" * 500},
    ],
    ids=str,
)
def test_what_no_form_of_ours_sends_is_refused_and_nothing_is_kept(harness, typed):
    measurement_id, person, page = begin(harness)

    answer = person.submit(page, r".*/uitspraken", **typed)

    assert answer.status in (400, 409)
    assert heading(answer) == heading(page)
    assert harness.given(measurement_id) == {}


def test_a_form_without_its_token_is_refused(harness):
    measurement_id, person, _ = begin(harness)

    answer = person.client.post(harness.link(measurement_id) + "/uitspraken", data={"item": "i01", "answer": "4"})

    assert answer.status_code == 400
    assert harness.given(measurement_id) == {}


def test_every_page_of_a_participant_can_be_left_at_once_and_names_nothing_in_its_title(harness):
    measurement_id, person, page = begin(harness)
    pages = [person.open(harness.link(measurement_id)), page]
    for value in VALUES:
        page = person.choose(page, value)
    pages += [page, person.open("/mijn/vragenlijst/zomaar")]

    for page in pages:
        assert "Snel weg" in page.text
        assert re.search(r"<title>\s*(.*?)\s*</title>", page.html)[1] == "Vragen"


def test_no_page_shows_a_theme_or_a_score(harness):
    _, person, page = begin(harness, "nel_kort")
    pages = [page]
    for _ in range(30):
        page = person.choose(page, 4)
        pages.append(page)
    pages.append(harness.visitor({harness.organisation_id: {"coordinator"}}).open("/vragenlijsten"))

    for page in pages:
        for theme in ("Eigen wijsheid", "Sociale steun", "Zelfmanagement", "Erbij horen", "score"):
            assert theme.lower() not in page.text.lower()


def test_one_statement_takes_a_fixed_number_of_questions_to_the_store(harness):
    measurement_id, person, page = begin(harness, "nel_kort")
    link = harness.link(measurement_id) + "/uitspraken"
    at_first = harness.count_statements(lambda: person.open(link))
    for _ in range(20):
        page = person.choose(page, 4)

    assert harness.count_statements(lambda: person.open(link)) == at_first
