"""The words that betray, to whoever sees a telephone, what somebody takes part in; and how they are found.

Whoever names a place and whoever writes a message go by the same words.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.errors import Refusal

# Beginnings of words, in small letters and without accents; a hyphen is a space, a hyphen or nothing.
# Kept clear of first names: Gökhan, Wietske and Rehab are people, so "gok", "wiet" and "rehab" are no beginnings.
_BEGINNINGS = (
    # what the gatherings are
    "bondgeno ervaringsdeskundig ervaringswerk zelfhelp steun-groep praat-groep gespreks-groep naasten-groep "
    "hulp-groep hulpvra hulpverlen inloophuis twaalf-stap 12-stap "
    # care
    "ggz ggd psych therap behandelaar behandelgroep behandelcentr behandeling behandelplan poli-kliniek "
    "klinisch client patient diagnos intake medicijn medicat opname nazorg zorginstelling trimbos empowerment "
    # substances and habits
    "drugs drank-probl drank-misbruik gokken gokker gokkast gok-probl gokgroep cocain cannabis hasj "
    "marihuana heroin xtc ghb opiat amfetamin afkick ontwenn nuchter abstinen "
    # the mind, and what people may have met
    "depress angststoor angstklacht paniekaanval trauma suicid zelfmoord zelfdoding eetstoor anorexi boulimi "
    "borderline bipolair schizo autis adhd burn-out rouwgroep rouwverwerk rouwenden terugval "
    "mishandel misbruik incest huiselijk-geweld "
    # the same in English
    "addict rehab-cent rehab-clinic rehabilit gambl recover relaps self-help peer-support support-group "
    "mental-health "
    # who is known by name
    "al-anon alateen nar-anon narcotic agog lsovd svmg"
)

# These betray wherever they stand in a word: "zelfherstel", "jongerenverslavingszorg".
_ANYWHERE = "herstel verslav verslaaf alcohol zelfhulp lotgeno kliniek psycholog psychiatr"

# Whole words only, because as a beginning they would find too much.
_WHOLE = "gok wiet coke clean sober rehab-groep"

# What dates are made of, in Dutch and in English.
_IN_DATES = (
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag monday tuesday wednesday thursday friday saturday"
    " sunday januari februari maart april mei juni juli augustus september oktober november december january"
    " february march may june july august october"
)
_DAYS_AND_MONTHS = frozenset(_IN_DATES.split())

# Names of fellowships are ordinary Dutch words in small letters ("na", "ma"), so only capitals count.
_CAPITALS = re.compile(r"\b(?:AA|NA|CA|MA|GA|OA|ACA|NEL)\b")
_CAPITALS_MEETING = re.compile(r"\b(?:AA|NA|CA|MA|GA|OA|ACA)(?=[\s-]*(?:MEETING|GROEP|BIJEENKOMST|AVOND)\b)")

# The secret of a link: random characters, in which now and then "AA" or "ggz" stands.
_SECRET = re.compile(r"(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{20,}", re.ASCII)
_TAG = re.compile(r"<[^>]*>")
# Where somebody lives or meets says nothing by itself: "3412 MA", "Herstelstraat".
_POSTCODE = re.compile(r"\b[1-9]\d{3} ?[A-Z]{2}\b")
_STREET = re.compile(
    r"\b\w+(?:straat|str\.|laan|weg|plein|pad|kade|gracht|dijk|singel|hof|park|dreef|steeg|plantsoen|kamp|dal)\b"
)
# The domain of a link is an address as that of a venue is: "beeld.dekade.nl" says what "Buurthuis De Kade" does.
_DOMAIN = re.compile(r"(?<=://)[^\s/?#\"'<>]+")
_GAP = r"[\s_-]*"  # what a hyphen in the lists may be


def _pattern(words: str) -> str:
    longest_first = sorted(words.split(), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\-", _GAP) for word in longest_first)


@dataclass(frozen=True)
class OwnWords:
    """What a message says because its reader or its place is called so; neither is judged by beginnings of words.

    people  how its reader and who is named in it are called: not judged at all
    places  names and addresses of where it is: judged by whole words and by what betrays anywhere, streets and
            postcodes apart; by the name of the group only when that name itself speaks of a group
    """

    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


NO_OWN_WORDS = OwnWords()


@dataclass(frozen=True)
class PublicIdentity:
    """What every message shows of us: the name below it, and the address of our pages."""

    name: str
    url: str


_BETRAYING = re.compile(
    rf"(?:(?<![^\W_])(?:{_pattern(_BEGINNINGS)})|(?<![^\W_])(?:{_pattern(_WHOLE)})(?![^\W_])|(?:{_pattern(_ANYWHERE)}))"
)
_BETRAYING_PLACE = re.compile(rf"(?:(?<![^\W_])(?:{_pattern(_BEGINNINGS)})(?![^\W_])|(?:{_pattern(_ANYWHERE)}))")


def betraying_words(text: str, names: Iterable[str] = (), own: OwnWords = NO_OWN_WORDS) -> tuple[str, ...]:
    """Return the words in a text (plain or HTML) that betray what it is about, each once, in small letters.

    names  the group's and the organisation's own names: refused whatever they are, so a name that says
           nothing to a stranger is refused too; who can see the phone may know better than a list. Only a name
           of nothing but days, months and numbers ("Donderdag 1") is let through: it stands in dates by chance.
           The domain of a link may be called as they are, unless that speaks of a group
    own    what is judged less severely wherever it stands in the text
    """
    names = tuple(names)
    words: dict[str, None] = {}
    for reading in _readings(text):
        rest = _without(_without(reading, own.places), own.people)
        plain = _plain(rest)
        words.update(dict.fromkeys(match.group() for match in _BETRAYING.finditer(plain)))
        words.update(dict.fromkeys(_fellowships(rest)))
        words.update(dict.fromkeys(_named(_DOMAIN.sub("", plain), names)))
        words.update(dict.fromkeys(_named(plain, _of_groups(names))))
    for place in own.places:
        if place in text:
            words.update(dict.fromkeys(betraying_words_of_place(place, names)))
    return tuple(words)


def betraying_words_of_place(place: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the words in the name or address of a place that betray what is done there; as `betraying_words`."""
    place = _POSTCODE.sub("", place)
    words = dict.fromkeys(match.group() for match in _BETRAYING_PLACE.finditer(_STREET.sub("", _plain(place))))
    words |= dict.fromkeys(_fellowships(place))
    words |= dict.fromkeys(_named(_plain(place), _of_groups(names)))
    return tuple(words)


