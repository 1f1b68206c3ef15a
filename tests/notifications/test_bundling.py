"""The attention of one person: so many messages a week, and one message for two things on one evening."""

from __future__ import annotations

import pytest

from services.notifications.commands import sending
from services.notifications.models import Message
from services.notifications.models import service as own_service
from shared import clock
from tests.notifications.actions import at, subjects
from tests.notifications.conftest import NotificationsHarness

NOOR, MOBILE = "noor@example.org", "+31612345678"


def settle(service: NotificationsHarness, moment: str) -> None:
    """The minute after, in which what went along takes its own step."""
    service.clock_at(moment)
    service.send()


def two_on_one_evening(service: NotificationsHarness, **person: str | None) -> tuple[str, list[str], list[str]]:
    """Somebody in two groups that meet on one evening: (person, groups, meetings)."""
    somebody, groups, meetings = service.person(**person), [], []
    for name, hour in (("Dinsdaggroep", "19:30"), ("Wandelgroep", "10:00")):
        group_id = service.group(name=name)
        service.membership(somebody, group_id, starts_on="2026-09-01")
        meetings.append(service.meeting(group_id, at=hour))
        groups.append(group_id)
    service.consume()
    return somebody, groups, meetings


# So many a week.


def four_lists(service: NotificationsHarness, person: str) -> None:
    for _ in range(4):
        service.measurement(person)
    service.consume()
    service.send()


def test_the_fifth_of_a_week_waits_until_there_is_room(service: NotificationsHarness):
    person = service.person()
    four_lists(service, person)
    service.measurement(person)
    service.consume()
    service.send()
    waiting = [row[1:] for row in service.states("questionnaire_invitation")]

    at(service, "2026-11-23 09.59")
    before = len(service.mails())
    at(service, "2026-11-23 10.01")

    assert sorted(waiting, key=str).count(("held", "budget")) == 1
    assert (before, len(service.mails())) == (4, 5)


def test_what_finds_no_room_before_it_helps_no_more_expires(service: NotificationsHarness):
    person = service.person()
    group_id = service.group()
    service.membership(person, group_id, starts_on="2026-09-01")
    service.meeting(group_id, on="2026-11-18")
    four_lists(service, person)

    at(service, "2026-11-17 18.01")
    held = service.states("meeting_reminder")
    at(service, "2026-11-18 19.31")

    assert held == [("meeting_reminder", "held", "budget")]
    assert service.states("meeting_reminder") == [("meeting_reminder", "expired", "too_late")]


def test_five_at_one_moment_are_four_and_one(service: NotificationsHarness):
    person = service.person()
    for _ in range(5):
        service.measurement(person)
    service.consume()

    service.send()

    assert len(service.mails()) == 4


def test_answers_and_changes_go_whatever_went_before(service: NotificationsHarness):
    person = service.person()
    group_id = service.group()
    service.membership(person, group_id, starts_on="2026-09-01")
    meeting_id = service.meeting(group_id)
    four_lists(service, person)

    service.talk(person)
    service.cancelled(meeting_id, group_id)
    service.consume()
    service.send()

    assert sorted(subjects(service)[4:]) == [
        "Afspraak op maandag 23 november",
        "Gaat niet door: dinsdag 24 november",
    ]


def test_another_person_has_a_budget_of_their_own(service: NotificationsHarness):
    four_lists(service, service.person())

    service.measurement(service.person(name="Sam", email="sam@example.org"))
    service.consume()
    service.send()

    assert service.mails()[-1][0] == "sam@example.org"


def test_what_was_claimed_is_not_stopped_by_itself(service: NotificationsHarness):
    person = service.person()
    for _ in range(4):
        service.measurement(person)
    service.consume()
    claims, _ = sending.claim_due(service.send_context())
    service.person(name="Sam")
    service.consume()

    assert [sending.mark_handing_over(claim, service.send_context()) for claim in claims] == [True] * 4


# Two on one evening.


def test_two_reminders_of_one_evening_are_one_message(service: NotificationsHarness):
    two_on_one_evening(service)

    at(service, "2026-11-23 18.01", "2026-11-23 18.02")

    assert subjects(service) == ["Tot dinsdag 24 november"]
    for kind in ("plain", "html"):
        text = service.mailbox.messages()[0].get_body((kind,)).get_content()
        assert "om 19.30 uur" in text
        assert "om 10.00 uur" in text
        assert text.count("/mijn/afmelden/") == 2
    assert sorted(service.states("meeting_reminder"), key=str) == [
        ("meeting_reminder", "accepted", None),
        ("meeting_reminder", "withdrawn", "merged"),
    ]


def test_a_talk_and_a_meeting_on_one_evening_are_one_message(service: NotificationsHarness):
    person, group_id = service.person(), service.group()
    service.membership(person, group_id, starts_on="2026-09-01")
    service.meeting(group_id)
    service.talk(person, on="2026-11-24", at="14:00")
    service.consume()
    service.send()

    at(service, "2026-11-23 18.01", "2026-11-23 18.02")

    assert len(service.mails()) == 2
    text = service.mailbox.messages()[0].get_body(("plain",)).get_content()
    assert "om 19.30 uur" in text
    assert "om 14.00 uur" in text
    assert "Met wie: Kim" in text


