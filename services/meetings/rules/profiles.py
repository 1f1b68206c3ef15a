"""What an organisation says of itself to who takes part, and what of it is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from services.meetings.rules.colours import check_colour
from shared.discretion import betraying_words
from shared.errors import Refusal

# Words for people that we never show (docs/WORDS.md); they are said of somebody, hardly ever to them.
_AVOIDED = re.compile(r"\b(?:cli[eë]nt|pati[eë]nt|klant|gebruiker)(?:e|en|es|s|n)?\b", re.IGNORECASE)
_FEWEST_DIGITS, _MOST_DIGITS = 3, 15
_NUMBER = re.compile(r"\+?[\d ()./-]+")


@dataclass(frozen=True)
class Profile:
    """An organisation as it presents itself; what it did not fill in is empty, and then nothing is said of it.

    about                   in two sentences
    out_of_hours_telephone  a number to call when nobody is there
    sender_name             stands on messages in place of that of the installation; on a phone others may read it
    participant_word        what somebody who takes part is called here, one and several
    reporting               what is reported to whom
    answer_within_days      within how many working days who signs up hears from a person; None promises nothing
    colour                  of links and buttons, as #1d5a52
    """

    about: str = ""
    telephone: str = ""
    email: str = ""
    address: str = ""
    opening_hours: str = ""
    website: str = ""
    out_of_hours_telephone: str = ""
    sender_name: str = ""
    participant_word: str = ""
    participants_word: str = ""
    reporting: str = ""
    answer_within_days: int | None = None
    colour: str = ""


_FIELDS = frozenset(field.name for field in fields(Profile))


def read_profile(data: Mapping[str, object]) -> Profile:
    """Return a profile from what is stored; what an older one does not have is empty."""
    known = {name: value for name, value in data.items() if name in _FIELDS}
    return Profile(**known)  # type: ignore[arg-type]


def as_data(profile: Profile) -> dict[str, object]:
    """Return a profile as it is stored and published."""
    return asdict(profile)


def lacks(profile: Profile) -> tuple[str, ...]:
    """Return what a person needs before the first one signs up and is not filled in: about, reach, promise."""
    missing = {
        "about": not profile.about,
        "reach": not (profile.telephone or profile.email),
        "promise": profile.answer_within_days is None,
    }
    return tuple(name for name, is_missing in missing.items() if is_missing)


def check_profile(profile: Profile) -> None:
    """Refuse what would betray or hurt somebody, or cannot be used.

    Refused: sender_name_betrays (words), participant_word_avoided, one_word_missing, number_unlike, colour_unlike.
    """
    for name in ("telephone", "out_of_hours_telephone"):
        _check_number(getattr(profile, name), name)
    if profile.colour:
        check_colour(profile.colour)
    words = betraying_words(profile.sender_name)
    if words:
        raise Refusal("sender_name_betrays", field="sender_name", words=", ".join(words))
    for name in ("participant_word", "participants_word"):
        if _AVOIDED.search(getattr(profile, name)):
            raise Refusal("participant_word_avoided", field=name)
    if bool(profile.participant_word) != bool(profile.participants_word):
        field = "participants_word" if profile.participant_word else "participant_word"
        raise Refusal("one_word_missing", field=field)


def _check_number(number: str, field: str) -> None:
    digits = sum(sign.isdigit() for sign in number)
    is_number = _NUMBER.fullmatch(number) and _FEWEST_DIGITS <= digits <= _MOST_DIGITS
    if number and not is_number:
        raise Refusal("number_unlike", field=field)
