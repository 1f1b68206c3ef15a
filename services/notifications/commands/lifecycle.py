"""The steps of every message's life: made once for one reason, and each step a row. All inside a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import peewee

from services.notifications.models import WAITING, Message, MessageStep, service
from services.notifications.queries import validity
from services.notifications.queries.context import load_context
from services.notifications.rules import lifecycle, timing
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import rule_of
from services.notifications.rules.validity import needs_person
from shared import clock
from shared.ids import new_id
from shared.messaging import tracing
from shared.security.actor import Actor, system
from shared.storage import MomentField

US = system("notifications")
_ZONE = ZoneInfo(clock.ZONE)
_ROWS_AT_ONCE = 200
_CAN_STILL_GO = frozenset({State.PLANNED, State.HELD, State.DUE, State.CLAIMED, State.UNKNOWN})


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


def transition(
    message: Message,
    state: State,
    reason: str | None = None,
    *,
    actor: Actor = US,
    due_at: datetime | None = None,
    **changes: Any,
) -> None:
    """Bring a message one step further and write it down. Refuses steps and reasons that do not exist.

    due_at   when to look at it next; a message that no longer waits has none
    changes  channel, tries, claim_token, claimed_until: what else it is from now on
    """
    lifecycle.check_step(message.state, state)
    lifecycle.check_reason(state, reason)
    now = clock.now()
    message.channel = changes.get("channel", message.channel)
    message.tries = changes.get("tries", message.tries)
    message.claim_token, message.claimed_until = changes.get("claim_token"), changes.get("claimed_until")
    message.asked_at = now if needs_person(state, reason, message.channel) else None
    message.state, message.reason, message.changed_at, message.due_at = str(state), reason, now, due_at
    if state not in _CAN_STILL_GO:
        message.secret = message.line = None
    written = (_UPDATE_STEP, [message.__data__[name] for name in _STEP_FIELDS])
    added = (_INSERT_STEP, [message.organisation_id, message.id, now, message.state, reason, actor.id])
    for statement, values in (written, added):
        service.database.execute(statement, [_stored(value) for value in values])


def hold(message: Message, reason: str, due_at: datetime | None) -> None:
    """Let a waiting message wait on; a row is written only when the reason is another one."""
    if message.state == State.HELD and message.reason == reason:
        Message.update(due_at=due_at).where(Message.id == message.id).execute()
        return
    if message.state == State.HELD:
        transition(message, State.DUE, due_at=due_at)
    transition(message, State.HELD, reason, due_at=due_at)


def review(about: peewee.Expression) -> None:
    """Stop every waiting message about this that is no longer true."""
    waiting = list(Message.select().where(about, WAITING))
    if not waiting:
        return
    context = load_context(waiting)
    for message in waiting:
        stop = validity.why_stop(message, context)
        if stop is not None:
            transition(message, stop.state, stop.reason)


def _insert(drafts: list[Draft], now: datetime) -> None:
    messages = [_message(draft, now) for draft in drafts]
    for rows in _in_lots(messages):
        Message.insert_many(rows).execute()
        MessageStep.insert_many([step for row in rows for step in _first_steps(row)]).execute()


def _message(draft: Draft, now: datetime) -> dict[str, Any]:
    """The row of a new message: planned, or held at once when it is due in quiet hours."""
    row = dict(vars(draft)) | {"id": new_id(), "made_at": now, "changed_at": now}
    row["state"], row["reason"], row["asked_at"] = str(State.PLANNED), None, None
    hold = row.pop("hold")
    row["caused_by"] = tracing.event_id()
    if draft.secret is not None:
        row["secret"] = service.encryption.seal(draft.secret, "message.secret", row["id"])
    rule = rule_of(draft.kind)
    if rule.ignores_quiet_hours or rule.is_urgent:
        # What is urgent keeps them only when it goes by text message: that is known at sending.
        return row
    row["due_at"] = quiet_release(draft.due_at, draft.expires_at, now)
    if row["due_at"] is None:
        row["state"], row["reason"], row["asked_at"] = str(State.EXPIRED), "no_quiet_moment", now
    elif hold is not None:
        row["state"], row["reason"] = str(State.HELD), hold
    elif row["due_at"] > now >= draft.due_at:
        row["state"], row["reason"] = str(State.HELD), "quiet_hours"
    return row


def quiet_release(
    due_at: datetime,
    expires_at: datetime,
    now: datetime,
    quiet_from: time = timing.QUIET_FROM,
    quiet_until: time = timing.QUIET_UNTIL,
) -> datetime | None:
    """When a message may go without breaking the quiet hours; None when there is no such moment."""
    return timing.released_at(due_at, quiet_from, quiet_until, _ZONE, expires_at, now=now)


def urgent_release(
    now: datetime,
    needed_by: datetime,
    quiet_from: time = timing.QUIET_FROM,
    quiet_until: time = timing.QUIET_UNTIL,
) -> datetime:
    """When an urgent text message may go: after the quiet hours, or now when that would be too late."""
    return timing.urgent_release(now, quiet_from, quiet_until, _ZONE, needed_by)


def _first_steps(row: dict[str, Any]) -> Iterable[dict[str, Any]]:
    planned = {
        "organisation_id": row["organisation_id"], "message_id": row["id"], "at": row["made_at"],
        "state": str(State.PLANNED), "reason": None, "actor_id": US.id,
    }  # fmt: skip
    yield planned
    if row["state"] != State.PLANNED:
        yield planned | {"state": row["state"], "reason": row["reason"]}


def _in_lots(things: list[Any]) -> Iterable[list[Any]]:
    # SQLite takes a limited number of values in one statement.
    return (things[start : start + _ROWS_AT_ONCE] for start in range(0, len(things), _ROWS_AT_ONCE))


def _stored(value: Any) -> Any:
    return MomentField().db_value(value) if isinstance(value, datetime) else value


# Constant SQL, made once from the models: building these statements costs more than running them.
_STEP_FIELDS = (
    "channel", "tries", "claim_token", "claimed_until", "asked_at", "state", "reason", "changed_at", "due_at",
    "secret", "line", "id",
)  # fmt: skip
_UPDATE_STEP = f"UPDATE message SET {', '.join(f'{name} = ?' for name in _STEP_FIELDS[:-1])} WHERE id = ?"  # noqa: S608
_INSERT_STEP = (
    "INSERT INTO message_step (organisation_id, message_id, at, state, reason, actor_id) VALUES (?, ?, ?, ?, ?, ?)"
)
