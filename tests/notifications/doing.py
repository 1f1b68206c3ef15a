"""What tests of messages do again and again: let what was heard go out, at a moment, and see what arrived."""

from __future__ import annotations

from tests.notifications.conftest import Office


def go_on(house: Office) -> None:
    """Hear what was said, and send what is due."""
    house.hear()
    house.send()


def at(house: Office, *moments: str) -> None:
    """Send what is due at each of these moments."""
    for moment in moments:
        house.clock_at(moment)
        house.send()


def subjects(house: Office, address: str | None = None) -> list[str]:
    """Of the mails that arrived, in their order; only those to one address when it is named."""
    return [subject for to, subject in house.mails() if address in (None, to)]
