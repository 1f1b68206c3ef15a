"""Calling off for this once, being missed, and the facilitator who looks at it first."""

from __future__ import annotations

from typing import Any

import pytest

from services.notifications.models import Message
from services.notifications.models import service as own_service
from shared.ids import new_id
from tests.notifications.actions import at, go_on, subjects
from tests.notifications.conftest import NotificationsHarness

NOOR = "noor@example.org"
PAGE = "/berichten/gemist"
MISSED = "We hebben je gemist"


def taking_part(harness: NotificationsHarness, **person: Any) -> tuple[str, str, str]:
    """Somebody in a group that Kim leads: (group, person, membership)."""
    group_id = harness.group()
    harness.staff(harness.kim, group_ids=[group_id])
    somebody = harness.person(**{"purposes": ("reminders", "missed_you")} | person)
    return group_id, somebody, harness.membership(somebody, group_id, starts_on="2026-09-01")


def missed(harness: NotificationsHarness, *, on: str = "2026-11-24", **person: Any) -> tuple[str, str, str, str]:
    """Somebody who was missed at a meeting that was closed that evening: (group, person, membership, meeting)."""
    group_id, somebody, membership_id = taking_part(harness, **person)
    meeting_id = harness.meeting(group_id, on=on)
    harness.clock_at(f"{on} 21.40")
    harness.took_place(meeting_id, group_id, on=on)
    harness.absent(somebody, membership_id, meeting_id)
    harness.consume()
    return group_id, somebody, membership_id, meeting_id


def note_field(harness: NotificationsHarness) -> str:
    return f"personal_note-{harness.message('missed_you').id}"


# Calling off.


def test_who_calls_off_is_not_reminded(harness: NotificationsHarness):
    group_id, person, membership_id = taking_part(harness)
    meeting_id = harness.meeting(group_id)
    harness.consume()

    harness.called_off(person, membership_id, meeting_id)
    harness.consume()
    at(harness, "2026-11-23 18.01")

    assert harness.mails() == []
    assert harness.states("meeting_reminder") == [("meeting_reminder", "withdrawn", "called_off")]


def test_who_takes_that_back_is_reminded_once(harness: NotificationsHarness):
    group_id, person, membership_id = taking_part(harness)
    meeting_id = harness.meeting(group_id)
    harness.consume()
    for state in ("called_off", "taken_back", "called_off", "taken_back"):
        harness.called_off(person, membership_id, meeting_id, state=state)
        harness.consume()

    at(harness, "2026-11-23 18.01")
    harness.publish_all_again()
    harness.consume_again()
    go_on(harness)

    assert subjects(harness) == ["Tot dinsdag 24 november"]


def test_who_was_reminded_already_and_takes_it_back_is_not_reminded_again(harness: NotificationsHarness):
    group_id, person, membership_id = taking_part(harness)
    meeting_id = harness.meeting(group_id)
    harness.consume()
    at(harness, "2026-11-23 18.01")

    for state in ("called_off", "taken_back"):
        harness.called_off(person, membership_id, meeting_id, state=state)
        go_on(harness)

    assert subjects(harness) == ["Tot dinsdag 24 november"]


def test_who_takes_it_back_after_hearing_of_a_move_is_still_reminded_on_the_evening_before(
    harness: NotificationsHarness,
):
    group_id, person, membership_id = taking_part(harness)
    meeting_id = harness.meeting(group_id, on="2026-12-08")
    harness.consume()
    harness.moved(meeting_id, group_id, on="2026-12-09")
    go_on(harness)
    for state in ("called_off", "taken_back"):
        harness.called_off(person, membership_id, meeting_id, state=state)
        harness.consume()

    at(harness, "2026-12-08 18.01")

    assert subjects(harness)[-1] == "Tot woensdag 9 december"
    assert harness.states("meeting_reminder")[-1] == ("meeting_reminder", "accepted", None)


def test_who_takes_it_back_after_hearing_of_a_move_shortly_before_the_reminder_was_reminded_by_that(
    harness: NotificationsHarness,
):
    group_id, person, membership_id = taking_part(harness)
    meeting_id = harness.meeting(group_id)
    harness.consume()
    at(harness, "2026-11-23 18.01", "2026-11-24 10.00")
    harness.moved(meeting_id, group_id, on="2026-11-25")
    go_on(harness)
    for state in ("called_off", "taken_back"):
        harness.called_off(person, membership_id, meeting_id, state=state)
        harness.consume()

    at(harness, "2026-11-24 18.01")

    assert subjects(harness, "noor@example.org") == [
        "Tot dinsdag 24 november",
        "Verplaatst naar woensdag 25 november",
    ]


