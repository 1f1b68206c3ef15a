"""What an address asks of a long list: which page of it, in which order; and the addresses of the others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

PAGE_SIZE = 50
PAGE, SORT, DIRECTION = "blad", "sorteer", "richting"
ASCENDING, DESCENDING = "op", "af"


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list that is too long to show at once.

    number  counts from 1, and is never past the last page
    total   of all rows
    """

    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """Return how many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        """Return how many rows come before this page."""
        return (self.number - 1) * self.size


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What the address of a list asks for.

    arguments  of the address, (name, value) in its order: filters stay when the page or the order changes
    number     of the page, from 1; it may be past the last one as long as nobody knows the total
    sort       the key of a column, and `direction` "ascending" or "descending", as `aria-sort` has them
    """

    path: str
    arguments: tuple[tuple[str, str], ...]
    number: int
    size: int
    sort: str | None
    direction: str

    def page_of(self, total: int) -> Page:
        """Return the page that is asked for, or the last one of so many rows when it is past that."""
        return Page(min(self.number, max(1, -(-total // self.size))), self.size, total)

    def url_for_page(self, number: int) -> str:
        """Return the address of another page of the same list."""
        return self.url_with(**{PAGE: None if number <= 1 else str(number)})

    def url_for_sort(self, key: str) -> str:
        """Return the address of the first page by this column; the other way round when it is by that already."""
        turned = key == self.sort and self.direction == "ascending"
        return self.url_with(**{PAGE: None, SORT: key, DIRECTION: DESCENDING if turned else None})

    def url_with(self, **changes: str | None) -> str:
        """Return this address with some arguments changed, in their place; None takes one out."""
        kept = [(name, changes.get(name, value)) for name, value in self.arguments]
        here = {name for name, _ in self.arguments}
        pairs = kept + [(name, value) for name, value in changes.items() if name not in here]
        query = urlencode([(name, value) for name, value in pairs if value])
        return f"{self.path}?{query}" if query else self.path


def read_list_request(
    path: str,
    arguments: MultiDict[str, str],
    *,
    sorts: Collection[str] = (),
    default: str | None = None,
    descending: bool = False,
    size: int = PAGE_SIZE,
) -> ListRequest:
    """Read which page and order the address asks for; no page and no column of the list is not asked.

    sorts       the keys of the columns by which the list can be ordered
    default     the key that counts when none is asked for, in the order that `descending` says
    """
    asked = arguments.get(SORT, "")
    is_asked = asked in sorts
    is_descending = arguments.get(DIRECTION) == DESCENDING if is_asked else descending
    return ListRequest(
        path,
        tuple(arguments.items(multi=True)),
        _number(arguments.get(PAGE, "")),
        size,
        asked if is_asked else default,
        "descending" if is_descending else "ascending",
    )


def shown_pages(number: int, pages: int) -> list[int | None]:
    """Return the pages that a reader can go to from this one: first, last and nearest; None is a gap."""
    near = sorted({1, pages, *(page for page in range(number - 1, number + 2) if 1 <= page <= pages)})
    shown: list[int | None] = []
    for page in near:
        before = shown[-1] if shown else None
        if before is not None and page - before == 2:
            shown.append(page - 1)
        elif before is not None and page - before > 2:
            shown.append(None)
        shown.append(page)
    return shown


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) else 1
