"""No message betrays what someone takes part in."""

from __future__ import annotations

from collections.abc import Iterable

from shared.discretion import NO_OWN_WORDS, OwnWords, betraying_words
from shared.errors import Refusal


def check_discretion(
    subject: str,
    body: str,
    *,
    preview: str = "",
    names: Iterable[str] = (),
    own: OwnWords = NO_OWN_WORDS,
    chose_openness: bool = False,
) -> None:
    """Refuse a message that betrays its subject.

    names, own      as in `betraying_words`
    chose_openness  the person asked for plain words; then nothing is refused

    Refused: message_betrays, with the field (subject, preview or body). It does not repeat the words, because it
    may end up in a log; `betraying_words` returns them.
    """
    if chose_openness:
        return
    names = tuple(names)
    for field, text in (("subject", subject), ("preview", preview), ("body", body)):
        if betraying_words(text, names, own):
            raise Refusal("message_betrays", field=field)
