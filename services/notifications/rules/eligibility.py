"""What keeps a message from going, as the sender writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.notifications.rules.lifecycle import State


@dataclass(frozen=True)
class Obstacle:
    """Why a message does not go now, and where that brings it; `due_at` is when to look again."""

    state: State
    reason: str
    due_at: datetime | None = None
    channel: str | None = None
