"""The catalogues of what others than staff read: extract every sentence, and keep what was translated of it.

Run without anything it writes the catalogues of all folders anew and says how many sentences still wait for a
translation. What is said outside the templates stands in locale/sentences.toml of its folder:

[tables]     tables of data/messages.nl.toml: "all", or the codes that others than staff read
[classes]    a file of Python -> the classes whose texts they read
[words]      a file of Python -> words in it that they read
[templates]  staff: templates that look like theirs and are not; others: templates that do not and are
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatch
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment
from jinja2.ext import babel_extract
from jinja2.meta import find_referenced_templates

from deploy.local.installation import NAMES
from services.notifications.rules.message_types import BY_CODE, WHYS
from shared.language import LANGUAGES, SOURCE

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = {"shared": ROOT / "shared", **{name: ROOT / "services" / name for name in NAMES}}
TRANSLATED = tuple(code for code in LANGUAGES if code != SOURCE)
# What a tab shows of a page that is not for staff.
_MARK = "block neutral_title"
_MESSAGE_TYPES = "notifications/message_types"
_LAYOUTS = ("subject.txt", "frame.txt", "frame.html", "sms.txt")
_OPTIONS = {"extensions": "jinja2.ext.do", "trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
_ALL = "all"
_KEYWORDS = ("_", "gettext", "ngettext")
# A file changes when its sentences do, and not with the clock.
_LEFT_OUT = ('"Report-Msgid-Bugs-To', '"Last-Translator', '"Language-Team', '"Generated-By')
_MADE = datetime(2026, 11, 30, tzinfo=UTC)

# A sentence, or the one for one and the one for several; and where it stands.
Sentence = tuple[str | tuple[str, str], str]


def path_of(name: str, language: str) -> Path:
    """Return the catalogue of a folder in a language."""
    return FOLDERS[name] / "locale" / language / "LC_MESSAGES" / f"{name}.po"


def sentences_of(name: str) -> list[Sentence]:
    """Return every sentence of a folder that others than staff read, each once for every place."""
    declared = _declared(name)
    return [
        *_in_templates(name),
        *_in_tables(name, declared.get("tables", {})),
        *_in_classes(name, declared.get("classes", {})),
        *((word, file) for file, words in declared.get("words", {}).items() for word in words),
        *(_in_registry() if name == "notifications" else ()),
    ]


def templates_of(name: str) -> list[str]:
    """Return the templates of a folder that others than staff read: their pages, messages and what these take."""
    return sorted(template for template in _all_read() if (FOLDERS[name] / "templates" / template).exists())


def template_source(template: str) -> str:
    """Return what stands in a template."""
    paths = (folder / "templates" / template for folder in FOLDERS.values())
    return next(path for path in paths if path.exists()).read_text(encoding="utf-8")


def catalogue_of(name: str, language: str) -> Catalog:
    """Return the catalogue as it should be: every sentence of now, with the translations that there were."""
    path = path_of(name, language)
    written = path.read_bytes() if path.exists() else b""
    before = read_po(BytesIO(written), locale=language)
    made = Catalog(
        locale=language,
        project="Houvast",
        version="1",
        creation_date=_MADE,
        revision_date=_MADE,
        fuzzy=False,
        header_comment="# What Houvast says to others than staff; python -m deploy.catalogues adds what is new.",
    )
    for sentence, place in sentences_of(name):
        known = before.get(sentence if isinstance(sentence, str) else sentence[0])
        made.add(sentence, known.string if known else "", locations=[(place, 0)])
    return made


def write(name: str, language: str) -> Catalog:
    """Write the catalogue of a folder anew."""
    catalogue, path = catalogue_of(name, language), path_of(name, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text_of(catalogue), encoding="utf-8")
    return catalogue


def text_of(catalogue: Catalog) -> str:
    """Return a catalogue as its file holds it, without what Babel adds about itself and about translators."""
    written = BytesIO()
    write_po(written, catalogue, width=110, include_lineno=False)
    lines = written.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(_LEFT_OUT))


def _declared(name: str) -> dict[str, dict[str, list[str]]]:
    path = FOLDERS[name] / "locale" / "sentences.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _all_read() -> set[str]:
    pages = {
        str(path.relative_to(folder / "templates"))
        for name, folder in FOLDERS.items()
        for path in (folder / "templates").rglob("*.html")
        if _MARK in path.read_text(encoding="utf-8") and not _is_for_staff(name, path)
    }
    layouts = {f"{_MESSAGE_TYPES}/layouts/{layout}" for layout in _LAYOUTS}
    templates: set[str] = set()
    others = {other for name in FOLDERS for other in _declared(name).get("templates", {}).get("others", ())}
    waiting = pages | others | layouts | {f"{_MESSAGE_TYPES}/{code}.txt" for code in WHYS}
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    while waiting:
        template = waiting.pop()
        templates.add(template)
        taken = find_referenced_templates(environment.parse(template_source(template)))
        waiting.update(other for other in taken if other is not None and other not in templates)
    return templates


def _is_for_staff(name: str, path: Path) -> bool:
    patterns = _declared(name).get("templates", {}).get("staff", ())
    return any(fnmatch(str(path.relative_to(FOLDERS[name] / "templates")), pattern) for pattern in patterns)


def _in_templates(name: str) -> Iterator[Sentence]:
    for template in templates_of(name):
        path = FOLDERS[name] / "templates" / template
        with path.open("rb") as file:
            for _, function, message, _ in babel_extract(file, _KEYWORDS, (), _OPTIONS):
                if isinstance(message, tuple) and function == "ngettext":
                    yield (str(message[0]), str(message[1])), template
                else:
                    yield str(message[0] if isinstance(message, tuple) else message), template


def _in_tables(name: str, tables: Mapping[str, Sequence[str]]) -> Iterator[Sentence]:
    path = FOLDERS[name] / "data" / "messages.nl.toml"
    texts = tomllib.loads(path.read_text(encoding="utf-8"))
    for table, codes in tables.items():
        for code in texts[table] if codes == _ALL else codes:
            yield texts[table][code], f"{path.name}:{table}"


def _in_classes(name: str, classes: dict[str, list[str]]) -> Iterator[Sentence]:
    """Return the texts of more than one word of these classes; a docstring is for who reads the code."""
    for file, wanted in classes.items():
        tree = ast.parse((FOLDERS[name] / file).read_text(encoding="utf-8"))
        for made in tree.body:
            if isinstance(made, ast.ClassDef) and made.name in wanted:
                docstrings = {id(node.value) for node in ast.walk(made) if isinstance(node, ast.Expr)}
                for node in ast.walk(made):
                    if isinstance(node, ast.Constant) and id(node) not in docstrings and " " in str(node.value):
                        yield str(node.value), file


def _in_registry() -> Iterator[Sentence]:
    """Return what a type of message is called and why it came, of those that are not for staff."""
    for code, why in WHYS.items():
        yield BY_CODE[code].spec.label, "rules/message_types.py"
        yield why, "rules/message_types.py"


def main() -> None:
    """Write all catalogues, and say what waits for a translation."""
    waiting = 0
    for language in TRANSLATED:
        for name in FOLDERS:
            gaps = [message.id for message in write(name, language) if message.id and not message.string]
            waiting += len(gaps)
            sys.stdout.write(f"{path_of(name, language).relative_to(ROOT)}: {len(gaps)} without a translation\n")
    sys.exit(1 if waiting else 0)


if __name__ == "__main__":
    main()
