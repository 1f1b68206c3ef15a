"""Telephone numbers: read however they are written, kept as E.164, shown as people here write them."""

from __future__ import annotations

import phonenumbers

_REGION = "NL"
_COUNTRY = phonenumbers.country_code_for_region(_REGION)
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def read_number(text: str) -> str | None:
    """Return a number as E.164, for instance +31612345678; None when it is none."""
    try:
        number = phonenumbers.parse(text, _REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_mobile(number: str) -> bool:
    """Return whether a number in E.164 is one of a mobile telephone, as far as the numbers of a country tell."""
    return phonenumbers.number_type(phonenumbers.parse(number)) in _MOBILE


def format_number(number: str) -> str:
    """Return a number in E.164 as people in this country write it: '06 12345678', and '+32 470 12 34 56'.

    A number of another country without its code would be a number of somebody here.
    """
    parsed = phonenumbers.parse(number)
    is_ours = parsed.country_code == _COUNTRY
    style = phonenumbers.PhoneNumberFormat.NATIONAL if is_ours else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def may_be_texted(number: str | None, countries: str) -> bool:
    """Return whether we send text messages to a number in E.164; without a number nothing stands in the way.

    countries  the codes of the countries that we send to: "31 32"
    """
    return number is None or number.startswith(tuple(f"+{code}" for code in countries.split()))
