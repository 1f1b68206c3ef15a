"""Every refusal can be said in Dutch with the facts that it brings, and no sentence lies there unsaid."""

from __future__ import annotations

import ast
import functools
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.installation import NAMES
from shared.errors import Refusal

ROOT = Path(__file__).resolve().parents[2]
PLACES = (*NAMES, "shared")
WORD = re.compile(r"[\w-]+")
DONE_IN_TEMPLATE = re.compile(r"(?s)\{[{%].*?[%}]\}")
# In a template a code may be put together: "came_" ~ how.
PUT_TOGETHER = re.compile(r"\"(\w+_)\" ~|~ \"(_\w+)\"")
# What happened, as the names of events end.
ENDS_OF_NAMES = "event_happenings"
# A code that is put together of a field and its value, with nothing else in it.
LEAST_WRITTEN = 3


def folder_of(place: str) -> Path:
    return ROOT / place if place == "shared" else ROOT / "services" / place


def speakers_of(place: str) -> list[Path]:
    """Whose code says these sentences: the command line refuses in the words of the sign-in service."""
    return [folder_of(place), ROOT / "deploy"] if place == "meetings" else [folder_of(place)]


@functools.cache
def sentences_of(place: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((folder_of(place) / "data" / "messages.nl.toml").read_text(encoding="utf-8"))


@functools.cache
def trees_of(place: str) -> list[ast.Module]:
    files = [path for folder in speakers_of(place) for path in sorted(folder.rglob("*.py"))]
    return [ast.parse(path.read_text(encoding="utf-8")) for path in files if "migrations" not in path.parts]


def names_of_refusals() -> set[str]:
    """Of the class and all that are one, as far as the services know them."""
    classes, waiting = {Refusal}, [Refusal]
    while waiting:
        more = waiting.pop().__subclasses__()
        classes.update(more)
        waiting.extend(more)
    return {refusal.__name__ for refusal in classes}


def refusals_of(place: str) -> Iterator[tuple[str, frozenset[str]]]:
    """(code, the names of its facts) for every refusal that is made with a code."""
    names = names_of_refusals()
    for tree in trees_of(place):
        for node in ast.walk(tree):
            is_made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
            if is_made and node.args and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value), frozenset(word.arg for word in node.keywords if word.arg)


def asked_by(sentence: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field}


@functools.cache
def codes_in(place: str) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """The words that stand in its code, templates and data; and the shapes of codes that are put together."""
    words: set[str] = set()
    shapes: set[str] = set()
    for tree in trees_of(place):
        about = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in about and " " not in str(node.value):
                words.update(WORD.findall(str(node.value)))
            if isinstance(node, ast.JoinedStr):
                shapes.add(shape_of(node))
    for path in sorted(folder_of(place).rglob("*")):
        if path.suffix in (".html", ".txt"):
            done = " ".join(DONE_IN_TEMPLATE.findall(path.read_text(encoding="utf-8")))
            words.update(WORD.findall(done))
            shapes.update(
                f"{before}.+" if before else f".+{after}" for before, after in PUT_TOGETHER.findall(done)
            )
        elif path.suffix == ".toml" and path.name != "messages.nl.toml":
            words.update(WORD.findall(path.read_text(encoding="utf-8")))
    enough = {shape for shape in shapes if len(re.sub(r"[\W_]", "", shape)) > LEAST_WRITTEN}
    return frozenset(words), tuple(re.compile(shape) for shape in enough)


def shape_of(node: ast.JoinedStr) -> str:
    return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values)


def has_sentence(code: str, table: str, place: str) -> bool:
    # A refusal is made where its sentence stands; what somebody else says may have its label here.
    where = (place, "shared") if table.endswith("refusals") and place != "shared" else PLACES
    words = frozenset().union(*(codes_in(place)[0] for place in where))
    if code in words or any(shape.fullmatch(code) for place in where for shape in codes_in(place)[1]):
        return True
    if table.endswith("refusals"):
        return False
    if table == ENDS_OF_NAMES:
        return any(word.endswith(f"_{code}") for word in words)
    cuts = [index for index, sign in enumerate(code) if sign == "_"]
    return any(code[:cut] in words and code[cut + 1 :] in words for cut in cuts)


@pytest.mark.parametrize("place", PLACES)
def test_every_refusal_has_a_dutch_sentence_that_names_only_its_own_facts(place: str) -> None:
    ours = sentences_of("shared")["refusals"] | sentences_of(place).get("refusals", {})
    made = set(refusals_of(place))

    unsaid = sorted({code for code, _ in made if code not in ours})
    unfilled = sorted(code for code, facts in made if not asked_by(ours.get(code, "")) <= facts)

    assert made
    assert not unsaid, "no sentence for these"
    assert not unfilled, "the sentence asks for a fact that the refusal does not bring"


@pytest.mark.parametrize("place", PLACES)
def test_a_refusal_is_said_in_whole_sentences(place: str) -> None:
    refusals = sentences_of(place).get("refusals", {})

    assert refusals
    assert [code for code, sentence in refusals.items() if not sentence.endswith((".", "?"))] == []


@pytest.mark.parametrize("place", PLACES)
def test_no_sentence_waits_for_somebody_to_say_it(place: str) -> None:
    tables = sentences_of(place)
    near = [codes_in(place) for place in (PLACES if place == "shared" else (place, "shared"))]

    unused = [
        table
        for table in tables
        if not any(table in words or any(shape.fullmatch(table) for shape in shapes) for words, shapes in near)
    ]
    unsaid = [
        f"{table}.{code}"
        for table, sentences in tables.items()
        for code in sentences
        if not has_sentence(code, table, place)
    ]

    assert not unused, "nobody looks into these tables"
    assert not unsaid, "nobody says these"
