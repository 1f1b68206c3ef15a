"""Sentences in the summary of errors that name their field, by the label that the page itself shows for it.

The summary stands above the fields, so it is completed when the whole page is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from flask import g
from markupsafe import Markup, escape

from shared import language
from shared.web.forms import FormSchema
from shared.web.text import text, translate

# No text on a page has this sign: the entrance of every app refuses it.
_MARK = "\x1a"
_MARKED = re.compile(f"{_MARK}([^{_MARK}]*){_MARK}([^{_MARK}]*){_MARK}")
_FACT = re.compile(r"\\\{\w+\\\}")


def template_globals() -> Mapping[str, Callable[..., object]]:
    """Return what the templates call: to note a label, to write a sentence, and to complete the page."""
    return {"note_label": note_label, "error_sentence": error_sentence, "name_fields": name_fields}


def note_label(name: str, label: str) -> None:
    """Keep the label that this page shows for a field."""
    g.setdefault("form_labels", {}).setdefault(name, label)


def error_sentence(name: str, sentence: str) -> str:
    """Return a sentence for the summary; one that could be about any field is marked for `name_fields`."""
    return f"{_MARK}{name}{_MARK}{sentence}{_MARK}" if is_general(sentence) else sentence


def name_fields(page: str) -> Markup:
    """Write the label of its field before each marked sentence of a page."""
    return Markup(_MARKED.sub(_named, page))  # noqa: S704


def is_general(sentence: str) -> bool:
    """Tell whether a sentence could be about any field."""
    return _general(language.current()).fullmatch(sentence) is not None


@cache
def _general(_language: str) -> re.Pattern[str]:
    """Return what every such sentence looks like in a language, which is the current one."""
    sentences = [sentence for table in FormSchema.messages.values() for sentence in table.values()]
    return re.compile("|".join(_FACT.sub("-?[0-9]+", re.escape(translate(sentence))) for sentence in sentences))


def _named(marked: re.Match[str]) -> str:
    name, sentence = marked.groups()
    label = str(g.get("form_labels", {}).get(name, "")).strip()
    if not label:
        # Nobody could have typed it here: the page has changed meanwhile, or a program sent it.
        return str(escape(text("refusals", "page_outdated")))
    if label.endswith(("?", ".", "!")):
        return f"{escape(label)} {sentence}"
    return f"{escape(label.removesuffix(':'))}: {sentence[0].lower()}{sentence[1:]}"
