"""Reading a form: what was typed, through a marshmallow schema, with Dutch sentences for what to mend."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from shared.errors import Invalid
from shared.ids import is_id, new_id

fields.Field.default_error_messages.update(
    required="Vul dit nog in.", null="Vul dit nog in.", validator_failed="Dit klopt nog niet."
)
fields.Date.default_error_messages.update(invalid="Kies een dag.", format="Kies een dag.")
fields.Time.default_error_messages.update(invalid="Vul een tijd in, zoals 19.30.", format="Vul een tijd in.")
fields.Integer.default_error_messages.update(invalid="Vul een heel getal in.")
fields.Email.default_error_messages.update(invalid="Dit e-mailadres klopt niet helemaal.")
validate.Email.default_message = "Dit e-mailadres klopt niet helemaal. Kijk het nog eens na."
validate.Length.message_max = "Maak dit korter: hoogstens {max} tekens."
validate.Length.message_min = "Maak dit langer: minstens {min} tekens."
validate.Length.message_all = validate.Length.message_max
validate.OneOf.default_message = "Kies iets uit de lijst."
validate.Range.message_min = "Vul {{min}} of meer in."
validate.Range.message_max = "Vul {{max}} of minder in."
validate.Range.message_all = "Vul iets in van {{min}} tot en met {{max}}."
fields.UUID.default_error_messages.update(invalid_uuid="Kies iets uit de lijst.")


def read_form(schema: type[Schema], *, many: tuple[str, ...] = ()) -> dict[str, Any]:
    """The form of this request as the schema reads it; an empty field counts as not filled in.

    many  fields that may be given more than once (checkboxes); they arrive as lists
    Raises Invalid with the sentences per field.
    """
    typed: dict[str, Any] = {
        key: value.strip() for key, value in request.form.items() if value.strip() and key not in many
    }
    typed.update({key: [value for value in request.form.getlist(key) if value.strip()] for key in many})
    try:
        loaded: dict[str, Any] = schema(unknown=EXCLUDE).load(typed)
        return loaded
    except ValidationError as wrong:
        raise Invalid(_flat(wrong.messages_dict)) from None


def read_request_id() -> str:
    """The idempotency key of this form; a form without a good one is its own request."""
    given = request.form.get("request_id", "")
    return given if is_id(given) else new_id()


def submitted_values() -> dict[str, Any]:
    """What the form held, to show it again; lists for fields given more than once."""
    return {key: values if len(values) > 1 else values[0] for key, values in request.form.lists()}


def _flat(messages: dict[str, Any]) -> dict[str, list[str]]:
    flat = {}
    for field, said in messages.items():
        flat[field] = said if isinstance(said, list) else [str(one) for one in _leaves(said)]
    return flat


def _leaves(said: Any) -> list[str]:
    if isinstance(said, dict):
        return [leaf for part in said.values() for leaf in _leaves(part)]
    return [str(one) for one in said]
