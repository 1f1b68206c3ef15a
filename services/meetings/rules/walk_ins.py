"""Walk-ins: their call name, and whether they are somebody who is known."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from shared.errors import Refusal

LONGEST_CALL_NAME = 60
# What holds a Persian name, a family of emoji and the flag of a country together.
_JOINERS = frozenset("\u200c\u200d") | frozenset(map(chr, range(0xE0020, 0xE0080)))
_AT_AN_EDGE = " \u200c\u200d"
# Signs of an alphabet that are drawn as nothing.
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def tidy_call_name(call_name: str) -> str:
    """Return the name on one line; an alias is fine. Refused: call_name_missing, call_name_too_long (most)."""
    tidy = " ".join("".join(map(_shown, call_name)).split()).strip(_AT_AN_EDGE)
    if not any(map(_is_seen, tidy)):
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


def _shown(sign: str) -> str:
    """Return a sign as it may stand in a name: what turns the text around it goes, what is no sign is a space."""
    if sign.isprintable() or sign in _JOINERS:
        return sign
    return "" if unicodedata.category(sign) == "Cf" else " "


def _is_seen(sign: str) -> bool:
    """Tell whether a sign can be seen by itself: an accent by itself cannot."""
    return sign not in _JOINERS | _BLANK and unicodedata.category(sign)[0] not in "MZ"
