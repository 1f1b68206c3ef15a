"""A no is a no at once: by link, by one press in a mail program, by page; told once, and for what waits."""

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


def reminded(service: NotificationsHarness, **person: Any) -> str:
    """Somebody with a reminder that waits for tomorrow evening; gives their id."""
    one, group_id = service.person(**person), service.group()
    service.membership(one, group_id, starts_on="2026-09-01")
    service.meeting(group_id)
    service.consume()
    return one


def stop_path(service: NotificationsHarness, mail: int = 0) -> str:
    """Where the button of a mail program posts to."""
    link = service.mailbox.messages()[mail]["List-Unsubscribe"].strip("<>")
    return str(link.removeprefix(service.settings.public_url))


def told(service: NotificationsHarness) -> list[Any]:
    return [one.data["purpose"] for one in service.events() if one.type.endswith("opt_out_received.v1")]


def reach(service: NotificationsHarness) -> tuple[list[str], list[str]]:
    """By which ways the others were told last that somebody can be reached, and by which of these of changes."""
    last = [one for one in service.events() if one.type.endswith("reachability_changed.v1")][-1]
    return last.data["channels"], last.data["for_changes"]


def sent_reminder(service: NotificationsHarness) -> tuple[str, str]:
    """Somebody who got a reminder and has another one waiting; gives who, and where they can stop."""
    person, group_id = service.person(), service.group()
    service.membership(person, group_id, starts_on="2026-09-01")
    service.meeting(group_id)
    service.consume()
    service.send()
    service.clock_at("2026-11-23 18.01")
    service.send()
    service.meeting(group_id, on="2026-12-01")
    service.consume()
    return person, stop_path(service)


def test_a_mail_scanner_that_follows_the_link_changes_nothing(service: NotificationsHarness):
    _, path = sent_reminder(service)

    page = service.visitor().open(path)

    assert page.status == 200
    assert "Wil je deze berichten niet meer?" in page.text
    assert OptOut.select().count() == 0
    assert told(service) == []


def test_one_press_in_a_mail_program_stops_without_a_form_or_a_cookie(service: NotificationsHarness):
    _, path = sent_reminder(service)
    client = service.app.test_client()

    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, answer.get_data()) == (200, b"")
    assert told(service) == ["reminders"]
    assert service.states(REMINDER) == [(REMINDER, "accepted", None), (REMINDER, "suppressed", "opted_out")]


def test_pressed_twice_it_is_told_once(service: NotificationsHarness):
    _, path = sent_reminder(service)
    client = service.app.test_client()

    for _ in range(3):
        assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200

    assert told(service) == ["reminders"]
    assert [row.by for row in OptOut.select()] == ["one_click"]


def test_by_the_page_of_the_link_one_sort_stops_or_everything(service: NotificationsHarness):
    _, path = sent_reminder(service)
    visitor = service.visitor()

    page = visitor.submit(visitor.open(path), re.escape(path))
    again = visitor.open(path)

    assert "Herinneringen sturen we je niet meer." in page.text
    assert "Dat is geregeld" in again.text
    assert told(service) == ["reminders"]


def test_everything_can_be_stopped_by_a_link_of_one_sort(service: NotificationsHarness):
    _, path = sent_reminder(service)
    client = service.app.test_client()

    client.post(path, data={"what": "all"})

    assert told(service) == [None]