def test_by_text_message_they_are_one_too(service: NotificationsHarness):
    two_on_one_evening(service, email=None, mobile=MOBILE)

    at(service, "2026-11-23 18.01", "2026-11-23 18.02")

    assert len(service.mails()) == 1
    text = service.mailbox.messages()[0].get_content()
    assert "Ook: dinsdag 24 november om" in text
    assert text.count("/mijn/afmelden/") == 2


def test_on_different_evenings_or_of_different_people_they_stay_apart(service: NotificationsHarness):
    person, group_id = service.person(), service.group()
    service.membership(person, group_id, starts_on="2026-09-01")
    service.membership(service.person(name="Sam", email="sam@example.org"), group_id, starts_on="2026-09-01")
    service.meeting(group_id)
    service.meeting(group_id, on="2026-11-25")
    service.consume()

    at(service, "2026-11-23 18.01", "2026-11-24 18.01")

    assert len(service.mails()) == 4
    assert {state for _, state, _ in service.states()} == {"accepted"}


def test_one_of_the_two_that_is_off_is_not_said_along(service: NotificationsHarness):
    _, groups, meetings = two_on_one_evening(service)
    service.meeting(groups[1], meeting_id=meetings[1], at="10:00", state="cancelled")
    service.consume()

    at(service, "2026-11-23 18.01", "2026-11-23 18.02")

    text = service.mailbox.messages()[0].get_body(("plain",)).get_content()
    assert len(service.mails()) == 1
    assert "om 10.00 uur" not in text


def test_one_that_betrays_does_not_hold_up_the_other(service: NotificationsHarness):
    person = service.person()
    for name, hour, place in (("Dinsdaggroep", "19:30", "De Brug"), ("Wandelgroep", "10:00", "Herstelhuis")):
        venue = {"name": place, "address": "Brugstraat 1", "area": "3412", "features": []}
        group_id = service.group(name=name, venue=venue)
        service.membership(person, group_id, starts_on="2026-09-01")
        service.meeting(group_id, at=hour)
    service.consume()

    at(service, "2026-11-23 18.01", "2026-11-23 18.02")

    assert len(service.mails()) == 1
    assert sorted(row[1] for row in service.states("meeting_reminder")) == ["accepted", "held"]
    assert ("meeting_reminder", "held", "betrays") in service.states()


@pytest.mark.parametrize("which", [0, 1], ids=["the one that carries", "the one that goes along"])
def test_a_cancellation_between_claiming_and_handing_over_has_it_written_anew(
    service: NotificationsHarness, which: int
):
    _, groups, meetings = two_on_one_evening(service)
    service.clock_at("2026-11-23 18.01")
    ((claim,), _) = sending.claim_due(service.send_context())
    carrier = claim.claimed.message.meeting_id
    off = carrier if which == 0 else next(one for one in meetings if one != carrier)
    number = meetings.index(off)
    service.meeting(groups[number], meeting_id=off, at=("19:30", "10:00")[number], state="cancelled")
    service.consume()

    went = sending.mark_handing_over(claim, service.send_context())
    at(service, "2026-11-23 18.02", "2026-11-23 18.03")

    assert not went
    assert len(service.mails()) == 1
    text = service.mailbox.messages()[0].get_body(("plain",)).get_content()
    assert f"om {('19.30', '10.00')[number]} uur" not in text
    assert f"om {('10.00', '19.30')[number]} uur" in text


def test_when_the_one_that_carries_never_goes_the_other_goes_by_itself(service: NotificationsHarness):
    two_on_one_evening(service)
    service.clock_at("2026-11-23 18.01")
    ((claim,), _) = sending.claim_due(service.send_context())
    with own_service.transaction():
        Message.update(state="rejected", claim_token=None, claimed_until=None).where(
            Message.id == claim.claimed.message_id
        ).execute()

    at(service, "2026-11-23 18.02")

    assert len(service.mails()) == 1


def test_when_its_sender_dies_the_two_still_arrive_as_one(service: NotificationsHarness):
    two_on_one_evening(service)
    service.clock_at("2026-11-23 18.01")
    sending.claim_due(service.send_context())
    with own_service.transaction():
        Message.update(claimed_until=clock.wall()).where(Message.claimed_until.is_null(False)).execute()

    at(service, "2026-11-23 18.02", "2026-11-23 18.03")

    assert len(service.mails()) == 1
    assert service.mailbox.messages()[0].get_body(("plain",)).get_content().count("/mijn/afmelden/") == 2


def test_what_was_said_along_counts_as_told_when_its_meeting_moves(service: NotificationsHarness):
    _, groups, meetings = two_on_one_evening(service)
    at(service, "2026-11-23 18.01")
    along = next(row for row in service.messages("meeting_reminder") if row.bundled_into)
    number = meetings.index(along.meeting_id)

    service.moved(
        meetings[number],
        groups[number],
        old_on="2026-11-24",
        old_at=("19:30", "10:00")[number],
        on="2026-11-25",
        at="20:00",
    )
    service.consume()
    service.send()

    assert "Verplaatst naar woensdag 25 november" in subjects(service)


def test_two_of_one_evening_take_one_place_of_the_budget(service: NotificationsHarness):
    person, _, _ = two_on_one_evening(service)
    at(service, "2026-11-23 18.01")
    for _ in range(3):
        service.measurement(person)
    service.consume()

    at(service, "2026-11-23 18.02")

    assert len(service.mails()) == 4
