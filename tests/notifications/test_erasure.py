"""Somebody is forgotten: nothing goes out any more, and what was sent is taken away, whenever it is asked."""

from __future__ import annotations

import pytest

from services.intake.events import ERASURE_REQUESTED
from services.notifications.app import jobs
from services.notifications.commands import sending
from services.notifications.commands.erasure import PERSONAL_DATA
from services.notifications.commands.sending import Outcome
from services.notifications.models import Contact, DeliveryAttempt, Message, Reachability
from services.notifications.models import service as own_service
from services.notifications.rules.sending import Failure
from tests.notifications.conftest import NotificationsHarness

NOOR, JIP = "noor@example.org", "jip@example.org"


def forget(harness: NotificationsHarness, person: str) -> None:
    harness.publish(ERASURE_REQUESTED, person, participant_id=person, organisation_id=harness.organisation_id)
    harness.consume()


def complete(harness: NotificationsHarness) -> bool:
    [job] = [candidate for candidate in jobs(harness.settings, harness.feeds) if candidate.name == "erasing"]
    return job.step()


def notified(harness: NotificationsHarness) -> list[str]:
    return [event.data["participant_id"] for event in harness.events() if "erasure_completed" in event.type]


def test_what_waits_does_not_go_and_what_others_get_does(harness: NotificationsHarness):
    person, other = harness.person(), harness.person(email=JIP)
    harness.talk(person)
    harness.talk(other)
    harness.consume()

    forget(harness, person)
    harness.send()

    assert [to for to, _ in harness.mails()] == [JIP]
    assert complete(harness)
    assert Message.select().where(Message.participant_id == person).count() == 0
    assert notified(harness) == [person]


def test_what_was_sent_goes_with_its_copies_in_the_mailbox_and_is_still_counted(harness: NotificationsHarness):
    person, other = harness.person(), harness.person(email=JIP)
    harness.talk(person)
    harness.talk(other)
    harness.consume()
    harness.send()
    assert sorted(to for to, _ in harness.mails()) == [JIP, NOOR]

    forget(harness, person)
    assert complete(harness)

    assert [to for to, _ in harness.mails()] == [JIP]
    assert DeliveryAttempt.select().count() == 1
    counts = own_service.erasures.ErasedCount.select()
    assert [(row.kind, row.year, row.count) for row in counts] == [("sent_email", 2026, 1)]


def test_nothing_of_the_person_is_left_by_whom_we_could_be_reminded_of_them(harness: NotificationsHarness):
    person = harness.person()
    harness.talk(person)
    membership_id = harness.membership(person, harness.group())
    harness.measurement(person)
    harness.consume()
    assert membership_id

    forget(harness, person)
    complete(harness)

    for table in PERSONAL_DATA.tables:
        rows = PERSONAL_DATA.rows(table, {person, membership_id})
        assert rows is None or not table.select().where(rows).exists(), table


def test_a_message_that_is_being_handed_over_is_waited_for(harness: NotificationsHarness):
    person = harness.person()
    harness.talk(person)
    harness.consume()
    [claim] = sending.claim_due(harness.send_context())[0]
    assert sending.mark_handing_over(claim, harness.send_context())

    forget(harness, person)
    assert not complete(harness)
    assert notified(harness) == []
    sending.settle(claim.claimed, Outcome(), drops_doubles=True)

    assert complete(harness)
    assert notified(harness) == [person]
    assert Message.select().count() == 0


def test_a_message_that_was_claimed_but_not_handed_over_yet_is_not_sent(harness: NotificationsHarness):
    person = harness.person()
    harness.talk(person)
    harness.consume()
    [claim] = sending.claim_due(harness.send_context())[0]

    forget(harness, person)

    assert not sending.mark_handing_over(claim, harness.send_context())
    harness.send()
    assert complete(harness)
    assert harness.mails() == []


@pytest.mark.parametrize("failure", [Failure.IN_DOUBT, Failure.REFUSED, Failure.NOT_NOW])
def test_however_a_try_ends_nothing_is_said_of_the_person_any_more(
    harness: NotificationsHarness, failure: Failure
):
    person = harness.person()
    harness.talk(person)
    harness.consume()
    [claim] = sending.claim_due(harness.send_context())[0]
    sending.mark_handing_over(claim, harness.send_context())
    forget(harness, person)
    before = len(harness.events())

    sending.settle(
        claim.claimed, Outcome(failure, 550, is_address_refused=failure == Failure.REFUSED), drops_doubles=True
    )
    harness.send()

    assert [event.type for event in harness.events()[before:]] == []
    assert complete(harness)
    assert (Reachability.select().count(), Contact.select().count(), Message.select().count()) == (0, 0, 0)


def test_a_try_that_ends_after_the_message_went_changes_nothing(harness: NotificationsHarness):
    person = harness.person()
    harness.talk(person)
    harness.consume()
    [claim] = sending.claim_due(harness.send_context())[0]
    sending.mark_handing_over(claim, harness.send_context())
    Message.update(state="accepted", claim_token=None, claimed_until=None).execute()
    forget(harness, person)
    assert complete(harness)

    sending.settle(claim.claimed, Outcome(), drops_doubles=True)

    assert Message.select().count() == 0


def test_what_is_consumed_about_the_person_later_plans_nothing(harness: NotificationsHarness):
    person = harness.person()
    harness.consume()
    forget(harness, person)
    complete(harness)

    harness.talk(person)
    harness.membership(person, harness.group())
    harness.reached(person, email=NOOR)
    harness.consume()
    harness.send()

    assert (harness.mails(), harness.dead_letters(), harness.pending_retries()) == ([], [], 0)
    assert Contact.select().count() == 0
