"""Marshmallow schemas that answer in our own words, without touching the messages of marshmallow itself."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import ClassVar, TypeVar

from marshmallow import Schema, fields

V = TypeVar("V")
Messages = Mapping[type[object], Mapping[str, str]]


class TranslatedSchema(Schema):
    """A schema whose fields and validators use `messages` where they have no texts of their own.

    messages  class of a field -> key of a message -> text; class of a validator -> name of a message -> text
    """

    messages: ClassVar[Messages] = {}

    def translate(self, text: str) -> str:
        """Return a text, also one of a field's own, in the language of who reads it."""
        return text

    def on_bind_field(self, field_name: str, field_obj: fields.Field[object]) -> None:
        _translate(field_obj, self.messages, self.translate)


def _translate(field: fields.Field[object], messages: Messages, translate: Callable[[str], str]) -> None:
    texts = dict(field.error_messages)
    for cls in type(field).__mro__:
        defaults = getattr(cls, "default_error_messages", {})
        for key, text in messages.get(cls, {}).items():
            if texts.get(key) == defaults.get(key):
                texts[key] = text
    field.error_messages = {key: translate(str(text)) for key, text in texts.items()}
    field.validators = [_translated(validator, messages, translate) for validator in field.validators]
    if isinstance(field, fields.List):
        _translate(field.inner, messages, translate)


def _translated(validator: V, messages: Messages, translate: Callable[[str], str]) -> V:
    """Return the validator with our messages; one that has messages of its own already keeps those."""
    texts = messages.get(type(validator))
    if texts is None or getattr(validator, "error", None) not in (
        None,
        getattr(validator, "default_message", None),
    ):
        return validator
    translated = copy.copy(validator)
    for name, text in texts.items():
        setattr(translated, name, translate(text))
    return translated
