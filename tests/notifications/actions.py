"""What tests of messages do again and again: let what was consumed go out, at a moment, and see what arrived."""

from __future__ import annotations

from tests.notifications.conftest import NotificationsHarness


def go_on(harness: NotificationsHarness) -> None:
    """Consume what was published, and send what is due."""
    harness.consume()
    harness.send()


def at(harness: NotificationsHarness, *moments: str) -> None:
    """Send what is due at each of these moments."""
    for moment in moments:
        harness.clock_at(moment)
        harness.send()


def subjects(harness: NotificationsHarness, address: str | None = None) -> list[str]:
    """Of the mails that arrived, in their order; only those to one address when it is named."""
    return [subject for to, subject in harness.mails() if address in (None, to)]
