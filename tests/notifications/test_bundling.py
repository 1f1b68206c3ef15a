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


def settle(harness: NotificationsHarness, moment: str) -> None:
    """The minute after, in which what went along takes its own step."""
    harness.clock_at(moment)
    harness.send()


def two_on_one_evening(harness: NotificationsHarness, **person: str | None) -> tuple[str, list[str], list[str]]:
    """Somebody in two groups that meet on one evening: (person, groups, meetings)."""
    somebody, groups, meetings = harness.person(**person), [], []
    for name, hour in (("Dinsdaggroep", "19:30"), ("Wandelgroep", "10:00")):
        group_id = harness.group(name=name)
        harness.membership(somebody, group_id, starts_on="2026-09-01")
        meetings.append(harness.meeting(group_id, at=hour))
        groups.append(group_id)
    harness.consume()
    return somebody, groups, meetings


def only_reminder(harness: NotificationsHarness) -> str:
    """The text of the only reminder that went."""
    (mail,) = [mail for mail in harness.mailbox.messages() if str(mail["Subject"]).startswith("Tot ")]
    return str(mail.get_body(("plain",)).get_content())


# So many a week.


def four_lists(harness: NotificationsHarness, person: str) -> None:
    for _ in range(4):
        harness.measurement(person)
    harness.consume()
    harness.send()


def test_the_fifth_of_a_week_waits_until_there_is_room(harness: NotificationsHarness):
    person = harness.person()
    four_lists(harness, person)
    harness.measurement(person)
    harness.consume()
    harness.send()
    waiting = [row[1:] for row in harness.states("questionnaire_invitation")]

    at(harness, "2026-11-23 09.59")
    before = len(harness.mails())
    at(harness, "2026-11-23 10.01")

    assert sorted(waiting, key=str).count(("held", "budget")) == 1
    assert (before, len(harness.mails())) == (4, 5)


def test_what_finds_no_room_before_it_helps_no_more_expires(harness: NotificationsHarness):
    person = harness.person()
    group_id = harness.group()
    harness.membership(person, group_id, starts_on="2026-09-01")
    harness.meeting(group_id, on="2026-11-18")
    four_lists(harness, person)

    at(harness, "2026-11-17 18.01")
    held = harness.states("meeting_reminder")
    at(harness, "2026-11-18 19.31")

    assert held == [("meeting_reminder", "held", "budget")]
    assert harness.states("meeting_reminder") == [("meeting_reminder", "expired", "too_late")]


def test_five_at_one_moment_are_four_and_one(harness: NotificationsHarness):
    person = harness.person()
    for _ in range(5):
        harness.measurement(person)
    harness.consume()

    harness.send()

    assert len(harness.mails()) == 4


def test_answers_and_changes_go_whatever_went_before(harness: NotificationsHarness):
    person = harness.person()
    group_id = harness.group()
    harness.membership(person, group_id, starts_on="2026-09-01")
    meeting_id = harness.meeting(group_id)
    four_lists(harness, person)

    harness.talk(person)
    harness.cancelled(meeting_id, group_id)
    harness.consume()
    harness.send()

    assert sorted(subjects(harness)[4:]) == [
        "Afspraak op maandag 23 november",
        "Gaat niet door: dinsdag 24 november",
    ]


def test_another_person_has_a_budget_of_their_own(harness: NotificationsHarness):
    four_lists(harness, harness.person())

    harness.measurement(harness.person(name="Sam", email="sam@example.org"))
    harness.consume()
    harness.send()

    assert harness.mails()[-1][0] == "sam@example.org"


def test_what_was_claimed_is_not_stopped_by_itself(harness: NotificationsHarness):
    person = harness.person()
    for _ in range(4):
        harness.measurement(person)
    harness.consume()
    claims, _ = sending.claim_due(harness.send_context())
    harness.person(name="Sam")
    harness.consume()

    assert [sending.mark_handing_over(claim, harness.send_context()) for claim in claims] == [True] * 4


# Two on one evening.


def test_two_reminders_of_one_evening_are_one_message(harness: NotificationsHarness):
    two_on_one_evening(harness)

    at(harness, "2026-11-23 18.01", "2026-11-23 18.02")

    assert subjects(harness) == ["Tot dinsdag 24 november"]
    for kind in ("plain", "html"):
        text = harness.mailbox.messages()[0].get_body((kind,)).get_content()
        assert "om 19.30 uur" in text
        assert "om 10.00 uur" in text
        assert text.count("/mijn/afmelden/") == 2
    assert sorted(harness.states("meeting_reminder"), key=str) == [
        ("meeting_reminder", "accepted", None),
        ("meeting_reminder", "withdrawn", "merged"),
    ]


def test_a_talk_and_a_meeting_on_one_evening_are_one_message(harness: NotificationsHarness):
    person, group_id = harness.person(), harness.group()
    harness.membership(person, group_id, starts_on="2026-09-01")
    harness.meeting(group_id)
    harness.talk(person, on="2026-11-24", at="14:00")
    harness.consume()
    harness.send()

    at(harness, "2026-11-23 18.01", "2026-11-23 18.02")

    assert len(harness.mails()) == 2
    text = harness.mailbox.messages()[0].get_body(("plain",)).get_content()
    assert "om 19.30 uur" in text
    assert "om 14.00 uur" in text
    assert "Met wie: Kim" in text


