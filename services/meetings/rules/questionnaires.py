"""Which questionnaires a group may choose: what its organisation may use, and nothing else."""

from __future__ import annotations

from collections.abc import Collection

from shared.errors import Refusal

FREE = ("even_kijken",)
# © Trimbos-instituut (001, appendix 2): an organisation confirms its permission before a group can choose it.
NEEDS_PERMISSION = ("nel_kort",)


def permitted(has_permission: bool) -> tuple[str, ...]:
    """The lists that an organisation may use."""
    return (*FREE, *NEEDS_PERMISSION) if has_permission else FREE


def check_chosen(chosen: Collection[str], has_permission: bool) -> None:
    """Refused: questionnaire_unknown, questionnaire_not_permitted (the organisation has not confirmed it yet)."""
    for key in chosen:
        if key not in (*FREE, *NEEDS_PERMISSION):
            raise Refusal("questionnaire_unknown", field="questionnaires")
        if key not in permitted(has_permission):
            raise Refusal("questionnaire_not_permitted", field="questionnaires")
