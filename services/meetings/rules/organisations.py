"""Which questionnaires an organisation may use, and so its groups may choose."""

from __future__ import annotations

from collections.abc import Collection

from shared.errors import Refusal

FREE_QUESTIONNAIRES = ("even_kijken",)
# © Trimbos-instituut (001, appendix 2): an organisation confirms its permission before a group can choose it.
PERMISSION_NEEDED = ("nel_kort",)


def permitted_questionnaires(has_permission: bool) -> tuple[str, ...]:
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
