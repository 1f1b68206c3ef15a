"""The languages in which people read us: which one it is now, and the catalogues of what is said in it.

Dutch is the source and stands in the templates and in `data/`; every other language is a catalogue of gettext,
read from its .po file itself, so that nothing has to be compiled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Literal

from babel.lists import format_list
from babel.messages.pofile import read_po
from jinja2 import Environment

SOURCE = "nl"
# Each by its own name: whoever looks for a language reads that one.
LANGUAGES: Mapping[str, str] = {"nl": "Nederlands", "en": "English"}
# How a day and a time are written; Europe's English, because our days go before our months.
LOCALES: Mapping[str, str] = {"nl": "nl", "en": "en_GB"}

_current: ContextVar[str] = ContextVar("language", default=SOURCE)


def current() -> str:
    """Return the language in which is written now."""
    return _current.get()


def use(language: str | None) -> None:
    """Write in this language from now on, in this thread; in Dutch when it is none of ours."""
    _current.set(known(language))


@contextmanager
def using(language: str | None) -> Iterator[None]:
    """Write in this language for a while; in Dutch when it is none of ours."""
    token = _current.set(known(language))
    try:
        yield
    finally:
        _current.reset(token)


def known(language: str | None) -> str:
    """Return this language when it is one of ours, and else Dutch."""
    return language if language is not None and language in LANGUAGES else SOURCE


def listed(words: Iterable[object], style: Literal["standard", "or"] = "standard") -> str:
    """Return 'a', 'a en b', 'a, b en c'; with "or" 'a of b'. In the current language."""
    return format_list([str(word) for word in words], style, locale=LOCALES[current()])


class Catalogue:
    """What is said in the other languages: sentence -> translation, of a few folders laid over each other.

    folders  with locale/<language>/LC_MESSAGES/*.po; of one sentence in two of them the last counts
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._sentences: dict[str, dict[object, tuple[str, ...]]] = {code: {} for code in LANGUAGES}
        for folder in folders:
            for language, sentences in self._sentences.items():
                for path in sorted((folder / "locale" / language / "LC_MESSAGES").glob("*.po")):
                    sentences.update(_read(path))

    def install(self, environment: Environment) -> None:
        """Let the templates of this environment wrap their sentences: {{ _("...") }} and {% trans %}."""
        environment.add_extension("jinja2.ext.i18n")
        environment.policies["ext.i18n.trimmed"] = True
        environment.install_gettext_callables(  # type: ignore[attr-defined]
            self.gettext, self.ngettext, newstyle=True
        )

    def gettext(self, sentence: str) -> str:
        """Return a sentence in the current language; as it is when nobody translated it."""
        translation = self._sentences[current()].get(sentence)
        return sentence if translation is None else translation[0]

    def sentences(self, language: str) -> list[tuple[str, str]]:
        """Return (sentence, translation) of all that is said without a number."""
        return [
            (key, translation[0]) for key, translation in self._sentences[language].items() if isinstance(key, str)
        ]

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return the one or the other by number; each of our languages has these two."""
        forms = self._sentences[current()].get((singular, plural), (singular, plural))
        return forms[0 if number == 1 else 1]


@cache
def _read(path: Path) -> Mapping[object, tuple[str, ...]]:
    with path.open("rb") as file:
        catalogue = read_po(file)
    made: dict[object, tuple[str, ...]] = {}
    for message in catalogue:
        translation = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if message.id and not message.fuzzy and all(translation):
            made[message.id] = translation
    return made