def test_who_called_off_for_one_evening_is_reminded_of_the_next(harness: NotificationsHarness):
    group_id, person, membership_id = taking_part(harness)
    first = harness.meeting(group_id)
    harness.called_off(person, membership_id, first)
    harness.consume()
    harness.meeting(group_id, on="2026-12-01")
    harness.publish_all_again()
    harness.consume()

    at(harness, "2026-11-23 18.01", "2026-11-30 18.01")

    assert subjects(harness) == ["Tot dinsdag 1 december"]


def test_a_call_off_that_is_consumed_while_the_reminder_is_being_sent_stops_it(harness: NotificationsHarness):
    from services.notifications.commands import sending

    group_id, person, membership_id = taking_part(harness)
    meeting_id = harness.meeting(group_id)
    harness.consume()
    harness.clock_at("2026-11-23 18.01")
    ((claim,), _) = sending.claim_due(harness.send_context())
    harness.called_off(person, membership_id, meeting_id)
    harness.consume()

    assert not sending.mark_handing_over(claim, harness.send_context())


# Being missed.


def test_who_was_missed_hears_so_at_noon_of_the_next_day(harness: NotificationsHarness):
    missed(harness)
    held = harness.states("missed_you")

    at(harness, "2026-11-24 21.41", "2026-11-25 08.01", "2026-11-25 11.59")
    before = subjects(harness)
    at(harness, "2026-11-25 12.01")

    assert held == [("missed_you", "held", "veto")]
    assert MISSED not in before
    assert subjects(harness)[-1] == MISSED
    text = harness.mailbox.messages()[0].get_body(("plain",)).get_content()
    assert "We hebben je gemist. Je hoeft niets uit te leggen, en je bent altijd welkom." in text


def test_nobody_hears_it_who_did_not_choose_so(harness: NotificationsHarness):
    missed(harness, purposes=("reminders",))

    at(harness, "2026-11-25 12.01")

    assert harness.states("missed_you") == [("missed_you", "suppressed", "no_consent")]


@pytest.mark.parametrize("mark", ["present", "excused", "not_recorded"])
def test_a_correction_withdraws_it(harness: NotificationsHarness, mark: str):
    _, person, membership_id, meeting_id = missed(harness)

    harness.corrected(person, membership_id, meeting_id, mark=mark)
    harness.consume()
    at(harness, "2026-11-25 12.01")

    assert harness.states("missed_you") == [("missed_you", "withdrawn", "attendance_corrected")]
    assert MISSED not in subjects(harness)


def test_corrected_and_absent_after_all_is_one_message(harness: NotificationsHarness):
    _, person, membership_id, meeting_id = missed(harness)
    harness.corrected(person, membership_id, meeting_id)
    harness.absent(person, membership_id, meeting_id)
    harness.consume()
    harness.publish_all_again()
    harness.consume_again()

    at(harness, "2026-11-25 12.01", "2026-11-25 13.00")

    assert subjects(harness).count(MISSED) == 1


def test_corrected_after_it_went_and_absent_again_is_not_said_twice(harness: NotificationsHarness):
    _, person, membership_id, meeting_id = missed(harness)
    at(harness, "2026-11-25 12.01")
    harness.corrected(person, membership_id, meeting_id)
    harness.absent(person, membership_id, meeting_id)
    harness.consume()

    at(harness, "2026-11-26 12.01")

    assert subjects(harness).count(MISSED) == 1
    assert harness.states("missed_you")[-1] == ("missed_you", "suppressed", "missed_lately")


@pytest.mark.parametrize(("on", "times"), [("2026-12-08", 1), ("2026-12-22", 2)])
def test_in_three_weeks_one_group_says_it_once(harness: NotificationsHarness, on: str, times: int):
    group_id, person, membership_id, _ = missed(harness)
    at(harness, "2026-11-25 12.01")
    later = harness.meeting(group_id, on=on)
    harness.clock_at(f"{on} 21.40")
    harness.absent(person, membership_id, later)
    harness.consume()

    at(harness, f"{on[:-2]}{int(on[-2:]) + 1:02d} 12.01")

    assert subjects(harness).count(MISSED) == times


def test_three_weeks_are_counted_to_the_moment_at_which_it_would_go(harness: NotificationsHarness):
    group_id, person, membership_id, _ = missed(harness)
    at(harness, "2026-11-25 12.01")
    later = harness.meeting(group_id, on="2026-12-16", at="09:00")
    harness.clock_at("2026-12-16 10.30")
    harness.absent(person, membership_id, later)
    harness.consume()

    at(harness, "2026-12-17 12.01")

    assert subjects(harness).count(MISSED) == 2


