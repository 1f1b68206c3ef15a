"""How organisations are kept apart, and which questionnaires their groups may choose."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from shared.errors import Refusal

FREE_QUESTIONNAIRES = ("even_kijken",)
# © Trimbos-instituut (001, appendix 2): an organisation confirms its permission before a group can choose it.
PERMISSION_NEEDED = ("nel_kort",)


def comparable_name(name: str) -> str:
    """Return what two names have in common that people would take for one: what is read aloud, without accents."""
    return re.sub(r"[\W_]+", " ", _without_accents(name)).strip()


def slug_of(name: str) -> str:
    """Return a name as it can stand in an address; empty when nothing of it can."""
    return re.sub(r"[^a-z0-9]+", "-", _without_accents(name)).strip("-")[:60].strip("-")


def _without_accents(name: str) -> str:
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def permitted_questionnaires(has_permission: bool) -> tuple[str, ...]:
    """Return the lists that an organisation may use."""
    return (*FREE_QUESTIONNAIRES, *PERMISSION_NEEDED) if has_permission else FREE_QUESTIONNAIRES


def check_questionnaires(chosen: Collection[str], has_permission: bool) -> None:
    """Refuse lists that this organisation may not use.

    Refused: questionnaire_unknown, questionnaire_not_permitted (the organisation has not confirmed it yet).
    """
    for key in chosen:
        if key not in (*FREE_QUESTIONNAIRES, *PERMISSION_NEEDED):
            raise Refusal("questionnaire_unknown", field="questionnaires")
        if key not in permitted_questionnaires(has_permission):
            raise Refusal("questionnaire_not_permitted", field="questionnaires")
