"""A command: one transaction, and asking twice with the same request_id gives the first answer back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import peewee

from shared import clock, log
from shared.auth.actor import Actor
from shared.store import Database, MomentField

P = ParamSpec("P")
R = TypeVar("R")
KEPT_DAYS = 7


class Commands:
    """The idempotency keys of one service; `command` makes a function one of its commands."""

    def __init__(self, database: Database) -> None:
        self.database = database
        Model: Any = database.Model  # noqa: N806

        class RequestSeen(Model):
            actor_id = peewee.CharField()
            command = peewee.CharField()
            request_id = peewee.CharField()
            answer = peewee.JSONField(null=True)
            at = MomentField(index=True)

            class Meta:
                indexes = ((("actor_id", "command", "request_id"), True),)

        self.RequestSeen = RequestSeen

    def command(self, function: Callable[P, R]) -> Callable[P, R]:
        """The function takes the actor first and `request_id` by keyword; its answer is JSON (an id, mostly).

        Refusals leave nothing behind, so the same request_id may be used again after mending.
        """

        @wraps(function)
        def once(*args: P.args, **kwargs: P.kwargs) -> R:
            actor, request_id = args[0], str(kwargs["request_id"])
            assert isinstance(actor, Actor)
            with self.database.transaction():
                seen = self._find(actor.id, function.__name__, request_id)
                if seen is not None:
                    answer: R = seen.answer
                    return answer
                answer = function(*args, **kwargs)
                self.RequestSeen.insert(
                    actor_id=actor.id, command=function.__name__, request_id=request_id, answer=answer,
                    at=clock.wall(),
                ).execute()  # fmt: skip
                log.step("command_done", command=function.__name__)
            log.step("command_committed", command=function.__name__)
            return answer

        return once

    def forget_old(self) -> bool:
        """Drop keys that nobody will send again; part of the daily housekeeping."""
        before = clock.wall() - timedelta(days=KEPT_DAYS)
        with self.database.transaction():
            dropped: int = self.RequestSeen.delete().where(self.RequestSeen.at < before).execute()
        return dropped > 0

    def _find(self, actor_id: str, command: str, request_id: str) -> Any:
        table = self.RequestSeen
        return table.get_or_none(
            table.actor_id == actor_id, table.command == command, table.request_id == request_id
        )
