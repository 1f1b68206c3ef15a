"""The colour of an organisation, made readable in light and in dark: WCAG 2.2, 1.4.3 asks for 4.5 to 1."""

from __future__ import annotations

import re

from shared.errors import Refusal

ENOUGH = 4.5
_WRITTEN = re.compile(r"#[0-9a-f]{6}")
# What links and buttons stand on (shared/static/houvast.css): the least helpful of each theme is the third.
LIGHT_SURFACES = ("#ffffff", "#fbf7f0", "#f5eee2")
DARK_SURFACES = ("#1b1815", "#25211d", "#302a25")
LIGHT_INK, DARK_INK = "#ffffff", "#10211e"
_STEP = 0.05

# Name of a token of NL Design System -> its value.
Tokens = dict[str, str]


def check_colour(colour: str) -> None:
    """Refuse what is no colour written as #1d5a52. Refused: colour_unlike."""
    if not _WRITTEN.fullmatch(colour):
        raise Refusal("colour_unlike", field="colour")


def light_tokens(colour: str) -> Tokens:
    """Return the tokens for a light page: the colour itself, or as much darker as can be read."""
    shade, soft = colour, _mixed(colour, "#ffffff", 0.9)
    while not _is_readable(shade, (*LIGHT_SURFACES, soft), LIGHT_INK):
        shade = _mixed(shade, "#000000", _STEP)
    return _tokens(shade, soft, _mixed(shade, "#000000", 0.25), LIGHT_INK)


def dark_tokens(colour: str) -> Tokens:
    """Return the tokens for a dark page: the colour itself, or as much lighter as can be read."""
    shade, soft = colour, _mixed(colour, DARK_SURFACES[0], 0.85)
    while not _is_readable(shade, (*DARK_SURFACES, soft), DARK_INK):
        shade = _mixed(shade, "#ffffff", _STEP)
    return _tokens(shade, soft, _mixed(shade, "#ffffff", 0.35), DARK_INK)


def contrast(colour: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    lighter, darker = sorted((_luminance(colour), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _tokens(shade: str, soft: str, hover: str, ink: str) -> Tokens:
    action = "--basis-color-action-1-"
    return {
        f"{action}bg-subtle": soft,
        f"{action}border-default": shade,
        f"{action}color-default": shade,
        f"{action}color-hover": hover,
        f"{action}inverse-bg-default": shade,
        f"{action}inverse-bg-hover": hover,
        f"{action}inverse-color-default": ink,
    }


def _is_readable(shade: str, surfaces: tuple[str, ...], ink: str) -> bool:
    return all(contrast(shade, other) >= ENOUGH for other in (*surfaces, ink))


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mixed(colour: str, other: str, share: float) -> str:
    """Return the colour with this share (0 to 1) of another one in it."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(own + (its - own) * share):02x}" for own, its in pairs)


def _luminance(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
