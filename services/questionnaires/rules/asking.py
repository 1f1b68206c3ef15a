"""Who is asked to fill in a list, and who is not asked any more."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one person stands towards one list in one group.

    is_member     takes part in the group now
    is_chosen     the group, which has not ended, chose the list (practice guide, checklist 16)
    is_permitted  the organisation may use the list
    has_consent   the person said that we may ask
    """

    is_member: bool
    is_chosen: bool
    is_permitted: bool
    has_consent: bool


def is_to_be_asked(standing: Standing) -> bool:
    """Everything must be so, in whatever order it came to be so."""
    return standing.is_member and standing.is_chosen and standing.is_permitted and standing.has_consent


def is_to_be_withdrawn(standing: Standing) -> bool:
    """Whether a list that somebody has not finished is taken back.

    A group that changes its choice takes nothing back: who was asked may finish.
    """
    return not (standing.is_member and standing.is_permitted and standing.has_consent)
