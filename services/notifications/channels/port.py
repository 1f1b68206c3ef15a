"""What every channel offers to the sender, and how it says that it did not work."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from services.notifications.rules.sending import Failure


@dataclass(frozen=True)
class OutgoingMessage:
    """A message as it goes out.

    provider_id  by which the other side knows it
    page         HTML, or empty
    expires_at   from when it must not arrive any more, for a channel that takes such a moment
    stop_link    where a mail program can stop these messages with one press; empty when there is nothing to stop
    sender_name  who it comes from, for a channel that shows a name; empty is the name of the settings
    """

    provider_id: str
    address: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    page: str = field(repr=False)
    expires_at: datetime | None = None
    stop_link: str = field(default="", repr=False)
    sender_name: str = ""


class NotAccepted(Exception):
    """The other side did not take it, or we do not know whether it did.

    reply_code          what it answered
    is_address_refused  it says that this address does not exist
    is_down             nobody answers at all, so trying the next message has no use now
    """

    def __init__(
        self,
        failure: Failure,
        reply_code: int | None = None,
        *,
        is_address_refused: bool = False,
        is_down: bool = False,
    ) -> None:
        super().__init__(str(failure))
        self.failure, self.reply_code = failure, reply_code
        self.is_address_refused, self.is_down = is_address_refused, is_down


class Connection(Protocol):
    """One connection for a batch of messages; it connects when it is first needed."""

    def offer(self, outgoing: OutgoingMessage) -> None:
        """Do the first half: ask whether it would be accepted; nothing is sent yet. Raises NotAccepted."""

    def hand_over(self, outgoing: OutgoingMessage) -> int:
        """Do the second half: send it, and return the reply code.

        Raises NotAccepted, in doubt when nobody can tell.
        """

    def withdraw(self) -> None:
        """Take back what was offered and not handed over."""

    def close(self) -> None:
        """Close the connection."""


class OutgoingChannel(Protocol):
    """One channel out of this installation.

    drops_doubles  whether the other side keeps only the first of two messages with the same id
    """

    drops_doubles: bool

    def connection(self) -> Connection:
        """Return a connection for one batch."""

    def has_taken(self, provider_id: str) -> bool | None:
        """Tell whether the other side has this message; None when it cannot say."""
