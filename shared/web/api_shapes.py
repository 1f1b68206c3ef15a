"""The fields of the JSON API: how a value is written by the NLGov REST API Design Rules, and what is said if not.

A field takes the name of its property, what it tells (Dutch, for the document), and what marshmallow takes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, ClassVar

from marshmallow import EXCLUDE, RAISE, Schema, fields, validate

from shared.ids import is_id

MOST_ON_A_PAGE = 200
USUAL_ON_A_PAGE = 50
_HOUR = "^([01][0-9]|2[0-3]):[0-5][0-9]:00$"
_USUAL = {
    "required": "Dit ontbreekt.", "null": "Hier past null niet. Laat de naam weg als er niets te melden is.",
}  # fmt: skip


class Shape(Schema):
    """An object that comes in or goes out; a property that we do not know is refused.

    resource  what the document calls it
    """

    resource: ClassVar[str] = ""
    error_messages = {  # noqa: RUF012
        "unknown": "Deze naam kennen we hier niet.", "type": "Hier hoort een object.",
    }  # fmt: skip

    class Meta:
        unknown = RAISE


class Told(Shape):
    """What goes out: every property is always there, and null says that there is nothing to tell.

    More properties may come in a later version; who reads this passes over what it does not know.
    """

    class Meta:
        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """So that the document promises it too."""
        field_obj.required = True


class Named:
    """What all fields of the API share; `says` is what a sort of field says of a value that does not fit."""

    says: ClassVar[dict[str, str]] = {}

    def __init__(self, name: str, about: str, *inner: Any, **options: Any) -> None:
        metadata = {"description": about, **options.pop("metadata", {})}
        super().__init__(*inner, data_key=name, metadata=metadata, error_messages=_USUAL | self.says, **options)  # type: ignore[call-arg]


class Text(Named, fields.String):
    """Words."""

    says: ClassVar[dict[str, str]] = {"invalid": "Hier hoort tekst."}


class YesNo(Named, fields.Boolean):
    """true or false, and nothing that looks like it."""

    says: ClassVar[dict[str, str]] = {"invalid": "Hier hoort true of false."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Number(Named, fields.Integer):
    """A whole number; in a query its digits."""

    says: ClassVar[dict[str, str]] = {"invalid": "Hier hoort een heel getal."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not re.fullmatch("[0-9]{1,9}", str(value)):
            raise self.make_error("invalid")
        return int(value)


class Id(Named, fields.UUID):
    """An id, as text."""

    says: ClassVar[dict[str, str]] = {"invalid_uuid": "Hier hoort een UUID."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = value.lower() if isinstance(value, str) else ""
        if not is_id(text):
            raise self.make_error("invalid_uuid")
        return text


class Day(Named, fields.Date):
    """A day without a time: 2026-11-24."""

    says: ClassVar[dict[str, str]] = {"invalid": "Hier hoort een dag, zoals 2026-11-24."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise self.make_error("invalid")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid") from None


class Hour(Named, fields.Time):
    """The time on a local clock, in whole minutes: 19:30:00."""

    says: ClassVar[dict[str, str]] = {"invalid": "Hier hoort een tijd, zoals 19:30:00."}

    def __init__(self, name: str, about: str, **options: Any) -> None:
        super().__init__(name, about, metadata={"format": "time-local", "pattern": _HOUR}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> time:
        if not isinstance(value, str) or not re.fullmatch(_HOUR, value):
            raise self.make_error("invalid")
        return time.fromisoformat(value)

    def _serialize(self, value: time | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat(timespec="seconds")


class Moment(Named, fields.AwareDateTime):
    """An instant in UTC: 2026-11-24T18:30:00Z. It only goes out."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Word(Named, fields.Field[Any]):
    """One of a few: a Dutch word outside, a code of ours inside.

    words  code -> word; every code that can occur
    """

    says: ClassVar[dict[str, str]] = {"invalid": "Hier hoort een van: {words}."}

    def __init__(self, name: str, about: str, words: Mapping[Any, str], **options: Any) -> None:
        said = [*words.values(), *([None] if options.get("allow_none") else [])]
        super().__init__(name, about, metadata={"type": "string", "enum": said}, **options)
        self.words = dict(words)
        self._codes = {word: code for code, word in words.items()}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else self.words[value]

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or value not in self._codes:
            raise self.make_error("invalid", words=", ".join(self._codes))
        return self._codes[value]


class Many(Named, fields.List[Any]):
    """A list of one sort of field."""

    says: ClassVar[dict[str, str]] = {"invalid": "Hier hoort een lijst."}


class Part(Named, fields.Nested):
    """An object inside an object."""

    says: ClassVar[dict[str, str]] = {"type": "Hier hoort een object."}


def nothing() -> None:
    """What stands for a property that was left out; the document shows no default for it."""


class PageAsked(Shape):
    """Which part of a list is wanted; a list stands in the order in which things came to be."""

    after = Id("na", "De id van het laatste item dat je al hebt. Leeg begint vooraan.", load_default=nothing)
    limit = Number(
        "aantal", "Hoeveel items je hoogstens wilt.", load_default=USUAL_ON_A_PAGE,
        validate=validate.Range(1, MOST_ON_A_PAGE, error="Kies een getal van {min} tot en met {max}."),
    )  # fmt: skip


class Links(Told):
    """Where one is and where it goes on."""

    resource = "Links"
    here = Text("self", "Het adres van deze bladzijde.", metadata={"format": "uri"})
    onward = Text(
        "next", "Het adres van de volgende bladzijde; null op de laatste.", allow_none=True,
        metadata={"format": "uri"},
    )  # fmt: skip


def page_of(shape: type[Told]) -> type[Told]:
    """The shape of one page of a list of these."""
    return type(
        f"{shape.__name__}Page",
        (Told,),
        {
            "resource": f"{shape.resource}Pagina",
            "items": Many("items", "Wat er op deze bladzijde staat.", nested(shape)),
            "links": Part("links", "Waar deze bladzijde staat en waar de volgende is.", Links),
        },
    )


def nested(shape: type[Shape]) -> fields.Nested:
    """An object as an item of a list."""
    return fields.Nested(shape)


def at_most(length: int) -> validate.Validator:
    """Not longer than so many signs, or not more than so many in a list."""
    return validate.Length(max=length, error="Dit is te lang: hoogstens {max}.")
