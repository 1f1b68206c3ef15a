"""Commands: one transaction each, idempotent by their request_id.

The same arguments with the same request_id give the first answer. Other arguments with it are refused: whoever
got the first answer would think that these were done. Arguments are stored only as a keyed hash, from which
nothing can be read.
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
from shared.storage import Database, MomentField, Table

P = ParamSpec("P")
R = TypeVar("R")
KEPT_DAYS = 7
# The network is no argument of a request: a phone may have changed networks in between.
UNHASHED = frozenset({"request_id", "network"})


class RequestIdReused(Refusal):
    """Refuse a request_id that came with other arguments before; nothing was done now."""

    status = 422

    def __init__(self) -> None:
        super().__init__("request_id_reused")


class Commands:
    """The idempotency keys of one service; `command` makes a function one of its commands."""

    def __init__(self, database: Database, encryption: Encryption) -> None:
        self.database, self.encryption = database, encryption

        class IdempotencyKey(Table):
            """`answer` is {"answer", "request_hash": keyed hash of the arguments}.

            In an older row just the answer.
            """

            actor_id = peewee.CharField()
            command = peewee.CharField()
            request_id = peewee.CharField()
            answer = peewee.JSONField(null=True)
            at = MomentField(index=True)

            class Meta:
                indexes = ((("actor_id", "command", "request_id"), True),)

        self.IdempotencyKey = IdempotencyKey
        database.bind(IdempotencyKey)

    def command(self, function: Callable[P, R]) -> Callable[P, R]:
        """Make a function a command: it takes the actor first and `request_id` by keyword, and returns JSON.

        A refusal stores nothing, so the same request_id may be used again after a correction.
        Refused: request_id_reused.
        """

        @wraps(function)
        def run_once(*args: P.args, **kwargs: P.kwargs) -> R:
            actor, request_id = args[0], str(kwargs["request_id"])
            assert isinstance(actor, Actor)
            request_hash = self._hash(function.__name__, args[1:], kwargs)
            with self.database.transaction():
                key = (actor.id, function.__name__, request_id)
                row = self.database.execute(_FIND, key).fetchone()
                if row is not None:
                    answer: R = _first_answer(row[0], request_hash)
                    return answer
                answer = function(*args, **kwargs)
                stored = json.dumps({"answer": answer, "request_hash": request_hash})
                self.database.execute_deferred(_INSERT, (*key, stored, _moment(clock.wall())))
                log.step("command_done", command=function.__name__)
            log.step("command_committed", command=function.__name__)
            return answer

        return run_once

    def delete_expired(self) -> bool:
        """Delete the keys that nobody will send again, and tell whether there were any."""
        before = clock.wall() - timedelta(days=KEPT_DAYS)
        with self.database.transaction():
            deleted: int = self.IdempotencyKey.delete().where(self.IdempotencyKey.at < before).execute()
        return deleted > 0

    def _hash(self, command: str, others: tuple[object, ...], named: Mapping[str, object]) -> str:
        hashed = {name: value for name, value in named.items() if name not in UNHASHED}
        return self.encryption.index(
            json.dumps([others, hashed], sort_keys=True, default=_plain), f"command.{command}"
        )


# Made once, and constant SQL: building these costs more than running them.
_moment = MomentField().db_value
_FIND = "SELECT CAST(answer AS TEXT) FROM idempotency_key WHERE actor_id = ? AND command = ? AND request_id = ?"
_INSERT = "INSERT INTO idempotency_key (actor_id, command, request_id, answer, at) VALUES (?, ?, ?, ?, ?)"


def _first_answer(text: str | None, request_hash: str) -> Any:
    stored = None if text is None else json.loads(text)
    if not isinstance(stored, dict) or set(stored) != {"answer", "request_hash"}:
        return stored  # emptied by an erasure, or older than the hash
    if stored["request_hash"] != request_hash:
        raise RequestIdReused()
    return stored["answer"]


def _plain(value: object) -> object:
    """Return a value as JSON can hold it, the same each time: a set has no order of its own."""
    if isinstance(value, Set):
        return sorted(map(str, value))
    if isinstance(value, Mapping):
        return dict(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return str(value)
