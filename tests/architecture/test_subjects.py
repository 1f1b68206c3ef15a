"""One subject, one name in every layer: the files of a service beside the list of subjects in its README."""

from __future__ import annotations

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
# Whose README need not have a section Subjects yet; from the day it has one, its files are compared.
MAY_LACK_LIST = {"meetings", "notifications"}
# Files of the subject `event_trace` without its name: they get it when the parts of a trace become one
# dataclass, which changes each of them.
TO_BE_NAMED = {
    "meetings": {
        "rules/trouble",
        "queries/way",
        "pages/events",
        "templates/meetings/event",
        "templates/meetings/events",
        "templates/meetings/event_parts",
        "templates/meetings/events_wait",
    },
}


def names_in(text: str) -> set[str]:
    return set(re.findall(r"`([a-z_]+)`", text))


def listed_in(readme: str) -> tuple[set[str], set[str]]:
    """Return the subjects, and the names of files that are not about a subject."""
    section = re.split(r"(?m)^## ", readme.partition("## Subjects")[2])[0]
    subjects = {row[1] for row in re.finditer(r"(?m)^(?:\||-) *`([a-z_]+)`", section)}
    return subjects, names_in(section.partition("Not subjects")[2])


def files_of(service: str) -> dict[str, set[str]]:
    """Map each layer that is a folder to the names in it."""
    layers = {}
    for layer in LAYERS:
        folder = ROOT / "services" / service / layer.format(service)
        names = {path.name.partition(".")[0] for path in folder.glob("*")}
        layers[layer.format(service)] = {name for name in names if not name.startswith("_")}
    return layers


def readme_of(service: str) -> str:
    return (ROOT / "services" / service / "README.md").read_text(encoding="utf-8")


LISTED = [service for service in SERVICES if "## Subjects" in readme_of(service)]


@pytest.mark.parametrize("service", LISTED)
def test_every_file_in_a_layer_is_named_after_a_subject_of_the_readme(service: str) -> None:
    subjects, others = listed_in(readme_of(service))

    unnamed = {
        f"{layer}/{name}" for layer, names in files_of(service).items() for name in names - subjects - others
    }

    assert subjects
    assert unnamed - TO_BE_NAMED.get(service, set()) == set(), (
        "name the file after its subject, or list the subject in the README"
    )


@pytest.mark.parametrize("service", LISTED)
def test_every_name_in_the_list_of_subjects_is_that_of_a_file(service: str) -> None:
    subjects, others = listed_in(readme_of(service))
    files = set().union(*files_of(service).values())

    # A layer of a small service may be one file: then its subjects have no file of their own there.
    assert subjects - files == set(), "no layer has a file for these"
    assert not subjects & others


def test_every_readme_lists_its_subjects() -> None:
    assert set(SERVICES) - set(LISTED) <= MAY_LACK_LIST
