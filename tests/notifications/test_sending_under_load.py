"""Sending while the region lives: what was published when a sender began to wait is enough."""

from __future__ import annotations

from typing import Any

import pytest

from services.notifications.models import MessageStep
from services.notifications.models import service as own_service
from services.notifications.sender import CaughtUp, Sender, channels_of
from tests.notifications.conftest import NotificationsHarness
from tests.notifications.test_sending import NOOR, remind


class Elsewhere:
    """A log of another machine: its head is known as far as the consumer saw it."""

    is_local = False

    def __init__(self, feed: Any) -> None:
        self.head, self.after, self.release = feed.head, feed.after, feed.release


def publish_more(service: NotificationsHarness) -> None:
    """Somebody signs up, and the consumer has seen so, but not consumed it."""
    service.person(name="Sam")
    for name, feed in service.feeds.items():
        own_service.inbox.record_head(name, *feed.head())


@pytest.fixture(params=["at hand", "elsewhere"])
def waiting(service: NotificationsHarness, request: pytest.FixtureRequest) -> Sender:
    """A sender with patience and a reminder that is due, while the others have published more."""
    remind(service)
    service.clock_at("2026-11-23 18.01")
    if request.param == "elsewhere":
        service.consumer._feeds = service.feeds = {name: Elsewhere(feed) for name, feed in service.feeds.items()}
    publish_more(service)
    caught_up = CaughtUp(own_service.inbox, service.feeds, patience_seconds=3600)
    return Sender(service.settings, channels_of(service.settings), caught_up)


def test_a_reminder_goes_when_what_was_published_before_is_consumed_though_more_is_published_since(
    service: NotificationsHarness, waiting: Sender
) -> None:
    waiting.step()
    before = service.mails()
    for _ in range(3):
        service.consumer.step()
        publish_more(service)  # there is never a moment at which everything was consumed
        waiting.step()

    assert (NOOR, "Tot dinsdag 24 november") not in before
    assert service.mails()[-1] == (NOOR, "Tot dinsdag 24 november")


def test_waiting_for_a_moment_leaves_no_trace(service: NotificationsHarness, waiting: Sender) -> None:
    for _ in range(5):
        waiting.step()

    assert service.states("meeting_reminder") == [("meeting_reminder", "planned", None)]
    assert MessageStep.select().where(MessageStep.reason == "not_caught_up").count() == 0


def test_a_sign_in_link_does_not_even_wait_for_a_moment(service: NotificationsHarness, waiting: Sender) -> None:
    service.sign_in()
    service.consume()
    publish_more(service)

    waiting.step()

    assert service.mails()[-1] == ("kim@example.org", "Je link om in te loggen")


def test_what_was_published_before_is_waited_for_also_by_who_was_not_looking(
    service: NotificationsHarness,
) -> None:
    caught_up = CaughtUp(own_service.inbox, service.feeds, patience_seconds=0)
    service.consume()
    at_first = caught_up()
    service.person(name="Sam")

    assert at_first
    assert caught_up() is False
