"""A no is a no at once: by link, by one press in a mail program, by page; published once, and for what waits."""

from __future__ import annotations

import re
from typing import Any

import pytest

from services.notifications.commands import opt_outs, sending
from services.notifications.commands.opt_outs import stop_now
from services.notifications.models import Consent, OptOut
from services.notifications.models import service as own_service
from services.notifications.rules import routes
from services.notifications.rules.message_types import MessageType
from shared.ids import new_id
from tests.notifications.conftest import NotificationsHarness

REMINDER, INVITATION = "meeting_reminder", "intro_talk_invitation"


def reminded(harness: NotificationsHarness, **person: Any) -> str:
    """Somebody with a reminder that waits for tomorrow evening; gives their id."""
    person_id, group_id = harness.person(**person), harness.group()
    harness.membership(person_id, group_id, starts_on="2026-09-01")
    harness.meeting(group_id)
    harness.consume()
    return person_id


def stop_path(harness: NotificationsHarness, mail: int = 0) -> str:
    """Where the button of a mail program posts to."""
    link = harness.mailbox.messages()[mail]["List-Unsubscribe"].strip("<>")
    return str(link.removeprefix(harness.settings.public_url))


def published_opt_outs(harness: NotificationsHarness) -> list[Any]:
    return [event.data["purpose"] for event in harness.events() if event.type.endswith("opt_out_received.v1")]


def reach(harness: NotificationsHarness) -> tuple[list[str], list[str]]:
    """By which channels it was published last that somebody can be reached, and by which of them of changes."""
    last = [event for event in harness.events() if event.type.endswith("reachability_changed.v1")][-1]
    return last.data["channels"], last.data["for_changes"]


def sent_reminder(harness: NotificationsHarness) -> tuple[str, str]:
    """Somebody who got a reminder and has another one waiting; gives who, and where they can stop."""
    person, group_id = harness.person(), harness.group()
    harness.membership(person, group_id, starts_on="2026-09-01")
    harness.meeting(group_id)
    harness.consume()
    harness.send()
    harness.clock_at("2026-11-23 18.01")
    harness.send()
    harness.meeting(group_id, on="2026-12-01")
    harness.consume()
    return person, stop_path(harness)


def test_a_mail_scanner_that_follows_the_link_changes_nothing(harness: NotificationsHarness):
    _, path = sent_reminder(harness)

    page = harness.visitor().open(path)

    assert page.status == 200
    assert "Wil je deze berichten niet meer?" in page.text
    assert OptOut.select().count() == 0
    assert published_opt_outs(harness) == []


def test_one_press_in_a_mail_program_stops_without_a_form_or_a_cookie(harness: NotificationsHarness):
    _, path = sent_reminder(harness)
    client = harness.app.test_client()

    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, answer.get_data()) == (200, b"")
    assert published_opt_outs(harness) == ["reminders"]
    assert harness.states(REMINDER) == [(REMINDER, "accepted", None), (REMINDER, "suppressed", "opted_out")]


def test_pressed_twice_it_is_told_once(harness: NotificationsHarness):
    _, path = sent_reminder(harness)
    client = harness.app.test_client()

    for _ in range(3):
        assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200

    assert published_opt_outs(harness) == ["reminders"]
    assert [row.by for row in OptOut.select()] == ["one_click"]


def test_by_the_page_of_the_link_one_sort_stops_or_everything(harness: NotificationsHarness):
    _, path = sent_reminder(harness)
    visitor = harness.visitor()

    page = visitor.submit(visitor.open(path), re.escape(path))
    again = visitor.open(path)

    assert "Herinneringen sturen we je niet meer." in page.text
    assert "Dat is geregeld" in again.text
    assert published_opt_outs(harness) == ["reminders"]


def test_everything_can_be_stopped_by_a_link_of_one_sort(harness: NotificationsHarness):
    _, path = sent_reminder(harness)
    client = harness.app.test_client()

    client.post(path, data={"what": "all"})

    assert published_opt_outs(harness) == [None]


