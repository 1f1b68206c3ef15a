"""What an organisation may say of itself, and what it lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.meetings.rules.profiles import Profile, as_data, check_profile, lacks, read_profile
from shared.errors import Refusal

FULL = Profile(
    about="Wij brengen mensen bij elkaar.",
    telephone="010 123 45 67",
    sender_name="De Kade",
    participant_word="bondgenoot",
    participants_word="bondgenoten",
    answer_within_days=5,
)


def test_a_profile_is_read_back_as_it_was_stored_and_an_older_one_is_completed_with_nothing() -> None:
    assert read_profile(as_data(FULL)) == FULL
    assert read_profile({"about": "Wij", "fax": "010"}) == Profile(about="Wij")


def test_an_organisation_lacks_what_who_signs_up_would_miss() -> None:
    assert lacks(Profile()) == ("about", "reach", "promise")
    assert lacks(FULL) == ()
    assert lacks(replace(FULL, telephone="", email="info@dekade.example")) == ()
    assert lacks(replace(FULL, telephone="")) == ("reach",)


@pytest.mark.parametrize("profile", [Profile(), FULL, replace(FULL, telephone="+31 (0)10-123.45/67")])
def test_an_ordinary_profile_is_accepted(profile: Profile) -> None:
    check_profile(profile)


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"sender_name": "Herstelgroep Zuid"}, "sender_name_betrays", "sender_name"),
        ({"sender_name": "De Kade Verslavingszorg"}, "sender_name_betrays", "sender_name"),
        ({"sender_name": "NA Lindeveen"}, "sender_name_betrays", "sender_name"),
        ({"participant_word": "cliënt"}, "participant_word_avoided", "participant_word"),
        ({"participants_word": "Patienten"}, "participant_word_avoided", "participants_word"),
        ({"participants_word": ""}, "one_word_missing", "participants_word"),
        ({"participant_word": ""}, "one_word_missing", "participant_word"),
        ({"telephone": "bel maar"}, "number_unlike", "telephone"),
        ({"telephone": "12"}, "number_unlike", "telephone"),
        ({"out_of_hours_telephone": "0" * 16}, "number_unlike", "out_of_hours_telephone"),
    ],
)
def test_what_betrays_hurts_or_cannot_be_called_is_refused(changed: dict[str, str], code: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_profile(replace(FULL, **changed))

    assert (refused.value.code, refused.value.facts["field"]) == (code, field)
