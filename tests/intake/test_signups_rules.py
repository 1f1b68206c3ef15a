"""Signing up asks a name to call somebody by and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.people import Consent, Contact, check_call_name, check_consents, reachable_by
from services.intake.rules.signups import Signup, check_area, check_signup
from shared.errors import Refusal

MAIL = Contact(email="noor@example.org")
MOBILE = Contact(mobile="+31612345678")


def refused(signup: Signup) -> tuple[str, object]:
    with pytest.raises(Refusal) as refusal:
        check_signup(signup)
    return refusal.value.code, refusal.value.facts.get("field")


def test_a_name_alone_is_enough() -> None:
    signup = check_signup(Signup(call_name="Noor"))

    assert signup == Signup(call_name="Noor")
    assert reachable_by(signup.contact) == ()


def test_what_was_filled_in_is_kept_tidied() -> None:
    signup = check_signup(
        Signup(
            call_name="  Noor \n van\tDam ", help_question=" Minder alleen zijn. ", area="3412 AB", contact=MAIL
        )
    )

    assert (signup.call_name, signup.help_question, signup.area) == ("Noor van Dam", "Minder alleen zijn.", "3412")
    assert signup.contact == MAIL


@pytest.mark.parametrize(
    ("signup", "code", "field"),
    [
        (Signup(call_name=""), "call_name_missing", "call_name"),
        (Signup(call_name=" \n\u200b"), "call_name_missing", "call_name"),
        (Signup(call_name="n" * 61), "call_name_too_long", "call_name"),
        (Signup(call_name="Sam", help_question="x" * 601), "help_question_too_long", "help_question"),
        (Signup(call_name="Sam", audience="both"), "audience_unknown", "audience"),
        (Signup(call_name="Sam", days=frozenset({7})), "days_unknown", "days"),
        (Signup(call_name="Sam", parts_of_day=frozenset({"night"})), "part_of_day_unknown", "parts_of_day"),
        (Signup(call_name="Sam", area="Gouda"), "area_wrong", "area"),
    ],
)
def test_a_slip_is_refused_with_the_field_to_fix(signup: Signup, code: str, field: str) -> None:
    assert refused(signup) == (code, field)


def test_a_name_of_one_or_sixty_characters_is_fine() -> None:
    assert check_call_name("N") == "N"
    assert check_call_name("n" * 60) == "n" * 60


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("34", "34"), ("341", "341"), ("3412", "3412"), ("3412ab", "3412"), ("34xx", "34"), ("", None), (None, None)],
)
def test_only_the_first_digits_of_a_postcode_are_kept(typed: str | None, kept: str | None) -> None:
    assert check_area(typed) == kept


@pytest.mark.parametrize("typed", ["3", "0412", "34125", "3412ABC", "AB3412", "٣٤١٢"])
def test_what_is_no_postcode_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="area_wrong"):
        check_area(typed)


def test_somebody_is_reachable_by_what_they_gave() -> None:
    assert reachable_by(Contact()) == ()
    assert reachable_by(MAIL) == ("email",)
    assert reachable_by(MOBILE) == ("sms", "phone")


def test_a_consent_needs_a_known_purpose_and_a_channel_that_reaches() -> None:
    check_consents({Consent("reminders", "email"), Consent("research")}, MAIL)
    check_consents({Consent("missed_you", "phone")}, MOBILE)

    with pytest.raises(Refusal, match="consent_not_reachable"):
        check_consents({Consent("reminders", "sms")}, MAIL)
    with pytest.raises(Refusal, match="consent_not_reachable"):
        check_consents({Consent("reminders", "email"), Consent("missed_you", "phone")}, Contact())
    with pytest.raises(Refusal, match="call_not_reachable"):
        check_consents({Consent("reminders", "email"), Consent("missed_you", "phone")}, MAIL)
    with pytest.raises(Refusal, match="consent_unknown"):
        check_consents({Consent("advertising", "email")}, MAIL)
    with pytest.raises(Refusal, match="consent_unknown"):
        check_consents({Consent("reminders", "phone")}, MOBILE)
    with pytest.raises(Refusal, match="consent_unknown"):
        check_consents({Consent("reminders")}, MAIL)


@given(st.text(max_size=80))
def test_a_name_is_kept_on_one_line_or_refused(typed: str) -> None:
    try:
        name = check_call_name(typed)
    except Refusal:
        return

    assert 1 <= len(name) <= 60
    assert name == name.strip()
    assert "\n" not in name
    assert "\u202e" not in name
    assert check_call_name(name) == name
