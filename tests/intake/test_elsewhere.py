"""What people do elsewhere: stop messages from within one, walk into a group, sign up too often; and calls."""

from __future__ import annotations

from typing import Any

import pytest

from services.intake.commands import elsewhere
from services.intake.models import Consent, Participant, Signup, rate_limiter
from services.intake.models import service as ours
from services.intake.queries.people import open_people
from services.meetings import events as meetings
from services.notifications import events as notifications
from shared import clock
from shared.ids import new_id

ALL = ["reminders", "questionnaires", "missed_you", "missed_you_call"]
REACH = {"email": "noor@example.org", "mobile": "+31612345678"}


def signed_up(service: Any, organisation_id: str, *purposes: str) -> str:
    """Somebody who said yes to this; gives who."""
    signup_id = service.signed_up(organisation_id, purposes=purposes, **REACH)
    return str(Signup.get_by_id(signup_id).participant_id)


def stop(service: Any, person: str, organisation_id: str, purpose: str | None) -> None:
    told = {"participant_id": person, "organisation_id": organisation_id, "purpose": purpose}
    service.said(notifications.OPT_OUT_RECEIVED, person, told)


def said(service: Any) -> list[list[str]]:
    return [event.data["purposes"] for event in service.events("consent_changed")]


def purposes_of(person: str) -> tuple[str, ...]:
    return open_people([person])[person].purposes


# --- being called ---


def test_being_called_is_a_question_of_its_own_and_is_told_by_its_own_word(service: Any) -> None:
    person = signed_up(service, service.organisation(), "missed_you_call")

    rows = {(row.purpose, row.channel, row.text_version) for row in Consent.select()}

    assert rows == {("missed_you", "phone", "2")}
    assert said(service) == [["missed_you_call"]]
    assert purposes_of(person) == ("missed_you_call",)


def test_a_message_after_a_missed_meeting_is_no_yes_to_a_call(service: Any) -> None:
    signed_up(service, service.organisation(), "missed_you")

    assert said(service) == [["missed_you"]]


def test_who_left_no_number_cannot_be_called(service: Any) -> None:
    service.organisation()

    answer = service.visitor().send(
        "/aanmelden/de-kade", {"call_name": "Ster", "email": "ster@example.org", "purposes": ["missed_you_call"]}
    )

    assert answer.status_code == 409
    assert not Signup.select().exists()


def test_the_form_asks_it_and_nothing_is_ticked_beforehand(service: Any) -> None:
    service.organisation()

    page = service.visitor().client.get("/aanmelden/de-kade").text

    assert "Iemand van de groep mag me bellen als ik er een keer niet was" in page


def test_a_call_that_was_agreed_is_ticked_for_a_colleague_and_can_be_taken_back(service: Any) -> None:
    organisation_id = service.organisation()
    signed_up(service, organisation_id, "missed_you_call")
    signup_id = Signup.get().id
    vos = service.visitor("intro_worker", organisation_id=organisation_id)
    here = f"/kennismaking/{signup_id}/bereik"

    page = vos.open(here).text
    assert 'value="missed_you_call" checked' in " ".join(page.split())
    vos.send(here, {"call_name": "Noor", "mobile": "06 12345678", "purposes": []})

    assert said(service)[-1] == []
    assert Consent.get().withdrawn_at is not None


# --- stopping from within a message ---


def test_stopping_one_sort_leaves_the_rest_as_it_was(service: Any) -> None:
    organisation_id = service.organisation()
    person = signed_up(service, organisation_id, *ALL)

    stop(service, person, organisation_id, "reminders")
    service.listen()

    assert said(service)[-1] == ["questionnaires", "missed_you", "missed_you_call"]
    assert set(purposes_of(person)) == set(ALL) - {"reminders"}


def test_stopping_messages_after_a_missed_meeting_is_no_word_about_calls(service: Any) -> None:
    organisation_id = service.organisation()
    person = signed_up(service, organisation_id, *ALL)

    stop(service, person, organisation_id, "missed_you")
    service.listen()

    assert said(service)[-1] == ["reminders", "questionnaires", "missed_you_call"]


def test_stopping_everything_stops_calls_too_and_keeps_when_it_was_given(service: Any) -> None:
    organisation_id = service.organisation()
    person = signed_up(service, organisation_id, *ALL)

    stop(service, person, organisation_id, None)
    service.listen()

    assert said(service)[-1] == []
    assert purposes_of(person) == ()
    assert all(row.withdrawn_at is not None for row in Consent.select())
    assert "opt_out" in {line.purpose for line in ours.audit.AuditEntry.select()}


def test_stopping_twice_or_what_was_never_on_says_nothing_new(service: Any) -> None:
    organisation_id = service.organisation()
    person = signed_up(service, organisation_id, "questionnaires")
    before = said(service)

    stop(service, person, organisation_id, "reminders")
    service.listen()
    assert said(service) == before

    for _ in range(2):
        stop(service, person, organisation_id, "questionnaires")
        service.listen()
    assert said(service) == [*before, []]


def test_a_yes_of_after_the_stop_is_not_stopped_by_an_event_that_comes_late(service: Any) -> None:
    organisation_id = service.organisation()
    long_ago = clock.wall()
    person = signed_up(service, organisation_id, "reminders")

    with ours.transaction():
        elsewhere.stop_messages(person, None, long_ago)

    assert purposes_of(person) == ("reminders",)


