"""The style sheet with the colour of an organisation."""

from __future__ import annotations

from collections.abc import Mapping

from services.meetings.queries.organisations import get_by_slug
from services.meetings.rules.colours import dark_tokens, light_tokens


def style_sheet_of(slug: str) -> str:
    """Return the tokens that lie over ours, in light and dark; empty when no colour was chosen. NotFound."""
    colour = get_by_slug(slug).profile.colour
    if not colour:
        return ""
    light, dark = _rule(light_tokens(colour)), _rule(dark_tokens(colour))
    return f"{light}@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n"


def _rule(tokens: Mapping[str, str]) -> str:
    return ":root {\n" + "".join(f"  {name}: {value};\n" for name, value in tokens.items()) + "}\n"
