"""How much waits for somebody among the messages: numbers only, for Vandaag."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifications.queries.missed_you import MissedCount, count_missed
from services.notifications.queries.replies import count_unseen
from services.notifications.queries.triage import count_asking
from shared.security.actor import Actor


@dataclass(frozen=True)
class Waiting:
    """What waits for one actor.

    missed   messages to who was absent that one may look at, by group and meeting
    replies  those that were not seen yet
    asking   messages that ask for somebody
    """

    missed: list[MissedCount]
    replies: int
    asking: int

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing waits."""
        return not (self.missed or self.replies or self.asking)


def get_waiting(actor: Actor) -> Waiting:
    """Return what waits for this actor now."""
    return Waiting(count_missed(actor), count_unseen(actor), count_asking(actor))