def test_a_link_that_is_none_of_ours_stops_nothing_and_is_answered_kindly(service: NotificationsHarness):
    _, path = sent_reminder(service)
    client = service.app.test_client()

    answer = client.post(path[:-4] + "AAAA", data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 410
    assert "Deze link klopt niet" in answer.get_data(as_text=True)
    assert told(service) == []


def test_a_no_stops_what_was_claimed_already(service: NotificationsHarness):
    person = reminded(service)
    service.clock_at("2026-11-23 18.01")
    service.send()
    service.mails().clear()
    group_id = service.group()
    service.membership(person, group_id, starts_on="2026-09-01")
    service.meeting(group_id, on="2026-11-24", at="20:30")
    service.consume()
    (claim,), _ = sending.claim_due(service.send_context())
    with own_service.transaction():
        stop_now(person, "reminders", "page")

    may_go = sending.mark_handing_over(claim, service.send_context())
    service.send()

    assert not may_go
    assert service.states(REMINDER)[-1] == (REMINDER, "suppressed", "opted_out")


def test_answers_to_what_somebody_asked_go_on_after_a_no_to_everything(service: NotificationsHarness):
    person = reminded(service)
    with own_service.transaction():
        stop_now(person, "all", "link")

    service.talk(person)
    service.consume()
    service.send()

    assert service.states(INVITATION) == [(INVITATION, "accepted", None)]
    assert service.states(REMINDER) == [(REMINDER, "suppressed", "opted_out")]


def test_an_older_yes_that_is_heard_late_ends_no_no(service: NotificationsHarness):
    person = reminded(service)
    with own_service.transaction():
        stop_now(person, "reminders", "link")

    service.agreed(person, "reminders", "questionnaires")  # said before intake heard of the no
    service.consume()

    assert OptOut.select().count() == 1


def test_a_yes_after_intake_heard_the_no_ends_it(service: NotificationsHarness):
    person = reminded(service)
    with own_service.transaction():
        stop_now(person, "reminders", "link")
    service.agreed(person, "questionnaires")
    service.consume()

    service.agreed(person, "questionnaires", "reminders")
    service.consume()

    assert OptOut.select().count() == 0
    assert Consent.get_by_id(person).purposes == ["questionnaires", "reminders"]


def test_a_yes_after_the_no_plans_what_is_still_to_come_anew_each_time(service: NotificationsHarness):
    person = reminded(service)
    for _ in range(2):
        with own_service.transaction():
            stop_now(person, "all", "link")
        service.agreed(person)
        service.consume()
        service.agreed(person, "reminders")
        service.consume()

    service.clock_at("2026-11-23 18.01")
    service.send()
    service.send()

    assert [subject for _, subject in service.mails()] == ["Tot dinsdag 24 november"]
    assert service.states(REMINDER).count((REMINDER, "suppressed", "opted_out")) == 2


def test_who_stopped_everything_counts_as_one_who_hears_of_changes_from_a_person(service: NotificationsHarness):
    person = reminded(service)
    with own_service.transaction():
        stop_now(person, "all", "link")
    service.agreed(person)
    service.consume()
    after_the_no = reach(service)

    service.agreed(person, "reminders")
    service.consume()

    assert after_the_no == (["email"], [])
    assert reach(service) == (["email"], ["email"])


def test_a_purpose_that_does_not_exist_is_none(service: NotificationsHarness):
    person = reminded(service)
    visitor = service.visitor(participant=person)

    page = visitor.open("/mijn/berichten")
    answer = visitor.submit(page, "/mijn/berichten/stoppen", purpose="everything")

    assert answer.status == 400
    assert OptOut.select().count() == 0


def test_only_what_nobody_asked_for_is_stopped_with_everything():
    stopped = {kind for kind in MessageType if routes.is_stopped(kind, {"all"})}

    assert {"meeting_reminder", "intro_talk_reminder", "questionnaire_invitation"} <= stopped
    assert not {"welcome", "intro_talk_invitation", "intro_talk_changed", "sign_in_link"} & stopped
    assert not {kind for kind in MessageType if routes.is_stopped(kind, {"missed_you"})} & {"meeting_reminder"}


def test_asking_again_with_the_same_id_gives_the_first_answer(service: NotificationsHarness):
    person, request_id = reminded(service), new_id()
    actor = service.participant(person)

    for _ in range(2):
        given = opt_outs.stop(actor, participant_id=person, purpose="reminders", by="page", request_id=request_id)

    assert given == "reminders"
    assert told(service) == ["reminders"]


@pytest.mark.parametrize("kind", ["sign_in_link"])
def test_who_works_here_is_not_offered_to_stop(service: NotificationsHarness, kind: str):
    service.sign_in()
    service.consume()
    service.send()

    assert service.mailbox.messages()[0]["List-Unsubscribe"] is None
