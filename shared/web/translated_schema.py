"""Marshmallow schemas that answer in Dutch, without touching the messages of marshmallow itself."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, fields

Messages = Mapping[type[Any], Mapping[str, str]]


class TranslatedSchema(Schema):
    """A schema whose fields and validators use `messages` where they have no texts of their own.

    messages  class of a field -> key of a message -> text; class of a validator -> name of a message -> text
    """

    messages: ClassVar[Messages] = {}

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        _translate(field_obj, self.messages)


def _translate(field: fields.Field[Any], messages: Messages) -> None:
    texts = dict(field.error_messages)
    cls: Any
    for cls in type(field).__mro__:
        for key, text in messages.get(cls, {}).items():
            if texts.get(key) == cls.default_error_messages.get(key):
                texts[key] = text
    field.error_messages = texts
    field.validators = [_translated(validator, messages) for validator in field.validators]
    if isinstance(field, fields.List):
        _translate(field.inner, messages)


def _translated(validator: Any, messages: Messages) -> Any:
    """A validator whose messages are not those of marshmallow has texts of its own, which stay."""
    texts = messages.get(type(validator))
    if texts is None or getattr(validator, "error", None) not in (
        None,
        getattr(validator, "default_message", None),
    ):
        return validator
    translated = copy.copy(validator)
    for name, text in texts.items():
        setattr(translated, name, text)
    return translated
