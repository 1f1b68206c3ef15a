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
from tests.notifications.conftest import Office

NOOR, JIP = "noor@example.org", "jip@example.org"


def forget(service: Office, person: str) -> None:
    service.publish(ERASURE_REQUESTED, person, participant_id=person, organisation_id=service.organisation_id)
    service.hear()


def complete(service: Office) -> bool:
    [job] = [one for one in jobs(service.settings, service.feeds) if one.name == "erasing"]
    return job.step()


def told(service: Office) -> list[str]:
    return [event.data["participant_id"] for event in service.said() if "erasure_completed" in event.type]


def test_what_waits_does_not_go_and_what_others_get_does(service: Office):
    person, other = service.person(), service.person(email=JIP)
    service.talk(person)
    service.talk(other)
    service.hear()

    forget(service, person)
    service.send()

    assert [to for to, _ in service.mails()] == [JIP]
    assert complete(service)
    assert Message.select().where(Message.participant_id == person).count() == 0
    assert told(service) == [person]


def test_what_was_sent_goes_with_its_copies_in_the_mailbox_and_is_still_counted(service: Office):
    person, other = service.person(), service.person(email=JIP)
    service.talk(person)
    service.talk(other)
    service.hear()
    service.send()
    assert sorted(to for to, _ in service.mails()) == [JIP, NOOR]

    forget(service, person)
    assert complete(service)

    assert [to for to, _ in service.mails()] == [JIP]
    assert DeliveryAttempt.select().count() == 1
    counts = own_service.erasures.ErasedCount.select()
    assert [(row.kind, row.year, row.count) for row in counts] == [("sent_email", 2026, 1)]


def test_nothing_of_the_person_is_left_by_whom_we_could_be_reminded_of_them(service: Office):
    person = service.person()
    service.talk(person)
    membership_id = service.membership(person, service.group())
    service.measurement(person)
    service.hear()
    assert membership_id

    forget(service, person)
    complete(service)

    for table in PERSONAL_DATA.tables:
        rows = PERSONAL_DATA.rows(table, {person, membership_id})
        assert rows is None or not table.select().where(rows).exists(), table


def test_a_message_that_is_being_handed_over_is_waited_for(service: Office):
    person = service.person()
    service.talk(person)
    service.hear()
    [claim] = sending.claim_due(service.send_context())[0]
    assert sending.mark_handing_over(claim, service.send_context())

    forget(service, person)
    assert not complete(service)
    assert told(service) == []
    sending.settle(claim.claimed, Outcome(), drops_doubles=True)

    assert complete(service)
    assert told(service) == [person]
    assert Message.select().count() == 0


def test_a_message_that_was_claimed_but_not_handed_over_yet_is_not_sent(service: Office):
    person = service.person()
    service.talk(person)
    service.hear()
    [claim] = sending.claim_due(service.send_context())[0]

    forget(service, person)

    assert not sending.mark_handing_over(claim, service.send_context())
    service.send()
    assert complete(service)
    assert service.mails() == []


@pytest.mark.parametrize("failure", [Failure.IN_DOUBT, Failure.REFUSED, Failure.NOT_NOW])
def test_however_a_try_ends_nothing_is_said_of_the_person_any_more(service: Office, failure: Failure):
    person = service.person()
    service.talk(person)
    service.hear()
    [claim] = sending.claim_due(service.send_context())[0]
    sending.mark_handing_over(claim, service.send_context())
    forget(service, person)
    before = len(service.said())

    sending.settle(
        claim.claimed, Outcome(failure, 550, is_address_refused=failure == Failure.REFUSED), drops_doubles=True
    )
    service.send()

    assert [event.type for event in service.said()[before:]] == []
    assert complete(service)
    assert (Reachability.select().count(), Contact.select().count(), Message.select().count()) == (0, 0, 0)


def test_a_try_that_ends_after_the_message_went_changes_nothing(service: Office):
    person = service.person()
    service.talk(person)
    service.hear()
    [claim] = sending.claim_due(service.send_context())[0]
    sending.mark_handing_over(claim, service.send_context())
    Message.update(state="accepted", claim_token=None, claimed_until=None).execute()
    forget(service, person)
    assert complete(service)

    sending.settle(claim.claimed, Outcome(), drops_doubles=True)

    assert Message.select().count() == 0


def test_what_is_heard_of_the_person_later_plans_nothing(service: Office):
    person = service.person()
    service.hear()
    forget(service, person)
    complete(service)

    service.talk(person)
    service.membership(person, service.group())
    service.reached(person, email=NOOR)
    service.hear()
    service.send()

    assert (service.mails(), service.dead(), service.waiting()) == ([], [], 0)
    assert Contact.select().count() == 0
