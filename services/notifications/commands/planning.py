"""Planning messages: each once for its reason; always inside a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from peewee import chunked

from services.notifications.commands.lifecycle import US, publish_delivery
from services.notifications.models import Message, MessageStep, service
from services.notifications.rules import lifecycle, timing
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import BY_CODE
from shared import clock
from shared.ids import new_id
from shared.messaging import tracing

_ZONE = ZoneInfo(clock.ZONE)
# SQLite takes a limited number of values in one statement.
_ROWS_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A message that should exist. The fields are those of models.Message; `secret` is still open here.

    hold  why it waits until it is due, although nothing else keeps it
    """

    message_type: str
    organisation_id: str
    dedupe: str
    due_at: datetime
    expires_at: datetime
    participant_id: str | None = None
    staff_id: str | None = None
    by_staff_id: str | None = None
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
    """Plan the messages that are not there yet, except those that would come too late to help."""
    now = clock.now()
    wanted = {draft.dedupe: draft for draft in drafts if draft.expires_at > now}
    for keys in chunked(wanted, _ROWS_AT_ONCE):
        rows = Message.select(Message.dedupe).where(
            Message.organisation_id.in_({wanted[key].organisation_id for key in keys}), Message.dedupe.in_(keys)
        )
        there = {row.dedupe for row in rows}
        made = [_message(wanted[key], now) for key in keys if key not in there]
        if made:
            Message.insert_many(made).execute()
            MessageStep.insert_many([step for row in made for step in _first_steps(row)]).execute()
            for row in made:
                if row["asked_at"] is not None:
                    publish_delivery(Message(**row))


def _message(draft: Draft, now: datetime) -> dict[str, object]:
    """Return the row of a new message."""
    message_id, secret = new_id(), None
    if draft.secret is not None:
        secret = service.encryption.seal(draft.secret, "message.secret", message_id)
    state, reason, due_at = _first_state(draft, now)
    given = {name: value for name, value in vars(draft).items() if name != "hold"}
    return given | {
        "id": message_id,
        "made_at": now,
        "changed_at": now,
        "state": str(state),
        "reason": reason,
        "due_at": due_at,
        "asked_at": now if lifecycle.needs_person(state, reason, None) else None,
        "caused_by": tracing.event_id(),
        "secret": secret,
    }


def _first_state(draft: Draft, now: datetime) -> tuple[State, str | None, datetime | None]:
    """Return state, reason, and when it is due: planned, or held at once when it is due in quiet hours."""
    spec = BY_CODE[draft.message_type].spec
    if spec.ignores_quiet_hours or spec.is_urgent:
        # What is urgent keeps them only when it goes by text message: that is known at sending.
        return State.PLANNED, None, draft.due_at
    due_at = timing.released_at(
        draft.due_at, timing.QUIET_FROM, timing.QUIET_UNTIL, _ZONE, draft.expires_at, now=now
    )
    if spec.mails_at_night and draft.due_at <= now and timing.is_too_late(due_at, draft.expires_at):
        # An e-mail may still go now; by which channel it goes is known at sending.
        return State.PLANNED, None, draft.due_at
    if due_at is None:
        return State.EXPIRED, "no_quiet_moment", None
    if draft.hold is not None:
        return State.HELD, draft.hold, due_at
    if due_at > now >= draft.due_at:
        return State.HELD, "quiet_hours", due_at
    return State.PLANNED, None, due_at


def _first_steps(row: dict[str, object]) -> Iterable[dict[str, object]]:
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
