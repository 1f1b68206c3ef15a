"""The first rows of several owners together, without sorting all that they have.

An index that begins with the owner gives the rows of one owner in order. Asked for those of several owners at once,
a database reads them all and sorts; so each owner's first rows are taken from the index, and these few are sorted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import peewee


def first_ids(
    rows: peewee.ModelSelect[Any], owner: peewee.Field, owners: Collection[str], order: Sequence[Any], most: int
) -> peewee.Query:
    """Return, as a subquery, ids among which are those of the first `most` rows in this order of all owners.

    rows   a select of just the id of one table, with its conditions
    owner  the column of that table that says whose a row is
    """
    parts = [rows.where(owner == one).order_by(*order).limit(most) for one in sorted(owners)]
    if not parts:
        return rows.where(peewee.SQL("1 = 0"))
    # A limit inside a union stands in a subquery of its own.
    selects = [peewee.Select([part], [part.c.id]) for part in parts]
    union = selects[0]
    for select in selects[1:]:
        union = union.union_all(select)
    return union
