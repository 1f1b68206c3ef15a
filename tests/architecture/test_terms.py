"""The mechanism goes by the terms of docs/WORDS.md: the words that they replaced do not come back.

What people read is Dutch and stands elsewhere; a word between quotes or backticks is talked about and not used.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOPS = ("deploy", "services", "shared", "tests")


def words_in(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Retired in names and in prose.
EVERYWHERE = words_in("""
    letter letters courier couriers ear ears house town towns doorbell doorbells bell bells chore chores labour
    moot parcel parcels bends grip listener listeners mend mends mended minding referee
""")
# Retired as a part of a name; in a sentence they are English.
IN_NAMES = words_in("""
    hear hears heard hearing said saying told hands tries tried asks looks standing retold elsewhere attention
    discreet door doors desk
""")
# Retired as a whole name.
WHOLE_NAMES = words_in("""
    one those some found what way ways look looking do life truth together seeing beside by_hand asked_as
    form_id page_id in_turn has_turn let_go execute_later trail ground ledger admit room bury put_aside
    is_news is_level note_head cast stage dice deed owed
""")
PHRASES = re.compile(r"\b(front desk|front door|door of the house|rings? the bell)\b", re.I)
QUOTED = re.compile(r'`[^`]*`|"[^"]*"|“[^”]*”')
DEAD_LETTER = re.compile(r"\bdead[- _]letters?\b", re.I)
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# Where such a word is one of the domain.
ALLOWED = {
    "deploy/local/doctor.py": {"what"},  # a key of its JSON
    "services/intake/rules/matching.py": {"tried"},  # groups in which somebody has been
    "services/intake/rules/signups.py": {"asks"},
    "services/intake/rules/talks.py": {"asks"},
    "shared/discretion.py": {"letters"},  # those of the alphabet
    "services/questionnaires/rules/answers.py": {"attention"},  # what a score asks for
    "services/questionnaires/rules/questionnaires.py": {"attention"},
}


def files(top: str) -> list[Path]:
    found = sorted((ROOT / top).rglob("*.py"))
    return [path for path in found if path != Path(__file__) and "migrations" not in path.parts]


def words_of_name(name: str) -> list[str]:
    return [word.lower() for word in WORD.findall(name)]


def retired_in_name(name: str) -> set[str]:
    if name.startswith("test_"):
        return retired_in_prose(name.replace("_", " "))
    if name.lower() in WHOLE_NAMES:
        return {name}
    words = words_of_name(name)
    if "dead" in words:
        words = [word for word in words if word not in ("letter", "letters")]
    return {f"{name} ({word})" for word in words if word in EVERYWHERE or word in IN_NAMES}


def retired_in_prose(text: str) -> set[str]:
    bare = DEAD_LETTER.sub(" ", QUOTED.sub(" ", text))
    words = {word.lower() for word in re.findall(r"[A-Za-z]+", bare)}
    return {word for word in words if word in EVERYWHERE} | {match[0].lower() for match in PHRASES.finditer(bare)}


def bound_names(tree: ast.AST) -> Iterator[str]:
    """Names that this file chooses itself: those of others are theirs."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case (
                ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store())
            ):
                yield name
            case ast.alias(asname=str(name)):
                yield name


def prose(tree: ast.AST, source: str) -> Iterator[str]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    yield from (ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, documented))
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    yield from (token.string for token in tokens if token.type == tokenize.COMMENT)


def log_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="log"), attr="step" | "event" | "trouble"),
                args=[ast.Constant(value=str(name)), *_],
                keywords=keywords,
            ):
                yield name
                yield from (keyword.arg for keyword in keywords if keyword.arg)


def retired_in(path: Path) -> set[str]:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    retired = {word for part in path.relative_to(ROOT).parts for word in retired_in_name(part.removesuffix(".py"))}
    retired |= {word for name in bound_names(tree) for word in retired_in_name(name)}
    retired |= {word for text in prose(tree, source) for word in retired_in_prose(text)}
    retired |= {f"log {name}" for name in log_names(tree) if retired_in_name(name)}
    allowed = ALLOWED.get(str(path.relative_to(ROOT)), set())
    return {text for text in retired if not allowed & set(re.findall(r"[a-z]+", text.lower().rpartition(" ")[2]))}


@pytest.mark.parametrize("top", TOPS)
def test_no_retired_word_names_or_explains_the_mechanism(top: str) -> None:
    retired = {str(path.relative_to(ROOT)): sorted(retired_in(path)) for path in files(top)}
    offenders = [f"{name}: {', '.join(words)}" for name, words in retired.items() if words]

    assert not offenders, "\n".join(offenders)
