"""Somebody is forgotten: nothing goes out any more, and what was sent is taken away, whenever it is asked."""

from __future__ import annotations

import pytest

from services.intake.events import ERASURE_REQUESTED
from services.notifications.app import chores
from services.notifications.commands import sending
from services.notifications.commands.erasing import BELONGINGS
from services.notifications.commands.sending import Outcome
from services.notifications.models import Contact, DeliveryAttempt, Message, Reach
from services.notifications.models import house as our_house
from services.notifications.rules.retry import Failure
from tests.notifications.conftest import Office

NOOR, JIP = "noor@example.org", "jip@example.org"


def forget(house: Office, person: str) -> None:
    house.say(ERASURE_REQUESTED, person, participant_id=person, organisation_id=house.organisation_id)
    house.hear()


def complete(house: Office) -> bool:
    [chore] = [one for one in chores(house.settings, house.feeds) if one.name == "erasing"]
    return chore.step()


def told(house: Office) -> list[str]:
    return [letter.data["participant_id"] for letter in house.said() if "erasure_completed" in letter.type]


def test_what_waits_does_not_go_and_what_others_get_does(house: Office):
    person, other = house.person(), house.person(email=JIP)
    house.talk(person)
    house.talk(other)
    house.hear()

    forget(house, person)
    house.send()

    assert [to for to, _ in house.mails()] == [JIP]
    assert complete(house)
    assert Message.select().where(Message.participant_id == person).count() == 0
    assert told(house) == [person]


def test_what_was_sent_goes_with_its_copies_in_the_mailbox_and_is_still_counted(house: Office):
    person, other = house.person(), house.person(email=JIP)
    house.talk(person)
    house.talk(other)
    house.hear()
    house.send()
    assert sorted(to for to, _ in house.mails()) == [JIP, NOOR]

    forget(house, person)
    assert complete(house)

    assert [to for to, _ in house.mails()] == [JIP]
    assert DeliveryAttempt.select().count() == 1
    counts = our_house.erasing.ErasedCount.select()
    assert [(row.what, row.year, row.count) for row in counts] == [("sent_email", 2026, 1)]


def test_nothing_of_the_person_is_left_by_whom_we_could_be_reminded_of_them(house: Office):
    person = house.person()
    house.talk(person)
    membership_id = house.membership(person, house.group())
    house.measurement(person)
    house.hear()
    assert membership_id

    forget(house, person)
    complete(house)

    for table in BELONGINGS.tables:
        rows = BELONGINGS.rows(table, {person, membership_id})
        assert rows is None or not table.select().where(rows).exists(), table


def test_a_message_that_is_being_handed_over_is_waited_for(house: Office):
    person = house.person()
    house.talk(person)
    house.hear()
    [claim] = sending.claim_due(house.desk())[0]
    assert sending.mark_handing_over(claim, house.desk())

    forget(house, person)
    assert not complete(house)
    assert told(house) == []
    sending.settle(claim.grip, Outcome(), drops_doubles=True)

    assert complete(house)
    assert told(house) == [person]
    assert Message.select().count() == 0


def test_a_message_that_was_claimed_but_not_handed_over_yet_is_not_sent(house: Office):
    person = house.person()
    house.talk(person)
    house.hear()
    [claim] = sending.claim_due(house.desk())[0]

    forget(house, person)

    assert not sending.mark_handing_over(claim, house.desk())
    house.send()
    assert complete(house)
    assert house.mails() == []


@pytest.mark.parametrize("failure", [Failure.IN_DOUBT, Failure.REFUSED, Failure.NOT_NOW])
def test_however_a_try_ends_nothing_is_said_of_the_person_any_more(house: Office, failure: Failure):
    person = house.person()
    house.talk(person)
    house.hear()
    [claim] = sending.claim_due(house.desk())[0]
    sending.mark_handing_over(claim, house.desk())
    forget(house, person)
    before = len(house.said())

    sending.settle(
        claim.grip, Outcome(failure, 550, is_address_refused=failure == Failure.REFUSED), drops_doubles=True
    )
    house.send()

    assert [letter.type for letter in house.said()[before:]] == []
    assert complete(house)
    assert (Reach.select().count(), Contact.select().count(), Message.select().count()) == (0, 0, 0)


def test_a_try_that_ends_after_the_message_went_changes_nothing(house: Office):
    person = house.person()
    house.talk(person)
    house.hear()
    [claim] = sending.claim_due(house.desk())[0]
    sending.mark_handing_over(claim, house.desk())
    Message.update(state="accepted", claim_token=None, claimed_until=None).execute()
    forget(house, person)
    assert complete(house)

    sending.settle(claim.grip, Outcome(), drops_doubles=True)

    assert Message.select().count() == 0


def test_what_is_heard_of_the_person_later_plans_nothing(house: Office):
    person = house.person()
    house.hear()
    forget(house, person)
    complete(house)

    house.talk(person)
    house.membership(person, house.group())
    house.reached(person, email=NOOR)
    house.hear()
    house.send()

    assert (house.mails(), house.dead(), house.waiting()) == ([], [], 0)
    assert Contact.select().count() == 0
