"""A call name is kept in the same way by whoever first hears it: intake, or the facilitator of who walks in."""

from __future__ import annotations

import pytest

from services.intake.rules.people import check_call_name
from services.meetings.rules.walk_ins import tidy_call_name
from shared.errors import Refusal

# A flag is a black one with signs behind it that nobody sees.
FLAG = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize("tidy", [check_call_name, tidy_call_name])
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("نیک\u200cپی", "نیک\u200cپی"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("❤\ufe0f Noor", "❤\ufe0f Noor"),
        (FLAG, FLAG),
        ("\u202eroon", "roon"),
        ("No\u200bor", "Noor"),
        ("\ufeffNoor\u2060", "Noor"),
        ("Noor\u200d", "Noor"),
        ("\u2066Noor\u2069 de\tVries\n", "Noor de Vries"),
        ("N\u0000oor", "N oor"),
    ],
)
def test_what_belongs_to_a_name_is_kept_and_what_turns_the_text_around_it_goes(
    tidy, typed: str, kept: str
) -> None:
    assert tidy(typed) == kept
    assert tidy(kept) == kept


@pytest.mark.parametrize("tidy", [check_call_name, tidy_call_name])
@pytest.mark.parametrize(
    "typed",
    [
        "\u200d",
        "\u202e \u200c",
        "\ufeff",
        " \n",
        FLAG[1:],
        "",
        "\u3164",
        "\u2800 \u2800",
        "\u115f\u1160",
        "\u0301",
        "\ufe0f",
    ],
)
def test_signs_that_nobody_sees_are_no_name(tidy, typed: str) -> None:
    with pytest.raises(Refusal, match="call_name_missing"):
        tidy(typed)
