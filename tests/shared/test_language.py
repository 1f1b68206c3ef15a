"""The language of what is said: days and hours, catalogues, and going back to Dutch afterwards."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from shared import clock, language
from shared.language import Catalogue

PO = """
msgid "Dank je wel"
msgstr "Thank you"

#, fuzzy
msgid "Misschien"
msgstr "A guess"

msgid "Nog niet"
msgstr ""

msgid "%(count)s keer"
msgid_plural "%(count)s keren"
msgstr[0] "%(count)s time"
msgstr[1] "%(count)s times"
"""


def catalogue_in(folder: Path, text: str = PO) -> Path:
    path = folder / "locale" / "en" / "LC_MESSAGES" / "some.po"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_days_and_hours_follow_the_language() -> None:
    day, at = date(2031, 11, 24), time(19, 30)

    assert clock.day_text(day).startswith("maandag 24 november")
    assert (clock.hour_text(at), clock.hour_of_day(at)) == ("19.30", "19.30 uur")
    with language.using("en"):
        assert clock.day_text(day).startswith("Monday 24 November")
        assert (clock.hour_text(at), clock.hour_of_day(at)) == ("19:30", "19:30")
    assert clock.hour_of_day(at) == "19.30 uur"


@pytest.mark.parametrize("unknown", [None, "", "de", "NL"])
def test_a_language_that_is_none_of_ours_is_dutch(unknown: str | None) -> None:
    with language.using("en"), language.using(unknown):
        assert language.current() == "nl"


def test_a_sentence_is_said_in_the_language_of_now(tmp_path: Path) -> None:
    catalogue = Catalogue([catalogue_in(tmp_path)])

    assert catalogue.gettext("Dank je wel") == "Dank je wel"
    with language.using("en"):
        assert catalogue.gettext("Dank je wel") == "Thank you"
        assert catalogue.ngettext("%(count)s keer", "%(count)s keren", 1) == "%(count)s time"
        assert catalogue.ngettext("%(count)s keer", "%(count)s keren", 3) == "%(count)s times"


def test_what_is_not_or_not_surely_translated_stays_as_it_is(tmp_path: Path) -> None:
    catalogue = Catalogue([catalogue_in(tmp_path)])

    with language.using("en"):
        assert [catalogue.gettext(text) for text in ("Misschien", "Nog niet", "Onbekend")] == [
            "Misschien",
            "Nog niet",
            "Onbekend",
        ]
        assert catalogue.ngettext("dag", "dagen", 2) == "dagen"


def test_the_catalogue_of_a_service_lies_over_the_shared_one(tmp_path: Path) -> None:
    shared = catalogue_in(tmp_path / "shared")
    own = catalogue_in(tmp_path / "own", 'msgid "Dank je wel"\nmsgstr "Cheers"\n')

    with language.using("en"):
        assert Catalogue([shared, own]).gettext("Dank je wel") == "Cheers"
