"""The audit log: who looked at whom and who did what, append-only, with the fields of NEN 7513 and no content."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar

import peewee

from shared import clock
from shared.security.actor import Actor
from shared.storage import Database, IdField, MomentField, Table

# The address that the request came from. Kept here and not among the fields of log lines: it is personal.
network_point: ContextVar[str | None] = ContextVar("network_point", default=None)


class Audit:
    """The audit log of one service; its table refuses changes and deletion."""

    def __init__(self, database: Database) -> None:
        self.database = database

        class AuditEntry(Table):
            id = peewee.AutoField()
            at = MomentField(index=True)
            event = peewee.CharField()
            actor_id = peewee.CharField()
            actor_kind = peewee.CharField()
            actor_roles = peewee.CharField()
            organisation_id = IdField(null=True)
            about_kind = peewee.CharField()
            about_id = peewee.CharField(index=True)
            purpose = peewee.CharField()
            outcome = peewee.CharField()
            network_point = peewee.CharField(null=True)

        self.AuditEntry = AuditEntry
        database.bind(AuditEntry)

    def record(
        self,
        actor: Actor,
        event: str,
        about_kind: str,
        about_id: str,
        *,
        purpose: str,
        organisation_id: str | None = None,
        outcome: str = "done",
    ) -> None:
        """Add a row, in the transaction we are in or in one of its own.

        event  read, create, change, remove, search, export or refuse
        """
        self.record_all(actor, event, about_kind, [(about_id, organisation_id)], purpose=purpose, outcome=outcome)

    def record_all(
        self,
        actor: Actor,
        event: str,
        about_kind: str,
        about: Iterable[tuple[str, str | None]],
        *,
        purpose: str,
        outcome: str = "done",
    ) -> None:
        """Add a row for each of several things of one kind, as `record` does; each is (id, organisation)."""
        rows = [
            {
                "at": clock.now(),
                "event": event,
                "actor_id": actor.id,
                "actor_kind": actor.kind,
                "actor_roles": ",".join(sorted(actor.roles_in(organisation_id))),
                "organisation_id": organisation_id,
                "about_kind": about_kind,
                "about_id": about_id,
                "purpose": purpose,
                "outcome": outcome,
                "network_point": network_point.get(),
            }
            for about_id, organisation_id in about
        ]
        if rows:
            with self.database.transaction():
                self.AuditEntry.insert_many(rows).execute()
