"""How many parts a text message takes, counted exactly: no character is ever cut in two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

# 3GPP TS 23.038, 6.2.1: the default alphabet (each one septet; the escape itself left out) ...
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# ... and its extension table (each an escape and a septet: two, that belong together).
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")


class Encoding(StrEnum):
    """How the text travels; one character outside GSM-7 turns the whole message into UCS-2."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


# (units in a message of one part, units in each part of a longer one: the rest is the header that joins them)
LIMITS = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}


@dataclass(frozen=True, slots=True)
class SmsSize:
    """What a text costs: `units` are septets (GSM-7) or 16-bit units (UCS-2), before packing into `parts`.

    costly  the characters that make it UCS-2, once each, in order of appearance
    """

    encoding: Encoding
    units: int
    parts: int
    costly: tuple[str, ...]


def sms_size(text: str) -> SmsSize:
    """Return the size of a text as it would be sent; an empty one takes no part at all."""
    encoding = _encoding(text)
    units = sum(_units(character, encoding) for character in text)
    return SmsSize(encoding, units, len(split_sms(text)), tuple(dict.fromkeys(filter(_is_costly, text))))


def split_sms(text: str) -> tuple[str, ...]:
    """Return the text in the parts in which it travels; joined they are the text again.

    An escape pair (€, [, ~ ...) or a surrogate pair (an emoji) that does not fit at the end of a part moves to
    the next one whole, which is why dividing the number of units by 153 or 67 counts too few.
    """
    encoding = _encoding(text)
    whole, each = LIMITS[encoding]
    if sum(_units(character, encoding) for character in text) <= whole:
        return (text,) if text else ()
    return tuple(_packed(text, encoding, each))


def _packed(text: str, encoding: Encoding, capacity: int) -> Iterator[str]:
    part, used = "", 0
    for character in text:
        units = _units(character, encoding)
        if used + units > capacity:
            yield part
            part, used = "", 0
        part += character
        used += units
    yield part


def _encoding(text: str) -> Encoding:
    return Encoding.UCS2 if any(map(_is_costly, text)) else Encoding.GSM7


def _is_costly(character: str) -> bool:
    return character not in GSM_BASIC and character not in GSM_EXTENSION


def _units(character: str, encoding: Encoding) -> int:
    if encoding == Encoding.GSM7:
        return 2 if character in GSM_EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1
