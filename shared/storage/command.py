"""A command: one transaction, and asking twice with the same request_id gives the first answer back.

Asking something else with the same request_id is refused: who gets the first answer would think that it was done.
What was asked is remembered only as a keyed hash, from which nothing can be read.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Set
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import peewee

from shared import clock, log
from shared.errors import Refusal
from shared.security.actor import Actor
from shared.security.encryption import Encryption
from shared.storage import Database, MomentField

P = ParamSpec("P")
R = TypeVar("R")
KEPT_DAYS = 7
# Where somebody asks from is not what they ask: a phone may have changed networks in between.
NOT_ASKED = frozenset({"request_id", "network"})


class RequestIdReused(Refusal):
    """Something else was asked before with this request_id; nothing was done now."""

    status = 422

    def __init__(self) -> None:
        super().__init__("request_id_reused")


class Commands:
    """The idempotency keys of one service; `command` makes a function one of its commands."""

    def __init__(self, database: Database, encryption: Encryption) -> None:
        self.database, self.encryption = database, encryption
        Model: Any = database.Model  # noqa: N806

        class IdempotencyKey(Model):
            """`answer` is {"answer", "asked": keyed hash of what was asked}; in an older row just the answer."""

            actor_id = peewee.CharField()
            command = peewee.CharField()
            request_id = peewee.CharField()
            answer = peewee.JSONField(null=True)
            at = MomentField(index=True)

            class Meta:
                indexes = ((("actor_id", "command", "request_id"), True),)

        self.IdempotencyKey = IdempotencyKey

    def command(self, function: Callable[P, R]) -> Callable[P, R]:
        """The function takes the actor first and `request_id` by keyword; its answer is JSON (an id, mostly).

        Refusals leave nothing behind, so the same request_id may be used again after mending. What was done and is
        asked again otherwise is refused as "request_id_reused".
        """

        @wraps(function)
        def once(*args: P.args, **kwargs: P.kwargs) -> R:
            actor, request_id = args[0], str(kwargs["request_id"])
            assert isinstance(actor, Actor)
            asked = self._hash(function.__name__, args[1:], kwargs)
            with self.database.transaction():
                asking = (actor.id, function.__name__, request_id)
                seen = self.database.execute(_FIND, asking).fetchone()
                if seen is not None:
                    answer: R = _first_answer(seen[0], asked)
                    return answer
                answer = function(*args, **kwargs)
                kept = json.dumps({"answer": answer, "asked": asked})
                self.database.execute_deferred(_KEEP, (*asking, kept, _moment(clock.wall())))
                log.step("command_done", command=function.__name__)
            log.step("command_committed", command=function.__name__)
            return answer

        return once

    def delete_expired(self) -> bool:
        """Drop keys that nobody will send again; part of the daily housekeeping."""
        before = clock.wall() - timedelta(days=KEPT_DAYS)
        with self.database.transaction():
            dropped: int = self.IdempotencyKey.delete().where(self.IdempotencyKey.at < before).execute()
        return dropped > 0

    def _hash(self, command: str, others: tuple[Any, ...], named: Mapping[str, Any]) -> str:
        told = {name: value for name, value in named.items() if name not in NOT_ASKED}
        return self.encryption.index(
            json.dumps([others, told], sort_keys=True, default=_plain), f"command.{command}"
        )


# Made once, and constant SQL: these cost more than what they do.
_moment = MomentField().db_value
_FIND = "SELECT CAST(answer AS TEXT) FROM idempotency_key WHERE actor_id = ? AND command = ? AND request_id = ?"
_KEEP = "INSERT INTO idempotency_key (actor_id, command, request_id, answer, at) VALUES (?, ?, ?, ?, ?)"


def _first_answer(text: str | None, asked: str) -> Any:
    kept = None if text is None else json.loads(text)
    if not isinstance(kept, dict) or set(kept) != {"answer", "asked"}:
        return kept  # written before what was asked was remembered, or emptied since
    if kept["asked"] != asked:
        raise RequestIdReused()
    return kept["answer"]


def _plain(value: Any) -> Any:
    """What is no JSON yet, the same each time: a set has no order of its own."""
    if isinstance(value, Set):
        return sorted(str(one) for one in value)
    if isinstance(value, Mapping):
        return dict(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return str(value)
