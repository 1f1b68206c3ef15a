"""Walk-ins: their call name, and whether they are somebody who is known."""

from __future__ import annotations

from collections.abc import Collection

from shared.errors import Refusal

LONGEST_CALL_NAME = 60


def tidy_call_name(call_name: str) -> str:
    """Return the name on one line; an alias is fine. Refused: call_name_missing, call_name_too_long (most)."""
    tidy = " ".join("".join(sign if sign.isprintable() else " " for sign in call_name).split())
    if not tidy:
        raise Refusal("call_name_missing", field="call_name")
    if len(tidy) > LONGEST_CALL_NAME:
        raise Refusal("call_name_too_long", field="call_name", most=LONGEST_CALL_NAME)
    return tidy


def check_is_new(
    call_name: str, *, here: Collection[str], before: Collection[str], is_somebody_else: bool
) -> None:
    """Refuse a name that is there already: nearly always the same person, registered by a colleague.

    here              the call names at this meeting
    before            the call names of former and future members of the group
    is_somebody_else  staff confirmed that it is somebody else
    Refused: walk_in_is_here, walk_in_was_here.
    """
    name = call_name.casefold()
    if name in {known.casefold() for known in here}:
        raise Refusal("walk_in_is_here", field="call_name")
    if not is_somebody_else and name in {known.casefold() for known in before}:
        raise Refusal("walk_in_was_here", field="call_name")