def test_by_text_message_they_are_one_too(harness: NotificationsHarness):
    two_on_one_evening(harness, email=None, mobile=MOBILE)

    at(harness, "2026-11-23 18.01", "2026-11-23 18.02")

    assert len(harness.mails()) == 1
    text = harness.mailbox.messages()[0].get_content()
    assert "Ook: dinsdag 24 november om" in text
    assert text.count("/mijn/afmelden/") == 2


def test_on_different_evenings_or_of_different_people_they_stay_apart(harness: NotificationsHarness):
    person, group_id = harness.person(), harness.group()
    harness.membership(person, group_id, starts_on="2026-09-01")
    harness.membership(harness.person(name="Sam", email="sam@example.org"), group_id, starts_on="2026-09-01")
    harness.meeting(group_id)
    harness.meeting(group_id, on="2026-11-25")
    harness.consume()

    at(harness, "2026-11-23 18.01", "2026-11-24 18.01")

    assert len(harness.mails()) == 4
    assert {state for _, state, _ in harness.states()} == {"accepted"}


def test_one_of_the_two_that_is_off_is_not_said_along(harness: NotificationsHarness):
    _, groups, meetings = two_on_one_evening(harness)
    harness.cancelled(meetings[1], groups[1], at="10:00")
    harness.consume()

    at(harness, "2026-11-23 18.01", "2026-11-23 18.02")

    assert "om 10.00 uur" not in only_reminder(harness)


def test_one_that_betrays_does_not_hold_up_the_other(harness: NotificationsHarness):
    person = harness.person()
    for name, hour, place in (("Dinsdaggroep", "19:30", "De Brug"), ("Wandelgroep", "10:00", "Herstelhuis")):
        venue = {"name": place, "address": "Brugstraat 1", "area": "3412", "features": []}
        group_id = harness.group(name=name, venue=venue)
        harness.membership(person, group_id, starts_on="2026-09-01")
        harness.meeting(group_id, at=hour)
    harness.consume()

    at(harness, "2026-11-23 18.01", "2026-11-23 18.02")

    assert len(harness.mails()) == 1
    assert sorted(row[1] for row in harness.states("meeting_reminder")) == ["accepted", "held"]
    assert ("meeting_reminder", "held", "betrays") in harness.states()


@pytest.mark.parametrize("which", [0, 1], ids=["the one that carries", "the one that goes along"])
def test_a_cancellation_between_claiming_and_handing_over_has_it_written_anew(
    harness: NotificationsHarness, which: int
):
    _, groups, meetings = two_on_one_evening(harness)
    harness.clock_at("2026-11-23 18.01")
    ((claim,), _) = sending.claim_due(harness.send_context())
    carrier = claim.claimed.message.meeting_id
    off = carrier if which == 0 else next(meeting for meeting in meetings if meeting != carrier)
    number = meetings.index(off)
    harness.cancelled(off, groups[number], at=("19:30", "10:00")[number])
    harness.consume()

    went = sending.mark_handing_over(claim, harness.send_context())
    at(harness, "2026-11-23 18.02", "2026-11-23 18.03")

    assert not went
    text = only_reminder(harness)
    assert f"om {('19.30', '10.00')[number]} uur" not in text
    assert f"om {('10.00', '19.30')[number]} uur" in text


def test_when_the_one_that_carries_never_goes_the_other_goes_by_itself(harness: NotificationsHarness):
    two_on_one_evening(harness)
    harness.clock_at("2026-11-23 18.01")
    ((claim,), _) = sending.claim_due(harness.send_context())
    with own_service.transaction():
        Message.update(state="rejected", claim_token=None, claimed_until=None).where(
            Message.id == claim.claimed.message.id
        ).execute()

    at(harness, "2026-11-23 18.02")

    assert len(harness.mails()) == 1


def test_when_its_sender_dies_the_two_still_arrive_as_one(harness: NotificationsHarness):
    two_on_one_evening(harness)
    harness.clock_at("2026-11-23 18.01")
    sending.claim_due(harness.send_context())
    with own_service.transaction():
        Message.update(claimed_until=clock.wall()).where(Message.claimed_until.is_null(False)).execute()

    at(harness, "2026-11-23 18.02", "2026-11-23 18.03")

    assert len(harness.mails()) == 1
    assert harness.mailbox.messages()[0].get_body(("plain",)).get_content().count("/mijn/afmelden/") == 2


def test_what_was_said_along_counts_as_told_when_its_meeting_moves(harness: NotificationsHarness):
    _, groups, meetings = two_on_one_evening(harness)
    at(harness, "2026-11-23 18.01")
    along = next(row for row in harness.messages("meeting_reminder") if row.bundled_into)
    number = meetings.index(along.meeting_id)

    harness.moved(
        meetings[number],
        groups[number],
        on="2026-11-25",
        at="20:00",
    )
    harness.consume()
    harness.send()

    assert "Verplaatst naar woensdag 25 november" in subjects(harness)


def test_two_of_one_evening_take_one_place_of_the_budget(harness: NotificationsHarness):
    person, _, _ = two_on_one_evening(harness)
    at(harness, "2026-11-23 18.01")
    for _ in range(3):
        harness.measurement(person)
    harness.consume()

    at(harness, "2026-11-23 18.02")

    assert len(harness.mails()) == 4
