"""Sending while the region lives: what was published when a sender began to wait is enough."""

from __future__ import annotations

from typing import Any

import pytest

from services.notifications.models import MessageStep
from services.notifications.models import service as own_service
from services.notifications.sender import CaughtUp, Sender, channels_of
from tests.notifications.conftest import NotificationsHarness
from tests.notifications.test_sending import NOOR, remind


class RemoteFeed:
    """A log of another machine: its head is known as far as the consumer saw it."""

    is_local = False

    def __init__(self, feed: Any) -> None:
        self.head, self.after, self.release = feed.head, feed.after, feed.release


def publish_more(harness: NotificationsHarness) -> None:
    """Somebody signs up, and the consumer has seen so, but not consumed it."""
    harness.person(name="Sam")
    for name, feed in harness.feeds.items():
        own_service.inbox.record_head(name, *feed.head())


@pytest.fixture(params=["at hand", "elsewhere"])
def waiting(harness: NotificationsHarness, request: pytest.FixtureRequest) -> Sender:
    """A sender with patience and a reminder that is due, while the others have published more."""
    remind(harness)
    harness.clock_at("2026-11-23 18.01")
    if request.param == "elsewhere":
        harness.consumer._feeds = harness.feeds = {name: RemoteFeed(feed) for name, feed in harness.feeds.items()}
    publish_more(harness)
    caught_up = CaughtUp(own_service.inbox, harness.feeds, patience_seconds=3600)
    return Sender(harness.settings, channels_of(harness.settings), caught_up)


def test_a_reminder_goes_when_what_was_published_before_is_consumed_though_more_is_published_since(
    harness: NotificationsHarness, waiting: Sender
) -> None:
    waiting.step()
    before = harness.mails()
    for _ in range(3):
        harness.consumer.step()
        publish_more(harness)  # there is never a moment at which everything was consumed
        waiting.step()

    assert (NOOR, "Tot dinsdag 24 november") not in before
    assert harness.mails()[-1] == (NOOR, "Tot dinsdag 24 november")


def test_waiting_for_a_moment_leaves_no_trace(harness: NotificationsHarness, waiting: Sender) -> None:
    for _ in range(5):
        waiting.step()

    assert harness.states("meeting_reminder") == [("meeting_reminder", "planned", None)]
    assert MessageStep.select().where(MessageStep.reason == "not_caught_up").count() == 0


def test_a_sign_in_link_does_not_even_wait_for_a_moment(harness: NotificationsHarness, waiting: Sender) -> None:
    harness.sign_in()
    harness.consume()
    publish_more(harness)

    waiting.step()

    assert harness.mails()[-1] == ("kim@example.org", "Je link om in te loggen")


def test_what_was_published_before_is_waited_for_also_by_who_was_not_looking(
    harness: NotificationsHarness,
) -> None:
    caught_up = CaughtUp(own_service.inbox, harness.feeds, patience_seconds=0)
    harness.consume()
    at_first = caught_up()
    harness.person(name="Sam")

    assert at_first
    assert caught_up() is False
