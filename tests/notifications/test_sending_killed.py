"""kill -9 at every point of a message's way out, two senders at once, all of it at random: each arrives once."""

from __future__ import annotations

import dataclasses
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.ports import free_port
from services.notifications.channels.mailbox import Mailbox
from services.notifications.commands.sweep import list_abandoned
from services.notifications.models import DeliveryAttempt, Message
from services.notifications.settings import Settings
from shared.settings import variable
from tests.notifications.conftest import NotificationsHarness
from tests.notifications.mail_server import SILENT, Contrary, serving

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60
INVITATION, REMINDER = "intro_talk_invitation", "meeting_reminder"


@contextmanager
def sending_alone(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A process that sends, killed with -9 in the end."""
    environ = {
        variable("notifications", field.name): str(int(value) if isinstance(value, bool) else value)
        for field in dataclasses.fields(settings)
        if (value := getattr(settings, field.name)) is not None
    }
    child = subprocess.Popen(
        [sys.executable, "tests/notifications/sending_alone.py"],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def wait_until(happened: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def settings(bare_harness: NotificationsHarness) -> Settings:
    """Long enough to be caught in the act, short enough to be missed soon."""
    bare_harness.organisation()
    return dataclasses.replace(bare_harness.settings, smtp_timeout_seconds=4.0)


def due(harness: NotificationsHarness, message_type: str) -> None:
    person = harness.person()
    if message_type == INVITATION:
        harness.talk(person)
    else:
        group_id = harness.group()
        harness.membership(person, group_id, starts_on="2026-09-01")
        harness.clock_at("2026-11-23 18.01")
        harness.meeting(group_id)
    harness.consume()


def come_back(harness: NotificationsHarness, settings: Settings) -> None:
    """Another process starts, and finds what the dead one left."""
    wait_until(list_abandoned)
    harness.sender(settings).sweep()
    harness.send(settings)


both_types = pytest.mark.parametrize("message_type", [INVITATION, REMINDER])


@both_types
def test_killed_after_claiming_and_before_handing_over_it_is_sent_after_all(bare_harness, settings, message_type):
    due(bare_harness, message_type)
    with serving(Contrary(rcpt=SILENT), settings.smtp_port) as contrary, sending_alone(settings):
        wait_until(lambda: contrary.asked)
    between = bare_harness.states(message_type)

    bare_harness.mailbox.serve("127.0.0.1", settings.smtp_port)
    come_back(bare_harness, settings)

    assert between == [(message_type, "claimed", None)]
    assert bare_harness.attempts(message_type) == ["timed_out_before", "accepted"]
    assert len(bare_harness.mails()) == 1


@both_types
def test_killed_after_it_arrived_and_before_that_was_written_down_it_is_not_sent_again(
    bare_harness, settings, message_type
):
    due(bare_harness, message_type)
    contrary = Contrary(data=SILENT, keeps=Mailbox(bare_harness.folder / "mailbox"))
    with serving(contrary, settings.smtp_port), sending_alone(settings):
        wait_until(lambda: contrary.sent)
        wait_until(bare_harness.mails)
    between = bare_harness.states(message_type)

    bare_harness.mailbox.serve("127.0.0.1", settings.smtp_port)
    come_back(bare_harness, settings)

    assert between == [(message_type, "claimed", None)]
    assert bare_harness.attempts(message_type) == ["accepted"]
    assert bare_harness.states(message_type) == [(message_type, "accepted", None)]
    assert len(bare_harness.mails()) == 1


@both_types
def test_killed_while_handing_over_what_never_arrived_is_sent_again(bare_harness, settings, message_type):
    due(bare_harness, message_type)
    with serving(Contrary(data=SILENT), settings.smtp_port) as contrary, sending_alone(settings):
        wait_until(lambda: contrary.sent)
    handing_over = DeliveryAttempt.get().handing_over_at

    bare_harness.mailbox.serve("127.0.0.1", settings.smtp_port)
    come_back(bare_harness, settings)

    assert handing_over is not None
    assert bare_harness.states(message_type) == [(message_type, "accepted", None)]
    assert len(bare_harness.mails()) == 1


@pytest.mark.parametrize(
    ("message_type", "ends", "arrivals"), [(INVITATION, "accepted", 2), (REMINDER, "unknown", 1)]
)
def test_killed_while_handing_over_to_a_server_that_cannot_be_asked_the_promise_decides(
    bare_harness, settings, message_type, ends, arrivals
):
    settings = dataclasses.replace(settings, mailbox=None, smtp_port=free_port())
    due(bare_harness, message_type)
    with serving(Contrary(data=SILENT), settings.smtp_port) as first, sending_alone(settings):
        wait_until(lambda: first.sent)

    with serving(Contrary(), settings.smtp_port) as second:
        come_back(bare_harness, settings)
        bare_harness.clock_at("2026-11-16 10.05" if message_type == INVITATION else "2026-11-23 18.05")
        bare_harness.send(settings)

    assert bare_harness.states(message_type) == [(message_type, ends, None)]
    assert len(first.sent + second.sent) == arrivals


def crowd(harness: NotificationsHarness, size: int) -> Counter[str]:
    for number in range(size):
        harness.talk(harness.person(name=f"Noor {number}", email=f"noor{number}@example.org"))
    harness.consume()
    return Counter({f"noor{number}@example.org": 1 for number in range(size)})


def all_accepted(size: int) -> Callable[[], bool]:
    accepted = Message.select().where(Message.state == "accepted", Message.message_type == INVITATION)
    return lambda: accepted.count() == size


def handed_over() -> int:
    count: int = DeliveryAttempt.select().where(DeliveryAttempt.handing_over_at.is_null(False)).count()
    return count


@pytest.mark.slow
def test_two_processes_at_once_send_each_message_once(bare_harness, settings):
    wanted = crowd(bare_harness, 60)

    with serving(Contrary(), settings.smtp_port) as contrary, sending_alone(settings), sending_alone(settings):
        wait_until(all_accepted(60))

    assert Counter(contrary.sent) == wanted
    assert Counter(row.outcome for row in DeliveryAttempt.select()) == {"accepted": 60}


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_killed_again_and_again_at_any_moment_each_message_arrives_once(bare_harness, settings):
    settings = dataclasses.replace(settings, smtp_timeout_seconds=0.5)
    wanted, rng = crowd(bare_harness, 25), random.Random()
    bare_harness.mailbox.serve("127.0.0.1", settings.smtp_port)

    for _ in range(8):
        with sending_alone(settings):
            before = handed_over()
            wait_until(lambda before=before: handed_over() > before or all_accepted(25)())
            time.sleep(rng.random() / 20)
    with sending_alone(settings):
        wait_until(all_accepted(25))

    assert Counter(address for address, _ in bare_harness.mails()) == wanted
