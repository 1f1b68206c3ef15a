"""One subject, one name in every layer, static file and test: beside the list in the README of a service."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("intake", "meetings", "questionnaires", "notifications")
LAYERS = (
    "rules",
    "models",
    "commands",
    "queries",
    "pages",
    "api",
    "schemas",
    "subscriptions",
    "events",
    "templates/{}",
)


def names_in(text: str) -> set[str]:
    return set(re.findall(r"`([a-z_]+)`", text))


def listed_in(readme: str) -> tuple[set[str], set[str]]:
    """Return the subjects, and the names of files that are not about a subject."""
    section = re.split(r"(?m)^## ", readme.partition("## Subjects")[2])[0]
    subjects = {row[1] for row in re.finditer(r"(?m)^(?:\||-) *`([a-z_]+)`", section)}
    return subjects, names_in(section.partition("Not subjects")[2])


def listed_by(service: str) -> tuple[set[str], set[str]]:
    return listed_in((ROOT / "services" / service / "README.md").read_text(encoding="utf-8"))


def names_of_files(folder: Path, pattern: str = "*") -> set[str]:
    names = {path.name.partition(".")[0] for path in folder.glob(pattern)}
    return {name for name in names if not name.startswith("_")}


def files_of(service: str) -> dict[str, set[str]]:
    """Map each layer that is a folder to the names in it."""
    layers = [layer.format(service) for layer in LAYERS]
    return {layer: names_of_files(ROOT / "services" / service / layer) for layer in layers}


def names_of_tests(service: str) -> set[str]:
    """List test files by what follows `test_`; conftest, harness and stories are what tests share."""
    return {name.removeprefix("test_") for name in names_of_files(ROOT / "tests" / service, "test_*.py")}


def is_pure(path: Path, service: str) -> bool:
    """Tell whether a test tries rules alone: of ours it imports nothing else that needs a world."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {module for module in modules if module.split(".")[0] in ("services", "shared", "tests")}
    return bool(ours) and all(
        module.startswith(f"services.{service}.rules") for module in ours - {"shared.errors", "shared.discretion"}
    )


def channels_of(service: str) -> set[str]:
    return {f"channel_{name}" for name in names_of_files(ROOT / "services" / service / "channels")}


def begins_with(name: str, starts: set[str]) -> bool:
    """Tell whether a name is one of these, or one of these with an aspect behind it."""
    return any(f"{name}_".startswith(f"{start}_") for start in starts)


@pytest.mark.parametrize("service", SERVICES)
def test_every_file_in_a_layer_is_named_after_a_subject_of_the_readme(service: str) -> None:
    subjects, others = listed_by(service)

    unnamed = {
        f"{layer}/{name}" for layer, names in files_of(service).items() for name in names - subjects - others
    }

    assert subjects
    assert unnamed == set(), "name the file after its subject, or list the subject in the README"


@pytest.mark.parametrize("service", SERVICES)
def test_every_name_in_the_list_of_subjects_is_that_of_a_file(service: str) -> None:
    subjects, others = listed_by(service)
    files = set().union(*files_of(service).values())

    # A layer of a small service may be one file: then its subjects have no file of their own there.
    assert subjects - files == set(), "no layer has a file for these"
    assert not subjects & others


@pytest.mark.parametrize("service", SERVICES)
def test_every_static_file_is_named_after_a_subject_or_is_for_the_whole_service(service: str) -> None:
    files = names_of_files(ROOT / "services" / service / "static" / service)

    assert files
    assert files - listed_by(service)[0] - {service} == set()


@pytest.mark.parametrize("service", SERVICES)
def test_every_test_file_is_named_after_what_it_is_about_with_its_aspect_behind_that(service: str) -> None:
    subjects, others = listed_by(service)
    # A channel is no subject, and neither is all that is consumed.
    starts = subjects | others | channels_of(service) | {"subscriptions"}

    unnamed = {name for name in names_of_tests(service) if not begins_with(name, starts)}

    assert unnamed == set(), "name it test_<subject>, or test_<subject>_<aspect> such as _rules or _pages"


@pytest.mark.parametrize("service", SERVICES)
def test_the_last_word_of_a_test_file_says_whether_it_tries_pure_rules_or_a_real_browser(service: str) -> None:
    paths = sorted((ROOT / "tests" / service).glob("test_*.py"))
    pure = {path.stem for path in paths if is_pure(path, service)}
    in_browser = {path.stem for path in paths if "mark.browser" in path.read_text(encoding="utf-8")}

    assert {path.stem for path in paths if path.stem.endswith("_rules")} == pure
    assert {path.stem for path in paths if path.stem.endswith("_in_browser")} == in_browser


def test_every_static_file_lies_in_a_folder_of_its_service() -> None:
    loose = [path for service in SERVICES for path in (ROOT / "services" / service / "static").glob("*.*")]

    assert loose == []
