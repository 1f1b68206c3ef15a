"""What a message says by itself, and because somebody or some place is called so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from markupsafe import escape

from services.notifications.models import Message
from services.notifications.queries.context import Context
from services.notifications.queries.rendering import MESSAGE_TYPES, translations
from services.notifications.queries.sender_details import SenderDetails
from shared import language
from shared.discretion import OwnWords, stands_in


@cache
def _our_words(in_language: str) -> str:
    """Return what the templates of all messages say by themselves in a language."""
    source = "\n".join(path.read_text() for path in sorted(MESSAGE_TYPES.rglob("*.*")))
    if in_language == language.SOURCE:
        return source
    return "\n".join(translation for sentence, translation in translations(in_language) if sentence in source)


def is_in_our_words(name: str) -> bool:
    """Tell whether a name is so ordinary ("Welkom") that it stands in our own sentences by chance."""
    return _is_in_our_words(name, language.current())


@lru_cache(maxsize=1024)
def _is_in_our_words(name: str, in_language: str) -> bool:
    return stands_in(name, _our_words(in_language))


def own_words(filled_in: Sequence[Mapping[str, object]]) -> OwnWords:
    """Return what a message says because somebody or some place is called so, of what its templates get."""

    def values_of(*names: str) -> tuple[str, ...]:
        values = [str(values[name]) for values in filled_in for name in names if values.get(name)]
        return tuple({form: None for value in values for form in (value, str(escape(value)))})

    return OwnWords(
        people=values_of("call_name", "with_whom", "personal_note_by", "invited_by"),
        places=values_of("place_name", "place_address"),
    )


def names_to_avoid(message: Message, sender_details: SenderDetails, context: Context) -> tuple[str, ...]:
    """Return the names of group and organisation, which this message may not say; the sender's own it may."""
    membership = context.memberships.get(message.membership_id or "")
    group = None if membership is None else context.groups.get(membership.group_id)
    organisation = context.organisations.get(message.organisation_id)
    names = [row.name for row in (group, organisation) if row is not None]
    return tuple(
        name for name in names if not stands_in(name, sender_details.sender_name) and not is_in_our_words(name)
    )