def test_another_group_may_miss_the_same_person(harness: NotificationsHarness):
    _, person, _, _ = missed(harness)
    at(harness, "2026-11-25 12.01")
    other = harness.group(name="Woensdaggroep")
    membership_id = harness.membership(person, other, starts_on="2026-09-01")
    meeting_id = harness.meeting(other, on="2026-11-25")
    harness.clock_at("2026-11-25 22.00")
    harness.absent(person, membership_id, meeting_id)
    harness.consume()

    at(harness, "2026-11-26 12.01")

    assert subjects(harness).count(MISSED) == 2


def test_who_left_or_called_off_is_not_missed(harness: NotificationsHarness):
    group_id, person, membership_id, _ = missed(harness)
    harness.membership(person, group_id, membership_id=membership_id, state="ended", starts_on="2026-09-01")
    harness.consume()

    _, other, others, meeting = missed(harness)
    harness.called_off(other, others, meeting)
    harness.consume()

    reasons = sorted(row[1:] for row in harness.states("missed_you"))
    assert reasons == [("withdrawn", "called_off"), ("withdrawn", "left_group")]


def test_an_absence_that_comes_before_its_meeting_waits_for_it(harness: NotificationsHarness):
    _, person, membership_id = taking_part(harness)
    harness.absent(person, membership_id, new_id())

    harness.consume()

    assert harness.pending_retries() == 1
    assert harness.states("missed_you") == []


def test_an_evening_that_is_closed_long_after_misses_nobody(harness: NotificationsHarness):
    group_id, person, membership_id = taking_part(harness)
    meeting_id = harness.meeting(group_id)
    harness.clock_at("2026-11-28 10.00")

    harness.absent(person, membership_id, meeting_id)
    harness.consume()

    assert harness.states("missed_you") == []


@pytest.mark.parametrize("on", ["2027-03-27", "2026-10-24"])
def test_over_a_clock_change_noon_stays_noon(harness: NotificationsHarness, on: str):
    missed(harness, on=on)
    day = f"{on[:-2]}{int(on[-2:]) + 1:02d}"

    at(harness, f"{day} 11.59")
    before = harness.states("missed_you")
    at(harness, f"{day} 12.01")

    assert before == [("missed_you", "held", "veto")]
    assert harness.states("missed_you") == [("missed_you", "accepted", None)]


# The facilitator looks first.


def test_the_page_shows_who_hears_it_when_and_in_which_words_and_the_look_is_written_down(
    harness: NotificationsHarness,
):
    _, person, _, _ = missed(harness)

    page = harness.visitor("facilitator").open(PAGE)

    assert page.status == 200
    for words in (
        "Noor",
        "dinsdag 24 november",
        "Wordt verstuurd op woensdag 25 november, 12.00",
        "je bent altijd welkom",
    ):
        assert words in page.text
    assert "Noor" not in page.html[: page.html.index("</title>")]
    assert "/mijn/" not in page.html
    line = own_service.audit.AuditEntry.get()
    assert (line.event, line.about_kind, line.about_id, line.actor_id) == (
        "read",
        "participant",
        person,
        harness.kim,
    )


def test_the_words_for_somebody_with_only_a_phone_are_those_of_the_text_message(harness: NotificationsHarness):
    missed(harness, email=None, mobile="+31612345678")

    page = harness.visitor("facilitator").open(PAGE)

    assert "Hoi Noor, we hebben je gemist." in page.text
    assert "Groet" not in page.text


def test_a_line_goes_with_it_in_the_name_of_who_wrote_it(harness: NotificationsHarness):
    missed(harness)
    visitor = harness.visitor("facilitator")
    field = note_field(harness)

    page = visitor.submit(visitor.open(PAGE), PAGE, **{field: "  Tot dinsdag?  De soep staat klaar. "})
    kept = harness.message("missed_you").personal_note
    at(harness, "2026-11-25 12.01")

    assert "Bewaard. Je zin staat in het bericht." in page.text
    assert b"soep" not in bytes(kept)
    for kind in ("plain", "html"):
        text = harness.mailbox.messages()[0].get_body((kind,)).get_content()
        assert "Kim schrijft erbij: Tot dinsdag? De soep staat klaar." in text
    assert harness.message("missed_you").personal_note is None


def test_an_empty_line_takes_it_away(harness: NotificationsHarness):
    missed(harness)
    visitor = harness.visitor("facilitator")
    field = note_field(harness)
    visitor.submit(visitor.open(PAGE), PAGE, **{field: "Tot dinsdag?"})

    page = visitor.submit(visitor.open(PAGE), PAGE, **{field: ""})

    assert "Het bericht wordt verstuurd zonder jouw zin." in page.text
    assert harness.message("missed_you").personal_note is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Hoe gaat het met je herstel?", "een woord dat te veel verraadt"),
        ("Groeten van de Dinsdaggroep", "een woord dat te veel verraadt"),
        ("a" * 121, "hoogstens 120 tekens"),
    ],
)
def test_a_line_that_betrays_or_is_too_long_is_shown_again_to_correct(
    harness: NotificationsHarness, line: str, words: str
):
    missed(harness)
    visitor = harness.visitor("facilitator")
    field = note_field(harness)

    page = visitor.submit(visitor.open(PAGE), PAGE, **{field: line})

    assert page.status in (400, 409)
    assert words in page.text
    assert f'value="{line}"' in page.html
    assert harness.message("missed_you").personal_note is None


