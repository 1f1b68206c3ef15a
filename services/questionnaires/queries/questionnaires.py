"""The lists that ship with the code, each version read once."""

from __future__ import annotations

import tomllib
from pathlib import Path

from services.questionnaires.rules.questionnaires import Questionnaire, parse_questionnaire

_FOLDER = Path(__file__).parent.parent / "data" / "questionnaires"


def read_questionnaires(folder: Path) -> dict[tuple[str, int], Questionnaire]:
    """Return (key, version) -> questionnaire of every file in the folder. Refused: as `parse_questionnaire`."""
    questionnaires = [
        parse_questionnaire(tomllib.loads(path.read_text(encoding="utf-8"))) for path in folder.glob("*.toml")
    ]
    return {(questionnaire.key, questionnaire.version): questionnaire for questionnaire in questionnaires}


QUESTIONNAIRES = read_questionnaires(_FOLDER)


def get_questionnaire(key: str, version: int) -> Questionnaire:
    """Return one version of one list; a version that was ever sent is never removed."""
    return QUESTIONNAIRES[key, version]


def find_newest(key: str) -> Questionnaire | None:
    """Return the newest version; None for an unknown list."""
    versions = [version for its_key, version in QUESTIONNAIRES if its_key == key]
    return QUESTIONNAIRES[key, max(versions)] if versions else None
