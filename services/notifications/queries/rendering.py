"""From the one template of a type of message to its subject, its plain text, its page (HTML) and its text message.

The page says the same sentences: the template is filled once more with escaping on, and filters that see whether
it is write a link or a list as HTML instead of as lines. So a name can never be markup.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from shared import language
from shared.language import Catalogue

_SERVICE = Path(__file__).parent.parent
_TEMPLATES = _SERVICE / "templates"
_FOLDER = "notifications/message_types"
MESSAGE_TYPES = _TEMPLATES / _FOLDER


_CATALOGUE = Catalogue([_SERVICE])


class Layout(StrEnum):
    """What is made of a template: a file that takes the block it needs, in `layouts/`."""

    SUBJECT = "subject.txt"
    TEXT = "frame.txt"
    PAGE = "frame.html"
    SMS = "sms.txt"


def render(message_type: str, layout: Layout, values: Mapping[str, object]) -> str:
    """Write one part of a message of this type, in the current language.

    Raises jinja2.TemplateError, also when a value is not there.
    """
    environment = _html if layout is Layout.PAGE else _plain
    template = environment.get_template(f"{_FOLDER}/{message_type}.txt")
    return template.render({**values, "layout": f"{_FOLDER}/layouts/{layout}"})


def translate(words: str) -> str:
    """Return words of a message in the current language."""
    return _CATALOGUE.gettext(words)


def translations(in_language: str) -> list[tuple[str, str]]:
    """Return (sentence, translation) of everything that notifications says in a language."""
    return _CATALOGUE.sentences(in_language)


def _on_one_line(value: object) -> object:
    """Keep a value in its sentence: what somebody typed makes no line and no paragraph of its own."""
    if not isinstance(value, str):
        return value
    space = Markup(" ") if isinstance(value, Markup) else " "
    return space.join(value.splitlines())


@pass_eval_context
def _link_to(rendering: EvalContext, words: str, address: str) -> str:
    """Make words a link. In plain text the address comes last: a full stop behind it would become part of it."""
    sentence = words.removesuffix(".")
    if not rendering.autoescape:
        return f"{sentence}: {address}"
    return Markup('<a href="{}">{}</a>{}').format(address, sentence, words[len(sentence) :])


@pass_eval_context
def _strong(rendering: EvalContext, value: str) -> str:
    """Make the one value stand out for which the message is read."""
    return Markup("<strong>{}</strong>").format(value) if rendering.autoescape else value


@pass_eval_context
def _description_list(rendering: EvalContext, lines: str) -> str:
    """Make a list of lines that each say "term: description"."""
    if not rendering.autoescape:
        return lines
    pairs = (line.partition(": ") for line in lines.splitlines())
    rows = [Markup("<dt>{}</dt>\n<dd>{}</dd>\n").format(term, description) for term, _, description in pairs]
    return Markup("<dl>\n{}</dl>").format(Markup("").join(rows))


def _paragraphs(body: Markup) -> Markup:
    """Make a paragraph of what stands between empty lines, except of a list."""
    return Markup("\n").join(
        part if part.startswith("<dl>") else Markup("<p>{}</p>").format(part)
        for part in body.strip().split("\n\n")
    )


_html = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, autoescape=True, finalize=_on_one_line
)
_html.filters |= {
    "link_to": _link_to,
    "strong": _strong,
    "description_list": _description_list,
    "paragraphs": _paragraphs,
}
_html.globals["language"] = language.current
_CATALOGUE.install(_html)
_plain = _html.overlay(autoescape=False)
