"""What lies where it should not is counted for whoever looks after the installation."""

from __future__ import annotations

from datetime import timedelta

from services.notifications.commands import sending
from services.notifications.models import Message
from services.notifications.models import service as own_service
from services.notifications.queries.health import count_stuck
from services.notifications.queries.text_messages import TextLoad, get_load
from services.notifications.rules.text_limits import TextLimits
from shared import clock
from tests.notifications.conftest import NotificationsHarness

NONE = {"planned": 0, "held": 0, "due": 0, "claimed": 0, "unknown": 0}


def stuck() -> dict[str, int]:
    return count_stuck(clock.now() - timedelta(minutes=5))


def test_all_that_waits_for_its_moment_or_for_a_person_is_well(harness: NotificationsHarness):
    harness.talk(harness.person())
    harness.talk(harness.person(), place="Herstelhuis Midden")
    harness.talk(harness.person(email=None))
    harness.consume()
    harness.send()
    harness.clock_at("2026-11-16 11.00")

    assert stuck() == NONE


def test_what_was_due_and_nobody_looked_at_is_stuck(harness: NotificationsHarness):
    harness.talk(harness.person())
    harness.consume()

    harness.clock_at("2026-11-16 10.06")

    assert stuck() == NONE | {"planned": 1}


def test_what_a_dead_sender_held_and_nobody_took_over_is_stuck(harness: NotificationsHarness):
    harness.talk(harness.person())
    harness.consume()
    sending.claim_due(harness.send_context())
    before = stuck()

    with own_service.transaction():
        Message.update(claimed_until=clock.wall() - timedelta(minutes=2)).where(
            Message.state == "claimed"
        ).execute()

    assert before == NONE
    assert stuck() == NONE | {"claimed": 1}


def test_what_nobody_knows_and_nobody_looked_at_is_stuck(harness: NotificationsHarness):
    harness.talk(harness.person())
    harness.consume()
    harness.send()
    with own_service.transaction():
        Message.update(state="unknown", asked_at=clock.now()).where(Message.state == "accepted").execute()
    before = stuck()

    harness.clock_at("2026-11-16 10.06")

    assert before == NONE
    assert stuck() == NONE | {"unknown": 1}


def test_the_text_messages_of_a_day_stand_beside_how_many_may_leave(harness: NotificationsHarness):
    with_phone = [harness.person(email=None, mobile=f"+3161234000{last}") for last in range(3)]
    group_id = harness.group()
    for person in (*with_phone, harness.person()):
        harness.membership(person, group_id)
    harness.meeting(group_id)
    harness.consume()
    harness.send()  # that they are welcome
    harness.clock_at("2026-11-23 17.00")

    load = get_load(TextLimits(follows_region=True), clock.now())
    harness.clock_at("2026-11-22 17.00")
    too_early = get_load(TextLimits(in_all=2), clock.now())

    assert load == TextLoad(to_come=3, held=0, most=1000)
    assert too_early == TextLoad(to_come=0, held=0, most=2)