def betraying_words_of_sender(sender: str) -> tuple[str, ...]:
    """Return the words that betray in what every message shows of us: a name, an address of e-mail or of a page.

    Nothing stands beside it, so in a name all in capitals a fellowship is found too.
    """
    return betraying_words(f"van {sender}")


def is_name_held(name: str, sender: PublicIdentity) -> bool:
    """Tell whether every message with a link to our pages is held back for who belongs to what is called so."""
    return not stands_in(name, sender.name) and name in betraying_words(sender.url, (name,))


def check_name(name: str, sender: PublicIdentity) -> None:
    """Refuse the name of a group or an organisation that would hold back every message with a link to our pages.

    Refused: name_betrays (words). It is asked, not forbidden: whoever typed it may keep it.
    """
    if is_name_held(name, sender):
        raise Refusal("name_betrays", field="keeps_words", words=name)


def check_place(*texts: str, names: Iterable[str] = (), is_link: bool = False) -> None:
    """Refuse a place of which no message can be sent without betraying what is done there.

    texts    its name and its address
    names    of the group and the organisation, as in `betraying_words`
    is_link  whether it is the address of a page
    Refused: place_betrays (words). It is asked, not forbidden: whoever typed it may keep it.
    """
    names = tuple(names)
    judge = betraying_words if is_link else betraying_words_of_place
    words = dict.fromkeys(word for text in texts for word in judge(text, names))
    if words:
        raise Refusal("place_betrays", field="keeps_words", words=", ".join(words))


def stands_in(name: str, text: str) -> bool:
    """Tell whether a name stands in a text as whole words, however it is written."""
    return any(_named(_plain(text), (name,)))


def _of_groups(names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if "groep" in _plain(name))


def _readings(text: str) -> Iterator[str]:
    """Yield the text as written, and as a mail program shows it: a link or a preview shows either."""
    text = _SECRET.sub("", text)
    yield text
    shown = html.unescape(_TAG.sub("", text))
    if shown != text:
        yield shown


def _without(text: str, values: Iterable[str]) -> str:
    """Return a text without these values where they stand as whole words, the longest first."""
    for value in sorted(filter(None, values), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "·", text)
    return text


def _plain(text: str) -> str:
    """Return a text in small letters without accents or invisible characters, so that "Dépressief" is found."""
    decomposed = unicodedata.normalize("NFKD", text)
    kept = (sign for sign in decomposed if unicodedata.category(sign) not in ("Mn", "Cf"))
    return "".join(kept).casefold()


def _fellowships(text: str) -> Iterator[str]:
    # In a line all in capitals "NA DE VAKANTIE" is no fellowship.
    for line in text.splitlines():
        pattern = _CAPITALS if any(map(str.islower, line)) else _CAPITALS_MEETING
        yield from (match.group() for match in pattern.finditer(line))


def _named(plain: str, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        words = re.findall(r"\w+", _plain(name))
        if all(word.isdigit() or word in _DAYS_AND_MONTHS for word in words):
            continue
        if re.search(rf"(?<!\w){_GAP.join(map(re.escape, words))}(?!\w)", plain):
            yield name
