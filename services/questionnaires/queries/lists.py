"""The lists that ship with the code, each version read once."""

from __future__ import annotations

import tomllib
from pathlib import Path

from services.questionnaires.rules.questionnaire import Questionnaire, parse_questionnaire

_FOLDER = Path(__file__).parent.parent / "data" / "questionnaires"


def read_lists(folder: Path) -> dict[tuple[str, int], Questionnaire]:
    """(key, version) -> list, of every file in the folder; refuses loudly one that is not right."""
    found = [
        parse_questionnaire(tomllib.loads(path.read_text(encoding="utf-8"))) for path in folder.glob("*.toml")
    ]
    return {(one.key, one.version): one for one in found}


LISTS = read_lists(_FOLDER)


def get_list(key: str, version: int) -> Questionnaire:
    """One version of one list; a version that somebody was asked with stays for ever."""
    return LISTS[key, version]


def find_newest(key: str) -> Questionnaire | None:
    """The newest version, or None for a list that we do not have."""
    versions = [version for known, version in LISTS if known == key]
    return LISTS[key, max(versions)] if versions else None
