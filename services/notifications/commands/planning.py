"""Making messages that should exist: each once for its reason; always inside a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from services.notifications.commands.lifecycle import US
from services.notifications.models import Message, MessageStep, service
from services.notifications.rules import timing
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import BY_CODE
from shared import clock
from shared.ids import new_id
from shared.messaging import tracing

_ZONE = ZoneInfo(clock.ZONE)
_ROWS_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A message that should exist. The fields are those of models.Message; `secret` is still open here.

    hold  why it waits until it is due, although nothing else keeps it
    """

    kind: str
    organisation_id: str
    dedupe: str
    due_at: datetime
    expires_at: datetime
    participant_id: str | None = None
    staff_id: str | None = None
    talk_id: str | None = None
    meeting_id: str | None = None
    membership_id: str | None = None
    measurement_id: str | None = None
    sign_in_id: str | None = None
    revision: int = 0
    change: str | None = None
    old_on: date | None = None
    old_at: time | None = None
    secondary_of: str | None = None
    hold: str | None = None
    secret: str | None = field(default=None, repr=False)


def plan(drafts: Sequence[Draft]) -> None:
    """Make the messages that are not there yet. What would come too late to help is not made at all."""
    now = clock.now()
    wanted = {draft.dedupe: draft for draft in drafts if draft.expires_at > now}
    for keys in _in_lots(list(wanted)):
        there = Message.select(Message.dedupe).where(
            Message.organisation_id.in_({wanted[key].organisation_id for key in keys}), Message.dedupe.in_(keys)
        )
        context = {row.dedupe for row in there}
        _insert([wanted[key] for key in keys if key not in context], now)


def _insert(drafts: list[Draft], now: datetime) -> None:
    messages = [_message(draft, now) for draft in drafts]
    for rows in _in_lots(messages):
        Message.insert_many(rows).execute()
        MessageStep.insert_many([step for row in rows for step in _first_steps(row)]).execute()


def _message(draft: Draft, now: datetime) -> dict[str, Any]:
    """Return the row of a new message: planned, or held at once when it is due in quiet hours."""
    row = dict(vars(draft)) | {"id": new_id(), "made_at": now, "changed_at": now}
    row["state"], row["reason"], row["asked_at"] = str(State.PLANNED), None, None
    hold = row.pop("hold")
    row["caused_by"] = tracing.event_id()
    if draft.secret is not None:
        row["secret"] = service.encryption.seal(draft.secret, "message.secret", row["id"])
    rule = BY_CODE[draft.kind].spec
    if rule.ignores_quiet_hours or rule.is_urgent:
        # What is urgent keeps them only when it goes by text message: that is known at sending.
        return row
    row["due_at"] = timing.released_at(
        draft.due_at, timing.QUIET_FROM, timing.QUIET_UNTIL, _ZONE, draft.expires_at, now=now
    )
    if row["due_at"] is None:
        row["state"], row["reason"], row["asked_at"] = str(State.EXPIRED), "no_quiet_moment", now
    elif hold is not None:
        row["state"], row["reason"] = str(State.HELD), hold
    elif row["due_at"] > now >= draft.due_at:
        row["state"], row["reason"] = str(State.HELD), "quiet_hours"
    return row


def _first_steps(row: dict[str, Any]) -> Iterable[dict[str, Any]]:
    planned = {
        "organisation_id": row["organisation_id"],
        "message_id": row["id"],
        "at": row["made_at"],
        "state": str(State.PLANNED),
        "reason": None,
        "actor_id": US.id,
    }
    yield planned
    if row["state"] != State.PLANNED:
        yield planned | {"state": row["state"], "reason": row["reason"]}


def _in_lots(things: list[Any]) -> Iterable[list[Any]]:
    # SQLite takes a limited number of values in one statement.
    return (things[start : start + _ROWS_AT_ONCE] for start in range(0, len(things), _ROWS_AT_ONCE))
