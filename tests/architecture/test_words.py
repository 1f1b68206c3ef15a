"""Words that people should never read, words with no place in shared/, and what is not the project's."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AVOIDED = re.compile(
    r"\b(intake\w*|no-shows?|cli[eë]nt\w*|pati[eë]nt\w*|klant\w*|terugval\w*|mislukt\w*|afgewezen|verplicht\w*)\b",
    re.I,
)
# Questionnaires are quoted word for word, as their owners want it.
QUOTED = {"services/questionnaires/data/questionnaires/nel_kort.v1.toml"}
# Words of what the services are about: the mechanism knows nothing of it.
MEANING = re.compile(
    r"\b(participants?|meetings?|memberships?|attendance|signups?|intro_talks?|placements?|facilitators?"
    r"|questionnaires?|reminders?)\b",
    re.I,
)
# Except that there are two sorts of people, who sign in differently.
TWO_SORTS = {
    "shared/security/actor.py",
    "shared/security/passes.py",
    "shared/web/app.py",
    "shared/web/page_language.py",
    "shared/security/access.py",
}
DUTCH = re.compile(r"\b(het|een|niet|je|wat|wie|dit|deze|kies|naar|geen|nog|met|en|van|voor|bewaard|fijn)\b", re.I)
NOT_OURS = re.compile(
    r"/work/|/farm/|/root/|\.library|subagent|\.\./shared|sk-[a-z0-9]{20}|BEGIN [A-Z ]*PRIVATE KEY"
)
TAG = re.compile(r"(?s)\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]+>")


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def texts_for_people() -> list[Path]:
    templates = [path for path in tracked() if "templates" in path.relative_to(ROOT).parts]
    data = [path for path in tracked() if path.suffix == ".toml" and "data" in path.relative_to(ROOT).parts]
    return templates + [path for path in data if str(path.relative_to(ROOT)) not in QUOTED]


def words_of(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".toml":
        return TAG.sub(" ", text)
    return "\n".join(sentences_in(tomllib.loads(text)))


def sentences_in(value: object) -> list[str]:
    """The values, not the keys: keys are code."""
    if isinstance(value, dict):
        return [sentence for inner in value.values() for sentence in sentences_in(inner)]
    if isinstance(value, list):
        return [sentence for inner in value for sentence in sentences_in(inner)]
    return [value] if isinstance(value, str) and " " in value else []


@pytest.mark.parametrize("path", texts_for_people(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_for_people_has_a_word_we_avoid(path: Path) -> None:
    avoided = sorted({match[0].lower() for match in AVOIDED.finditer(words_of(path))})

    assert not avoided


def test_the_mechanism_knows_nothing_of_what_the_services_are_about() -> None:
    meanings = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / "shared").rglob("*.py"))
        for match in MEANING.finditer(path.read_text(encoding="utf-8"))
        if path.name != "discretion.py"  # the words that people may not read, as people write them
        if not (match[0] == "participant" and str(path.relative_to(ROOT)) in TWO_SORTS)
    }

    assert not meanings


def texts_in(path: Path) -> list[str]:
    """What stands between quotes in code, of more than one word; docstrings speak to who reads the code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and " " in node.value
        and id(node) not in docstrings
    ]


# A registry: one entry says everything of a type of message, also how it is called and why somebody got it.
REGISTRY = ROOT / "services" / "notifications" / "rules" / "message_types.py"


@pytest.mark.parametrize("layer", ["commands", "queries", "rules", "subscriptions", "pages"])
def test_what_people_read_stands_in_templates_and_data_and_not_in_code(layer: str) -> None:
    modules = [*ROOT.glob(f"services/*/{layer}.py"), *ROOT.glob(f"services/*/{layer}/**/*.py")]
    dutch = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in sorted(modules)
        if path != REGISTRY
        for text in texts_in(path)
        if DUTCH.search(text)
    ]

    assert modules
    assert not dutch


def test_nothing_of_a_machine_or_of_its_makers_is_in_the_project() -> None:
    foreign = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path.suffix not in (".png", ".txt") and path != Path(__file__)
        for match in NOT_OURS.finditer(path.read_text(encoding="utf-8"))
    ]

    assert not foreign


def test_the_page_of_words_names_what_the_code_has() -> None:
    rows = [line.split("|") for line in (ROOT / "docs" / "WORDS.md").read_text(encoding="utf-8").split("\n")]
    listed = {
        word for row in rows if len(row) == 5 for code in re.findall(r"`([^`]+)`", row[2]) for word in code.split()
    }
    ours = [path for path in tracked() if path.suffix in (".py", ".toml", ".html") and "tests" not in path.parts]
    code = set(re.findall(r"\w+", "\n".join(f"{path} {path.read_text(encoding='utf-8')}" for path in ours)))

    assert listed
    assert {word for word in listed if not set(re.findall(r"\w+", word)) <= code} == set()


def test_the_locks_name_no_address() -> None:
    for name in ("requirements.txt", "requirements-test.txt"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8")
