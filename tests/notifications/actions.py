"""What tests of messages do again and again: let what was heard go out, at a moment, and see what arrived."""

from __future__ import annotations

from tests.notifications.conftest import NotificationsHarness


def go_on(service: NotificationsHarness) -> None:
    """Hear what was said, and send what is due."""
    service.consume()
    service.send()


def at(service: NotificationsHarness, *moments: str) -> None:
    """Send what is due at each of these moments."""
    for moment in moments:
        service.clock_at(moment)
        service.send()


def subjects(service: NotificationsHarness, address: str | None = None) -> list[str]:
    """Of the mails that arrived, in their order; only those to one address when it is named."""
    return [subject for to, subject in service.mails() if address in (None, to)]