def test_a_stop_of_somebody_we_do_not_know_yet_waits(service: Any) -> None:
    organisation_id, person = service.organisation(), new_id()
    stop(service, person, organisation_id, None)
    service.listen()

    assert service.dead() == []
    assert ours.inbox.InboxRetry.select().count() == 1


# --- walking into a group ---


def walk_in(service: Any, organisation_id: str, person: str, name: str = "Ster", group_id: str = "") -> None:
    told = {"participant_id": person, "organisation_id": organisation_id, "group_id": group_id or new_id()}
    service.said(meetings.WALK_IN_REGISTERED, person, told, {"intake": {"call_name": name}})


def test_who_walks_into_a_group_is_a_participant_of_its_organisation(service: Any) -> None:
    organisation_id, person = service.organisation(), new_id()

    walk_in(service, organisation_id, person)
    service.listen()

    found = open_people([person])[person]
    assert (found.call_name, found.organisation_id, found.is_anonymous, found.purposes) == (
        "Ster", organisation_id, True, (),
    )  # fmt: skip
    names = [event.type.split(".")[-2] for event in service.events()]
    assert names == ["participant_changed", "contact_changed", "consent_changed"]


def test_who_walked_in_waits_to_be_asked_for_an_address_and_no_longer_once_they_gave_one(service: Any) -> None:
    organisation_id, person = service.organisation(), new_id()
    walk_in(service, organisation_id, person)
    service.listen()
    vos = service.visitor("intro_worker", organisation_id=organisation_id)

    waiting = vos.open("/kennismaking").text
    here = f"/kennismaking/{Signup.get(Signup.participant == person).id}"
    asking = vos.open(here).text
    vos.send(f"{here}/bereik", {"call_name": "Ster", "email": "ster@example.org", "purposes": ["reminders"]})

    assert "Kwam binnenlopen: hoe bereik je iemand?" in waiting
    assert "Ster kwam bij een groep binnenlopen" in asking
    assert "Ster" not in vos.open("/kennismaking").text
    assert "Ster doet mee" in vos.open(here).text
    assert "binnengelopen" in vos.open("/kennismaking/afgerond").text
    assert service.events("contact_changed")[-1].data["channels"] == ["email"]


def test_who_walked_in_and_wants_no_messages_waits_for_nothing(service: Any) -> None:
    organisation_id, person = service.organisation(), new_id()
    walk_in(service, organisation_id, person)
    service.listen()
    vos = service.visitor("intro_worker", organisation_id=organisation_id)
    here = f"/kennismaking/{Signup.get(Signup.participant == person).id}"

    vos.send(f"{here}/afsluiten", {"reason": "own_choice"})

    assert "Ster" not in vos.open("/kennismaking").text


def test_they_are_written_to_in_the_language_of_the_group(service: Any) -> None:
    organisation_id, person = service.organisation(), new_id()
    group_id = service.group(organisation_id, rules={"language": "en"})

    walk_in(service, organisation_id, person, group_id=group_id)
    service.listen()

    assert open_people([person])[person].language == "en"


def test_walking_in_twice_is_one_person_who_keeps_the_name_that_was_mended_since(service: Any) -> None:
    organisation_id, person = service.organisation(), new_id()

    walk_in(service, organisation_id, person)
    walk_in(service, organisation_id, person, name="Anders")
    service.listen()

    assert Participant.select().count() == 1
    assert open_people([person])[person].call_name == "Ster"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_that_is_none_is_kept_for_a_person_to_look_at(service: Any, name: str) -> None:
    walk_in(service, service.organisation(), new_id(), name=name)
    service.listen()

    assert len(service.dead()) == 1
    assert not Participant.select().exists()


# --- how often one may sign up ---


def send(service: Any, network: str = "203.0.113.7", **told: Any) -> int:
    visitor = service.visitor()
    visitor.network = network
    return int(visitor.send("/aanmelden/de-kade", {"call_name": "Ster", **told}).status_code)


def test_from_one_network_twenty_people_an_hour_can_sign_up(service: Any) -> None:
    service.organisation()

    answers = [send(service) for _ in range(21)]

    assert answers == [303] * 20 + [429]
    assert send(service, "198.51.100.7") == 303
    assert Signup.select().count() == 21


def test_with_one_address_five_sign_ups_a_day_from_wherever(service: Any) -> None:
    service.organisation()

    answers = [send(service, f"203.0.113.{number}", email="Noor@example.org") for number in range(6)]

    assert answers == [303] * 5 + [429]
    assert send(service, email="robin@example.org") == 303


def test_a_form_that_was_not_right_and_one_that_is_sent_twice_count_for_nothing(service: Any) -> None:
    service.organisation()
    for _ in range(30):
        assert send(service, call_name="") in (400, 409)
    assert not rate_limiter.Attempt.select().exists()


def test_what_colleagues_and_programs_sign_up_is_not_counted(service: Any) -> None:
    organisation_id = service.organisation()
    for _ in range(6):
        service.signed_up(organisation_id, **REACH)

    assert not rate_limiter.Attempt.select().exists()


def test_the_form_says_so_in_words_and_keeps_what_was_filled_in(service: Any) -> None:
    service.organisation()
    for _ in range(20):
        send(service)
    visitor = service.visitor()
    visitor.network = "203.0.113.7"

    page = visitor.send("/aanmelden/de-kade", {"call_name": "Ster van de Zee"}).text

    assert "Er zijn vanaf hier net veel aanmeldingen gedaan" in page
    assert 'value="Ster van de Zee"' in page
