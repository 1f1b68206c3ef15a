"""Lists and pages: in the right order, in a constant number of statements, with kind words only."""

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.intake.commands import talks
from services.intake.queries import signups as queries
from services.intake.queries.matching import get_match
from shared.ids import new_id

INTAKE = Path(queries.__file__).parent.parent
NEVER = re.compile(
    r"intake|cli[eë]nt|pati[eë]nt|\bklant|no-show|terugval|mislukt|afgewezen|verplicht", re.IGNORECASE
)


def fill(harness: Any, organisation_id: str, count: int) -> None:
    """People at every step, with talks, places and addresses that look alike."""
    host = harness.staff(organisation_id)
    group_id = harness.group(organisation_id, rules={"max_size": None})
    actor = harness.actor("intro_worker", organisation_id=organisation_id)
    for n in range(count):
        ids = [
            harness.signed_up(organisation_id, f"Gast {n}", email="gast@example.org", purposes=["reminders"])
            for _ in range(3)
        ]
        talks.schedule_intro_talk(actor, signup_id=ids[0], **harness.agreed(host))
        harness.place(actor, ids[1], group_id)


@pytest.mark.parametrize(
    "query",
    [queries.list_waiting, partial(queries.list_finished, limit=9), partial(queries.list_by_step, most=9)],
    ids=["waiting", "finished", "by_step"],
)
def test_a_list_takes_as_many_statements_for_many_as_for_few(
    harness: Any, count_statements: Any, query: Any
) -> None:
    organisation_id = harness.organisation()
    actor = harness.actor("intro_worker", organisation_id=organisation_id)
    fill(harness, organisation_id, 1)
    few = count_statements(lambda: query(actor))

    fill(harness, organisation_id, 5)

    assert count_statements(lambda: query(actor)) == few
    assert 0 < few <= 12


def test_the_match_takes_as_many_statements_for_many_groups_as_for_few(
    harness: Any, count_statements: Any
) -> None:
    organisation_id = harness.organisation()
    actor = harness.actor("intro_worker", organisation_id=organisation_id)
    signup_id = harness.signed_up(organisation_id)
    harness.group(organisation_id)
    few = count_statements(lambda: get_match(actor, signup_id))

    for n in range(6):
        harness.meeting(organisation_id, harness.group(organisation_id, f"Groep {n}"), harness.tuesday)

    assert count_statements(lambda: get_match(actor, signup_id)) == few


def test_who_waits_stands_under_what_they_wait_for_longest_first(harness: Any) -> None:
    organisation_id = harness.organisation()
    host, actor = harness.staff(organisation_id), harness.actor("intro_worker", organisation_id=organisation_id)
    first, second = harness.signed_up(organisation_id, "Noor"), harness.signed_up(organisation_id, "Sam")
    talked = harness.signed_up(organisation_id, "Vos")
    talks.schedule_intro_talk(actor, signup_id=talked, **harness.agreed(host))

    by_step = queries.list_by_step(actor, most=9)

    assert {step: [view.id for view in views] for step, views in by_step.items()} == {
        "plan_talk": [first, second],
        "hold_talk": [talked],
    }
    page = harness.visitor("intro_worker", organisation_id=organisation_id).open("/kennismaking").text
    assert page.index("Plan een kennismaking") < page.index("Noor") < page.index("Sam") < page.index("Vos")
    assert f'href="/kennismaking/{first}/gesprek"' in page


def test_an_empty_list_says_that_nobody_waits(harness: Any) -> None:
    organisation_id = harness.organisation()
    visitor = harness.visitor("intro_worker", organisation_id=organisation_id)

    assert "Niemand wacht." in visitor.open("/kennismaking").text
    assert "Nog niemand heeft een plek" in visitor.open("/kennismaking/afgerond").text


