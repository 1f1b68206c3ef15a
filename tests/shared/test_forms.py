"""What a refused form shows: which field to fix, with everything that was typed, as the same request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask, get_flashed_messages

from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.ids import new_id
from shared.web.forms import form_errors, handle_form, submitted_values
from shared.web.text import Texts

MESSAGES = """
[refusals]
too_many = "Hoogstens {most}."
in_past = "Dit is voorbij."

[refusal_fields]
in_past = "first_on on"

[done]
saved = "Bewaard."
"""


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    (tmp_path / "messages.nl.toml").write_text(MESSAGES, encoding="utf-8")
    made = Flask("forms", root_path=str(tmp_path))
    made.secret_key = "only in this test"
    made.extensions["texts"] = Texts(tmp_path / "messages.nl.toml")
    return made


def errors_for(app: Flask, refusal: Refusal, *fields: str) -> Any:
    with app.test_request_context():
        return form_errors(refusal, fields or None)


def test_a_refusal_stands_at_its_own_field_with_its_facts(app: Flask) -> None:
    assert errors_for(app, Refusal("too_many", field="seats", most=8)) == {"seats": ["Hoogstens 8."]}


def test_a_refusal_without_a_field_stands_at_the_one_that_its_service_names(app: Flask) -> None:
    assert errors_for(app, Refusal("in_past")) == {"first_on": ["Dit is voorbij."]}
    assert errors_for(app, Refusal("in_past"), "on", "at") == {"on": ["Dit is voorbij."]}


def test_what_no_field_of_the_form_can_fix_is_about_the_whole_form(app: Flask) -> None:
    assert errors_for(app, Refusal("too_many", most=8)) == {"": ["Hoogstens 8."]}
    assert errors_for(app, Refusal("too_many", field="seats", most=8), "on") == {"": ["Hoogstens 8."]}


def test_what_was_typed_wrong_keeps_the_sentences_of_its_fields(app: Flask) -> None:
    assert errors_for(app, Invalid({"on": ["Kies een dag."]})) == {"on": ["Kies een dag."]}


@pytest.mark.parametrize("refusal", [NotFound(), Forbidden()])
def test_what_no_form_can_fix_is_no_error_of_a_form(app: Flask, refusal: Refusal) -> None:
    with pytest.raises(type(refusal)):
        errors_for(app, refusal)


def test_a_refused_form_is_shown_again_with_its_values_under_the_same_request_id(app: Flask) -> None:
    request_id = new_id()

    def refuse(_request_id: str) -> tuple[str, str]:
        raise Refusal("too_many", field="seats", most=8)

    with app.test_request_context(method="POST", data={"seats": "9", "request_id": request_id}):
        page: Any = handle_form(refuse, lambda *shown: repr(shown))

    assert page == (repr((request_id, {"seats": "9", "request_id": request_id}, {"seats": ["Hoogstens 8."]})), 409)


def test_an_accepted_form_goes_on_and_says_what_was_done(app: Flask) -> None:
    with app.test_request_context(method="POST", data={}):
        answer: Any = handle_form(lambda _request_id: ("/next", "saved"), lambda *_: "")
        flashed = get_flashed_messages()

    assert (answer.status_code, answer.location) == (303, "/next")
    assert flashed == ["Bewaard."]


def test_boxes_are_always_a_list_when_they_are_shown_again(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"days": "1", "name": "Noor"}):
        assert submitted_values(("days", "themes")) == {"days": ["1"], "themes": [], "name": "Noor"}
