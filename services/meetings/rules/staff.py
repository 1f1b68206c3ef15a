"""Roles of staff: which pages they open, and which role may not be taken away."""

from __future__ import annotations

from collections.abc import Collection, Set

from shared.errors import Refusal

_PAGES: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("Vandaag", "/", frozenset()),
    ("Kennismaking", "/kennismaking", frozenset({"intro_worker", "coordinator"})),
    ("Regio", "/regio", frozenset({"coordinator"})),
    ("Groepen", "/groepen", frozenset({"coordinator", "facilitator", "manager"})),
    ("Bellijst", "/bellijst", frozenset({"coordinator", "facilitator"})),
    ("Berichten", "/berichten", frozenset({"messenger"})),
    ("Gemist", "/berichten/gemist", frozenset({"facilitator"})),
    ("Antwoorden", "/berichten/antwoorden", frozenset({"facilitator"})),
    ("Vragenlijsten", "/vragenlijsten", frozenset({"coordinator"})),
    ("Gebeurtenissen", "/gebeurtenissen", frozenset({"messenger", "manager"})),
    ("Beheer", "/beheer", frozenset({"manager"})),
)


def menu_of(roles: Set[str]) -> tuple[tuple[str, str], ...]:
    """Return (label, address) in the order of the menu; the first page is for everybody."""
    return tuple((label, href) for label, href, for_roles in _PAGES if not for_roles or for_roles & roles)


def check_manager_stays(managers: Set[str], staff_id: str, roles: Collection[str]) -> None:
    """Refuse to take the last role of manager: somebody has to invite others. Refused: last_manager_stays."""
    if managers == {staff_id} and "manager" not in roles:
        raise Refusal("last_manager_stays", field="roles")
