"""Nobody is told to call an organisation that may have no number: one place says it, and only with a number."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAYS_CALL = re.compile(
    r"\b(?:bel|belt|bellen) (?:gerust |even |dan )?(?:naar )?(?:ons|de organisatie)\b", re.IGNORECASE
)
# Each shows the number in the same line, and the line only with one.
WITH_NUMBER = re.compile(r"if (?:profile\.)?telephone|Vragen\? Bel ons: \{\{ telephone \}\}")


def written() -> list[Path]:
    places = [ROOT / "shared", *(ROOT / "services").iterdir()]
    return [
        path
        for place in places
        for folder in ("templates", "data", "static")
        for path in (place / folder).rglob("*")
        if path.suffix in (".html", ".txt", ".toml", ".js")
    ]


def careless(text: str) -> list[str]:
    """The lines that tell somebody to call us and do not stand with a number."""
    return [line for line in text.splitlines() if SAYS_CALL.search(line) and not WITH_NUMBER.search(line)]


def test_no_template_or_text_says_to_call_us_without_a_number() -> None:
    careless_in = {str(path.relative_to(ROOT)): careless(path.read_text(encoding="utf-8")) for path in written()}

    assert {path: lines for path, lines in careless_in.items() if lines} == {}


def test_the_guard_finds_what_it_is_for() -> None:
    assert careless("<p>Komt er niets? Bel ons.</p>")
    assert careless("Vragen? Dan kun je de organisatie mailen, of bel gerust naar de organisatie")
    assert not careless("{% if profile.telephone %}<li>Bel ons: {{ telephone(profile.telephone) }}</li>")
    assert not careless("Bel even.")