def test_a_colleague_signs_somebody_up_in_one_form(harness: Any) -> None:
    organisation_id = harness.organisation()
    visitor = harness.visitor("coordinator", organisation_id=organisation_id)

    answer = visitor.send(
        "/kennismaking/nieuw",
        {
            "organisation_id": organisation_id,
            "call_name": "Noor",
            "signed_up_by": "referrer",
            "mobile": "0612345678",
        },
    )

    assert answer.status_code == 303
    page = visitor.open(answer.headers["Location"]).text
    assert "door een verwijzer" in page
    assert "06 12345678" in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"call_name": ""}, "Hoe mogen we je noemen?"),
        ({"signed_up_by": "me"}, "Kies iets uit de lijst"),
        ({"mobile": "1"}, "Dit lijkt geen telefoonnummer"),
        ({"organisation_id": ""}, "Kies bij welke organisatie"),
    ],
)
def test_a_slip_of_a_colleague_is_refused_and_nothing_is_kept(
    harness: Any, changed: dict[str, str], sentence: str
) -> None:
    organisation_id = harness.organisation()
    visitor = harness.visitor("coordinator", organisation_id=organisation_id)
    form = {"organisation_id": organisation_id, "call_name": "Noor", "signed_up_by": "self"} | changed

    answer = visitor.send("/kennismaking/nieuw", form)

    assert answer.status_code == 400
    assert sentence in answer.text
    assert harness.events() == []


def test_a_colleague_cannot_sign_up_with_an_organisation_elsewhere(harness: Any) -> None:
    organisation_id, other_id = harness.organisation(), harness.organisation("Het Anker", "het-anker")
    visitor = harness.visitor("coordinator", organisation_id=organisation_id)

    answer = visitor.send(
        "/kennismaking/nieuw", {"organisation_id": other_id, "call_name": "Noor", "signed_up_by": "staff"}
    )

    assert answer.status_code == 404
    assert harness.events() == []


def test_own_words_can_be_removed_for_good(harness: Any) -> None:
    organisation_id = harness.organisation()
    signup_id = harness.signed_up(organisation_id, help_question="Minder alleen zijn")
    visitor = harness.visitor("intro_worker", organisation_id=organisation_id)
    assert "Minder alleen zijn" in visitor.open(f"/kennismaking/{signup_id}").text

    visitor.send(f"/kennismaking/{signup_id}/wensen", {"help_question": ""})

    assert "Minder alleen zijn" not in visitor.open(f"/kennismaking/{signup_id}").text


def test_a_consent_that_is_taken_back_is_published_and_stays_known_as_taken_back(harness: Any) -> None:
    from services.intake.models import Consent

    organisation_id = harness.organisation()
    signup_id = harness.signed_up(organisation_id, email="noor@example.org", purposes=["reminders", "missed_you"])
    visitor = harness.visitor("intro_worker", organisation_id=organisation_id)

    visitor.send(
        f"/kennismaking/{signup_id}/bereik",
        {"call_name": "Noor", "email": "noor@example.org", "purposes": ["missed_you"]},
    )

    assert [event.data["purposes"] for event in harness.events("consent_changed")] == [
        ["reminders", "missed_you"],
        ["missed_you"],
    ]
    taken_back = {row.purpose: row.withdrawn_at is not None for row in Consent.select()}
    assert taken_back == {"reminders": True, "missed_you": False}
    assert len(harness.events("contact_changed")) == 1


def test_another_name_or_address_is_published(harness: Any) -> None:
    organisation_id = harness.organisation()
    signup_id = harness.signed_up(organisation_id, email="noor@example.org")
    visitor = harness.visitor("intro_worker", organisation_id=organisation_id)

    visitor.send(f"/kennismaking/{signup_id}/bereik", {"call_name": "Ster", "mobile": "06-1234 5678"})

    assert harness.events("contact_changed")[-1].data["channels"] == ["sms"]
    assert harness.events("participant_changed")[-1].version == (1, 2)
    assert "<h1>Ster</h1>" in visitor.open(f"/kennismaking/{signup_id}").text


def test_no_page_and_no_sentence_uses_a_word_that_hurts() -> None:
    texts = [
        INTAKE / "data" / "messages.nl.toml",
        INTAKE / "schemas.py",
        *(INTAKE / "templates").rglob("*.html"),
    ]
    assert len(texts) > 10

    for text in texts:
        shown = re.sub(r'"/static/intake/[^"]*"|"intake/[^"]*"', "", text.read_text(encoding="utf-8"))
        shown = shown.replace("services.intake", "")
        assert NEVER.search(shown) is None, (text.name, NEVER.search(shown))


def test_the_request_that_is_repeated_gets_the_first_answer(harness: Any) -> None:
    organisation_id = harness.organisation()
    same = new_id()

    ids = {harness.signed_up(organisation_id, "Noor", request_id=same) for _ in range(3)}

    assert len(ids) == 1
