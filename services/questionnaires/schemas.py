"""The shape of what may come in over HTTP."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema

from shared.web.forms import FormSchema, Values


class AnswerForm(FormSchema):
    """One statement: which one, and an answer or that it is skipped. Skipping wins when both were sent."""

    item = fields.String(required=True, validate=validate.Length(max=40))
    answer = fields.Integer(load_default=None)
    skip = fields.String(load_default="")

    @validates_schema(skip_on_field_errors=True)
    def _one_of_two(self, data: Values, **_: object) -> None:
        if data["answer"] is None and not data["skip"]:
            raise ValidationError({"answer": ["Kies wat het beste past, of sla deze uitspraak over."]})
