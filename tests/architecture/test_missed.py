"""Would anyone miss you? What is written has somebody in the service who uses it; a test alone is not enough."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from deploy.local.installation import APPLICATIONS

ROOT = Path(__file__).resolve().parents[2]
WORD = re.compile(r"\w+")
# Whoever wears one of these is called by the name that it bears; another mark hands it to who calls it.
PLAIN_MARKS = {
    "cache",
    "cached_property",
    "classmethod",
    "command",
    "contextmanager",
    "dataclass",
    "property",
    "staticmethod",
}
# Private servers for trying out: whoever tries is a guest there.
GUESTS_SERVICE = ROOT / "tests" / "support" / "servers"
# Ready before anybody asks for it, each with its reason.
AHEAD = {
    "theme_scores": "shown once somebody loads a key that was checked; until then only tested",
    "strong": "for the page on which two moments stand side by side",
    "attention": "for the page on which two moments stand side by side",
    "units": "from which the parts of a text are reckoned; the tables of the standard are held against it",
    "encoding": "of a text, as the tables of the standard have it; the parts follow from it",
}


def source_files() -> list[Path]:
    return [path for top in ("services", "shared", "deploy") for path in sorted((ROOT / top).rglob("*.py"))]


def user_files() -> list[Path]:
    """Whose use counts: the product, and the simulation, which is a command of it."""
    return [*source_files(), *sorted((ROOT / "tests" / "simulation").rglob("*.py"))]


def template_files() -> list[Path]:
    files = [*ROOT.glob("services/*/templates/**/*"), *ROOT.glob("shared/templates/**/*")]
    return [path for path in files if path.is_file()]


def classes_in(sheet: str) -> set[str]:
    bare = re.sub(r"(?s)/\*.*?\*/", "", sheet)
    return {name for rule in re.findall(r"([^{}]+)\{", bare) for name in re.findall(r"\.([a-zA-Z][\w-]*)", rule)}


def is_plain(mark: ast.expr) -> bool:
    if isinstance(mark, ast.Call):
        mark = mark.func
    return (mark.attr if isinstance(mark, ast.Attribute) else getattr(mark, "id", "")) in PLAIN_MARKS


def defined_in(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names that are written here: of functions, classes and constants, and of methods of classes of our own."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if all(is_plain(mark) for mark in node.decorator_list):
                yield node.name, node.lineno
        elif isinstance(node, ast.Assign):
            yield from ((target.id, node.lineno) for target in node.targets if isinstance(target, ast.Name))
        if isinstance(node, ast.ClassDef) and not node.bases:
            yield from (
                (member.name, member.lineno)
                for member in node.body
                if isinstance(member, ast.FunctionDef) and all(is_plain(mark) for mark in member.decorator_list)
            )


def named_in(tree: ast.Module) -> Iterator[str]:
    """Every name that something is called by, also as a text (a target, an attribute that is looked up)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.keyword):
            yield node.arg or ""
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
            yield from WORD.findall(node.value)


def test_what_is_written_is_used_by_somebody_in_the_service() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in source_files()}
    named = Counter(
        name for path in user_files() for name in named_in(ast.parse(path.read_text(encoding="utf-8")))
    )
    for path in template_files():
        named.update(WORD.findall(path.read_text(encoding="utf-8")))

    nobody = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path, tree in trees.items()
        if "migrations" not in path.parts and GUESTS_SERVICE not in path.parents
        for name, line in defined_in(tree)
        if not named[name] and not name.startswith("__") and name not in AHEAD
    ]

    assert not nobody, "nobody but a test would miss these"


def fields_in(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What dataclasses hold."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any("dataclass" in ast.dump(mark) for mark in node.decorator_list):
            for member in node.body:
                if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
                    yield member.target.id, member.lineno


def test_what_is_handed_on_is_used_by_somebody() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in user_files()}
    read = {node.attr for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    read |= {
        word
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value
        for word in WORD.findall(node.value)
    }
    for path in template_files():
        read.update(WORD.findall(path.read_text(encoding="utf-8")))

    nobody = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path, tree in trees.items()
        for name, line in fields_in(tree)
        if name not in read and name not in AHEAD
    ]

    assert not nobody


def test_what_is_ahead_of_its_time_is_still_there() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in source_files()]
    written = {name for tree in trees for name, _ in (*defined_in(tree), *fields_in(tree))}

    assert set(AHEAD) <= written


def test_every_setting_is_asked_for() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in source_files()]
    asked = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    nobody = {
        f"{application.name}: {field.name}"
        for application in APPLICATIONS
        for field in fields(application.settings)
        if field.name not in asked
    }

    assert not nobody


def test_every_template_is_shown() -> None:
    written = {
        path.as_posix().rpartition("/templates/")[2]
        for path in template_files()
        # The words of messages are looked up by the type of message: a test of their own sees to them.
        if path.suffix == ".html" and "message_types" not in path.parts
    }
    sources = "\n".join(path.read_text(encoding="utf-8") for path in [*source_files(), *template_files()])

    assert written
    assert {name for name in written if f'"{name}"' not in sources} == set()


def test_every_class_of_a_style_sheet_is_used() -> None:
    sheets = [*ROOT.glob("services/*/static/**/*.css"), *ROOT.glob("shared/static/*.css")]
    scripts = [*ROOT.glob("services/*/static/**/*.js"), *ROOT.glob("shared/static/*.js")]
    worn = "\n".join(path.read_text(encoding="utf-8") for path in [*template_files(), *scripts, *source_files()])
    styled = {name for sheet in sheets for name in classes_in(sheet.read_text(encoding="utf-8"))}
    # Of what is put together (`badge--{{ tone }}`) the beginning is enough.
    begun = tuple(set(re.findall(r"([\w-]+--)\{\{", worn)))

    bare = {name for name in styled if not re.search(rf"(?<![\w-]){name}(?![\w-])", worn)}

    assert styled
    assert {name for name in bare if not name.startswith(begun)} == set()
