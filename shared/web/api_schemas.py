"""The base schemas of the JSON API, by the NLGov REST API Design Rules, and those of a page of a list."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import EXCLUDE, RAISE, fields, validate

from shared.web.api_fields import LARGEST, UUID, Integer, absent
from shared.web.translated_schema import Messages, TranslatedSchema

# What a store takes as text: shared.web.entrance refuses the rest.
STORABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
MAX_PAGE_SIZE = 200
DEFAULT_PAGE_SIZE = 50


class RequestSchema(TranslatedSchema):
    """What comes in; a property that we do not know is refused.

    resource  what the document calls it; without one it is written out on the spot
    """

    resource: ClassVar[str] = ""
    error_messages = {  # noqa: RUF012
        "unknown": "Deze naam kennen we hier niet.",
        "type": "Hier hoort een object.",
    }
    messages: ClassVar[Messages] = {
        fields.Field: {
            "required": "Dit ontbreekt.",
            "null": "Hier past null niet. Laat de naam weg als er niets te melden is.",
            "validator_failed": "Dit klopt nog niet.",
        },
        fields.String: {"invalid": "Hier hoort tekst."},
        fields.Boolean: {"invalid": "Hier hoort true of false."},
        fields.Integer: {"invalid": "Hier hoort een heel getal."},
        fields.UUID: {"invalid_uuid": "Hier hoort een UUID."},
        fields.Date: {"invalid": "Hier hoort een dag, zoals 2026-11-24."},
        fields.Time: {"invalid": "Hier hoort een tijd in hele minuten en zonder tijdzone, zoals 19:30:00."},
        fields.List: {"invalid": "Hier hoort een lijst."},
        fields.Nested: {"type": "Hier hoort een object."},
        validate.Range: {"message_all": "Kies een getal van {min} tot en met {max}."},
    }

    class Meta:
        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[object]) -> None:
        super().on_bind_field(field_name, field_obj)
        if isinstance(field_obj, Integer) and not field_obj.validators:
            field_obj.metadata = {"minimum": 0, "maximum": LARGEST, **field_obj.metadata}
        text = field_obj.inner if isinstance(field_obj, fields.List) else field_obj
        if type(text) is fields.String and not any(isinstance(rule, validate.Regexp) for rule in text.validators):
            text.metadata = {"pattern": STORABLE, **text.metadata}


class ResponseSchema(RequestSchema):
    """What goes out: every property is always there, and null says that there is nothing to tell.

    More properties may come in a later version; who reads this passes over what it does not know.
    """

    class Meta:
        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[object]) -> None:
        super().on_bind_field(field_name, field_obj)
        field_obj.required = True  # so that the document promises it too


class PageQuery(RequestSchema):
    """Which part of a list is wanted; a list stands in the order in which things came to be."""

    after = UUID(
        data_key="na",
        load_default=absent,
        metadata={"description": "De id van het laatste item dat je al hebt. Leeg begint vooraan."},
    )
    limit = Integer(
        data_key="aantal",
        load_default=DEFAULT_PAGE_SIZE,
        metadata={"description": "Hoeveel items je hoogstens wilt."},
        validate=validate.Range(1, MAX_PAGE_SIZE),
    )


class LinksSchema(ResponseSchema):
    """The addresses of this page and the next."""

    resource = "Links"
    here = fields.String(
        data_key="self", metadata={"description": "Het adres van deze bladzijde.", "format": "uri"}
    )
    onward = fields.String(
        data_key="next",
        allow_none=True,
        metadata={"description": "Het adres van de volgende bladzijde; null op de laatste.", "format": "uri"},
    )


def page_schema(item: type[ResponseSchema]) -> type[ResponseSchema]:
    """Return the schema of one page of a list of these items."""
    members = {
        "resource": f"{item.resource}Pagina",
        "items": fields.List(fields.Nested(item), metadata={"description": "Wat er op deze bladzijde staat."}),
        "links": fields.Nested(
            LinksSchema, metadata={"description": "Waar deze bladzijde staat en waar de volgende is."}
        ),
    }
    return type(f"{item.__name__}Page", (ResponseSchema,), members)
