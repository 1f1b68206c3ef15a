"""Forgetting somebody in one service: their rows go, events about them are emptied, late ones are passed over.

Promised: rows, events and the note of it are one transaction, and doing it twice is doing it once. What is heard
of them later counts as heard and does nothing. Only opaque ids stay. Not promised: anything about what lies
outside the store (copies, a broker, a mail server); whoever completes it sees to those before it says so.
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
from shared.storage import Database, IdField, MomentField
from shared.storage.command import Commands

_AT_ONCE = 200


@dataclass(frozen=True)
class PersonalData:
    """What of a service belongs to a person.

    tables   those that may hold something of somebody
    columns  names of columns with the id of a person, or of something that is one person's alone
    nouns    what events about such things begin their subject with
    untold   tables whose ids no event ever tells
    """

    tables: Sequence[Any]
    columns: frozenset[str]
    nouns: tuple[str, ...]
    untold: tuple[Any, ...] = ()

    def rows(self, table: Any, ids: Collection[str]) -> peewee.Expression | None:
        """Which rows of a table are of these ids; None when it never holds such a thing."""
        meta = table._meta
        fields = [meta.columns[name] for name in sorted(self.columns & set(meta.columns))]
        if _is_named(table) and meta.primary_key not in fields:
            fields.append(meta.primary_key)
        found: peewee.Expression | None = None
        for field in fields:
            here = field.in_(sorted(ids))
            found = here if found is None else found | here
        return found


class Erasures:
    """Who was forgotten in one service, and how far that is; with tables of its own in its store."""

    def __init__(self, database: Database, outbox: Outbox, inbox: Inbox, commands: Commands) -> None:
        self.database, self._outbox, self._inbox, self._commands = database, outbox, inbox, commands
        Model: Any = database.Model  # noqa: N806

        class Erased(Model):
            """An id that was somebody's, or of something of theirs: whatever is heard of it is passed over."""

            id = IdField(primary_key=True)

        class Erasure(Model):
            """Somebody whose rows went; completed_at is when nothing of them could be found here any more."""

            person_id = IdField(primary_key=True)
            organisation_id = IdField()
            requested_at = MomentField()
            completed_at = MomentField(null=True, index=True)

        class ErasedCount(Model):
            """How many of something went, by year, so that the numbers of that year stay what they were."""

            organisation_id = IdField()
            kind = peewee.CharField(max_length=20)
            year = peewee.IntegerField()
            count = peewee.IntegerField()

            class Meta:
                primary_key = peewee.CompositeKey("organisation_id", "kind", "year")

        self.Erased, self.Erasure, self.ErasedCount = Erased, Erasure, ErasedCount
        self.tables = (Erased, Erasure, ErasedCount)
        inbox.find_erased = self.about_erased

    def is_erased(self, some_id: str) -> bool:
        """Whether this id was somebody's who was forgotten."""
        return self.Erased.get_or_none(self.Erased.id == some_id) is not None

    def about_erased(self, events: Sequence[Event]) -> set[str]:
        """Ids of the events that name somebody who was forgotten, or something of theirs."""
        if self.database.execute(_ANY_GONE).fetchone() is None:
            return set()
        named = {event.id: _ids_in(event) for event in events}
        gone = self._erased_among({one for ids in named.values() for one in ids})
        return {event_id for event_id, ids in named.items() if ids & gone} if gone else set()

    def erase(
        self, person_id: str, organisation_id: str, personal_data: PersonalData, *,
        before: Callable[[set[str]], None] | None = None, later: Collection[Any] = (),
    ) -> None:  # fmt: skip
        """Take away all that belongs to somebody, inside a transaction; what they were called is passed over now.

        before  is given their ids while everything is still there: to count it, or to keep it without its person
        later   tables that are cleared by `clear`, when they can be
        """
        assert self.database.in_transaction, "forgetting is one transaction"
        ids = self._trace(person_id, personal_data)
        told = {"organisation_id": organisation_id, "requested_at": clock.now(), "completed_at": None}
        self.Erasure.insert(person_id=person_id, **told).on_conflict(
            conflict_target=[self.Erasure.person_id], update=told
        ).execute()
        untold = self._ids_of(personal_data.untold, personal_data, ids)
        for some in _lots(ids - untold):
            rows = [{"id": one} for one in some]
            self.Erased.insert_many(rows).on_conflict_ignore().execute()
        if before is not None:
            before(ids)
        self._remove([table for table in personal_data.tables if table not in later], personal_data, ids)
        self._empty_events(person_id, ids, personal_data.nouns)
        log.event("person_erased")

    def clear(self, person_id: str, personal_data: PersonalData) -> None:
        """Take away what was left for later, inside a transaction."""
        self._remove(personal_data.tables, personal_data, self._trace(person_id, personal_data))

    def count(self, organisation_id: str, kind: str, years: Iterable[int]) -> None:
        """Remember that so many of something are about to go, one for each year that is given."""
        for year in years:
            self.ErasedCount.insert(organisation_id=organisation_id, kind=kind, year=year, count=1).on_conflict(
                conflict_target=[
                    self.ErasedCount.organisation_id, self.ErasedCount.kind, self.ErasedCount.year
                ],
                update={self.ErasedCount.count: self.ErasedCount.count + 1},
            ).execute()  # fmt: skip

    def complete(self, is_clear: Callable[[str], bool], answer: Callable[[str, str], None]) -> bool:
        """A step of the job that completes: overwrite what was removed, then answer; True when something was.

        is_clear  whether nothing outside our rows keeps somebody here any more
        answer    is called inside a transaction with the ids of the person and the organisation
        """
        waiting = list(self.Erasure.select().where(self.Erasure.completed_at.is_null()))
        clear = [one for one in waiting if is_clear(one.person_id)]
        if not clear or not self.database.engine.wipe():
            return False
        log.step("store_wiped")
        with self.database.transaction():
            for one in clear:
                is_ours = (self.Erasure.person_id == one.person_id) & (
                    self.Erasure.requested_at == one.requested_at
                )
                if self.Erasure.update(completed_at=clock.now()).where(is_ours).execute():
                    answer(one.person_id, one.organisation_id)
        return True

    def _trace(self, person_id: str, personal_data: PersonalData) -> set[str]:
        """All ids of somebody: their own and those of what hangs on them, also as events told them."""
        ids = {person_id} | set(self._told_with(person_id, personal_data.nouns))
        while True:
            known = len(ids)
            ids |= self._ids_of(personal_data.tables, personal_data, ids)
            if len(ids) == known:
                return ids

    def _ids_of(self, tables: Iterable[Any], personal_data: PersonalData, ids: set[str]) -> set[str]:
        found: set[str] = set()
        for table in tables:
            rows = personal_data.rows(table, ids)
            if rows is not None and _is_named(table):
                found |= {row[0] for row in table.select(table._meta.primary_key).where(rows).tuples()}
        return found

    def _told_with(self, person_id: str, nouns: tuple[str, ...]) -> Iterator[str]:
        for (subject,) in self.database.execute(_TOLD, (f"%{person_id}%",)).fetchall():
            noun, _, one = subject.partition("/")
            if noun in nouns:
                yield one

    def _remove(self, tables: Iterable[Any], personal_data: PersonalData, ids: set[str]) -> None:
        sort_models: Any = getattr(peewee, "sort_models")  # noqa: B009 - the stubs do not know it
        for table in reversed(sort_models(list(tables))):
            rows = personal_data.rows(table, ids)
            if rows is not None:
                table.delete().where(rows).execute()

    def _empty_events(self, person_id: str, ids: set[str], nouns: tuple[str, ...]) -> None:
        """Id, type, subject and number of each event stay; so do the events that tell of forgetting itself."""
        data, mention = json.dumps(REDACTED), f"%{person_id}%"
        subjects = [f"{noun}/{one}" for noun in nouns for one in sorted(ids)]
        self.database.execute(_EMPTY_MENTIONS, (data, mention))
        for some in _lots(subjects):
            marks = ", ".join("?" * len(some))
            self.database.execute(_EMPTY_SUBJECTS.format(marks=marks), (data, *some))
        for table in (self._inbox.InboxRetry, self._inbox.DeadLetter):
            for some in _lots(subjects):
                about = table.subject.in_(some) | table.event.contains(person_id)
                for row in table.select().where(about):
                    if not any(name in row.event for name in _OF_ERASING):
                        row.event = redacted(row.event)
                        row.save()
        for one in sorted(ids):
            self.database.execute(_EMPTY_ANSWERS, (f"%{one}%",))

    def _erased_among(self, ids: set[str]) -> set[str]:
        gone: set[str] = set()
        for some in _lots(ids):
            marks = ", ".join("?" * len(some))
            gone |= {row[0] for row in self.database.execute(_GONE.format(marks=marks), some).fetchall()}
        return gone


def _ids_in(event: Event) -> set[str]:
    named = {value for name, value in event.data.items() if name.endswith("_id") and isinstance(value, str)}
    return {event.subject.partition("/")[2], *named}


def _is_named(table: Any) -> bool:
    return isinstance(table._meta.primary_key, IdField | peewee.ForeignKeyField)


def _lots(things: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(things)
    return (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))


_ANY_GONE = "SELECT 1 FROM erased LIMIT 1"
_GONE = "SELECT id FROM erased WHERE id IN ({marks})"
_TOLD = "SELECT subject FROM outbox WHERE data LIKE ?"
_OF_ERASING = (".erasure_requested.", ".erasure_completed.")
_KEPT = " AND ".join(f"type NOT LIKE '%{name}%'" for name in _OF_ERASING)
_EMPTY_MENTIONS = f"UPDATE outbox SET data = ? WHERE data LIKE ? AND {_KEPT}"  # noqa: S608
_EMPTY_SUBJECTS = "UPDATE outbox SET data = ? WHERE subject IN ({marks}) AND " + _KEPT  # noqa: S608
_EMPTY_ANSWERS = "UPDATE idempotency_key SET answer = NULL WHERE CAST(answer AS TEXT) LIKE ?"
