"""Erasing a person in one service: their rows are deleted, events about them redacted, late ones skipped.

Promised: rows, events and the record of the erasure are one transaction, and doing it twice is doing it once.
What is received about them later counts as handled and has no effect. Only opaque ids stay. Not promised:
anything about what lies outside the store (copies, a broker, a mail server); whoever completes an erasure sees
to those first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import peewee

from shared import clock, log
from shared.messaging.envelope import REDACTED, Event, redacted
from shared.messaging.inbox import Inbox
from shared.messaging.outbox import Outbox
from shared.storage import Database, IdField, MomentField, Table
from shared.storage.command import Commands

_CHUNK = 200


@dataclass(frozen=True)
class PersonalData:
    """What of a service is personal data.

    tables       those that may hold rows about a person
    columns      names of columns with the id of a person, or of something that is one person's alone
    nouns        what the subjects of events about such things begin with
    unpublished  tables whose ids are in no event
    """

    tables: Sequence[type[peewee.Model]]
    columns: frozenset[str]
    nouns: tuple[str, ...]
    unpublished: Sequence[type[peewee.Model]] = ()

    def rows(self, table: type[peewee.Model], ids: Collection[str]) -> peewee.Expression | None:
        """Return the condition for rows of a table about these ids; None when it never holds any."""
        meta = table._meta
        fields = [meta.columns[name] for name in sorted(self.columns & set(meta.columns))]
        if _has_id(table) and meta.primary_key not in fields:
            fields.append(meta.primary_key)
        condition: peewee.Expression | None = None
        for field in fields:
            matches = field.in_(sorted(ids))
            condition = matches if condition is None else condition | matches
        return condition


class Erasures:
    """The erasures of one service, with tables of its own in its store."""

    def __init__(self, database: Database, outbox: Outbox, inbox: Inbox, commands: Commands) -> None:
        self.database, self._outbox, self._inbox, self._commands = database, outbox, inbox, commands

        class Erased(Table):
            """An id of an erased person, or of something of theirs: events about it are skipped."""

            id = IdField(primary_key=True)

        class Erasure(Table):
            """A person whose rows were deleted; completed_at is since when nothing of them can be found here."""

            person_id = IdField(primary_key=True)
            organisation_id = IdField()
            requested_at = MomentField()
            completed_at = MomentField(null=True, index=True)

        class ErasedCount(Table):
            """How many of a kind were deleted, by year, so that the numbers of that year stay what they were."""

            organisation_id = IdField()
            kind = peewee.CharField(max_length=20)
            year = peewee.IntegerField()
            count = peewee.IntegerField()

            class Meta:
                primary_key = peewee.CompositeKey("organisation_id", "kind", "year")

        self.Erased, self.Erasure, self.ErasedCount = Erased, Erasure, ErasedCount
        self.tables = database.bind(Erased, Erasure, ErasedCount)
        inbox.find_erased = self.about_erased

    def is_erased(self, id: str) -> bool:
        """Tell whether this is the id of an erased person, or of something of theirs."""
        return self.Erased.get_or_none(self.Erased.id == id) is not None

    def about_erased(self, events: Sequence[Event]) -> set[str]:
        """Return the ids of the events that name an erased person, or something of theirs."""
        if self.database.execute(_ANY_ERASED).fetchone() is None:
            return set()
        named = {event.id: _ids_in(event) for event in events}
        erased = self._erased_among({id for ids in named.values() for id in ids})
        return {event_id for event_id, ids in named.items() if ids & erased} if erased else set()

    def erase(
        self,
        person_id: str,
        organisation_id: str,
        personal_data: PersonalData,
        *,
        before_delete: Callable[[set[str]], None] | None = None,
        deferred: Collection[type[peewee.Model]] = (),
    ) -> None:
        """Delete all that is about a person and skip events about their ids from now on, inside a transaction.

        before_delete  is called with their ids while the rows are there: to count them, or keep them without ids
        deferred       tables that `erase_deferred` clears, when they can be
        """
        assert self.database.in_transaction, "an erasure is one transaction"
        ids = self.ids_of(person_id, personal_data)
        values = {"organisation_id": organisation_id, "requested_at": clock.now(), "completed_at": None}
        self.Erasure.insert(person_id=person_id, **values).on_conflict(
            conflict_target=[self.Erasure.person_id], update=values
        ).execute()
        unpublished = self._ids_in_tables(personal_data.unpublished, personal_data, ids)
        for chunk in _chunks(ids - unpublished):
            self.Erased.insert_many([{"id": id} for id in chunk]).on_conflict_ignore().execute()
        if before_delete is not None:
            before_delete(ids)
        self._delete([table for table in personal_data.tables if table not in deferred], personal_data, ids)
        self._redact_events(person_id, ids, personal_data.nouns)
        log.event("person_erased")

    def erase_deferred(self, person_id: str, personal_data: PersonalData) -> None:
        """Delete the rows that `erase` deferred, inside a transaction."""
        self._delete(personal_data.tables, personal_data, self.ids_of(person_id, personal_data))

    def count(self, organisation_id: str, kind: str, years: Iterable[int]) -> None:
        """Add one to the count of deleted rows of this kind for each year that is given."""
        for year in years:
            self.ErasedCount.insert(organisation_id=organisation_id, kind=kind, year=year, count=1).on_conflict(
                conflict_target=[self.ErasedCount.organisation_id, self.ErasedCount.kind, self.ErasedCount.year],
                update={self.ErasedCount.count: self.ErasedCount.count + 1},
            ).execute()

    def complete(self, is_clear: Callable[[str], bool], publish: Callable[[str, str], None]) -> bool:
        """Overwrite what was deleted, publish that erasures are complete, and tell whether any was.

        is_clear  whether nothing outside our rows keeps this person any more
        publish   is called inside a transaction with the ids of the person and the organisation
        """
        waiting = list(self.Erasure.select().where(self.Erasure.completed_at.is_null()))
        clear = [erasure for erasure in waiting if is_clear(erasure.person_id)]
        if not clear or not self.database.engine.wipe():
            return False
        log.step("store_wiped")
        with self.database.transaction():
            for erasure in clear:
                # A person who was erased once more meanwhile is completed by a later step.
                is_same = self.Erasure.requested_at == erasure.requested_at
                update = self.Erasure.update(completed_at=clock.now())
                if update.where(self.Erasure.person_id == erasure.person_id, is_same).execute():
                    publish(erasure.person_id, erasure.organisation_id)
        return True

    def ids_of(self, person_id: str, personal_data: PersonalData) -> set[str]:
        """Return all ids of a person: their own and those of what is about them, in rows and in events."""
        ids = {person_id} | set(self._ids_in_events(person_id, personal_data.nouns))
        while True:
            count = len(ids)
            ids |= self._ids_in_tables(personal_data.tables, personal_data, ids)
            if len(ids) == count:
                return ids

    def _ids_in_tables(
        self, tables: Iterable[type[peewee.Model]], personal_data: PersonalData, ids: set[str]
    ) -> set[str]:
        row_ids: set[str] = set()
        for table in tables:
            rows = personal_data.rows(table, ids)
            if rows is not None and _has_id(table):
                row_ids |= set(table.select(table._meta.primary_key).where(rows).scalars())
        return row_ids

    def _ids_in_events(self, person_id: str, nouns: tuple[str, ...]) -> Iterator[str]:
        for (subject,) in self.database.execute(_MENTIONS, (f"%{person_id}%",)).fetchall():
            noun, _, id = subject.partition("/")
            if noun in nouns:
                yield id

    def _delete(self, tables: Iterable[type[peewee.Model]], personal_data: PersonalData, ids: set[str]) -> None:
        sort_models: Any = getattr(peewee, "sort_models")  # noqa: B009 - the stubs do not know it
        for table in reversed(sort_models(list(tables))):
            rows = personal_data.rows(table, ids)
            if rows is not None:
                table.delete().where(rows).execute()

    def _redact_events(self, person_id: str, ids: set[str], nouns: tuple[str, ...]) -> None:
        """Empty the data of events about these ids, except of events about the erasure itself."""
        data, mention = json.dumps(REDACTED), f"%{person_id}%"
        subjects = [f"{noun}/{id}" for noun in nouns for id in sorted(ids)]
        self.database.execute(_REDACT_MENTIONS, (data, mention))
        for chunk in _chunks(subjects):
            marks = ", ".join("?" * len(chunk))
            self.database.execute(_REDACT_SUBJECTS.format(marks=marks), (data, *chunk))
        for table in (self._inbox.InboxRetry, self._inbox.DeadLetter):
            for chunk in _chunks(subjects):
                about = table.subject.in_(chunk) | table.event.contains(person_id)
                for row in table.select().where(about):
                    if not any(name in row.event for name in _ABOUT_ERASURE):
                        row.event = redacted(row.event)
                        row.save()
        for id in sorted(ids):
            self.database.execute(_EMPTY_ANSWERS, (f"%{id}%",))

    def _erased_among(self, ids: set[str]) -> set[str]:
        erased: set[str] = set()
        for chunk in _chunks(ids):
            marks = ", ".join("?" * len(chunk))
            erased |= {row[0] for row in self.database.execute(_ERASED.format(marks=marks), chunk).fetchall()}
        return erased


def _ids_in(event: Event) -> set[str]:
    named = {value for name, value in event.data.items() if name.endswith("_id") and isinstance(value, str)}
    return {event.subject.partition("/")[2], *named}


def _has_id(table: type[peewee.Model]) -> bool:
    return isinstance(table._meta.primary_key, IdField | peewee.ForeignKeyField)


def _chunks(values: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(values)
    return (ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK))


_ANY_ERASED = "SELECT 1 FROM erased LIMIT 1"
_ERASED = "SELECT id FROM erased WHERE id IN ({marks})"
_MENTIONS = "SELECT subject FROM outbox WHERE data LIKE ?"
_ABOUT_ERASURE = (".erasure_requested.", ".erasure_completed.")
_NOT_ABOUT_ERASURE = " AND ".join(f"type NOT LIKE '%{name}%'" for name in _ABOUT_ERASURE)
_REDACT_MENTIONS = f"UPDATE outbox SET data = ? WHERE data LIKE ? AND {_NOT_ABOUT_ERASURE}"  # noqa: S608
_REDACT_SUBJECTS = "UPDATE outbox SET data = ? WHERE subject IN ({marks}) AND " + _NOT_ABOUT_ERASURE  # noqa: S608
_EMPTY_ANSWERS = "UPDATE idempotency_key SET answer = NULL WHERE CAST(answer AS TEXT) LIKE ?"
