"""What somebody consents to, calls among it, and stopping messages from within one."""

from __future__ import annotations

from typing import Any

from services.intake.commands import people
from services.intake.models import Consent, Signup
from services.intake.models import service as intake
from services.intake.queries.people import open_people
from services.notifications import events as notifications
from shared import clock
from shared.ids import new_id

ALL = ["reminders", "questionnaires", "missed_you", "missed_you_call"]
REACH = {"email": "noor@example.org", "mobile": "+31612345678"}


def signed_up(harness: Any, organisation_id: str, *purposes: str) -> str:
    """Sign up somebody who consents to this; return who."""
    signup_id = harness.signed_up(organisation_id, purposes=purposes, **REACH)
    return str(Signup.get_by_id(signup_id).participant_id)


def stop(harness: Any, person: str, organisation_id: str, purpose: str | None) -> None:
    data = {"participant_id": person, "organisation_id": organisation_id, "purpose": purpose}
    harness.publish(notifications.OPT_OUT_RECEIVED, person, data)


def published_purposes(harness: Any) -> list[list[str]]:
    return [event.data["purposes"] for event in harness.events("consent_changed")]


def purposes_of(person: str) -> tuple[str, ...]:
    return open_people([person])[person].purposes


# --- being called ---


def test_being_called_is_a_question_of_its_own_and_is_published_by_its_own_word(harness: Any) -> None:
    person = signed_up(harness, harness.organisation(), "missed_you_call")

    rows = {(row.purpose, row.channel, row.text_version) for row in Consent.select()}

    assert rows == {("missed_you", "phone", "2")}
    assert published_purposes(harness) == [["missed_you_call"]]
    assert purposes_of(person) == ("missed_you_call",)


def test_a_message_after_a_missed_meeting_is_no_yes_to_a_call(harness: Any) -> None:
    signed_up(harness, harness.organisation(), "missed_you")

    assert published_purposes(harness) == [["missed_you"]]


def test_who_left_no_number_cannot_be_called(harness: Any) -> None:
    harness.organisation()

    answer = harness.visitor().send(
        "/aanmelden/de-kade", {"call_name": "Ster", "email": "ster@example.org", "purposes": ["missed_you_call"]}
    )

    assert answer.status_code == 409
    assert not Signup.select().exists()


def test_the_form_asks_it_and_nothing_is_ticked_beforehand(harness: Any) -> None:
    harness.organisation()

    page = harness.visitor().client.get("/aanmelden/de-kade").text

    assert "Iemand van de groep mag me bellen als ik er een keer niet was" in page


def test_a_call_that_was_agreed_is_ticked_for_a_colleague_and_can_be_taken_back(harness: Any) -> None:
    organisation_id = harness.organisation()
    signed_up(harness, organisation_id, "missed_you_call")
    signup_id = Signup.get().id
    vos = harness.visitor("intro_worker", organisation_id=organisation_id)
    here = f"/kennismaking/{signup_id}/bereik"

    page = vos.open(here).text
    assert 'value="missed_you_call" checked' in " ".join(page.split())
    vos.send(here, {"call_name": "Noor", "mobile": "06 12345678", "purposes": []})

    assert published_purposes(harness)[-1] == []
    assert Consent.get().withdrawn_at is not None


# --- stopping from within a message ---


def test_stopping_one_sort_leaves_the_rest_as_it_was(harness: Any) -> None:
    organisation_id = harness.organisation()
    person = signed_up(harness, organisation_id, *ALL)

    stop(harness, person, organisation_id, "reminders")
    harness.consume()

    assert published_purposes(harness)[-1] == ["questionnaires", "missed_you", "missed_you_call"]
    assert set(purposes_of(person)) == set(ALL) - {"reminders"}


def test_stopping_messages_after_a_missed_meeting_is_no_word_about_calls(harness: Any) -> None:
    organisation_id = harness.organisation()
    person = signed_up(harness, organisation_id, *ALL)

    stop(harness, person, organisation_id, "missed_you")
    harness.consume()

    assert published_purposes(harness)[-1] == ["reminders", "questionnaires", "missed_you_call"]


def test_stopping_everything_stops_calls_too_and_keeps_when_it_was_given(harness: Any) -> None:
    organisation_id = harness.organisation()
    person = signed_up(harness, organisation_id, *ALL)

    stop(harness, person, organisation_id, None)
    harness.consume()

    assert published_purposes(harness)[-1] == []
    assert purposes_of(person) == ()
    assert all(row.withdrawn_at is not None for row in Consent.select())
    assert "opt_out" in {entry.purpose for entry in intake.audit.AuditEntry.select()}


def test_stopping_twice_or_what_was_never_on_publishes_nothing_new(harness: Any) -> None:
    organisation_id = harness.organisation()
    person = signed_up(harness, organisation_id, "questionnaires")
    before = published_purposes(harness)

    stop(harness, person, organisation_id, "reminders")
    harness.consume()
    assert published_purposes(harness) == before

    for _ in range(2):
        stop(harness, person, organisation_id, "questionnaires")
        harness.consume()
    assert published_purposes(harness) == [*before, []]


def test_a_yes_of_after_the_stop_is_not_stopped_by_an_event_that_comes_late(harness: Any) -> None:
    organisation_id = harness.organisation()
    long_ago = clock.wall()
    person = signed_up(harness, organisation_id, "reminders")

    with intake.transaction():
        people.stop_messages(person, None, long_ago)

    assert purposes_of(person) == ("reminders",)


def test_a_stop_of_somebody_we_do_not_know_yet_waits(harness: Any) -> None:
    organisation_id, person = harness.organisation(), new_id()
    stop(harness, person, organisation_id, None)
    harness.consume()

    assert harness.dead_letters() == []
    assert intake.inbox.InboxRetry.select().count() == 1
