"""The tables of forgetting as they were first made: frozen, used by one migration of every service."""

from __future__ import annotations

from typing import Any

import peewee
from peewee import CharField, IntegerField


class Model(peewee.Model):
    """Bound to the database of the migration that runs."""

    class Meta:
        legacy_table_names = False


class Erased(Model):
    id = CharField(max_length=36, primary_key=True)


class Erasure(Model):
    person_id = CharField(max_length=36, primary_key=True)
    organisation_id = CharField(max_length=36)
    asked_at = CharField(max_length=27)
    answered_at = CharField(max_length=27, null=True, index=True)


class ErasedCount(Model):
    organisation_id = CharField(max_length=36)
    what = CharField(max_length=20)
    year = IntegerField()
    count = IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("organisation_id", "what", "year")


TABLES = [Erased, Erasure, ErasedCount]


def up(db: Any) -> None:
    """Make them all."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)


def down(db: Any) -> None:
    """Drop them all."""
    with db.bind_ctx(TABLES):
        db.drop_tables(TABLES)
