"""What is still open although its time is long over: nothing, when every job does its work."""

from __future__ import annotations

from datetime import datetime

from services.questionnaires.models import Measurement


def count_overdue(before: datetime) -> int:
    """Measurements that should have expired before this moment and did not."""
    waiting = Measurement.state.in_(["open", "started"])
    return int(Measurement.select().where(waiting, Measurement.expires_at < before).count())
