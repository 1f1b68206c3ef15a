"""Whatever others than staff read is wrapped, and is there in every language, whole and with the same values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from deploy import catalogues
from services.intake.rules import people
from shared.language import LANGUAGES, LOCALES

NAMES = tuple(catalogues.FOLDERS)
# What Dutch pages never say, said in English; and what belongs to care.
AVOIDED = re.compile(
    r"\b(intakes?|no-shows?|patients?|clients?|customers?|relaps\w*|recover\w*|addict\w*|failed|failures?|rejected"
    r"|mandatory|required|obliged|treatments?|therap\w*|diagnos\w*|disorders?)\b",
    re.I,
)
# That we ask for none is what a page says.
REASSURING = {"diagnosis"}
VALUE = re.compile(r"%\(\w+\)s|\{\w+(?::[^}]*)?\}|<[^>]+>|https?://\S+")
ENDING = re.compile(r"[.?!:,]?$")
# In the header that only staff see, and of what is not a sentence.
STAFF_ONLY = {
    "Pagina · Houvast", "Demo: het is", ", klok verzetten", "Houvast", "Meer", "Je bent:", "Menu", "Sluit menu",
    "Uitloggen", "Demoklok", "Hoofdmenu", "3× Esc",
}  # fmt: skip


def messages_of(name: str, language: str) -> Iterator[Message]:
    with catalogues.path_of(name, language).open("rb") as file:
        catalogue = read_po(file)
    assert not catalogue.obsolete, "a catalogue holds nothing that is not said any more"
    yield from (message for message in catalogue if message.id)


EACH = [(name, language) for name in NAMES for language in catalogues.TRANSLATED]


@pytest.mark.parametrize(("name", "language"), EACH)
def test_a_catalogue_has_every_sentence_of_now_and_no_other(name: str, language: str) -> None:
    written = catalogues.path_of(name, language).read_text(encoding="utf-8")

    assert written == catalogues.text_of(catalogues.catalogue_of(name, language)), "python -m deploy.catalogues"


@pytest.mark.parametrize(("name", "language"), EACH)
def test_every_sentence_is_translated_and_none_is_a_guess(name: str, language: str) -> None:
    messages = list(messages_of(name, language))

    assert messages
    assert [message.id for message in messages if not message.string or not all(message.string)] == []
    assert [message.id for message in messages if message.fuzzy] == []


@pytest.mark.parametrize(("name", "language"), EACH)
def test_a_translation_has_the_same_values_tags_and_ending(name: str, language: str) -> None:
    for message in messages_of(name, language):
        source, translation = str(message.id), str(message.string)
        assert Counter(VALUE.findall(source)) == Counter(VALUE.findall(translation)), source
        assert ENDING.findall(source)[0] == ENDING.findall(translation)[0], source
        assert translation == translation.strip() or source != source.strip(), source
        # It may stand in an attribute.
        assert '"' not in re.sub(r"<[^>]+>", "", translation), source


@pytest.mark.parametrize(("name", "language"), EACH)
def test_no_translation_has_a_word_we_avoid(name: str, language: str) -> None:
    words = {
        match[0].lower()
        for message in messages_of(name, language)
        for match in AVOIDED.finditer(str(message.string))
    }

    assert words <= REASSURING


def unwrapped(source: str) -> set[str]:
    """What a template says without asking the catalogue: its text, and the texts in its expressions."""
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    environment.policies["ext.i18n.trimmed"] = True
    tree = environment.parse(source)
    asked = {
        id(argument)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in ("_", "gettext", "ngettext")
        for argument in call.args
    }
    constants = {
        str(node.value)
        for node in tree.find_all(nodes.Const)
        if isinstance(node.value, str) and id(node) not in asked and is_sentence(node.value)
    }
    text = re.sub(r"(?s)\{#.*?#\}|\{%-? *trans\b.*?endtrans *-?%\}|<style>.*?</style>", "", source)
    labels = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"{]+)"', text)
    outside = re.sub(r"(?s)\{%.*?%\}|\{\{.*?\}\}", "", text)
    # A macro may hold attributes without the tag that they are of.
    between = re.split(r"<[^>]*>|\n\s*\n", re.sub(r'[\w-]+="[^"]*"(?![^<]*>)', "", outside))
    pieces = {" ".join(piece.split()) for piece in [*between, *labels]}
    return constants | {piece for piece in pieces if re.search(r"[^\W\d_]{2}", piece)}


def is_sentence(value: str) -> bool:
    return bool(re.match(r"[(A-Z][a-z]+(?: |$|\b[^=])", value) or re.search(r"[a-z]{2} [a-z]{2,} [a-z]{2}", value))


def test_the_guard_finds_what_is_not_wrapped_and_only_that() -> None:
    assert unwrapped("<p>Dank je wel</p>") == {"Dank je wel"}
    assert unwrapped('<p aria-label="Bladeren">{{ _("Dank je wel") }}</p>') == {"Bladeren"}
    assert unwrapped('{{ forms.submit("Verder") }}') == {"Verder"}
    assert (
        unwrapped('{{ forms.submit(_("Verder"), kind="secondary") }}{% trans %}Hoi {{ name }}{% endtrans %}')
        == set()
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_in_what_others_than_staff_read_is_wrapped(name: str) -> None:
    templates = catalogues.templates_of(name)
    left = {
        (template, piece)
        for template in templates
        for piece in unwrapped(catalogues.template_source(template)) - STAFF_ONLY
    }

    assert templates
    assert left == set()


def test_every_service_writes_in_the_same_languages() -> None:
    assert set(people.LANGUAGES) == set(LANGUAGES) == set(LOCALES)
