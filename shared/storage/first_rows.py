"""The first rows of several owners together, without sorting all that they have.

An index that begins with the owner gives the rows of one owner in order. Asked for those of several owners at
once, a database reads them all and sorts. So the first rows of each are read by the index, and these few sorted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

import peewee

Row = TypeVar("Row", bound=peewee.Model)
_NO_ROWS = peewee.SQL("(SELECT id FROM (SELECT NULL AS id) AS part WHERE 1 = 0)")


def first_ids(
    rows: peewee.ModelSelect[Row],
    owner: peewee.Field,
    owners: Collection[str],
    order: Sequence[peewee.Node],
    most: int,
) -> peewee.SQL:
    """Return, as a subquery, ids among which are those of the first `most` rows in this order of all owners.

    rows   a select of just the id of one table, with its conditions
    owner  the column of that table that says whose a row is
    """
    if not owners:
        return _NO_ROWS
    # Written once and repeated: to write it for each owner would take longer than to run it.
    statement, values = rows.where(owner == _OWNER).order_by(*order).limit(most).sql()
    return _union((statement, [one if value == _OWNER else value for value in values]) for one in sorted(owners))


def all_ids(parts: Iterable[peewee.ModelSelect[Row]]) -> peewee.SQL:
    """Return, as a subquery, the ids that these selects give, each with a limit of its own."""
    return _union(part.sql() for part in parts)


def _union(parts: Iterable[tuple[str, list[object]]]) -> peewee.SQL:
    # A limit inside a union stands in a subquery of its own.
    parts = list(parts)
    selects = " UNION ALL ".join(f"SELECT * FROM ({statement}) AS part" for statement, _ in parts)  # noqa: S608
    return peewee.SQL(f"({selects})", [value for _, values in parts for value in values])


_OWNER = "\0 whose they are"
