"""Events that stand in a log although its own service would never have published them."""

from __future__ import annotations

from typing import Any

from shared import clock
from shared.ids import new_id
from shared.messaging.outbox import Outbox


def put(outbox: Outbox, type: str, subject: str, data: str, **others: Any) -> str:
    """Put an event behind what was published already; gives the id of the event."""
    values = {"event_id": new_id(), "time": clock.now(), "is_state": False, **others}
    outbox.Outbox.insert(type=type, subject=subject, data=data, seq=outbox.head()[1] + 1, **values).execute()
    return str(values["event_id"])