def test_held_back_it_does_not_go_also_after_a_double_click(harness: NotificationsHarness):
    missed(harness)
    visitor = harness.visitor("facilitator")
    page, path = visitor.open(PAGE), f"{PAGE}/{harness.message('missed_you').id}/tegenhouden"

    answers = [visitor.submit(page, path).status for _ in range(2)]
    at(harness, "2026-11-25 12.01")

    assert answers == [200, 200]
    assert harness.states("missed_you") == [("missed_you", "withdrawn", "held_back")]
    assert "Er wacht nu geen bericht." in visitor.open(PAGE).text


def test_what_went_already_can_neither_be_held_back_nor_written_to(harness: NotificationsHarness):
    missed(harness)
    visitor = harness.visitor("facilitator")
    page, path = visitor.open(PAGE), f"{PAGE}/{harness.message('missed_you').id}"
    at(harness, "2026-11-25 12.01")

    answers = [
        visitor.submit(page, f"{path}/tegenhouden"),
        visitor.submit(page, PAGE, **{note_field(harness): "Hoi"}),
    ]

    assert [answer.status for answer in answers] == [409, 409]
    assert "een stap verder" in answers[0].text
    assert "Je zin “Hoi” is niet bewaard." in answers[1].text


def test_a_facilitator_of_another_group_sees_and_does_nothing(harness: NotificationsHarness):
    missed(harness)
    visitor = harness.visitor("facilitator")
    page, path = visitor.open(PAGE), f"{PAGE}/{harness.message('missed_you').id}"
    harness.staff(harness.kim, group_ids=[new_id()])
    harness.consume()

    shown = visitor.open(PAGE)
    answers = [
        visitor.submit(page, f"{path}/tegenhouden"),
        visitor.submit(page, PAGE, **{note_field(harness): "Hoi"}),
    ]

    assert "Noor" not in shown.text
    assert [answer.status for answer in answers] == [404, 404]
    assert harness.states("missed_you") == [("missed_you", "held", "veto")]


@pytest.mark.parametrize("role", ["messenger", "manager", "coordinator", "intro_worker"])
def test_the_page_is_for_facilitators(harness: NotificationsHarness, role: str):
    missed(harness)

    assert harness.visitor(role).open(PAGE).status == 403


@pytest.mark.parametrize("moment", ["2026-11-24 22.00", "2026-11-25 12.01"])
@pytest.mark.parametrize("role", ["messenger", "manager"])
def test_who_looks_after_messages_sees_neither_who_was_missed_nor_what_they_read(
    harness: NotificationsHarness, role: str, moment: str
):
    missed(harness)
    at(harness, moment)

    page = harness.visitor(role).open(f"/berichten/{harness.message('missed_you').id}")

    assert page.status == 200
    assert [word for word in ("Noor", "We hebben je gemist", "noor@") if word in page.html] == []


def test_who_leads_in_another_organisation_sees_nothing(harness: NotificationsHarness):
    missed(harness)

    page = harness.visitor("facilitator", organisation_id=new_id()).open(PAGE)

    assert page.status == 200
    assert "Noor" not in page.text


def test_who_did_not_choose_for_it_stands_not_on_the_page(harness: NotificationsHarness):
    missed(harness, purposes=("reminders",))

    page = harness.visitor("facilitator").open(PAGE)

    assert "Noor" not in page.text
    assert not own_service.audit.AuditEntry.select().exists()


def test_the_page_takes_as_many_questions_for_many_as_for_one(harness: NotificationsHarness):
    group_id, _, _, meeting_id = missed(harness)
    visitor = harness.visitor("facilitator")

    def count() -> int:
        asked: list[str] = []
        visitor.open(PAGE)
        connection = own_service.database.proxy.connection()
        connection.set_trace_callback(asked.append)
        visitor.open(PAGE)
        connection.set_trace_callback(None)
        # The access log gets a line for each person, and each line is a part of the transaction.
        return len(
            [
                statement
                for statement in asked
                if "audit_entry" not in statement and "SAVEPOINT" not in statement.upper()
            ]
        )

    for_one = count()
    for number in range(8):
        person = harness.person(name=f"Noor {number}", purposes=("missed_you",))
        harness.absent(person, harness.membership(person, group_id, starts_on="2026-09-01"), meeting_id)
    harness.consume()

    assert count() == for_one
    assert Message.select().where(Message.message_type == "missed_you").count() == 9
