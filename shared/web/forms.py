"""Reading and handling a form, through a marshmallow schema, with texts for what to correct."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, time
from typing import Any, ClassVar, TypeVar

from flask import current_app, flash, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from shared import clock
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.ids import is_id, new_id
from shared.web.entrance import is_fit, without_unfit
from shared.web.text import text, texts, translate
from shared.web.translated_schema import Messages, TranslatedSchema

Values = dict[str, Any]
Errors = dict[str, list[str]]
ShowForm = Callable[[str, Values, Errors], str]
FormAction = Callable[[str], tuple[str, str]]
FIRST_OF_TWO, FIRST_OF_TWO_IN_SERIES = "first_of_two", "first_of_two_in_series"
View = TypeVar("View", bound=Callable[..., object])


class FormSchema(TranslatedSchema):
    """What a person typed; a field or validator with texts of its own keeps them."""

    messages: ClassVar[Messages] = {
        fields.Field: {
            "required": "Vul dit nog in.",
            "null": "Vul dit nog in.",
            "validator_failed": "Dit klopt nog niet.",
        },
        fields.Date: {"invalid": "Kies een dag. Typ je hem zelf, schrijf hem dan als 24-11-2026."},
        fields.Time: {"invalid": "Vul een tijd in, zoals 19.30: alleen uren en minuten."},
        fields.Integer: {"invalid": "Vul een heel getal in."},
        fields.UUID: {"invalid_uuid": "Kies iets uit de lijst."},
        fields.List: {"invalid": "Kies iets uit de lijst."},
        validate.OneOf: {"error": "Kies iets uit de lijst."},
        validate.Length: {
            "message_min": "Maak dit langer: minstens {min} tekens.",
            "message_max": "Maak dit korter: hoogstens {max} tekens.",
            "message_all": "Maak dit korter: hoogstens {max} tekens.",
        },
        validate.Range: {
            "message_min": "Vul {min} of meer in.",
            "message_max": "Vul {max} of minder in.",
            "message_all": "Vul iets in van {min} tot en met {max}.",
        },
    }

    def translate(self, text: str) -> str:
        return translate(text)


def handle_form(
    act: FormAction, show: ShowForm, *, fields: Collection[str] | None = None, many: Collection[str] = ()
) -> ResponseReturnValue:
    """Do what the form of this request asks and redirect, or show the form again with what to fix.

    act     takes the request id of the form; gives the address to go on to and the codes of the sentences in the
            table `done` to show there, with a space between, or ""
    show    takes the request id, the submitted values and the errors per field; gives the page. The id stays the
            same, so that a form that is fixed and sent again stays the same request
    fields  see `form_errors`; many: see `submitted_values`
    Raises NotFound and Forbidden: no form can fix those.
    """
    request_id = read_request_id()
    try:
        location, done = act(request_id)
    except Refusal as refusal:
        return show(request_id, submitted_values(many), form_errors(refusal, fields)), refusal.status
    if done:
        flash(" ".join(text("done", code) for code in done.split()))
    return redirect(location, code=303)


def done_at(done: str, at: time | None, *days: date | None) -> str:
    """Return the code, with that of a second sentence when a clock shows this time twice on one of the days."""
    is_twice = at is not None and any(day is not None and clock.comes_twice(day, at) for day in days)
    if not is_twice:
        return done
    return f"{done} {FIRST_OF_TWO if len(days) == 1 else FIRST_OF_TWO_IN_SERIES}"


def shows_again(show: Callable[..., ResponseReturnValue]) -> Callable[[View], View]:
    """Show a form again when it was refused before its view was called; nothing that was typed is lost.

    show  takes the errors per field, and by name what the view takes; gives the page
    """

    def decorate(view: View) -> View:
        view.__shows_again__ = show  # type: ignore[attr-defined]
        return view

    return decorate


def form_again(code: str) -> ResponseReturnValue | None:
    """Return the form of this request with what was typed and the refusal; None when its view shows none again."""
    view = current_app.view_functions.get(request.endpoint or "")
    show: Callable[..., ResponseReturnValue] | None = getattr(view, "__shows_again__", None)
    if show is None:
        return None
    page = make_response(show({"": [text("refusals", code)]}, **(request.view_args or {})))
    if page.status_code == 200:
        page.status_code = 400
    return page


def send_again(code: str) -> ResponseReturnValue | None:
    """Return a page with one button that sends all that was typed once more, with a fresh token.

    For who works here or takes part; None when it was not certainly a page of ours that sent it: another site must
    not have somebody send what it thought of.
    """
    access_rule = g.get("access_rule")
    if access_rule is None or not access_rule.needs_pass or not _came_from_our_page():
        return None
    values = [
        (name, without_unfit(value))
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and is_fit(name)
    ]
    page = render_template(
        "houvast/send_again.html",
        action=request.full_path.rstrip("?"),
        values=values,
        sentence=text("refusals", code),
    )
    return page, 400


def _came_from_our_page() -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or origin.partition("://")[2] == request.host


def form_errors(refusal: Refusal, fields: Collection[str] | None = None) -> Errors:
    """Return field -> sentences for a refusal; under "" what is about the whole form.

    The field is that of the refusal, else the first of those that the service's table `refusal_fields` has for its
    code. Where the form's own `fields` are given, only one of them will do.
    Raises NotFound and Forbidden: no form can fix those.
    """
    if isinstance(refusal, NotFound | Forbidden):
        raise refusal
    if isinstance(refusal, Invalid):
        return refusal.errors
    candidates = [str(refusal.facts.get("field") or ""), *_fields_of(refusal.code)]
    field = next((name for name in candidates if name and (fields is None or name in fields)), "")
    return {field: [text("refusals", refusal.code, **refusal.facts)]}


def read_form(schema: type[Schema], *, many: tuple[str, ...] = ()) -> dict[str, Any]:
    """Load the form of this request; an empty field counts as not filled in.

    many  fields that may be given more than once (checkboxes); they are loaded as lists
    Raises Invalid with the texts per field.
    """
    typed: Values = {
        key: value.strip() for key, value in request.form.items() if value.strip() and key not in many
    }
    typed.update({key: [value for value in request.form.getlist(key) if value.strip()] for key in many})
    try:
        return schema(unknown=EXCLUDE).load(typed)
    except ValidationError as error:
        raise Invalid({field: _flat(nested) for field, nested in error.messages_dict.items()}) from None


def read_request_id() -> str:
    """Return the idempotency key of this form; a form without a valid one is its own request."""
    given = request.form.get("request_id", "")
    return given if is_id(given) else new_id()


def submitted_values(many: Collection[str] = ()) -> Values:
    """Return what the form held, to show it again; lists for fields given more than once, always for `many`.

    What cannot be stored is left out, so that the form can be sent as it is shown.
    """
    form = {key: [without_unfit(value) for value in values] for key, values in request.form.lists()}
    given = {key: values if len(values) > 1 else values[0] for key, values in form.items()}
    return given | {key: [value for value in form.get(key, []) if value] for key in many}


def _fields_of(code: str) -> list[str]:
    return texts().table("refusal_fields").get(code, "").split()


def _flat(nested: object) -> list[str]:
    if isinstance(nested, dict):
        return [message for inner in nested.values() for message in _flat(inner)]
    return [translate(str(message)) for message in nested] if isinstance(nested, list) else []
