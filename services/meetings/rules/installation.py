"""Who manages the installation: which managers there have to be."""

from __future__ import annotations

from collections.abc import Set

from shared.errors import Refusal


def check_installation_keeps_manager(appointed: Set[str], staff_id: str) -> None:
    """Refuse to let the last one go: somebody has to be able to add organisations.

    appointed  the ids of all who manage the installation

    Refused: last_installation_manager_stays.
    """
    if appointed == {staff_id}:
        raise Refusal("last_installation_manager_stays")
