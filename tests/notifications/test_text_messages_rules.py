"""Text messages counted exactly, against a slow and simple count of our own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifications.rules.text_messages import GSM_BASIC, GSM_EXTENSION, Encoding, sms_size, split_sms

gsm_texts = st.text(st.sampled_from(sorted(GSM_BASIC | GSM_EXTENSION)), max_size=700)
any_texts = st.text(st.sampled_from("abc é€[~ëï😀🇳\n"), max_size=400) | st.text(max_size=200)


def test_the_default_alphabet_is_complete():
    assert len(GSM_BASIC) == 127  # and the escape makes 128
    assert len(GSM_EXTENSION) == 10
    assert not GSM_BASIC & GSM_EXTENSION


@pytest.mark.parametrize(
    ("text", "units", "parts"),
    [
        ("", 0, 0),
        ("a", 1, 1),
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("a" * 306, 306, 2),
        ("a" * 307, 307, 3),
        ("€" * 80, 160, 1),
        ("€" * 80 + "a", 161, 2),
        ("a" * 152 + "€" + "a" * 152, 306, 3),  # 306 = 2 x 153, but a euro sign cannot be cut in two
        ("€" * 76 * 2, 304, 2),
        ("€" * 77 * 2, 308, 3),
    ],
)
def test_gsm7_is_counted_in_septets_and_an_escaped_character_stays_whole(text, units, parts):
    size = sms_size(text)

    assert (size.encoding, size.units, size.parts) == (Encoding.GSM7, units, parts)
    assert size.costly == ()


@pytest.mark.parametrize(
    ("text", "units", "parts"),
    [
        ("ë" * 70, 70, 1),
        ("ë" * 71, 71, 2),
        ("ë" * 134, 134, 2),
        ("ë" * 135, 135, 3),
        ("😀" * 35, 70, 1),
        ("😀" * 36, 72, 2),
        ("ë" * 66 + "😀" + "ë" * 66, 134, 3),  # 134 = 2 x 67, but a surrogate pair cannot be cut in two
        ("ë" + "€" * 69, 70, 1),  # in UCS-2 a euro sign is one unit
    ],
)
def test_ucs2_is_counted_in_sixteen_bit_units_and_an_emoji_stays_whole(text, units, parts):
    size = sms_size(text)

    assert (size.encoding, size.units, size.parts) == (Encoding.UCS2, units, parts)


def test_it_says_which_characters_make_the_message_cost_more():
    assert sms_size("Daniëlle, het is “goed” zo, Daniëlle").costly == ("ë", "“", "”")
    assert sms_size("Hélène en André: è, é, ö, ü, à, ä, ñ").costly == ()


def test_one_name_with_a_diaeresis_can_double_the_price():
    text = "Hoi {}, tot dinsdag 24 november om 19.30 uur bij De Linde. Kom je niet? Laat het gerust weten."

    assert sms_size(text.format("Danielle")).parts == 1
    assert sms_size(text.format("Daniëlle")).parts == 2


def units_of(text, encoding):
    if encoding == Encoding.UCS2:
        return len(text.encode("utf-16-be", "surrogatepass")) // 2
    return len(text) + sum(text.count(character) for character in GSM_EXTENSION)


@settings(deadline=None, database=None, max_examples=200)
@given(gsm_texts | any_texts)
def test_the_parts_hold_the_text_fit_their_room_and_waste_no_more_than_one_unit(text):
    size, parts = sms_size(text), split_sms(text)

    single, each = (160, 153) if size.encoding == Encoding.GSM7 else (70, 67)
    used = [units_of(part, size.encoding) for part in parts]
    assert "".join(parts) == text
    assert size.parts == len(parts)
    assert size.units == sum(used)
    assert (size.parts <= 1) == (size.units <= single)
    if len(parts) > 1:
        assert all(each - 1 <= units <= each for units in used[:-1])
        assert 0 < used[-1] <= each


@settings(deadline=None, database=None)
@given(gsm_texts)
def test_a_text_of_the_default_alphabet_never_travels_as_ucs2(text):
    assert sms_size(text).encoding == Encoding.GSM7
