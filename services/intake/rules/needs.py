"""What somebody may ask of the place where a group comes together: hard, so a place without it is left out."""

from __future__ import annotations

from collections.abc import Iterable

from shared.errors import Refusal

# Codes of the features that a group's place has, as `group_changed` names them.
NEEDS = ("wheelchair",)


def check_needs(needs: Iterable[str]) -> None:
    """Refused: need_unknown."""
    if not set(needs) <= set(NEEDS):
        raise Refusal("need_unknown", field="needs")
