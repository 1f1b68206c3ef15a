"""What people are notified of follows from what is new in it, whatever the name, order and number of events."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from services.notifications.models import Meeting
from shared.ids import new_id
from tests.notifications.actions import go_on, subjects
from tests.notifications.conftest import NotificationsHarness

NOOR, KIM, SAM = "noor@example.org", "kim@example.org", "sam@example.org"
TUESDAY, THURSDAY, FRIDAY = "2026-11-24", "2026-11-26", "2026-11-27"


def known(harness: NotificationsHarness) -> tuple[str, str, str]:
    """A meeting that Noor knows, because she was welcomed to it, of a group that Kim and Sam lead."""
    group_id = harness.group()
    harness.staff(harness.kim, group_ids=[group_id])
    sam = harness.staff(new_id(), name="Sam", email=SAM, group_ids=[group_id])
    harness.membership(harness.person(), group_id)
    meeting_id = harness.meeting(group_id)
    go_on(harness)
    assert harness.mails() == [(NOOR, "Welkom, fijn dat je komt")]
    return group_id, meeting_id, sam


def take_out(harness: NotificationsHarness, count: int) -> list[tuple[str, str, str]]:
    """Take the last events of meetings out of its log: each (type, subject, data)."""
    outbox = harness.neighbours["meetings"].outbox
    rows = list(outbox.Outbox.select().order_by(outbox.Outbox.seq.desc()).limit(count))[::-1]
    with outbox.database.transaction():
        outbox.Outbox.delete().where(outbox.Outbox.id.in_([row.id for row in rows])).execute()
    return [(row.type, row.subject, row.data) for row in rows]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_in_any_order_and_twice_the_newest_is_kept_and_notified_of_once(
    harness: NotificationsHarness, order: tuple[int, ...]
):
    group_id, meeting_id, _ = known(harness)
    harness.moved(meeting_id, group_id, on=THURSDAY, by=new_id())
    harness.meeting(group_id, meeting_id=meeting_id, on=THURSDAY, minutes=90)
    harness.moved(meeting_id, group_id, on=FRIDAY, minutes=90, by=new_id())
    events = take_out(harness, 3)

    for number in (*order, *order):
        harness.put("meetings", *events[number], is_state=True)
    go_on(harness)
    harness.consume_again()
    harness.send()

    kept = Meeting.get_by_id(meeting_id)
    assert (kept.on, kept.minutes) == (date(2026, 11, 27), 90)
    assert subjects(harness, NOOR)[1:] == ["Verplaatst naar vrijdag 27 november"]
    assert {*subjects(harness, KIM), *subjects(harness, SAM)} == {"Verplaatst: dinsdag 24 november"}
    assert len(harness.mails()) == 4
    assert (harness.pending_retries(), harness.dead_letters()) == (0, [])


def test_an_older_one_that_comes_again_after_the_newest_changes_nothing(harness: NotificationsHarness):
    group_id, meeting_id, sam = known(harness)
    harness.moved(meeting_id, group_id, on=THURSDAY, by=sam)
    (moved,) = take_out(harness, 1)
    harness.cancelled(meeting_id, group_id, on=THURSDAY, by=sam)
    go_on(harness)
    before = harness.mails()

    harness.put("meetings", *moved, is_state=True)
    go_on(harness)

    assert Meeting.get_by_id(meeting_id).state == "cancelled"
    assert harness.mails() == before


def test_who_was_notified_of_what_its_service_lost_is_notified_again_and_so_is_who_did_it(
    harness: NotificationsHarness,
):
    group_id, meeting_id, sam = known(harness)
    harness.moved(meeting_id, group_id, on=THURSDAY, by=sam)
    go_on(harness)
    harness.moved(meeting_id, group_id, on=FRIDAY, by=harness.kim)
    go_on(harness)
    count = len(harness.mails())

    take_out(harness, 1)
    harness.neighbours["meetings"].outbox.raise_epoch(0)
    go_on(harness)

    assert Meeting.get_by_id(meeting_id).on == date(2026, 11, 26)
    assert sorted(harness.mails()[count:]) == [
        (KIM, "Verplaatst: vrijdag 27 november"),
        (NOOR, "Verplaatst naar donderdag 26 november"),
        (SAM, "Verplaatst: vrijdag 27 november"),
    ]


def test_of_a_restored_service_that_lost_nothing_nobody_hears_anything(harness: NotificationsHarness):
    group_id, meeting_id, sam = known(harness)
    harness.moved(meeting_id, group_id, on=THURSDAY, by=sam)
    go_on(harness)
    before = harness.mails()

    harness.neighbours["meetings"].outbox.raise_epoch(0)
    go_on(harness)

    assert harness.mails() == before
    assert Meeting.get_by_id(meeting_id).revision == 2


def test_without_a_copy_what_it_was_before_says_what_is_new(harness: NotificationsHarness):
    group_id, meeting_id = harness.group(), new_id()
    harness.membership(harness.person(), group_id, starts_on="2026-09-01")
    harness.meeting(group_id, meeting_id=meeting_id)
    take_out(harness, 1)

    harness.cancelled(meeting_id, group_id)
    go_on(harness)

    assert harness.mails() == [(NOOR, "Gaat niet door: dinsdag 24 november")]
