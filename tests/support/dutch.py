"""Whether a page that should be in another language still says something in Dutch."""

from __future__ import annotations

import html
import re

# Ordinary words that stand in nearly every Dutch sentence and in no English one.
_WORDS = re.compile(
    r"\b(het|een|niet|niets|nooit|je|jij|jou|jouw|jullie|dit|dat|deze|kies|naar|geen|nog|van|voor|wat|wie|hoe|waar"
    r"|waarom|op|om|uur|bij|ons|onze|zijn|wordt|worden|kun|kunt|mag|hier|als|dan|ook|terug|afspraak|bericht|berichten"
    r"|gegevens|bewaard|bewaar|aanmelden|vragen|vraag|komt|kom|klopt|maandag|dinsdag|woensdag|donderdag|vrijdag"
    r"|zaterdag|zondag|januari|februari|maart|mei|juni|juli|augustus|oktober)\b",
    re.I,
)
_OF_ITS_OWN = re.compile(r'(?s)<(\w+)\b[^>]*\blang="nl"[^>]*>.*?</\1>')
_LABELS = re.compile(r'(?:aria-label|title|alt|placeholder)="([^"]*)"')
_ADDRESS = re.compile(r"https?://\S+")
_NOT_SHOWN = re.compile(r"(?s)<(script|style)\b.*?</\1>|<!--.*?-->")


def dutch_in(page: str) -> list[str]:
    """List the Dutch words of a page, apart from what it says itself to be Dutch."""
    body = _OF_ITS_OWN.sub(" ", _NOT_SHOWN.sub(" ", page))
    sentences = " ".join([*_LABELS.findall(body), re.sub(r"<[^>]+>", " ", body)])
    return sorted({word.lower() for word in _WORDS.findall(_ADDRESS.sub(" ", html.unescape(sentences)))})