def test_a_link_that_is_none_of_ours_stops_nothing_and_is_answered_kindly(harness: NotificationsHarness):
    _, path = sent_reminder(harness)
    client = harness.app.test_client()

    answer = client.post(path[:-4] + "AAAA", data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 410
    assert "Deze link klopt niet" in answer.get_data(as_text=True)
    assert published_opt_outs(harness) == []


def test_a_no_stops_what_was_claimed_already(harness: NotificationsHarness):
    person = reminded(harness)
    harness.clock_at("2026-11-23 18.01")
    harness.send()
    harness.mails().clear()
    group_id = harness.group()
    harness.membership(person, group_id, starts_on="2026-09-01")
    harness.meeting(group_id, on="2026-11-24", at="20:30")
    harness.consume()
    (claim,), _ = sending.claim_due(harness.send_context())
    with own_service.transaction():
        stop_now(person, "reminders", "page")

    may_go = sending.mark_handing_over(claim, harness.send_context())
    harness.send()

    assert not may_go
    assert harness.states(REMINDER)[-1] == (REMINDER, "suppressed", "opted_out")


def test_answers_to_what_somebody_asked_go_on_after_a_no_to_everything(harness: NotificationsHarness):
    person = reminded(harness)
    with own_service.transaction():
        stop_now(person, "all", "link")

    harness.talk(person)
    harness.consume()
    harness.send()

    assert harness.states(INVITATION) == [(INVITATION, "accepted", None)]
    assert harness.states(REMINDER) == [(REMINDER, "suppressed", "opted_out")]


def test_an_older_yes_that_is_consumed_late_ends_no_opt_out(harness: NotificationsHarness):
    person = reminded(harness)
    with own_service.transaction():
        stop_now(person, "reminders", "link")

    harness.agreed(person, "reminders", "questionnaires")  # published before intake consumed the opt-out
    harness.consume()

    assert OptOut.select().count() == 1


def test_a_yes_after_intake_consumed_the_opt_out_ends_it(harness: NotificationsHarness):
    person = reminded(harness)
    with own_service.transaction():
        stop_now(person, "reminders", "link")
    harness.agreed(person, "questionnaires")
    harness.consume()

    harness.agreed(person, "questionnaires", "reminders")
    harness.consume()

    assert OptOut.select().count() == 0
    assert Consent.get_by_id(person).purposes == ["questionnaires", "reminders"]


def test_a_yes_after_an_opt_out_plans_what_is_still_to_come_anew_each_time(harness: NotificationsHarness):
    person = reminded(harness)
    for _ in range(2):
        with own_service.transaction():
            stop_now(person, "all", "link")
        harness.agreed(person)
        harness.consume()
        harness.agreed(person, "reminders")
        harness.consume()

    harness.clock_at("2026-11-23 18.01")
    harness.send()
    harness.send()

    assert [subject for _, subject in harness.mails()] == ["Tot dinsdag 24 november"]
    assert harness.states(REMINDER).count((REMINDER, "suppressed", "opted_out")) == 2


def test_who_stopped_everything_counts_as_one_who_hears_of_changes_from_a_person(harness: NotificationsHarness):
    person = reminded(harness)
    with own_service.transaction():
        stop_now(person, "all", "link")
    harness.agreed(person)
    harness.consume()
    after_the_no = reach(harness)

    harness.agreed(person, "reminders")
    harness.consume()

    assert after_the_no == (["email"], [])
    assert reach(harness) == (["email"], ["email"])


def test_a_purpose_that_does_not_exist_is_none(harness: NotificationsHarness):
    person = reminded(harness)
    visitor = harness.visitor(participant=person)

    page = visitor.open("/mijn/berichten")
    answer = visitor.submit(page, "/mijn/berichten/stoppen", purpose="everything")

    assert answer.status == 400
    assert OptOut.select().count() == 0


def test_only_what_nobody_asked_for_is_stopped_with_everything():
    stopped = {message_type for message_type in MessageType if routes.is_stopped(message_type, {"all"})}

    assert {"meeting_reminder", "intro_talk_reminder", "questionnaire_invitation"} <= stopped
    assert not {"welcome", "intro_talk_invitation", "intro_talk_changed", "sign_in_link"} & stopped
    assert not {
        message_type for message_type in MessageType if routes.is_stopped(message_type, {"missed_you"})
    } & {"meeting_reminder"}


def test_asking_again_with_the_same_id_gives_the_first_answer(harness: NotificationsHarness):
    person, request_id = reminded(harness), new_id()
    actor = harness.participant(person)

    for _ in range(2):
        given = opt_outs.stop(actor, participant_id=person, purpose="reminders", by="page", request_id=request_id)

    assert given == "reminders"
    assert published_opt_outs(harness) == ["reminders"]


@pytest.mark.parametrize("message_type", ["sign_in_link"])
def test_who_works_here_is_not_offered_to_stop(harness: NotificationsHarness, message_type: str):
    harness.sign_in()
    harness.consume()
    harness.send()

    assert harness.mailbox.messages()[0]["List-Unsubscribe"] is None
