"""What an organisation says of itself: filled in by its manager, and published to who shows it."""

from __future__ import annotations

from typing import Any

import pytest

FULL = {
    "name": "De Kade",
    "region": "Lindeveen",
    "about": "Wij brengen mensen bij elkaar.",
    "telephone": "010 123 45 67",
    "sender_name": "Kade 1",
    "answer_within_days": "5",
    "participant_word": "bondgenoot",
    "participants_word": "bondgenoten",
    "website": "https://dekade.example",
}


def save(harness: Any, **changed: str) -> Any:
    visitor, path = harness.visitor(harness.vos), f"/beheer/{harness.organisation_id}/organisatie"
    return visitor.submit(visitor.open(path), path, **FULL | changed)


def test_what_a_manager_fills_in_is_shown_and_published(harness: Any) -> None:
    page = save(harness)

    for value in ("Wij brengen mensen bij elkaar.", "010 123 45 67", "5 werkdagen", "bondgenoot, bondgenoten"):
        assert value in page.text
    profile = harness.published("organisation_changed")["profile"]
    assert (profile["telephone"], profile["answer_within_days"]) == ("010 123 45 67", 5)
    assert (profile["email"], profile["out_of_hours_telephone"]) == ("", "")


def test_the_form_shows_again_what_was_saved(harness: Any) -> None:
    save(harness)

    form = harness.visitor(harness.vos).open(f"/beheer/{harness.organisation_id}/organisatie").html

    assert 'value="010 123 45 67"' in form
    assert "Wij brengen mensen bij elkaar.</textarea>" in form


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"sender_name": "Herstelgroep"}, "In deze naam staat ‘herstel’."),
        ({"participant_word": "cliënt"}, "Dit woord zegt iets over wie hulp krijgt."),
        ({"participants_word": ""}, "Vul het woord voor één persoon en dat voor meer mensen allebei in"),
        ({"telephone": "bel maar"}, "Dit lijkt geen telefoonnummer."),
        ({"website": "javascript:alert(1)"}, "Schrijf het adres van de site zo"),
        ({"email": "info@"}, "Dit lijkt geen e-mailadres."),
        ({"answer_within_days": "0"}, "Vul iets in van 1 tot en met 30."),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_saved(
    harness: Any, changed: dict[str, str], sentence: str
) -> None:
    page = save(harness, **changed)

    assert sentence in page.text
    assert harness.published("organisation_changed")["profile"]["about"] == ""


def test_today_asks_a_manager_for_it_first_until_it_is_there(harness: Any) -> None:
    before = harness.visitor(harness.vos).open("/").text
    save(harness)
    after = harness.visitor(harness.vos).open("/").text

    assert "Vertel wie jullie zijn" in before
    assert "Vertel wie jullie zijn" not in after
    assert "Vertel wie jullie zijn" not in harness.visitor(harness.kim).open("/").text


def test_a_manager_of_elsewhere_finds_no_such_organisation(harness: Any) -> None:
    other = harness.colleague("Bo", "manager", organisation=harness.register_organisation("Het Anker"))
    path = f"/beheer/{harness.organisation_id}/organisatie"

    assert harness.visitor(other).open(path).status == 404
    assert harness.visitor(harness.kim).open(path).status == 403
